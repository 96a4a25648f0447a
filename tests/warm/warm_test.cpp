// Decision 1 of the architecture: once warm, the path of small messages allocates nothing and makes no system call, client, shard and
// UCX together. The shard is turned by the session's polls, so all of it is one thread.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <ostream>

#include "counted_allocations.hpp"
#include "lath/lath.h"
#include "one_process.hpp"
#include "traced_child.hpp"

namespace lath::warm {

namespace {

constexpr std::size_t kBatch = 128;
constexpr std::size_t kWarmRounds = 200;
constexpr std::size_t kRounds = 50;
constexpr int kTriesMax = 10;
constexpr std::uint64_t kTimeout = 10'000'000'000;

class Path {
 public:
  explicit Path(OneSidedMode one_sided) : both_(std::size_t{64} << 20, one_sided) {
    lath_batch_open(session(), kBatch, &batch_);
    lath_batch_open(session(), kBatch, &other_);
    for (std::size_t i = 0; i < kBatch; ++i) keys_[i] = i * 0x9e3779b97f4a7c15ULL;
  }
  lath_session* session() { return both_.session(); }

  bool run(lath_status filled) { return filled == LATH_OK && lath_batch_run(batch_, kTimeout) == LATH_OK; }
  lath_status fill_puts(lath_batch* batch) {
    lath_status status = LATH_OK;
    for (std::size_t i = 0; i < kBatch; ++i) status = std::max(status, lath_batch_put(batch, &keys_[i], 8, &keys_[i], 8));
    return status;
  }
  lath_status fill_gets(lath_batch* batch) {
    lath_status status = LATH_OK;
    for (std::size_t i = 0; i < kBatch; ++i) status = std::max(status, lath_batch_get(batch, &keys_[i], 8, &values_[i], 8, &size_));
    return status;
  }
  bool puts() { return run(fill_puts(batch_)); }
  bool gets() { return run(fill_gets(batch_)); }
  bool additions() {
    lath_status status = LATH_OK;
    for (std::size_t i = 0; i < kBatch; ++i) {
      const std::uint64_t counter = ~keys_[i];
      status = std::max(status, lath_batch_counter_add(batch_, &counter, 8, 1));
    }
    return run(status);
  }
  bool extremes() {
    lath_status status = LATH_OK;
    for (std::size_t i = 0; i < kBatch; ++i) {
      const std::uint64_t key = keys_[i] ^ 1;
      status = std::max(status, lath_batch_max_i64_merge(batch_, &key, 8, static_cast<std::int64_t>(++greatest_)));
    }
    return run(status);
  }
  bool reads() {
    for (const std::uint64_t& key : keys_) {
      if (lath_get(session(), &key, 8, &values_[0], 8, &size_, kTimeout) != LATH_OK || values_[0] != key) return false;
    }
    return true;
  }
  std::uint64_t read_one_sidedly() { return session()->driver->one_sided().counters().answered; }
  bool two_under_way() {
    std::array<lath_request, 2> requests{};
    return fill_puts(batch_) == LATH_OK && lath_batch_run_nb(batch_, kTimeout, &requests[0]) == LATH_OK &&
           fill_gets(other_) == LATH_OK && lath_batch_run_nb(other_, kTimeout, &requests[1]) == LATH_OK &&
           lath_wait_all(session(), requests.data(), requests.size(), nullptr, kTimeout) == LATH_OK;
  }
  bool window() {
    std::array<lath_request, 16> requests{};
    lath_status status = LATH_OK;
    for (std::size_t i = 0; i < requests.size(); ++i) {
      if (is_slow_) wait_a_while();
      status = std::max(status, lath_get_nb(session(), &keys_[i], 8, &values_[i], 8, &size_, kTimeout, &requests[i]));
    }
    return status == LATH_OK && lath_wait_all(session(), requests.data(), requests.size(), nullptr, kTimeout) == LATH_OK;
  }
  // A caller who dawdles between requests that are not waited for: each leaves in a frame of its own, where others share one. As many
  // frames as a hiccup of the machine can make of them have been under way, then.
  void dawdle(bool slow) { is_slow_ = slow; }
  bool alone() {
    return lath_put(session(), &keys_[0], 8, &keys_[0], 8, kTimeout) == LATH_OK &&
           lath_get(session(), &keys_[0], 8, &values_[0], 8, &size_, kTimeout) == LATH_OK;
  }

  // The second of two that are begun at once is held, for company. Of what shards alone answer: and no update, which reads would wait for.
  bool hold_one() {
    std::array<lath_request, 2> requests{};
    for (lath_request& request : requests) {
      if (lath_hll_count_nb(session(), "none", 4, &count_, kTimeout, &request) != LATH_OK) return false;
    }
    return holds_any();
  }
  bool read_another() { return lath_get(session(), &keys_[1], 8, &values_[1], 8, &size_, kTimeout) == LATH_OK; }
  bool holds_any() { return session()->driver->session().unsent_streams() > 0; }

 private:
  static void wait_a_while() {
    const auto until = std::chrono::steady_clock::now() + std::chrono::microseconds(2);
    while (std::chrono::steady_clock::now() < until) {
    }
  }

