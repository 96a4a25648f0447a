#include "wire/reply.hpp"

#include "lath/limits.hpp"
#include "wire/writer.hpp"

namespace lath {

namespace {
constexpr std::size_t kCountOffset = 2;
constexpr std::size_t kAnswerSizeOffset = 4;
constexpr std::uint8_t kCodeMax = static_cast<std::uint8_t>(Code::kUsedUp);
}  // namespace

void begin_reply(FrameBuffer& frame, const ReplyHeader& header) {
  write(frame, kWireVersion);
  write(frame, FrameKind::kReply);
  write(frame, header.count);
  write(frame, header.sequence);
  write(frame, header.epoch);
  write(frame, header.first);
  write(frame, std::uint16_t{0});
  write(frame, std::uint32_t{0});
}

void set_reply_count(FrameBuffer& frame, std::uint16_t count) {
  write_at(frame, kCountOffset, count);
}

std::size_t begin_answer(FrameBuffer& frame) {
  const std::size_t begun = frame.size();
  write(frame, std::uint64_t{0});
  return begun;
}

void end_answer(FrameBuffer& frame, std::size_t begun, Code status) {
  write_at(frame, begun, static_cast<std::uint8_t>(status));
  write_at(frame, begun + kAnswerSizeOffset, static_cast<std::uint32_t>(frame.size() - begun - kAnswerHeaderBytes));
}

void write_held_types(FrameBuffer& frame, const HeldTypes& held) {
  write(frame, held.key);
  write(frame, held.field);
}

HeldTypes read_held_types(Bytes payload) {
  Reader reader(payload);
  HeldTypes held;
  reader.read(held.key);
  reader.read(held.field);
  return reader.at_end() ? held : HeldTypes{};
}

bool read_reply_header(Reader& reader, ReplyHeader& out) {
  std::uint8_t version = 0;
  FrameKind kind{};
  reader.read(version);
  reader.read(kind);
  reader.read(out.count);
  reader.read(out.sequence);
  reader.read(out.epoch);
  reader.read(out.first);
  if (!reader.skip(6)) return false;
  return version == kWireVersion && kind == FrameKind::kReply && out.count >= 1 &&
         std::size_t{out.first} + out.count <= kFrameOperationsMax;
}

bool read_answer(Reader& reader, Answer& out) {
  std::uint8_t status = 0;
  std::uint32_t size = 0;
  reader.read(status);
  reader.skip(3);
  if (!reader.read(size) || status > kCodeMax) return false;
  out.status = static_cast<Code>(status);
  return reader.read_bytes(size, out.payload);
}

}  // namespace lath
