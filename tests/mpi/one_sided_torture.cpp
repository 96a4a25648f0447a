// A writer that puts and erases through a node without a pause, and two readers of the node's memory, by loads and by UCX's get, while
// the table grows and shrinks: every key comes and goes at least once. A value tells its key and its version: what is read must be no
// older than what had been acknowledged when the read began, and no newer than what had been begun when it ended.
// usage: mpi_one_sided_torture WHERE SECONDS [KEYS]
#include <lath/lath.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "base/random.hpp"
#include "launch/c_api/handles.hpp"

namespace {

constexpr std::uint64_t kKeysMax = 4'000;  // and how many there are, unless told
constexpr std::uint64_t kHotKeys = 50;
constexpr std::uint64_t kErasedEvery = 5;                       // versions divisible by it are erases; version 0 is one
constexpr std::uint64_t kErasingWritesAKey = 2 * kErasedEvery;  // by then every key has been erased once
constexpr double kSecondsMore = 60;                             // that they may take where the seconds asked for are too few
constexpr std::size_t kValueBytesMax = 700;
constexpr std::uint64_t kPatientNs = 20'000'000'000;

struct KeyState {
  std::atomic<std::uint64_t> begun{0}, done{0};
};
struct Counts {
  std::uint64_t found = 0, nothing = 0, wrong = 0, one_sided = 0, tried_again = 0;
};

std::vector<KeyState> states(kKeysMax);
std::atomic<bool> stop{false};

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "mpi_one_sided_torture: %s: %s\n", what, lath_last_error(nullptr));
  std::exit(1);
}

// Some keys fit a word, others do not.
std::string name_of(std::uint64_t key) {
  return (key % 2 == 0 ? "k" : "a key that fits no word ") + std::to_string(key);
}
std::string value_of(std::uint64_t key, std::uint64_t version) {
  lath::Random random(key * 0x9e3779b97f4a7c15ULL + version);
  std::string value(sizeof version + random.below(random.below(4) == 0 ? kValueBytesMax - sizeof version : 20), '\0');
  for (char& byte : value) byte = static_cast<char>(random.next());
  std::memcpy(value.data(), &version, sizeof version);
  return value;
}

// For so many seconds, and until all keys have come and gone.
std::uint64_t write_on(lath_session* session, double seconds, std::uint64_t keys) {
  using Clock = std::chrono::steady_clock;
  const auto until = Clock::now() + std::chrono::duration<double>(seconds);
  const auto at_last = until + std::chrono::duration<double>(kSecondsMore);
  lath::Random random(9);
  std::uint64_t writes = 0;
  for (auto now = Clock::now(); now < until || (writes < kErasingWritesAKey * keys && now < at_last);
       now = Clock::now(), ++writes) {
    // Every second write goes round all keys, so that ranges of them come and go.
    const std::uint64_t key = writes % 2 == 0 ? writes / 2 % keys : random.below(kHotKeys);
    const std::string name = name_of(key);
    const std::uint64_t version = states[key].begun.load() + 1;
    states[key].begun.store(version);
    if (version % kErasedEvery == 0) {
      require(lath_erase(session, name.data(), name.size(), kPatientNs) == LATH_OK, "erase");
    } else {
      const std::string value = value_of(key, version);
      require(lath_put(session, name.data(), name.size(), value.data(), value.size(), kPatientNs) == LATH_OK, "put");
    }
    states[key].done.store(version);
  }
  return writes;
}

void read_on(lath_session* session, std::uint64_t seed, std::uint64_t keys, Counts& counts) {
  lath::Random random(seed);
  std::string value(kValueBytesMax, '\0');
  while (!stop.load(std::memory_order_relaxed)) {
    const std::uint64_t key = random.below(random.below(2) == 0 ? kHotKeys : keys);
    const std::string name = name_of(key);
    std::size_t size = 0;
    const std::uint64_t at_least = states[key].done.load();
    const lath_status status = lath_get(session, name.data(), name.size(), value.data(), value.size(), &size, kPatientNs);
    const std::uint64_t at_most = states[key].begun.load();
    require(status == LATH_OK || status == LATH_E_NOT_FOUND, "get");
    if (status != LATH_OK) {
      ++counts.nothing;
      counts.wrong += at_most / kErasedEvery * kErasedEvery < at_least ? 1U : 0U;
      continue;
    }
    ++counts.found;
    std::uint64_t version = 0;
    if (size >= sizeof version) std::memcpy(&version, value.data(), sizeof version);
    const bool right = version >= at_least && version <= at_most && version % kErasedEvery != 0 &&
                       std::string_view(value).substr(0, size) == value_of(key, version);
    counts.wrong += right ? 0U : 1U;
  }
  counts.one_sided = session->driver->one_sided().counters().answered;
  counts.tried_again = session->driver->one_sided().counters().tried_again;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3 && argc != 4) return 2;
  const std::uint64_t keys = argc == 4 ? std::strtoull(argv[3], nullptr, 10) : kKeysMax;
  if (keys < kHotKeys || keys > kKeysMax) return 2;
  lath_store* store = nullptr;
  lath_session* writer = nullptr;
  lath_session* readers[2] = {};
  require(lath_open(argv[1], nullptr, &store) == LATH_OK, "open");
  require(lath_session_open(store, nullptr, &writer) == LATH_OK, "session");
  for (lath_session*& reader : readers) require(lath_session_open(store, nullptr, &reader) == LATH_OK, "session");
  readers[1]->driver->one_sided().set_mode(lath::OneSidedMode::kCopies);
  Counts counts[2];
  std::thread by_loads([&] { read_on(readers[0], 1, keys, counts[0]); });
  std::thread by_copies([&] { read_on(readers[1], 2, keys, counts[1]); });
  const std::uint64_t writes = write_on(writer, std::strtod(argv[2], nullptr), keys);
  stop.store(true);
  by_loads.join();
  by_copies.join();
  std::printf("%llu writes, %.1f times every key has been erased\n", static_cast<unsigned long long>(writes),
              static_cast<double>(writes) / static_cast<double>(kErasingWritesAKey * keys));
  bool good = writes >= kErasingWritesAKey * keys;
  for (int way = 0; way < 2; ++way) {
    const Counts& each = counts[way];
    std::printf("%s: %llu values and %llu times nothing, %llu of them one-sided (%llu tried again), %llu wrong\n",
                way == 0 ? "loads" : "ucp_get", static_cast<unsigned long long>(each.found),
                static_cast<unsigned long long>(each.nothing), static_cast<unsigned long long>(each.one_sided),
                static_cast<unsigned long long>(each.tried_again), static_cast<unsigned long long>(each.wrong));
    good = good && each.wrong == 0 && each.one_sided > 100;
  }
  for (lath_session* reader : readers) lath_session_close(reader);
  lath_session_close(writer);
  lath_close(store);
  return good ? 0 : 1;
}
