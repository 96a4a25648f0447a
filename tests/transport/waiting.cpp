// Adaptive waiting: what is chosen, and that a descriptor which fires without work does not turn a sleep into a spin.
#include "transport/waiting.hpp"

#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace lath {

namespace {

enum class Wakes { kAlways, kNever, kSimulated };

// Never has anything to do, and says so on a descriptor that is always readable; or, where it does not let itself be armed, never is;
// or has no descriptor, as what is simulated.
class Nuisance final : public Transport {
 public:
  explicit Nuisance(Wakes wakes = Wakes::kAlways)
      : arms_(wakes == Wakes::kAlways), fd_(wakes == Wakes::kSimulated ? -1 : eventfd(arms_ ? 1 : 0, EFD_CLOEXEC)) {}
  ~Nuisance() override {
    if (fd_ >= 0) close(fd_);
  }
  Nuisance(const Nuisance&) = delete;
  Nuisance& operator=(const Nuisance&) = delete;
  const Address& address() const override { return address_; }
  Result<PeerId> connect(const Address&) override { return Error{Code::kUnreachable, "alone"}; }
  bool is_connected(const Address&) const override { return false; }
  bool is_open(PeerId) const override { return false; }
  void disconnect(PeerId) override {}
  FrameBuffer acquire() override { return {}; }
  void release(FrameBuffer) override {}
  Sent send(PeerId, FrameBuffer&) override { return Sent::kClosed; }
  std::size_t poll(std::size_t, TransportEvents&) override { return 0; }
  void probe(PeerId) override {}
  Reach reach(PeerId) const override { return Reach::kNone; }
  Result<Attached> attach(PeerId, Bytes) override { return Error{Code::kClosed, "alone"}; }
  void detach(AttachedId) override {}
  ReadBegun read(AttachedId, std::uint64_t, std::span<std::byte>, std::uint64_t) override { return ReadBegun::kClosed; }
  int event_fd() const override { return fd_; }
  bool arm() override { return arms_; }
  void wake() override {}
  std::string path(PeerId) const override { return {}; }
  const TransportCounters& counters() const override { return counters_; }

 private:
  bool arms_;
  int fd_;
  Address address_;
  TransportCounters counters_;
};

}  // namespace

TEST(Waiting, spins_only_with_a_core_for_each_thread) {
  EXPECT_GT(WaitPolicy::choose(2, 2).spin_ns, 0u);
  EXPECT_EQ(WaitPolicy::choose(3, 2).spin_ns, 0u);
  EXPECT_GT(WaitPolicy::choose(3, 2).yield_ns, 0u);
}

TEST(Waiting, an_event_without_work_does_not_spin) {
  Nuisance transport;
  const SystemClock clock;
  Waiter waiter(transport, {.spin_ns = 0, .yield_ns = 0, .may_sleep = true});
  const TimeNs until = clock.now_ns() + 200'000'000;
  while (clock.now_ns() < until) waiter.idle(clock.now_ns(), until);
  EXPECT_LT(waiter.sleeps(), 300u) << "about one a millisecond";
}

// As UCX while frames for a stopped peer wait.
TEST(Waiting, a_transport_that_is_never_armed_does_not_spin_for_long) {
  Nuisance transport(Wakes::kNever);
  const SystemClock clock;
  Waiter waiter(transport, {.spin_ns = 0, .yield_ns = 0, .may_sleep = true});
  const TimeNs begun = clock.now_ns();
  while (clock.now_ns() < begun + 10'000'000) waiter.idle(clock.now_ns(), begun + 1'000'000'000);
  unsigned turns = 0;
  for (; clock.now_ns() < begun + 210'000'000; ++turns) waiter.idle(clock.now_ns(), begun + 1'000'000'000);
  EXPECT_LT(turns, 300u) << "about one a millisecond";
}

// Its time passes by turns: each turn that waited would be a millisecond of ours for a microsecond of its own.
TEST(Waiting, a_simulated_transport_is_not_slept_on) {
  Nuisance transport(Wakes::kSimulated);
  Waiter waiter(transport, {.spin_ns = 0, .yield_ns = 0, .may_sleep = true});
  for (TimeNs simulated = 1; simulated < 10'000'000; simulated += 1'000) waiter.idle(simulated, 1'000'000'000);
  EXPECT_EQ(waiter.sleeps(), 0u);
}

TEST(Waiting, a_past_deadline_does_not_wait) {
  Nuisance transport;
  const SystemClock clock;
  Waiter waiter(transport, {.spin_ns = 0, .yield_ns = 0, .may_sleep = true});
  waiter.idle(clock.now_ns(), clock.now_ns() - 1);
  EXPECT_EQ(waiter.sleeps(), 0u);
}

}  // namespace lath
