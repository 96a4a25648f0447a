// What does a set of 16, 1,000, 10,000 and 100,000 elements charge for one of them? Elements of 8 to 20 bytes, in no order. A search
// is some 17 comparisons of strings at 5 to 50 ns, a chunk moves 50 elements at 3 ns, a node of memory is 30 ns: 0.3 us where the
// caches hold the set, 1.5 us where they do not. A merge adds the delta's own copy. Batches are timed and taken back untimed, so
// that each meets a set of the same size; the set must be what it was at the end.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "lath/lattice/set.hpp"

namespace lath {
namespace {

using Grown = GSet<std::string>;
using Observed = OrSet<std::string>;

constexpr WriterId kHere{NodeId{1}, ShardId{0}, 1};
constexpr std::size_t kBatch = 8;  // a set of 16 is still small afterwards

void require(bool holds) {
  if (!holds) std::abort();
}

std::vector<std::string> random_elements(std::size_t count, char kind, Random& random) {
  std::vector<std::string> elements;
  for (std::size_t index = 0; index < count; ++index) {
    std::string element = std::to_string(random.next()).substr(0, 7 + random.below(12));
    elements.push_back(std::move(element) + kind);  // of another kind: surely not in the set
  }
  return elements;
}

struct Filled {
  explicit Filled(std::size_t count) {
    for (const std::string& element : random_elements(count, 'h', random)) {
      set.add(element, *set.context().next(kHere));
      grown.add(element);
    }
    held = set.elements();
  }
  std::vector<std::string> some_held() {
    std::vector<std::string> some;
    for (std::size_t index = 0; index < kBatch; ++index) some.push_back(held[random.below(held.size())]);
    return some;
  }

