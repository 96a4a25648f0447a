#include "store/extent_filler.hpp"

#include <map>

#include "tests/store/extents.hpp"

namespace lath {
namespace {

// Shards with nothing, and a system that says no to those that it is told of.
class Fillings {
 public:
  explicit Fillings(std::size_t shards, std::size_t first = ExtentQueue::kExtentBytesFirst) {
    std::vector<ExtentFiller::Shard> fed;
    for (std::size_t at = 0; at < shards; ++at) {
      queues_.push_back(std::make_unique<ExtentQueue>(1UL << 30, first));
      fed.push_back({queues_.back().get(), [this, at](std::size_t bytes) { return refill(at, bytes); }});
    }
    filler_.emplace(fed);
  }

  ExtentFiller& filler() { return *filler_; }
  ExtentQueue& queue(std::size_t at) { return *queues_[at]; }
  void refuse(std::size_t at, bool refused) { refused_[at] = refused; }
  std::uint64_t asked(std::size_t at) { return asked_[at]; }
  std::size_t untouched() const {
    std::size_t bytes = 0;
    for (const auto& queue : queues_) bytes += queue->bytes_untouched();
    return bytes;
  }
  // Turns after its pauses, until `end`; how many.
  std::size_t run(TimeNs& now, TimeNs end) {
    std::size_t turns = 0;
    for (; now < end; ++turns) {
      last_ = filler_->turn(now);
      most_untouched_ = std::max(most_untouched_, untouched());
      now += std::max<TimeNs>(1, filler_->pause_ns());
    }
    return turns;
  }
  const Result<void>& last() const { return last_; }
  std::size_t most_untouched() const { return most_untouched_; }

 private:
  Result<void> refill(std::size_t at, std::size_t bytes) {
    ++asked_[at];
    EXPECT_LE(bytes, ExtentFiller::kPartBytes);
    if (refused_[at] && queues_[at]->bytes_untouched() == 0) return Error{Code::kFull, "none for shard " + std::to_string(at)};
    return queues_[at]->refill(heap_, bytes);
  }

  HeapRegionProvider heap_;
  std::vector<std::unique_ptr<ExtentQueue>> queues_;
  std::map<std::size_t, bool> refused_;
  std::map<std::size_t, std::uint64_t> asked_;
  std::optional<ExtentFiller> filler_;
  Result<void> last_;
  std::size_t most_untouched_ = 0;
};

constexpr TimeNs kMs = 1'000'000;

TEST(ExtentFiller, gives_every_shard_a_spare_extent_and_then_only_looks) {
  Fillings all(2);
  TimeNs now = 0;
  all.run(now, 100 * kMs);
  EXPECT_FALSE(all.queue(0).wants_more());
  EXPECT_FALSE(all.queue(1).wants_more());
  const std::uint64_t asked = all.asked(0);
  EXPECT_EQ(all.run(now, now + 1000 * kMs), 100u) << "a look every 10 ms";
  EXPECT_EQ(all.asked(0), asked);
}

TEST(ExtentFiller, fills_at_once_for_a_shard_that_waits_and_with_pauses_for_one_that_does_not) {
  Fillings all(1);
  TimeNs now = 0;
  ASSERT_TRUE(all.filler().turn(now).has_value());
  EXPECT_EQ(all.filler().pause_ns(), ExtentFiller::kPauseNs);
  EXPECT_TRUE(all.queue(0).take().empty());
  ASSERT_TRUE(all.queue(0).is_starving());
  ASSERT_TRUE(all.filler().turn(now).has_value());
  EXPECT_EQ(all.filler().pause_ns(), 0u);
}

TEST(ExtentFiller, what_one_shard_is_refused_holds_up_no_other) {
  Fillings all(3);
  all.refuse(1, true);
  TimeNs now = 0;
  all.run(now, 100 * kMs);
  EXPECT_FALSE(all.queue(0).wants_more());
  EXPECT_FALSE(all.queue(2).wants_more());
  EXPECT_TRUE(all.filler().is_refused());
  EXPECT_EQ(all.asked(1), 1u) << "refused memory is asked for again and again";
}

TEST(ExtentFiller, an_extent_that_was_begun_is_finished_though_another_shard_is_refused_memory) {
  Fillings all(2);
  all.refuse(0, true);
  TimeNs now = 0;
  const auto refused = all.filler().turn(now);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().text, "none for shard 0");
  EXPECT_GT(all.queue(1).bytes_untouched(), 0u);
  all.run(now, 50 * kMs);
  EXPECT_FALSE(all.queue(1).wants_more());
}

TEST(ExtentFiller, asks_again_once_a_second_and_is_at_rest_when_it_got_some) {
  Fillings all(1);
  all.refuse(0, true);
  TimeNs now = 0;
  all.run(now, 3500 * kMs);
  EXPECT_EQ(all.asked(0), 4u);
  EXPECT_TRUE(all.filler().is_refused());
  all.refuse(0, false);
  all.run(now, 4500 * kMs);
  EXPECT_FALSE(all.filler().is_refused());
  EXPECT_FALSE(all.queue(0).wants_more());
}

// The system takes what is mapped and untouched for free memory, and would promise it twice.
TEST(ExtentFiller, has_little_mapped_and_untouched_however_many_shards_start_together) {
  constexpr std::size_t kExtent = 64 * kMiB;
  Fillings all(9, kExtent);
  TimeNs now = 0;
  all.run(now, 2000 * kMs);
  EXPECT_LE(all.most_untouched(), ExtentFiller::kUntouchedMax);
  EXPECT_GE(all.most_untouched(), 2 * kExtent) << "one after the other";
  for (std::size_t at = 0; at < 9; ++at) EXPECT_FALSE(all.queue(at).wants_more());
}

}  // namespace
}  // namespace lath
