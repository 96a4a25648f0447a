// Which of two threads may use a shard now: its owner, which passes here with every call, or its attendant, which does so where the owner
// stays away. Each raises its flag, then looks at the other's (Dekker). An order between the owner's store and load would cost it as much as
// an atomic read-modify-write; so the attendant has the system order all threads of the process instead (membarrier), and pays for both.
// Where there is no membarrier, and under ThreadSanitizer, which knows nothing of it, both order for themselves.
#pragma once

#include <atomic>
#include <cstdint>

namespace lath {

class HandOver {
 public:
  enum class Order : std::uint8_t {
    kMembarrier,  // the attendant orders for both
    kEach,        // each for itself
  };
  // The better one of this process.
  static Order order_here();

  explicit HandOver(Order order = order_here()) : order_(order) {}

  // The owner's: one thread at a time, where "one after the other" is the caller's business. Waits for the end of what the attendant does.
  void enter() {
    if (order_ == Order::kMembarrier) [[likely]] {
      owner_inside_.store(true, std::memory_order_relaxed);
      std::atomic_signal_fence(std::memory_order_seq_cst);
    } else {
      owner_inside_.store(true, std::memory_order_seq_cst);
    }
    if (attendant_inside_.load(std::memory_order_seq_cst)) [[unlikely]]
      wait_for_attendant();
  }
  void leave() { owner_inside_.store(false, std::memory_order_release); }

  // The attendant's thread. false: the owner is inside, or comes. It never waits.
  bool try_attend();
  void end_attending() { attendant_inside_.store(false, std::memory_order_release); }
  // While it attends: the owner waits, or the attendant just came in its way.
  bool owner_waits() const { return owner_inside_.load(std::memory_order_relaxed); }

 private:
  void wait_for_attendant() const;

  const Order order_;
  // The owner writes its line with every call, and reads the other, which stays in its cache while the attendant is away.
  alignas(64) std::atomic<bool> owner_inside_{false};
  alignas(64) std::atomic<bool> attendant_inside_{false};
};

}  // namespace lath
