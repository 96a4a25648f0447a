// A writer that puts, grows, erases and reuses without a pause; readers of its memory on other threads, by loads and by copies. A
// value tells its key and its version: what is read must be no older than what was written before the read began, and no newer than
// what was begun when it ended. LATH_TORTURE_SECONDS makes it longer.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <thread>
#include <vector>

#include "base/random.hpp"
#include "table_fixture.hpp"

namespace lath {

namespace {

constexpr std::uint64_t kWritesALayoutMax = 1000;  // of a table that resizes all the time
constexpr std::uint64_t kErasedEvery = 5;          // versions divisible by it are erases

double seconds_to_run() {
  const char* set = std::getenv("LATH_TORTURE_SECONDS");
  return set == nullptr ? 2.0 : std::strtod(set, nullptr);
}

struct Torture {
  std::uint64_t keys = 0;
  std::size_t value_bytes_max = 0;
  bool long_keys = false;
  bool comes_and_goes = false;  // whole ranges of keys are written and erased, so that the table resizes all the time
};

struct KeyState {
  std::atomic<std::uint64_t> begun{0};
  std::atomic<std::uint64_t> done{0};
};

struct Counts {
  std::uint64_t found = 0, erased = 0, moving = 0, missing = 0, other = 0, wrong = 0;
};

// The version, then bytes that follow from key and version; its size too.
std::string value_of(std::uint64_t key, std::uint64_t version, std::size_t bytes_max) {
  Random random(key * 0x9e3779b97f4a7c15ULL + version);
  const std::size_t size = sizeof version + random.below(random.below(4) == 0 ? bytes_max + 1 : 25);
  std::string value(std::min(size, bytes_max), '\0');
  for (char& byte : value) byte = static_cast<char>(random.next());
  std::memcpy(value.data(), &version, sizeof version);
  return value;
}

class Arenas {
 public:
  explicit Arenas(const Torture& torture) : torture_(torture), table_(192UL << 20, 192UL << 20), states_(torture.keys) {
    for (std::uint64_t key = 0; key < torture.keys; ++key) {
      names_.push_back(torture.long_keys ? "a key that fits no word " + std::to_string(key) : std::string(8, '\0'));
      if (!torture.long_keys) std::memcpy(names_.back().data(), &key, sizeof key);
    }
  }

  void run(double seconds) {
    table_.extents.refill();
    write(0);
    table_.turn();
    const std::uint64_t layout_first = table_.root().layout;
    std::array<Counts, 2> counts;
    std::vector<std::thread> threads;
    threads.emplace_back([&] { read_on(counts[0], false); });
    threads.emplace_back([&] { read_on(counts[1], true); });
    const auto until = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
    Random random(9);
    std::uint64_t writes = 0;
    for (std::uint64_t at = 0; std::chrono::steady_clock::now() < until; ++at) {
      for (int burst = 0; burst < 64; ++burst, ++writes) {
        write(torture_.comes_and_goes ? (at * 64 + static_cast<std::uint64_t>(burst)) % torture_.keys
                                      : random.below(torture_.keys));
      }
    }
    stop_.store(true);
    for (std::thread& thread : threads) thread.join();
    const std::uint64_t layouts = (table_.root().layout - layout_first) / 2;  // each is odd while it comes about
    for (std::size_t way = 0; way < counts.size(); ++way) {
      const Counts& each = counts[way];
      std::printf("%s: %llu found, %llu erased, %llu moving, %llu missing, %llu others, %llu wrong; %llu writes, %llu layouts\n",
                  way == 0 ? "loads" : "copies", static_cast<unsigned long long>(each.found),
                  static_cast<unsigned long long>(each.erased), static_cast<unsigned long long>(each.moving),
                  static_cast<unsigned long long>(each.missing), static_cast<unsigned long long>(each.other),
                  static_cast<unsigned long long>(each.wrong), static_cast<unsigned long long>(writes),
                  static_cast<unsigned long long>(layouts));
      EXPECT_EQ(each.wrong, 0u);
      EXPECT_GT(each.found, 100u);
    }
    EXPECT_GT(static_cast<double>(writes), std::max(10'000.0, 2'000 * seconds));
    if (torture_.comes_and_goes) {
      EXPECT_GT(layouts, writes / kWritesALayoutMax);
    }
  }

 private:
  Key key(std::uint64_t number) const { return key_of(names_[number]); }

