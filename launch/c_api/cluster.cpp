// The C API of looking at the cluster.
#include <algorithm>
#include <array>
#include <cstring>

#include "lath/lath.h"
#include "launch/c_api/run.hpp"
#include "topology/cluster_view.hpp"

using namespace lath;
using namespace lath::c_api;

namespace {

const char* text_of(NodeState state) {
  switch (state) {
    case NodeState::kAlive: return "alive";
    case NodeState::kLeaving: return "leaving";
    case NodeState::kLeft: return "left";
    case NodeState::kDead: return "dead";
  }
  return "unknown";
}

template <std::size_t N>
void copy_text(char (&out)[N], std::string_view text) {
  const std::size_t size = std::min(text.size(), N - 1);
  std::memcpy(out, text.data(), size);
  out[size] = '\0';
}

}  // namespace

lath_status lath_node_count(lath_store* store, size_t* count, uint64_t* epoch) {
  const StoreCall open(store, __func__);
  if (!open) return LATH_E_INVALID;
  if (count == nullptr) return fail_in_thread(Code::kInvalid, "lath_node_count: count is NULL; pass where to store it");
  const auto view = open->views().current();
  *count = view->view.size();
  if (epoch != nullptr) *epoch = view->epoch;
  return LATH_OK;
}

lath_status lath_node_at(lath_store* store, size_t index, lath_node* node) {
  const StoreCall open(store, __func__);
  if (!open) return LATH_E_INVALID;
  if (node == nullptr || node->size < sizeof(lath_node)) {
    return fail_in_thread(Code::kInvalid, "lath_node_at: node is NULL, or node->size is not sizeof(lath_node)");
  }
  const auto view = open->views().current();
  const auto entries = view->view.entries();
  if (index >= entries.size()) {
    return fail_in_thread(Code::kNotFound, "lath_node_at: index is " + std::to_string(index) + "; the view has " +
                                               std::to_string(entries.size()) + " nodes");
  }
  const NodeEntry& entry = *entries[index];
  node->node = entry.id.value;
  node->shards = static_cast<std::uint32_t>(entry.shard_addresses.size());
  node->incarnation = entry.incarnation;
  copy_text(node->state, ::text_of(entry.state));
  copy_text(node->host, entry.host);
  return LATH_OK;
}

lath_status lath_places(lath_store* store, const void* key, size_t key_size, lath_place* places, size_t capacity, size_t* count) {
  const StoreCall open(store, __func__);
  if (!open) return LATH_E_INVALID;
  FrameBuffer scratch;
  CallBuilder call(scratch, __func__);
  if (!call.key(Opcode::kGet, key, key_size) || !call.room("places", places, capacity, count)) {
    return fail_in_thread(call.code(), call.text());
  }
  const auto view = open->views().current();
  std::array<Place, kReplicasMax> found;
  const Bytes bytes(static_cast<const std::byte*>(key), key_size);
  *count = view->replicas(key_hash(bytes), bytes, found);
  if (*count == 0) return fail_in_thread(Code::kUnreachable, "lath_places: no node of the cluster is alive by this process's view");
  if (*count > capacity) {
    return fail_in_thread(Code::kTooSmall, "lath_places: the key has " + std::to_string(*count) + " replicas; give room for them");
  }
  for (size_t i = 0; i < *count; ++i) places[i] = {found[i].node.value, found[i].shard.value};
  return LATH_OK;
}

lath_status lath_shard_stats(lath_session* session, lath_place place, void* list, size_t capacity, size_t* size,
                             uint64_t timeout_ns) {
  Entered in(session, __func__);
  if (!in) return in.status();
  CallBuilder call(session->scratch);
  if (!call.keyless(Opcode::kShardStats) || !call.room("list", list, capacity, size)) return in.refuse(call.code(), call.text());
  const auto view = session->store->open->views().current();
  const NodeEntry* node = view->view.find(NodeId{place.node});
  if (node == nullptr || place.shard >= node->shard_addresses.size()) {
    return in.refuse(Code::kNotFound, "shard stats: there is no shard " + std::to_string(place.shard) + " at a node " +
                                          std::to_string(place.node) + "; see lath nodes");
  }
  return wait_for(in, timeout_ns, [&](Session& state, TimeNs deadline, const Completion& completion, TimeNs now) {
    return state.submit_at({NodeId{place.node}, ShardId{place.shard}}, {call.operation(), call.target(), deadline, completion},
                           now);
  });
}
