// Answers that wait for other nodes: frames sent with ack_nodes > 1, whose updates must be on that many nodes, and flushes. Bounded
// by kDeferredMax. What is held back is small: updates answer with a status alone.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "lath/ids.hpp"
#include "lath/limits.hpp"

namespace lath {

// The nodes beside this one that hold a key, by their places.
struct OtherReplicas {
  std::array<Place, kReplicasMax> places{};
  std::uint8_t count = 0;

  std::span<const Place> all() const { return {places.data(), count}; }
  bool operator==(const OtherReplicas& other) const;
};

struct DeferredAnswer {
  std::uint64_t session = 0;
  std::uint32_t sequence = 0;
  std::uint16_t operation = 0;            // of a flush
  bool is_flush = false;                  // else all updates of the frame
  bool is_large = false;                  // its update is a large value's
  std::uint8_t nodes = 0;                 // that must hold it, this one included
  std::uint64_t update = 0;               // this shard's updates up to here are meant
  std::vector<OtherReplicas> sets;        // of the frame's keys, each once
  std::vector<std::uint16_t> operations;  // of the frame, those that update
};

class Deferred {
 public:
  bool empty() const { return answers_.empty(); }
  std::size_t size() const { return answers_.size(); }
  bool full() const { return answers_.size() >= kDeferredMax; }
  void add(DeferredAnswer answer) { answers_.push_back(std::move(answer)); }
  // Null where it is not here. Valid until the next change.
  const DeferredAnswer* find_flush(std::uint64_t session, std::uint32_t sequence, std::uint16_t operation) const;

  // Takes out what is_over(answer) says no longer waits, in order.
  template <class IsOver, class Done>
  void take_if(IsOver&& is_over, Done&& done) {
    std::erase_if(answers_, [&](const DeferredAnswer& answer) {
      if (!is_over(answer)) return false;
      done(answer);
      return true;
    });
  }

 private:
  std::vector<DeferredAnswer> answers_;
};

}  // namespace lath
