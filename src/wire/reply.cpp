#include "wire/reply.hpp"

#include <algorithm>

namespace lath {

void write_held_types(FrameBuffer& frame, const HeldTypes& held) {
  write(frame, held.key);
  write(frame, held.field);
}

void write_lagging(FrameBuffer& frame, std::span<const NodeId> nodes) {
  write(frame, static_cast<std::uint32_t>(nodes.size()));
  for (const NodeId node : nodes.first(std::min(nodes.size(), LaggingNodes::kNamedMax))) write(frame, node.value);
}

LaggingNodes read_lagging(Bytes payload) {
  Reader reader(payload);
  LaggingNodes lagging;
  reader.read(lagging.count);
  for (std::size_t index = 0; index < std::min<std::size_t>(lagging.count, LaggingNodes::kNamedMax); ++index) {
    reader.read(lagging.named[index].value);
  }
  return reader.at_end() ? lagging : LaggingNodes{};
}

HeldTypes read_held_types(Bytes payload) {
  Reader reader(payload);
  HeldTypes held;
  reader.read(held.key);
  reader.read(held.field);
  return reader.at_end() ? held : HeldTypes{};
}

}  // namespace lath
