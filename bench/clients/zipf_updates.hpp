// Two threads, each on a core, update the same keys as fast as they can; the same for every store that lives in one process. A Worker
// is one thread's access: put(number, value), flush(), and get(number) once all threads have ended. Updates, not reads: contention is
// the question. The answer check: a key's last value is the last that one of the threads wrote there (or one of that thread's last
// `slack`, where a store may reorder what is in one batch).
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "base/random.hpp"
#include "bench/clients/program.hpp"
#include "bench/clients/stopwatch.hpp"
#include "bench/clients/zipf.hpp"

namespace lath::bench {

struct ZipfUpdates {
  std::uint32_t keys;
  double exponent, seconds;
  std::size_t slack;
};

inline constexpr unsigned kUpdaters = 2;
inline constexpr std::size_t kDrawn = 1 << 20;  // drawn beforehand: the generator would cost as much as a put

inline std::uint64_t update_value(std::uint32_t number, unsigned updater, std::uint64_t sequence) {
  return std::uint64_t{number} << 32 | std::uint64_t{updater} << 31 | (sequence & 0x7fffffff);
}

struct Updater {
  std::vector<std::uint32_t> numbers;
  std::uint64_t updates = 0;
};

// Is this the last value of one of the threads, or among its last `slack` updates before the last one of this key?
inline bool is_last_of_one(std::uint32_t number, std::uint64_t value, const std::vector<Updater>& updaters,
                           const std::vector<std::vector<std::uint64_t>>& last, std::size_t slack) {
  for (unsigned u = 0; u < updaters.size(); ++u) {
    const std::uint64_t latest = last[u][number];
    if (latest == 0) continue;  // 1 + the sequence number
    const std::uint64_t oldest = latest > slack ? latest - slack : 1;
    for (std::uint64_t at = latest; at >= oldest; --at)
      if (updaters[u].numbers[(at - 1) % kDrawn] == number && value == update_value(number, u, at - 1)) return true;
  }
  return false;
}

template <class Worker>
void run_zipf_updates(const ZipfUpdates& load, std::vector<std::unique_ptr<Worker>>& workers, const std::string& how) {
  std::vector<Updater> updaters(kUpdaters);
  const RejectionInversionZipf zipf(load.keys, load.exponent);
  for (unsigned u = 0; u < kUpdaters; ++u) {
    Random random(u + 1);
    for (std::size_t i = 0; i < kDrawn; ++i) updaters[u].numbers.push_back(static_cast<std::uint32_t>(zipf.draw(random)));
  }
  std::atomic<unsigned> ready{0};
  std::vector<double> rates(kUpdaters);
  std::vector<std::thread> threads;
  for (unsigned u = 0; u < kUpdaters; ++u)
    threads.emplace_back([&, u] {
      pin(static_cast<int>(u));
      Worker& worker = *workers[u];
      Updater& own = updaters[u];
      worker.begin();
      ready.fetch_add(1);
      while (ready.load() < kUpdaters) std::this_thread::yield();
      const Deadline deadline(load.seconds);
      std::uint64_t done = 0;
      while (done % 1024 != 0 || !deadline.over()) {
        const std::uint32_t number = own.numbers[done % kDrawn];
        worker.put(number, update_value(number, u, done));
        ++done;
      }
      worker.flush();
      own.updates = done;
      rates[u] = static_cast<double>(done) / deadline.elapsed();
      ready.fetch_add(1);
      while (ready.load() < 2 * kUpdaters) worker.idle();
    });
  for (std::thread& thread : threads) thread.join();
  std::vector<std::vector<std::uint64_t>> last(kUpdaters, std::vector<std::uint64_t>(load.keys));
  for (unsigned u = 0; u < kUpdaters; ++u)
    for (std::uint64_t at = 0; at < updaters[u].updates; ++at) last[u][updaters[u].numbers[at % kDrawn]] = at + 1;
  std::uint64_t wrong = 0, checked = 0;
  for (std::uint32_t number = 0; number < load.keys && checked < 100'000; ++number) {
    if (last[0][number] == 0 && last[1][number] == 0) continue;
    const std::optional<std::uint64_t> value = workers[0]->get(number);
    if (!value || !is_last_of_one(number, *value, updaters, last, load.slack)) ++wrong;
    ++checked;
  }
  finish(Line().add("rate", rates[0] + rates[1]).add("checked", static_cast<double>(checked)).add("how", how), wrong);
}

}  // namespace lath::bench
