// What a shard's pulls are for: puts of sessions, and values that other replicas told of. The shard's thread.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "base/clock.hpp"
#include "base/message.hpp"
#include "store/key.hpp"
#include "store/large_id.hpp"
#include "wire/writer.hpp"

namespace lath {

// A put whose answer its session waits for.
struct LargePut {
  std::uint64_t session = 0;
  std::uint64_t epoch = 0;  // of the view by which it was routed
  std::uint32_t sequence = 0;
  std::uint16_t operation = 0;
  std::uint8_t ack_nodes = 1;
  std::uint64_t bytes = 0;
  std::uint64_t hash = 0;
  std::string key;

  Key as_key() const { return {hash, as_bytes(key)}; }
};

// A value that a replica has told of.
struct LargeFetch {
  std::uint64_t hash = 0;
  std::string key;
  PeerId from;
  std::uint64_t incarnation = 0;  // of whom it was told by
  LargeId id;                     // what is pulled; before the offer, what was told of
  std::uint64_t pull = 0;         // 0: it is not offered yet
  TimeNs until = 0;               // when an offer is not expected any more: it will be told of again

  Key as_key() const { return {hash, as_bytes(key)}; }
};

struct LargeWork {
  std::unordered_map<std::uint64_t, LargePut> puts;       // by pull
  std::unordered_map<std::uint32_t, LargeFetch> fetches;  // by token
  std::uint32_t token_next = 1;

  bool fetches_key(const Key& key) const {
    for (const auto& [token, fetch] : fetches) {
      if (fetch.hash == key.hash && fetch.key == as_text(key.bytes)) return true;
    }
    return false;
  }
};

}  // namespace lath