  Random random{7};
  Observed set;
  Grown grown;
  std::vector<std::string> held;
};

template <class Work>
double seconds_each(Work&& work) {
  const auto begun = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count() / kBatch;
}

// The time of one operation out of a batch of them.
template <class Batch>
void run(benchmark::State& state, Batch&& batch) {
  Filled filled(static_cast<std::size_t>(state.range(0)));
  const std::vector<std::string> before = filled.set.elements();
  for (auto _ : state) state.SetIterationTime(batch(filled));
  require(filled.set.elements() == before);
}

void contains(benchmark::State& state) {
  run(state, [](Filled& filled) {
    const auto held = filled.some_held();
    std::size_t found = 0;
    const double each = seconds_each([&] {
      for (const std::string& element : held) found += static_cast<std::size_t>(filled.set.contains(element));
    });
    require(found == kBatch);
    return each;
  });
}

// Into a copy that lives no longer than the batch, since nothing takes an element from a grow-only set.
void grow(benchmark::State& state) {
  run(state, [](Filled& filled) {
    Grown grown = filled.grown;
    const auto fresh = random_elements(kBatch, 'f', filled.random);
    return seconds_each([&] {
      for (const std::string& element : fresh) grown.add(element);
    });
  });
}

void grow_by_delta(benchmark::State& state) {
  run(state, [](Filled& filled) {
    Grown grown = filled.grown;
    std::vector<Grown> deltas;
    for (std::string& element : random_elements(kBatch, 'f', filled.random)) deltas.push_back(Grown::of(std::move(element)));
    return seconds_each([&] {
      for (const Grown& delta : deltas) grown.merge(delta);
    });
  });
}

// A replica that has merged a removal before: the first makes its index of dots.
Observed with_index(Observed set) {
  Observed other = set;
  set.merge(other.add("nothing", *other.context().next(kHere)));
  set.merge(other.remove("nothing"));
  return set;
}

// Adds elements and takes them away again, at one replica; another merges the deltas. `timed`: what of it counts.
enum class Timed { kAdd, kRemove, kMergeOfAdds, kMergeOfRemoves };

template <Timed timed>
void add_and_remove(benchmark::State& state) {
  Observed there;
  run(state, [&](Filled& filled) {
    if (there.is_bottom()) there = with_index(filled.set);
    const auto fresh = random_elements(kBatch, 'f', filled.random);
    std::vector<Observed> deltas;
    deltas.reserve(2 * kBatch);
    const auto change_here = [&](bool adds) {
      for (const std::string& element : fresh) {
        deltas.push_back(adds ? filled.set.add(element, *filled.set.context().next(kHere)) : filled.set.remove(element));
      }
    };
    const auto merge_there = [&] {
      for (const Observed& delta : deltas) there.merge(delta);
      deltas.clear();
    };
    const double add = seconds_each([&] { change_here(true); });
    const double merge_of_adds = seconds_each(merge_there);
    const double remove = seconds_each([&] { change_here(false); });
    const double merge_of_removes = seconds_each(merge_there);
    if constexpr (timed == Timed::kAdd) return add;
    if constexpr (timed == Timed::kRemove) return remove;
    return timed == Timed::kMergeOfAdds ? merge_of_adds : merge_of_removes;
  });
}

// An element that is there gets a new dot: its delta supersedes the dot that it had.
void merge_of_adds_again(benchmark::State& state) {
  Observed there;
  run(state, [&](Filled& filled) {
    if (there.is_bottom()) there = with_index(filled.set);
    std::vector<Observed> deltas;
    for (const std::string& element : filled.some_held())
      deltas.push_back(filled.set.add(element, *filled.set.context().next(kHere)));
    return seconds_each([&] {
      for (const Observed& delta : deltas) there.merge(delta);
    });
  });
}

// As the delta buffer does between two rounds, from bottom: each element's share of folding as many as the set has.
void fold(benchmark::State& state) {
  Filled filled(static_cast<std::size_t>(state.range(0)));
  std::vector<Observed> deltas;
  Observed set = filled.set;
  for (const std::string& element : random_elements(filled.held.size(), 'f', filled.random)) {
    deltas.push_back(set.add(element, *set.context().next(kHere)));
  }
  for (auto _ : state) {
    Observed buffer;
    const double all = seconds_each([&] {
      for (const Observed& delta : deltas) buffer.merge(delta);
    });
    state.SetIterationTime(all * kBatch / static_cast<double>(deltas.size()));
    require(joined(filled.set, buffer) == set);
  }
}

// Two replicas' whole states, which share nine tenths: each element's share.
void merge_of_wholes(benchmark::State& state) {
  run(state, [](Filled& filled) {
    Observed there = filled.set;
    for (std::size_t index = 0; index < filled.held.size() / 10 + 1; ++index) {
      const std::string& element = filled.held[filled.random.below(filled.held.size())];
      there.remove(element);
      there.add(element + '+', *there.context().next({NodeId{2}, ShardId{0}, 1}));
    }
    Observed here = filled.set;
    return seconds_each([&] { here.merge(there); }) * kBatch / static_cast<double>(filled.held.size());
  });
}

// The first removal's delta that a replica merges.
void first_merge_of_a_remove(benchmark::State& state) {
  run(state, [](Filled& filled) {
    Observed there = filled.set;
    return seconds_each([&] { there = with_index(std::move(there)); }) * kBatch;
  });
}

void copy(benchmark::State& state) {
  run(state, [](Filled& filled) {
    Observed made;
    return seconds_each([&] { made = filled.set; }) * kBatch / static_cast<double>(filled.held.size());
  });
}

struct Named {
  const char* name;
  void (*bench)(benchmark::State&);
  int batches;  // at 16 elements
};
constexpr Named kBenches[] = {{"contains", contains, 2000},
                              {"grow", grow, 2000},
                              {"grow_by_delta", grow_by_delta, 2000},
                              {"add", add_and_remove<Timed::kAdd>, 2000},
                              {"remove", add_and_remove<Timed::kRemove>, 2000},
                              {"merge_of_adds", add_and_remove<Timed::kMergeOfAdds>, 2000},
                              {"merge_of_removes", add_and_remove<Timed::kMergeOfRemoves>, 2000},
                              {"merge_of_adds_again", merge_of_adds_again, 2000},
                              {"fold", fold, 1000},
                              {"merge_of_wholes", merge_of_wholes, 1000},
                              {"first_merge_of_a_remove", first_merge_of_a_remove, 100},
                              {"copy", copy, 1000}};

}  // namespace
}  // namespace lath

// Batches are counted and not timed: what takes a batch back may take far longer than the batch.
int main(int count, char** arguments) {
  for (const auto& [name, bench, batches] : lath::kBenches) {
    int left = batches;
    for (const int elements : {16, 1'000, 10'000, 100'000}) {
      benchmark::RegisterBenchmark(name, bench)->UseManualTime()->Arg(elements)->Iterations(left);
      left = std::max(left / 4, 3);
    }
  }
  benchmark::Initialize(&count, arguments);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
