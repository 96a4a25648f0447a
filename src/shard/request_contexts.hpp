// What the brief requests of a connection leave out: the session, epoch and acknowledging nodes of its last whole request that gave
// them a number. One a connection, so bounded by kPeersMax. The shard's thread.
#pragma once

#include <cstdint>
#include <vector>

#include "base/message.hpp"
#include "wire/request.hpp"

namespace lath {

class RequestContexts {
 public:
  // Remembers what a whole header says; fills in what a brief one leaves out. false: it means a context that is not here, because
  // the whole one was lost or is still to come; its session will send it again, whole.
  bool complete(PeerId from, RequestHeader& header) {
    if (!header.brief) {
      if (header.context != 0) remember(from, header);
      return true;
    }
    if (from.index >= contexts_.size()) return false;
    const Context& context = contexts_[from.index];
    if (context.generation != from.generation || context.number != header.context) return false;
    header.session = context.session;
    header.epoch = context.epoch;
    header.ack_nodes = context.ack_nodes;
    return true;
  }
  void forget(PeerId peer) {
    if (peer.index < contexts_.size() && contexts_[peer.index].generation == peer.generation) contexts_[peer.index] = {};
  }

 private:
  struct Context {
    std::uint64_t session = 0;
    std::uint64_t epoch = 0;
    std::uint32_t generation = 0;  // of the connection
    std::uint8_t number = 0;       // 0: none
    std::uint8_t ack_nodes = 1;
  };

  void remember(PeerId from, const RequestHeader& header) {
    if (from.index >= contexts_.size()) contexts_.resize(from.index + std::size_t{1});
    contexts_[from.index] = {header.session, header.epoch, from.generation, header.context, header.ack_nodes};
  }

  std::vector<Context> contexts_;  // by the connection's index
};

}  // namespace lath
