#include "wire/shard_memory.hpp"

#include "lath/limits.hpp"
#include "wire/reader.hpp"
#include "wire/writer.hpp"

namespace lath {

void append_shard_memory(FrameBuffer& frame, const ShardMemory& memory) {
  write(frame, memory.incarnation);
  write(frame, memory.now_ns);
  write(frame, memory.root);
  write(frame, static_cast<std::uint32_t>(memory.exports.size()));
  for (const Bytes exported : memory.exports) {
    write(frame, static_cast<std::uint32_t>(exported.size()));
    frame.append(exported);
  }
}

std::optional<ShardMemory> read_shard_memory(Bytes payload) {
  ShardMemory memory;
  std::uint32_t count = 0;
  Reader reader(payload);
  reader.read(memory.incarnation);
  reader.read(memory.now_ns);
  reader.read(memory.root);
  if (!reader.read(count) || count > reader.left() / sizeof(std::uint32_t)) return std::nullopt;
  memory.exports.reserve(count);
  for (std::uint32_t index = 0; index < count; ++index) {
    std::uint32_t size = 0;
    Bytes exported;
    if (!reader.read(size) || size > kRegionExportBytesMax || !reader.read_bytes(size, exported)) return std::nullopt;
    memory.exports.push_back(exported);
  }
  if (!reader.at_end()) return std::nullopt;
  return memory;
}

}  // namespace lath
