#include "wire/request.hpp"

#include "lath/limits.hpp"
#include "wire/writer.hpp"

namespace lath {

namespace {
constexpr std::size_t kCountOffset = 2;
constexpr std::size_t kEpochOffset = 16;
constexpr std::size_t kOldestOffset = 24;
}  // namespace

void begin_request(FrameBuffer& frame, const RequestHeader& header) {
  write(frame, kWireVersion);
  write(frame, FrameKind::kRequest);
  write(frame, header.count);
  write(frame, header.sequence);
  write(frame, header.session);
  write(frame, header.epoch);
  write(frame, header.oldest);
  write(frame, std::uint32_t{header.ack_nodes});
}

void append_operation(FrameBuffer& frame, const Operation& operation) {
  write(frame, operation.opcode);
  write(frame, std::uint8_t{0});
  write(frame, static_cast<std::uint16_t>(operation.key.size()));
  write(frame, static_cast<std::uint32_t>(operation.argument.size()));
  frame.append(operation.key);
  frame.append(operation.argument);
}

void set_count(FrameBuffer& frame, std::uint16_t count) {
  write_at(frame, kCountOffset, count);
}

void refresh_request(FrameBuffer& frame, std::uint64_t epoch, std::uint32_t oldest) {
  write_at(frame, kEpochOffset, epoch);
  write_at(frame, kOldestOffset, oldest);
}

bool read_request_header(Reader& reader, RequestHeader& out) {
  std::uint8_t version = 0;
  FrameKind kind{};
  std::uint32_t ack_nodes = 0;
  reader.read(version);
  reader.read(kind);
  reader.read(out.count);
  reader.read(out.sequence);
  reader.read(out.session);
  reader.read(out.epoch);
  reader.read(out.oldest);
  if (!reader.read(ack_nodes)) return false;
  out.ack_nodes = static_cast<std::uint8_t>(ack_nodes);
  return version == kWireVersion && kind == FrameKind::kRequest && ack_nodes >= 1 && ack_nodes <= kReplicasMax && out.count >= 1 &&
         out.count <= kFrameOperationsMax && out.sequence >= 1 && out.oldest <= out.sequence;
}

bool read_operation(Reader& reader, Operation& out) {
  std::uint8_t zero = 0;
  std::uint16_t key_size = 0;
  std::uint32_t argument_size = 0;
  reader.read(out.opcode);
  reader.read(zero);
  reader.read(key_size);
  if (!reader.read(argument_size)) return false;
  if (zero != 0 || !is_known(out.opcode) || key_size > kKeyBytesMax || argument_size > kArgumentBytesMax) return false;
  if ((key_size == 0) != is_keyless(out.opcode)) return false;
  return reader.read_bytes(key_size, out.key) && reader.read_bytes(argument_size, out.argument);
}

bool read_field_operation(const Operation& operation, FieldOperation& out) {
  if (operation.opcode == Opcode::kMapErase) {
    out = {operation.argument, Opcode::kMapErase, {}};
    return true;
  }
  if (operation.opcode != Opcode::kMapUpdate && operation.opcode != Opcode::kMapRead) return false;
  Reader reader(operation.argument);
  std::uint16_t field_size = 0;
  if (!reader.read(field_size) || !reader.read_bytes(field_size, out.field) || !reader.read(out.opcode)) return false;
  out.argument = reader.rest();
  return true;
}

}  // namespace lath
