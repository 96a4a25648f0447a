#include "wire/request.hpp"

#include "base/assert.hpp"

namespace lath {

using namespace request_layout;

void begin_request(FrameBuffer& frame, const RequestHeader& header) {
  const std::size_t bytes = header.brief ? kBriefHeaderBytes : kRequestHeaderBytes;
  write_request_header(frame.extend(bytes) + bytes, header);
}

void set_count(FrameBuffer& frame, std::uint16_t count) {
  LATH_ASSERT(count >= 1 && count <= kFrameOperationsMax && frame.size() >= sizeof(Front));
  std::uint16_t packed = 0;
  std::memcpy(&packed, frame.data() + kPackedOffset, sizeof packed);
  write_at(frame, kPackedOffset, packed_of(count, packed >> kCountBits));
}

void refresh_request(FrameBuffer& frame, std::uint64_t epoch, std::uint32_t oldest) {
  std::uint16_t packed = 0;
  std::uint32_t sequence = 0;
  std::memcpy(&packed, frame.data() + kPackedOffset, sizeof packed);
  std::memcpy(&sequence, frame.data() + kSequenceOffset, sizeof sequence);
  write_at(frame, kPackedOffset, packed_of(static_cast<std::uint16_t>((packed & kCountMask) + 1), sequence - oldest));
  write_at(frame, kEpochOffset, epoch);
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
