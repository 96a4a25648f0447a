// The loads that every store meets, the same for all of them: uniform keys, one operation at a time, in batches, or in windows. A
// target has put, get, begin_put, begin_get and run (and, for windows, start_put, start_get and wait). Every answer is checked, and of
// what was put some thousands are read back when the time is over.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "bench/clients/percentiles.hpp"
#include "bench/clients/program.hpp"
#include "bench/clients/records.hpp"
#include "bench/clients/stopwatch.hpp"

namespace lath::bench {

struct Load {
  std::uint32_t from = 0, keys = 1'000'000;  // numbers from .. keys - 1 are filled; 0 .. keys - 1 are asked for
  std::size_t value_bytes = 8;
  double seconds = 0.3;
  std::size_t batch = 128;
  std::size_t group = 1;  // operations timed as one sample: more than 1 where one is not much longer than reading the clock
  bool distribution = false;
  std::uint64_t seed = 1;
};

enum class Kind { kGet, kPut };
inline constexpr std::size_t kUnderWayMax = 2048;  // operations of all batches together, of one session

inline std::uint64_t is_wrong(std::uint32_t number, std::optional<std::size_t> size, std::span<const std::byte> room,
                              std::size_t expected) {
  return size && *size == expected && read_value(number, room.first(*size)) ? 0 : 1;
}

// How many of the keys that `puts` operations drew do not hold a value of theirs. The same seed draws them again, so that nothing is
// noted down while the time runs; some thousands are looked at, the first ones and the last ones among them.
template <class Target>
std::uint64_t wrong_when_read_back(Target& target, const Load& load, std::uint64_t puts) {
  constexpr std::uint64_t kLookedAt = 4096;
  const std::uint64_t stride = std::max<std::uint64_t>(puts / kLookedAt, 1);
  Random random(load.seed);
  std::vector<std::byte> room(load.value_bytes);
  std::uint64_t wrong = 0;
  for (std::uint64_t i = 0; i < puts; ++i) {
    const auto number = static_cast<std::uint32_t>(random.below(load.keys));
    if (i % stride != 0 && i + 1 != puts) continue;
    const std::optional<std::size_t> size = target.get(key_of(number), room);
    wrong += is_wrong(number, size, room, load.value_bytes);
  }
  return wrong;
}

template <class Target>
void fill(Target& target, const Load& load) {
  std::vector<std::byte> value(load.value_bytes);
  for (std::uint32_t number = load.from; number < load.keys; ++number) {
    write_value(number, 1, value);
    target.begin_put(key_of(number), value);
    if ((number + 1) % load.batch == 0) target.run();
  }
  target.run();
  finish(Line().add("filled", load.keys - load.from), 0);
}

template <Kind kind, class Target>
void one_at_a_time(Target& target, const Load& load) {
  Random random(load.seed);
  std::vector<std::byte> value(load.value_bytes), room(load.value_bytes);
  std::vector<std::uint32_t> numbers(load.group);
  Samples samples;
  samples.reserve(1 << 22);
  const double ns_per_tick = Stopwatch::ns_per_tick() / static_cast<double>(load.group);
  std::uint64_t wrong = 0, operations = 0;
  const Deadline deadline(load.seconds);
  while (operations % (64 * load.group) != 0 || !deadline.over()) {
    for (std::uint32_t& number : numbers) number = static_cast<std::uint32_t>(random.below(load.keys));
    if constexpr (kind == Kind::kPut) write_value(numbers[0], operations, value);
    const std::uint64_t begun = Stopwatch::ticks();
    for (const std::uint32_t number : numbers) {
      if constexpr (kind == Kind::kPut) {
        if (load.group > 1) write_value(number, operations, value);
        target.put(key_of(number), value);
      } else {
        const std::optional<std::size_t> size = target.get(key_of(number), room);
        wrong += is_wrong(number, size, room, load.value_bytes);
      }
    }
    samples.add(static_cast<double>(Stopwatch::ticks() - begun) * ns_per_tick);
    operations += load.group;
  }
  const double rate = static_cast<double>(operations) / deadline.elapsed();
  if constexpr (kind == Kind::kPut) wrong += wrong_when_read_back(target, load, operations);
  finish(Line().add("rate", rate).add_latencies(samples, load.distribution), wrong);
}

// Where the target can have several batches under way, so many: each is looked at, and begun anew, when it has ended.
template <Kind kind, class Target>
void batches(Target& target, const Load& load) {
  constexpr bool kHasLanes = requires {
    Target::kLanes;
  };
  struct Lane {
    std::vector<std::byte> rooms;
    std::vector<std::uint32_t> numbers;
    std::vector<std::optional<std::size_t>> sizes;
  };
  std::vector<Lane> lanes(1);
  if constexpr (kHasLanes) lanes.resize(std::clamp<std::size_t>(kUnderWayMax / load.batch, 1, Target::kLanes));
  for (Lane& lane : lanes) {
    lane.rooms.resize(load.value_bytes * load.batch);
    lane.sizes.resize(load.batch);
  }
  Random random(load.seed);
  std::vector<std::byte> value(load.value_bytes);
  std::uint64_t wrong = 0, operations = 0;
  const auto room_of = [&](Lane& lane, std::size_t i) {
    return std::span(lane.rooms).subspan(i * load.value_bytes, load.value_bytes);
  };
  const auto end = [&](Lane& lane) {
    if constexpr (kHasLanes) target.land();
    if constexpr (kind == Kind::kGet)
      for (std::size_t i = 0; i < lane.numbers.size(); ++i)
        wrong += is_wrong(lane.numbers[i], lane.sizes[i], room_of(lane, i), load.value_bytes);
    lane.numbers.clear();
  };
  const auto use = [&](std::size_t number) -> Lane& {
    if constexpr (kHasLanes) target.use(number);
    return lanes[number];
  };
  std::size_t turn = 0;
  const Deadline deadline(load.seconds);
  for (; !deadline.over(); ++turn) {
    Lane& lane = use(turn % lanes.size());
    end(lane);
    for (std::size_t i = 0; i < load.batch; ++i) {
      const auto number = static_cast<std::uint32_t>(random.below(load.keys));
      lane.numbers.push_back(number);
      if constexpr (kind == Kind::kPut) {
        write_value(number, operations, value);
        target.begin_put(key_of(number), value);
      } else {
        target.begin_get(key_of(number), room_of(lane, i), lane.sizes[i]);
      }
    }
    operations += load.batch;
    if constexpr (kHasLanes) {
      if (lanes.size() > 1) {
        target.launch();
        continue;
      }
    }
    target.run();
  }
  for (std::size_t number = 0; number < lanes.size(); ++number) end(use(number));
  const double rate = static_cast<double>(operations) / deadline.elapsed();
  if constexpr (kind == Kind::kPut) wrong += wrong_when_read_back(target, load, operations);
  finish(Line().add("rate", rate), wrong);
}

// `load.batch` requests are under way: when the older half has ended, as many are begun.
template <Kind kind, class Target>
void window(Target& target, const Load& load) {
  const std::size_t half = std::max<std::size_t>(load.batch / 2, 1);
  struct Half {
    std::vector<std::byte> rooms;
    std::vector<std::uint32_t> numbers;
    std::vector<std::size_t> sizes;
    std::vector<decltype(target.start_put(0, {}))> requests;
  };
  Random random(load.seed);
  std::vector<std::byte> value(load.value_bytes);
  Half halves[2];
  for (Half& one : halves) {
    one.rooms.resize(load.value_bytes * half);
    one.numbers.resize(half);
    one.sizes.resize(half);
    one.requests.resize(half);
  }
  std::uint64_t wrong = 0, operations = 0, turn = 0;
  const auto room_of = [&](Half& one, std::size_t i) {
    return std::span(one.rooms).subspan(i * load.value_bytes, load.value_bytes);
  };
  const auto end = [&](Half& one) {
    target.wait(one.requests);
    if constexpr (kind == Kind::kGet)
      for (std::size_t i = 0; i < half; ++i) wrong += is_wrong(one.numbers[i], one.sizes[i], room_of(one, i), load.value_bytes);
  };
  const Deadline deadline(load.seconds);
  while (!deadline.over()) {
    Half& one = halves[turn % 2];
    if (turn >= 2) end(one);
    for (std::size_t i = 0; i < half; ++i) {
      one.numbers[i] = static_cast<std::uint32_t>(random.below(load.keys));
      if constexpr (kind == Kind::kPut) {
        write_value(one.numbers[i], operations, value);
        one.requests[i] = target.start_put(key_of(one.numbers[i]), value);
      } else {
        one.requests[i] = target.start_get(key_of(one.numbers[i]), room_of(one, i), one.sizes[i]);
      }
    }
    operations += half;
    ++turn;
  }
  for (std::size_t i = 0; i < std::min<std::uint64_t>(turn, 2); ++i) end(halves[i]);
  const double rate = static_cast<double>(operations) / deadline.elapsed();
  if constexpr (kind == Kind::kPut) wrong += wrong_when_read_back(target, load, operations);
  finish(Line().add("rate", rate), wrong);
}

// Runs the work of that name; false where there is none.
template <class Target>
bool run_work(Target& target, const std::string& work, const Load& load) {
  if (work == "fill") return fill(target, load), true;
  if (work == "get") return one_at_a_time<Kind::kGet>(target, load), true;
  if (work == "put") return one_at_a_time<Kind::kPut>(target, load), true;
  if (work == "get-batches") return batches<Kind::kGet>(target, load), true;
  if (work == "put-batches") return batches<Kind::kPut>(target, load), true;
  if constexpr (requires { target.start_put(0, {}); }) {
    if (work == "get-window") return window<Kind::kGet>(target, load), true;
    if (work == "put-window") return window<Kind::kPut>(target, load), true;
  }
  return false;
}

}  // namespace lath::bench