  OneProcess both_;
  lath_batch* batch_ = nullptr;
  lath_batch* other_ = nullptr;
  std::array<std::uint64_t, kBatch> keys_{};
  std::array<std::uint64_t, kBatch> values_{};
  std::uint64_t count_ = 0;
  std::size_t size_ = 0;
  std::uint64_t greatest_ = 0;
  bool is_slow_ = false;
};

struct Way {
  const char* name;
  bool (Path::*step)();
  OneSidedMode one_sided = OneSidedMode::kOff;
};
// Where a case fails; gtest would print the bytes.
void PrintTo(const Way& way, std::ostream* out) {
  *out << way.name;
}
constexpr Way kWays[] = {{"puts", &Path::puts},
                         {"gets", &Path::gets},
                         {"additions", &Path::additions},
                         {"window", &Path::window},
                         {"two", &Path::two_under_way},
                         {"alone", &Path::alone},
                         {"extremes", &Path::extremes},
                         {"loads", &Path::reads, OneSidedMode::kOn},
                         {"copies", &Path::reads, OneSidedMode::kCopies}};

class Warm : public testing::TestWithParam<Way> {};

bool repeat(Path& path, const Way& way, std::size_t rounds) {
  for (std::size_t round = 0; round < rounds; ++round) {
    if (!(path.*way.step)()) return false;
  }
  return true;
}

// Of some rounds. Where the machine held one of them up, more frames than ever before may have been under way, and the pools grown.
struct Taken {
  bool well = true;
  bool held_up = false;
  std::uint64_t allocations = 0;
  std::uint64_t locks = 0;
  std::uint64_t reads = 0;
};
Taken take_rounds(Path& path, const Way& way) {
  constexpr int kHeldUp = 5;  // times as long as the quickest
  using Clock = std::chrono::steady_clock;
  Taken taken{true, false, allocations(), locks(), path.read_one_sidedly()};
  Clock::duration quickest = Clock::duration::max();
  Clock::duration longest{};
  for (std::size_t round = 0; taken.well && round < kRounds; ++round) {
    const auto start = Clock::now();
    taken.well = (path.*way.step)();
    const Clock::duration took = Clock::now() - start;
    quickest = std::min(quickest, took);
    longest = std::max(longest, took);
  }
  taken.held_up = longest > kHeldUp * quickest;
  taken.allocations = allocations() - taken.allocations;
  taken.locks = locks() - taken.locks;
  taken.reads = path.read_one_sidedly() - taken.reads;
  return taken;
}

bool warm_up(Path& path, const Way& way) {
  if (!path.puts()) return false;
  path.dawdle(true);
  const bool well = repeat(path, way, kWarmRounds / 2);
  path.dawdle(false);
  return well && repeat(path, way, kWarmRounds / 2);
}

// In a child, as UCX is used in this process by none but its children.
int count_what_is_taken(const Way& way) {
  Path path(way.one_sided);
  if (!warm_up(path, way)) return 1;
  Taken taken = take_rounds(path, way);
  // What allocates or locks by itself does so in each of them.
  for (int tries = 1; taken.well && taken.held_up && taken.allocations > 0 && tries < kTriesMax; ++tries)
    taken = take_rounds(path, way);
  if (!taken.well) return 1;
  std::fprintf(stderr, "%s, %zu rounds%s: %llu allocations, %llu locks, %llu reads past the shard\n", way.name, kRounds,
               taken.held_up ? ", held up" : "", static_cast<unsigned long long>(taken.allocations),
               static_cast<unsigned long long>(taken.locks), static_cast<unsigned long long>(taken.reads));
  if (way.one_sided != OneSidedMode::kOff && taken.reads < kRounds * kBatch * 9 / 10) return 3;
  return taken.allocations == 0 && taken.locks == 0 ? 0 : 2;
}
int make_calls(const Way& way) {
  Path path(way.one_sided);
  if (!warm_up(path, way)) return 1;
  mark_begin();
  const bool well = repeat(path, way, kRounds);
  mark_end();
  return well ? 0 : 1;
}

}  // namespace

TEST_P(Warm, allocates_nothing_and_takes_no_lock) {
  EXPECT_TRUE(trace_child([] { return count_what_is_taken(GetParam()); }).ended_well);
}

TEST_P(Warm, makes_no_system_call) {
  const Traced traced = trace_child([] { return make_calls(GetParam()); });
  EXPECT_TRUE(traced.ended_well);
  EXPECT_TRUE(traced.calls.empty()) << "by number: " << traced.text();
}

TEST(WarmItself, what_allocates_is_seen_in_libraries_too) {
  const std::uint64_t before = allocations();
  char* volatile copy = strdup("the C library's own call of malloc");
  EXPECT_EQ(allocations(), before + 1);
  std::free(copy);
}

TEST(WarmItself, a_lock_is_seen) {
  const std::uint64_t before = locks();
  std::mutex mutex;
  const std::lock_guard lock(mutex);
  EXPECT_EQ(locks(), before + 1);
}

TEST(WarmItself, what_calls_the_system_is_seen) {
  const Traced traced = trace_child([] {
    mark_begin();
    const bool is_child = getppid() != 0;
    mark_end();
    return is_child ? 0 : 1;
  });
  EXPECT_TRUE(traced.ended_well);
  EXPECT_EQ(traced.calls.size(), 1U) << traced.text();
}

// It waits for its answer, though not for a message.
TEST(Held, what_waits_for_company_leaves_with_a_read_past_the_shard) {
  EXPECT_TRUE(trace_child([] {
                Path path(OneSidedMode::kOn);
                if (!path.puts()) return 1;
                for (int tries = 0; tries < 1000 && path.read_one_sidedly() == 0; ++tries) {
                  if (!path.reads()) return 2;
                }
                if (!path.hold_one()) return 3;
                const std::uint64_t before = path.read_one_sidedly();
                if (!path.read_another() || path.read_one_sidedly() != before + 1) return 4;
                return path.holds_any() ? 5 : 0;
              }).ended_well);
}

INSTANTIATE_TEST_SUITE_P(Ways, Warm, testing::ValuesIn(kWays), [](const auto& way) { return way.param.name; });

}  // namespace lath::warm
