// Any bytes, as what tells of a cluster: a view between control threads, the contact port's first message, where a shard's table lies.
// Decoded to their end or refused, without reading past them; what is decoded keeps to the limits, and a view comes back as it was.
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/assert.hpp"
#include "control/view_codec.hpp"
#include "lath/limits.hpp"
#include "launch/contact/protocol.hpp"
#include "wire/shard_memory.hpp"
#include "wire/writer.hpp"

namespace lath {
namespace {

void decode_view(Bytes bytes) {
  const auto frame = decode_control_frame(bytes);
  if (!frame) return;
  View view;
  for (const NodeEntry& entry : frame->entries) {
    LATH_ASSERT(entry.id.value < kNodesMax && entry.shard_addresses.size() <= kShardsPerNodeMax);
    view.merge(entry);
  }
  View again;
  for (const FrameBuffer& part : encode_view(view, frame->sender)) {
    const auto decoded = decode_control_frame(part.bytes());
    LATH_ASSERT(decoded);
    for (const NodeEntry& entry : decoded->entries) again.merge(entry);
  }
  LATH_ASSERT(again == view);
}

void decode_cluster(Bytes bytes) {
  const auto cluster = read_contact_cluster(bytes);
  LATH_ASSERT(!cluster || cluster->placement.size() <= kPlacementTextsMax);
}

void decode_shard_memory(Bytes bytes) {
  const auto memory = read_shard_memory(bytes);
  if (!memory) return;
  FrameBuffer again;
  append_shard_memory(again, *memory);
  LATH_ASSERT(as_text(again.bytes()) == as_text(bytes));
}

}  // namespace
}  // namespace lath

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input, std::size_t size) {
  const lath::Bytes bytes = std::as_bytes(std::span(input, size));
  lath::decode_view(bytes);
  lath::decode_cluster(bytes);
  lath::decode_shard_memory(bytes);
  return 0;
}