  void write(std::uint64_t number) {
    KeyState& state = states_[number];
    const std::uint64_t version = state.begun.load(std::memory_order_relaxed) + 1;
    state.begun.store(version, std::memory_order_seq_cst);
    if (version % kErasedEvery == 0) {
      Cell delta;
      ASSERT_EQ(table_.erase(key(number), version % 2 == 0 ? &delta : nullptr), Code::kOk);
    } else {
      ASSERT_EQ(table_.put(key(number), value_of(number, version, torture_.value_bytes_max)), Code::kOk);
    }
    state.done.store(version, std::memory_order_seq_cst);
  }

  void read_on(Counts& counts, bool by_copies) {
    MappedTable mapped;
    CopiedTable copied;
    CopiedRead copied_read;
    FrameBuffer scratch;
    const auto root = reinterpret_cast<std::uint64_t>(table_.store.root());
    ASSERT_TRUE(mapped.open(table_.map, root));
    copied.open(root);
    Random random(by_copies ? 1 : 2);
    while (!stop_.load(std::memory_order_relaxed)) {
      const std::uint64_t number = random.below(torture_.keys);
      const std::uint64_t at_least = states_[number].done.load(std::memory_order_seq_cst);
      SlotImage image;
      TimeNs now = 0;
      ReadVerdict verdict = ReadVerdict::kForm;
      if (by_copies) {
        verdict = fetch(copied, copied_read, number);
        image = copied_read.image();
      } else {
        verdict = mapped.read(TableFixture::slot_key(key(number)), key(number).bytes, table_.terms, table_.time, now, image);
      }
      const std::uint64_t at_most = states_[number].begun.load(std::memory_order_seq_cst);
      judge(counts, number, verdict, image, at_least, at_most, scratch);
    }
  }

  ReadVerdict fetch(CopiedTable& copied, CopiedRead& read, std::uint64_t number) {
    read.begin(copied, TableFixture::slot_key(key(number)), key(number).bytes);
    for (;;) {
      for (const CopiedRead::Fetch& wanted : read.fetches()) {
        const std::byte* from = table_.map.at(wanted.address, wanted.room.size());
        if (from == nullptr) {
          copied.forget();
          return ReadVerdict::kOutside;
        }
        load_bytes(wanted.room.data(), from, wanted.room.size());
      }
      if (const auto verdict = read.step(table_.terms, table_.time.now_ns())) return *verdict;
    }
  }

  void judge(Counts& counts, std::uint64_t number, ReadVerdict verdict, const SlotImage& image, std::uint64_t at_least,
             std::uint64_t at_most, FrameBuffer& scratch) {
    if (verdict == ReadVerdict::kMoving) ++counts.moving;
    if (verdict == ReadVerdict::kMissing) ++counts.missing;
    if (verdict == ReadVerdict::kForm || verdict == ReadVerdict::kOutside || verdict == ReadVerdict::kVoid) ++counts.other;
    if (verdict != ReadVerdict::kFound) return;
    const auto answer = answer_from(image, {Opcode::kGet, {}, {}}, scratch);
    ASSERT_TRUE(answer);
    if (answer->status == Code::kNotFound) {
      ++counts.erased;
      const bool may_be = at_most / kErasedEvery * kErasedEvery >= at_least && at_most >= kErasedEvery;
      if (!may_be) ++counts.wrong;
      return;
    }
    ++counts.found;
    const std::string_view value = as_text(answer->payload);
    std::uint64_t version = 0;
    if (value.size() >= sizeof version) std::memcpy(&version, value.data(), sizeof version);
    const bool right = version >= at_least && version <= at_most && version % kErasedEvery != 0 &&
                       value == value_of(number, version, torture_.value_bytes_max);
    if (!right) ++counts.wrong;
  }

  const Torture torture_;
  TableFixture table_;
  std::vector<std::string> names_;
  std::vector<KeyState> states_;
  std::atomic<bool> stop_{false};
};

}  // namespace

TEST(Torture, values_in_slots_and_records_of_few_hot_keys) {
  Arenas({.keys = 200, .value_bytes_max = 600}).run(seconds_to_run());
}

TEST(Torture, a_small_table_that_resizes_all_the_time) {
  Arenas({.keys = 3000, .value_bytes_max = 100, .comes_and_goes = true}).run(seconds_to_run());
}

TEST(Torture, long_keys_whose_records_are_freed_and_used_again) {
  Arenas({.keys = 2000, .value_bytes_max = 3000, .long_keys = true}).run(seconds_to_run());
}

}  // namespace lath
