#include "wire/merge_batch.hpp"

#include "lath/limits.hpp"
#include "wire/writer_codec.hpp"

namespace lath {

namespace {

constexpr std::size_t kCountOffset = 2;
constexpr std::size_t kClockOffset = 32;
constexpr std::size_t kHorizonOffset = 40;
constexpr std::size_t kEpochOffset = 48;
constexpr std::size_t kEntrySizeOffset = 4;

}  // namespace

void begin_merge_batch(FrameBuffer& frame, const MergeBatchHeader& header) {
  write(frame, kWireVersion);
  write(frame, FrameKind::kMergeBatch);
  write(frame, header.count);
  write(frame, std::uint32_t{0});
  write_writer(frame, header.sender);
  write(frame, header.number);
  write(frame, header.clock.value);
  write(frame, header.horizon.value);
  write(frame, header.epoch);
}

void set_merge_count(FrameBuffer& frame, std::uint16_t count) {
  write_at(frame, kCountOffset, count);
}

std::uint16_t merge_count_of(const FrameBuffer& frame) {
  std::uint16_t count = 0;
  LATH_ASSERT(frame.size() >= kMergeBatchHeaderBytes);
  std::memcpy(&count, frame.data() + kCountOffset, sizeof count);
  return count;
}

std::size_t begin_merge_entry(FrameBuffer& frame, Bytes key) {
  const std::size_t begun = frame.size();
  write(frame, static_cast<std::uint16_t>(key.size()));
  write(frame, std::uint16_t{0});
  write(frame, std::uint32_t{0});
  frame.append(key);
  return begun;
}

void end_merge_entry(FrameBuffer& frame, std::size_t begun) {
  std::uint16_t key_size = 0;
  std::memcpy(&key_size, frame.data() + begun, sizeof key_size);
  write_at(frame, begun + kEntrySizeOffset, static_cast<std::uint32_t>(frame.size() - begun - kMergeEntryHeaderBytes - key_size));
}

void refresh_merge_batch(FrameBuffer& frame, Stamp clock, Stamp horizon, std::uint64_t epoch) {
  write_at(frame, kClockOffset, clock.value);
  write_at(frame, kHorizonOffset, horizon.value);
  write_at(frame, kEpochOffset, epoch);
}

bool read_merge_batch_header(Reader& reader, MergeBatchHeader& out) {
  std::uint8_t version = 0;
  FrameKind kind{};
  reader.read(version);
  reader.read(kind);
  reader.read(out.count);
  reader.skip(4);
  read_writer(reader, out.sender);
  reader.read(out.number);
  reader.read(out.clock.value);
  reader.read(out.horizon.value);
  if (!reader.read(out.epoch)) return false;
  return version == kWireVersion && kind == FrameKind::kMergeBatch && out.number >= 1;
}

void write_merge_ack(FrameBuffer& frame, const MergeAck& ack) {
  write(frame, kWireVersion);
  write(frame, FrameKind::kMergeAck);
  write(frame, std::uint16_t{0});
  write(frame, ack.epoch);
  write_writer(frame, ack.sender);
  write(frame, ack.incarnation);
  write(frame, ack.below);
  write(frame, ack.beyond);
  write(frame, ack.clock.value);
  write(frame, ack.horizon.value);
}

bool read_merge_ack(Reader& reader, MergeAck& out) {
  std::uint8_t version = 0;
  FrameKind kind{};
  reader.read(version);
  reader.read(kind);
  reader.skip(2);
  reader.read(out.epoch);
  read_writer(reader, out.sender);
  reader.read(out.incarnation);
  reader.read(out.below);
  reader.read(out.beyond);
  reader.read(out.clock.value);
  if (!reader.read(out.horizon.value)) return false;
  return version == kWireVersion && kind == FrameKind::kMergeAck && out.below >= 1 && reader.at_end();
}

}  // namespace lath
