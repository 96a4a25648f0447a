#include "lath/lattice/sorted_chunks.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/random.hpp"

namespace lath {
namespace {

struct Named {
  std::string name;
  std::uint64_t number = 0;
  bool operator==(const Named&) const = default;
};
struct NameOf {
  const std::string& operator()(const Named& named) const { return named.name; }
};
using Chunks = SortedChunks<Named, NameOf>;
using Model = std::map<std::string, std::uint64_t, std::less<>>;
constexpr std::size_t kNamesOfChunk = Chunks::kChunkValues;

void expect_same(const Chunks& chunks, const Model& model) {
  ASSERT_EQ(chunks.size(), model.size());
  EXPECT_EQ(chunks.empty(), model.empty());
  auto at = chunks.begin();
  for (const auto& [name, number] : model) {
    ASSERT_EQ(*at, (Named{name, number}));
    ++at;
  }
  EXPECT_EQ(at, chunks.end());
}

std::string name(std::uint64_t number) {
  std::string digits = std::to_string(number);
  return std::string(6 - digits.size(), '0') + digits;
}

bool insert(Chunks& chunks, std::uint64_t number) {
  return chunks.find_or_insert(name(number), [&] { return Named{name(number), number}; }).second;
}

TEST(SortedChunks, equals_a_standard_map_as_it_grows_and_shrinks_again) {
  for (const std::uint64_t names : {std::uint64_t{10}, std::uint64_t{kNamesOfChunk + 3}, std::uint64_t{3000}}) {
    SCOPED_TRACE(names);
    Random random(names);
    Chunks chunks;
    Model model;
    for (std::uint64_t step = 0; step < 6 * names; ++step) {
      const std::uint64_t number = random.below(names);
      const bool grows = random.below(8) < (step < 3 * names ? 7 : 1);
      if (grows) {
        EXPECT_EQ(insert(chunks, number), model.emplace(name(number), number).second);
      } else {
        std::vector<Named> gone;
        ASSERT_EQ(chunks.erase(name(number), [&](const Named& named) { gone.push_back(named); }), model.erase(name(number)) == 1);
        EXPECT_TRUE(gone.empty() || gone == (std::vector<Named>{{name(number), number}}));
      }
      if (step % (names / 10 + 1) == 0) expect_same(chunks, model);
      const std::string probe = name(random.below(names));
      const Named* found = chunks.find(std::string_view(probe));
      ASSERT_EQ(found != nullptr, model.contains(probe));
      if (found != nullptr) {
        EXPECT_EQ(found->name, probe);
      }
      const auto bound = chunks.lower_bound(probe);
      const auto expected = model.lower_bound(probe);
      ASSERT_EQ(bound == chunks.end(), expected == model.end());
      if (expected != model.end()) {
        EXPECT_EQ(bound->name, expected->first);
      }
    }
    while (!model.empty()) {
      const std::string first = model.begin()->first;
      model.erase(model.begin());
      EXPECT_TRUE(chunks.erase(first));
      if (model.size() % kNamesOfChunk == 0) expect_same(chunks, model);
    }
    EXPECT_EQ(chunks, Chunks{});
  }
}

TEST(SortedChunks, is_the_same_whatever_its_history_at_each_size_about_a_chunk_s) {
  for (std::size_t count = 0; count < 3 * kNamesOfChunk; ++count) {
    SCOPED_TRACE(count);
    std::vector<Named> sorted;
    Chunks rising;
    Chunks falling;
    for (std::uint64_t number = 0; number < count; ++number) {
      sorted.push_back({name(number), number});
      EXPECT_TRUE(insert(rising, number));
      EXPECT_TRUE(insert(falling, count - 1 - number));
    }
    const Chunks whole = Chunks::from_sorted(sorted);
    EXPECT_EQ(rising, whole);
    EXPECT_EQ(falling, whole);
    EXPECT_EQ(std::vector<Named>(falling.begin(), falling.end()), sorted);
    Chunks longer = rising;
    insert(longer, count);
    EXPECT_NE(longer, rising);
    if (count == 0) continue;
    Chunks other = rising;
    other.find(name(count / 2))->number = 1'000'000;
    EXPECT_NE(other, rising);
    EXPECT_EQ(rising, whole);  // copies share nothing
  }
}

TEST(SortedChunks, erases_by_a_predicate_that_sees_each_value_once_in_order) {
  for (const std::uint64_t every : {std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{50}, std::uint64_t{5000}}) {
    SCOPED_TRACE(every);
    for (const std::uint64_t count : {std::uint64_t{3}, std::uint64_t{kNamesOfChunk}, std::uint64_t{1000}}) {
      Chunks chunks;
      Model model;
      for (std::uint64_t number = 0; number < count; ++number) {
        insert(chunks, number);
        if (number % every != 1 % every) model.emplace(name(number), number);
      }
      std::vector<std::uint64_t> seen;
      const std::size_t erased = chunks.erase_if([&](const Named& named) {
        seen.push_back(named.number);
        return named.number % every == 1 % every;
      });
      EXPECT_EQ(erased, count - model.size());
      EXPECT_EQ(seen.size(), count);
      EXPECT_TRUE(std::ranges::is_sorted(seen));
      expect_same(chunks, model);
    }
  }
}

TEST(SortedChunks, is_empty_after_it_was_moved_from) {
  Chunks chunks;
  for (std::uint64_t number = 0; number < 2 * kNamesOfChunk; ++number) insert(chunks, number);
  const Chunks taken = std::move(chunks);
  EXPECT_EQ(taken.size(), 2 * kNamesOfChunk);
  EXPECT_TRUE(chunks.empty());  // NOLINT(bugprone-use-after-move): its state is promised
  EXPECT_EQ(chunks, Chunks{});
}

}  // namespace
}  // namespace lath
