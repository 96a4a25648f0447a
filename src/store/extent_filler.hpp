// Prepares the spare extents of a node's shards, in parts that are short enough for a core that a shard or a client uses as well. The
// control thread's; it is told the time, and says how long it may pause.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "base/clock.hpp"
#include "lath/result.hpp"
#include "store/extent_queue.hpp"

namespace lath {

class ExtentFiller {
 public:
  static constexpr std::size_t kPartBytes = 128UL << 10;  // some 0.1 ms of the core that the thread is on
  static constexpr TimeNs kPauseNs = 50'000;              // between two parts of an extent that no shard waits for yet
  static constexpr TimeNs kCheckNs = 10'000'000;          // a spare extent that was taken is seen in time; 100 wake-ups a second
  static constexpr TimeNs kRetryNs = 1'000'000'000;       // after the system refused memory
  // What is mapped and not yet touched counts as free for the system: UcxContext::allocate leaves as much to it.
  static constexpr std::size_t kUntouchedMax = 4 * ExtentQueue::kExtentBytesLast;

  struct Shard {
    const ExtentQueue* extents = nullptr;
    std::function<Result<void>(std::size_t bytes_at_most)> refill;  // of these extents
  };
  explicit ExtentFiller(const std::vector<Shard>& shards) : shards_(shards.begin(), shards.end()) {}

  // One part for each shard that needs one. The error is of the last that was refused memory; the others got theirs nevertheless.
  Result<void> turn(TimeNs now);
  TimeNs pause_ns() const { return pause_ns_; }  // from the end of a turn to the next one, at most
  bool is_refused() const;                       // a shard was refused memory, and has got none since

 private:
  struct Fed : Shard {
    explicit Fed(const Shard& shard) : Shard(shard) {}
    bool refused = false;
    TimeNs map_not_before = 0;
  };
  Result<void> fill(Fed& shard, TimeNs now, std::size_t& untouched);

  std::vector<Fed> shards_;
  TimeNs pause_ns_ = 0;
};

}  // namespace lath
