// What does an operation cost, client and shard together, apart from the way between two cores? One thread runs both over UCX: each
// poll of the session turns the shard. Count instructions with
//   valgrind --tool=callgrind --toggle-collect=lath_get build/release/bench/lath_bench_path 1000 get
// (lath_put, lath_get_nb + lath_wait_all, lath_batch_run likewise). Estimate: raw UCX costs some 1,000 instructions a round trip, and
// ours should not be more than that again; a batch should cost under 500 an operation. Every get's answer is checked.
// A number among the names is how many steps of each are made.
// usage: lath_bench_path KEYS [STEPS|get|put|window|gets|puts|pairs]...
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "lath/lath.h"
#include "tests/warm/one_process.hpp"

namespace {

constexpr std::size_t kBatch = 128;
constexpr std::size_t kUnderWay = 16;
constexpr std::uint64_t kTimeout = 10'000'000'000;

std::uint64_t value_of(std::uint64_t key) {
  return key * 0x9e3779b97f4a7c15ULL + 1;
}
void must(lath_status status) {
  if (status == LATH_OK) return;
  std::fprintf(stderr, "%s\n", lath_status_string(status));
  std::exit(1);
}
void must_equal(std::uint64_t value, std::uint64_t key) {
  if (value == value_of(key)) return;
  std::fprintf(stderr, "a wrong answer for key %llu\n", static_cast<unsigned long long>(key));
  std::exit(1);
}

class Bench {
 public:
  explicit Bench(std::uint64_t keys) : keys_(keys) {
    must(lath_batch_open(session(), kBatch, &batch_));
    must(lath_batch_open(session(), kBatch, &other_));
    for (std::uint64_t key = 0; key < keys; ++key) {
      const std::uint64_t value = value_of(key);
      must(lath_batch_put(batch_, &key, sizeof key, &value, sizeof value));
      if (lath_batch_count(batch_) == kBatch || key + 1 == keys) {
        must(lath_batch_run(batch_, kTimeout));
        both_.refill();
      }
    }
  }
  ~Bench() {
    lath_batch_close(batch_);
    lath_batch_close(other_);
  }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  void get() {
    const std::uint64_t key = random_.below(keys_);
    std::uint64_t value = 0;
    std::size_t size = 0;
    must(lath_get(session(), &key, sizeof key, &value, sizeof value, &size, kTimeout));
    must_equal(value, key);
  }
  void put() {
    const std::uint64_t key = random_.below(keys_);
    const std::uint64_t value = value_of(key);
    must(lath_put(session(), &key, sizeof key, &value, sizeof value, kTimeout));
  }
  void window() {
    for (std::size_t i = 0; i < kUnderWay; ++i) {
      asked_[i] = random_.below(keys_);
      must(lath_get_nb(session(), &asked_[i], sizeof asked_[i], &answers_[i], sizeof answers_[i], &sizes_[i], kTimeout,
                       &requests_[i]));
    }
    must(lath_wait_all(session(), requests_, kUnderWay, nullptr, kTimeout));
    for (std::size_t i = 0; i < kUnderWay; ++i) must_equal(answers_[i], asked_[i]);
  }
  void gets() {
    for (std::size_t i = 0; i < kBatch; ++i) {
      asked_[i] = random_.below(keys_);
      must(lath_batch_get(batch_, &asked_[i], sizeof asked_[i], &answers_[i], sizeof answers_[i], &sizes_[i]));
    }
    must(lath_batch_run(batch_, kTimeout));
    for (std::size_t i = 0; i < kBatch; ++i) must_equal(answers_[i], asked_[i]);
  }
  void puts() {
    for (std::size_t i = 0; i < kBatch; ++i) {
      const std::uint64_t key = random_.below(keys_);
      const std::uint64_t value = value_of(key);
      must(lath_batch_put(batch_, &key, sizeof key, &value, sizeof value));
    }
    must(lath_batch_run(batch_, kTimeout));
  }

  // Two batches of gets: one is filled and read while the other is under way.
  void pair() {
    for (lath_batch* batch : {batch_, other_}) {
      std::uint64_t* asked = batch == batch_ ? asked_ : others_asked_;
      std::uint64_t* answers = batch == batch_ ? answers_ : others_answers_;
      lath_request& request = batch == batch_ ? request_ : others_request_;
      if (request != 0) {
        must(lath_wait_request(session(), request, kTimeout));
        for (std::size_t i = 0; i < kBatch; ++i) must_equal(answers[i], asked[i]);
      }
      for (std::size_t i = 0; i < kBatch; ++i) {
        asked[i] = random_.below(keys_);
        must(lath_batch_get(batch, &asked[i], sizeof asked[i], &answers[i], sizeof answers[i], &sizes_[i]));
      }
      must(lath_batch_run_nb(batch, kTimeout, &request));
    }
  }

 private:
  lath_session* session() { return both_.session(); }

  std::uint64_t keys_;
  lath::warm::OneProcess both_{std::size_t{512} << 20};
  lath::Random random_{1};
  lath_batch* batch_ = nullptr;
  lath_batch* other_ = nullptr;
  lath_request request_ = 0;
  lath_request others_request_ = 0;
  std::uint64_t others_asked_[kBatch] = {};
  std::uint64_t others_answers_[kBatch] = {};
  std::uint64_t asked_[kBatch] = {};
  std::uint64_t answers_[kBatch] = {};
  std::size_t sizes_[kBatch] = {};
  lath_request requests_[kUnderWay] = {};
};

template <class Step>
void measure(const char* name, std::size_t steps, std::size_t operations, Step&& step) {
  for (std::size_t warm = 0; warm < steps / 10 + 1; ++warm) step();
  const auto begin = std::chrono::steady_clock::now();
  for (std::size_t done = 0; done < steps; ++done) step();
  const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - begin;
  std::printf("%-8s %8.1f ns an operation\n", name, took.count() / static_cast<double>(steps * operations));
}

}  // namespace

int main(int count, char** arguments) {
  const std::uint64_t keys = count > 1 ? std::strtoull(arguments[1], nullptr, 10) : 1'000'000;
  if (keys == 0) return std::fprintf(stderr, "usage: lath_bench_path KEYS [STEPS|get|put|window|gets|puts|pairs]...\n"), 2;
  Bench bench(keys);
  const auto wanted = [&](std::string_view name) {
    if (count <= 2) return true;
    for (int i = 2; i < count; ++i) {
      if (name == arguments[i]) return true;
    }
    return false;
  };
  std::size_t steps = count > 2 ? 1'000'000 : 200'000;
  for (int i = 2; i < count; ++i) {
    if (const std::size_t wanted_steps = std::strtoull(arguments[i], nullptr, 10); wanted_steps > 0) steps = wanted_steps;
  }
  if (wanted("get")) measure("get", steps, 1, [&] { bench.get(); });
  if (wanted("put")) measure("put", steps, 1, [&] { bench.put(); });
  if (wanted("window")) measure("window", steps / 10, kUnderWay, [&] { bench.window(); });
  if (wanted("gets")) measure("gets", steps / 40, kBatch, [&] { bench.gets(); });
  if (wanted("pairs")) measure("pairs", steps / 80, 2 * kBatch, [&] { bench.pair(); });
  if (wanted("puts")) measure("puts", steps / 40, kBatch, [&] { bench.puts(); });
}
