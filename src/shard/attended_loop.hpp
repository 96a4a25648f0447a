// A shard's loop without a thread of its own: its owner, a thread of the application, turns it and executes operations on it in its calls;
// where no turn was made for a while, the node's attendant turns it, so that the shard's peers need not wait for an owner that computes.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "base/clock.hpp"
#include "shard/hand_over.hpp"
#include "shard/shard_loop.hpp"

namespace lath {

class AttendedLoop {
 public:
  // The loop outlives it. `name`: where lines of the log come from that the owner causes in here.
  explicit AttendedLoop(ShardLoop& loop, std::string name = {}) : loop_(loop), name_(std::move(name)) {}

  // Ends the attendant's sleep; set before there is an owner, and called by the owner.
  void set_wake(std::function<void()> wake) { wake_ = std::move(wake); }

  // The owner's, one thread at a time.
  bool turn();  // says whether there was anything to do
  // Executes an operation that can be answered at once: then take(const Answer&) is called, before anything else happens to the shard.
  template <class Take>
  bool execute(const Operation& operation, Take&& take) {
    enter();
    const std::optional<Answer> answer = loop_.execute(operation);
    if (answer) take(*answer);
    hand_.leave();
    return answer.has_value();
  }
  void prefetch(Bytes key) {
    enter();
    loop_.shard().prefetch(key);
    hand_.leave();
  }

  // The attendant's thread.
  // Turns, by loop and owner, that the attendant did not make.
  std::uint64_t owner_turns() const { return loop_.turns_in_calls(); }
  enum class Attended {
    kOwnerInside,  // nothing was done
    kWorked,
    kNothing,  // there was nothing to do
    kAsleep,   // nor will there be until the deadline, the descriptor or the owner says so
  };
  // One turn; then, where there was nothing to do and `may_sleep`, gets ready to sleep. deadline: of the next turn.
  Attended attend(bool may_sleep, TimeNs& deadline);
  // false: the owner has been here since kAsleep.
  bool is_asleep() const { return asleep_.load(std::memory_order_relaxed); }
  int event_fd() const { return loop_.transport().event_fd(); }

 private:
  void enter() {
    hand_.enter();
    if (asleep_.load(std::memory_order_relaxed)) [[unlikely]]
      wake_attendant();
  }
  void wake_attendant();

  static constexpr unsigned kTurnsAtOnce = 32;  // the other shards have an attendant too

  ShardLoop& loop_;
  std::string name_;
  HandOver hand_;
  std::function<void()> wake_;
  // The attendant sleeps until the endpoint's descriptor or a deadline wakes it, neither of which it knows any more once somebody else has
  // polled or written. Written by whoever has the hand.
  std::atomic<bool> asleep_{false};
};

}  // namespace lath
