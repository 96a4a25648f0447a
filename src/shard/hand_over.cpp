#include "shard/hand_over.hpp"

#include <linux/membarrier.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/spin_pause.hpp"

#if defined(__SANITIZE_THREAD__)
#define LATH_THREAD_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define LATH_THREAD_SANITIZER 1
#endif
#endif

namespace lath {

namespace {

constexpr unsigned kSpins = 200;  // a turn without work takes less; one with work may as well have the core

long membarrier(int command) {
  return syscall(SYS_membarrier, command, 0, 0);
}

}  // namespace

HandOver::Order HandOver::order_here() {
#ifdef LATH_THREAD_SANITIZER
  return Order::kEach;
#else
  // Of the process, and again does no harm.
  const bool registered = membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) == 0;
  return registered ? Order::kMembarrier : Order::kEach;
#endif
}

bool HandOver::try_attend() {
  if (owner_inside_.load(std::memory_order_relaxed)) return false;  // for nothing
  attendant_inside_.store(true, std::memory_order_seq_cst);
  // From here on every thread either sees our flag when it looks, or its own was raised before this and is seen below.
  // (Without the barrier, refused by a filter that came after the registration, say, nobody attends.)
  const bool ordered = order_ != Order::kMembarrier || membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED) == 0;
  if (ordered && !owner_inside_.load(std::memory_order_seq_cst)) return true;
  end_attending();
  return false;
}

void HandOver::wait_for_attendant() const {
  for (unsigned spins = 0; attendant_inside_.load(std::memory_order_acquire); ++spins) {
    if (spins < kSpins) {
      spin_pause();
    } else {
      sched_yield();
    }
  }
}

}  // namespace lath
