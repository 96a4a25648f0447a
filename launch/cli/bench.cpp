// lath bench: throughput and latency of a running cluster as one session sees them. Every answer is compared with what was put.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "base/random.hpp"
#include "launch/c_api/handles.hpp"
#include "launch/cli/batch_pipeline.hpp"
#include "launch/cli/cli.hpp"
#include "launch/cli/operands.hpp"

namespace lath {

namespace {

struct BenchArguments {
  std::uint64_t keys = 1'000'000;
  double seconds = 1.0;  // of each row
  std::uint64_t batch = 128;
  std::uint64_t under_way = 16;
  std::uint64_t seed = 1;
};

struct Row {
  std::string name;
  double rate = 0;                          // operations a second
  std::optional<double> median_us, p99_us;  // of one blocking call
};

using Seconds = std::chrono::duration<double>;

// 8-byte keys and 8-byte values; a key's value is a function of the key, so that any answer can be checked.
class Bench {
 public:
  Bench(CliSession& cli, const BenchArguments& arguments, std::uint64_t timeout_ns)
      : cli_(cli), arguments_(arguments), timeout_ns_(timeout_ns), random_(arguments.seed) {}
  ~Bench() { lath_batch_close(batch_); }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  lath_status load();
  lath_status run(std::vector<Row>& rows);
  std::uint64_t wrong() const { return wrong_; }
  double one_sided_share() const { return one_sided_share_; }  // of the gets of that row, those that sent nothing

 private:
  std::uint64_t draw() { return random_.below(arguments_.keys); }

  lath_status batch_of_puts();
  lath_status batch_of_gets();
  lath_status window_of_gets();
  template <class Step>
  lath_status rate(std::vector<Row>& rows, const char* name, std::uint64_t operations_each, Step step);
  lath_status one_sided_gets(std::vector<Row>& rows);
  template <class Call>
  lath_status latency(std::vector<Row>& rows, const char* name, Call call);

  CliSession& cli_;
  const BenchArguments& arguments_;
  std::uint64_t timeout_ns_;
  Random random_;
  lath_batch* batch_ = nullptr;
  BatchPipeline pipeline_;
  std::vector<std::uint64_t> keys_, answers_;
  std::vector<std::size_t> sizes_;
  std::uint64_t wrong_ = 0;
  double one_sided_share_ = 0;
};

lath_status Bench::load() {
  lath_status status = lath_batch_open(cli_.session(), arguments_.batch, &batch_);
  for (std::uint64_t key = 0; key < arguments_.keys && status == LATH_OK; ++key) {
    const std::uint64_t value = bench_value_of(key);
    status = lath_batch_put(batch_, &key, sizeof key, &value, sizeof value);
    const bool full = lath_batch_count(batch_) == arguments_.batch || key + 1 == arguments_.keys;
    if (status == LATH_OK && full) status = lath_batch_run(batch_, timeout_ns_);
  }
  keys_.resize(std::max(arguments_.batch, arguments_.under_way));
  answers_.resize(keys_.size());
  sizes_.resize(keys_.size());
  return status;
}

lath_status Bench::batch_of_puts() {
  for (std::uint64_t i = 0; i < arguments_.batch; ++i) {
    const std::uint64_t key = draw();
    const std::uint64_t value = bench_value_of(key);
    const lath_status status = lath_batch_put(batch_, &key, sizeof key, &value, sizeof value);
    if (status != LATH_OK) return status;
  }
  return lath_batch_run(batch_, timeout_ns_);
}

lath_status Bench::batch_of_gets() {
  for (std::uint64_t i = 0; i < arguments_.batch; ++i) {
    keys_[i] = draw();
    const lath_status status = lath_batch_get(batch_, &keys_[i], sizeof keys_[i], &answers_[i], sizeof answers_[i], &sizes_[i]);
    if (status != LATH_OK) return status;
  }
  const lath_status status = lath_batch_run(batch_, timeout_ns_);
  for (std::uint64_t i = 0; i < arguments_.batch; ++i)
    if (answers_[i] != bench_value_of(keys_[i])) ++wrong_;
  return status;
}

lath_status Bench::window_of_gets() {
  std::vector<lath_request> requests(arguments_.under_way);
  for (std::uint64_t i = 0; i < arguments_.under_way; ++i) {
    keys_[i] = draw();
    const lath_status status = lath_get_nb(cli_.session(), &keys_[i], sizeof keys_[i], &answers_[i], sizeof answers_[i], &sizes_[i],
                                           timeout_ns_, &requests[i]);
    if (status != LATH_OK) return status;
  }
  const lath_status status = lath_wait_all(cli_.session(), requests.data(), requests.size(), nullptr, timeout_ns_);
  for (std::uint64_t i = 0; i < arguments_.under_way; ++i)
    if (answers_[i] != bench_value_of(keys_[i])) ++wrong_;
  return status;
}

template <class Step>
lath_status Bench::rate(std::vector<Row>& rows, const char* name, std::uint64_t operations_each, Step step) {
  const auto start = std::chrono::steady_clock::now();
  std::uint64_t operations = 0;
  Seconds elapsed{0};
  while (elapsed.count() < arguments_.seconds) {
    const lath_status status = step();
    if (status != LATH_OK) return status;
    operations += operations_each;
    elapsed = std::chrono::steady_clock::now() - start;
  }
  rows.push_back({name, static_cast<double>(operations) / elapsed.count(), std::nullopt, std::nullopt});
  return LATH_OK;
}

template <class Call>
lath_status Bench::latency(std::vector<Row>& rows, const char* name, Call call) {
  std::vector<double> samples;
  const auto start = std::chrono::steady_clock::now();
  auto before = start;
  while (Seconds(before - start).count() < arguments_.seconds) {
    const lath_status status = call();
    if (status != LATH_OK) return status;
    const auto after = std::chrono::steady_clock::now();
    samples.push_back(Seconds(after - before).count() * 1e6);
    before = after;
  }
  const double rate = static_cast<double>(samples.size()) / Seconds(before - start).count();
  std::sort(samples.begin(), samples.end());
  rows.push_back({name, rate, samples[samples.size() / 2], samples[samples.size() * 99 / 100]});
  return LATH_OK;
}

// By loads, or by copies where only they lead there. In groups, because a reading of the clock takes as long as half a get. A row
// is left out where nothing was read without a message.
lath_status Bench::one_sided_gets(std::vector<Row>& rows) {
  constexpr std::size_t kGroup = 32;
  lath_session* session = cli_.session();
  std::uint64_t gets = 0;
  const std::uint64_t before = session->driver->one_sided().counters().answered;
  const lath_status status = latency(rows, "get, one-sided", [&] {
    lath_status worst = LATH_OK;
    for (std::size_t at = 0; at < kGroup; ++at) {
      const std::uint64_t key = draw();
      std::uint64_t value = 0;
      std::size_t size = 0;
      const lath_status one = lath_get(session, &key, sizeof key, &value, sizeof value, &size, timeout_ns_);
      if (value != bench_value_of(key)) ++wrong_;
      if (one != LATH_OK) worst = one;
    }
    gets += kGroup;
    return worst;
  });
  if (status != LATH_OK) return status;
  Row& row = rows.back();
  row.rate *= kGroup;
  row.median_us = *row.median_us / kGroup;
  row.p99_us = *row.p99_us / kGroup;
  one_sided_share_ = static_cast<double>(session->driver->one_sided().counters().answered - before) / static_cast<double>(gets);
  if (one_sided_share_ == 0) rows.pop_back();
  return LATH_OK;
}

lath_status Bench::run(std::vector<Row>& rows) {
  lath_session* session = cli_.session();
  OneSided& one_sided = session->driver->one_sided();
  const OneSidedMode mode = one_sided.mode();
  one_sided.set_mode(OneSidedMode::kOff);  // these rows are about messages
  const auto blocking_get = [&] {
    const std::uint64_t key = draw();
    std::uint64_t value = 0;
    std::size_t size = 0;
    const lath_status status = lath_get(session, &key, sizeof key, &value, sizeof value, &size, timeout_ns_);
    if (value != bench_value_of(key)) ++wrong_;
    return status;
  };
  const auto blocking_put = [&] {
    const std::uint64_t key = draw();
    const std::uint64_t value = bench_value_of(key);
    return lath_put(session, &key, sizeof key, &value, sizeof value, timeout_ns_);
  };
  const auto blocking_add = [&] { return lath_counter_add(session, "bench/counter", 13, 1, timeout_ns_); };
  lath_status status = rate(rows, "put, batches", arguments_.batch, [&] { return batch_of_puts(); });
  if (status == LATH_OK) status = rate(rows, "get, batches", arguments_.batch, [&] { return batch_of_gets(); });
  if (status == LATH_OK && BatchPipeline::fits(arguments_.batch)) {
    status = pipeline_.open(session, arguments_.batch, timeout_ns_);
    const auto gets = [&] { return pipeline_.gets([&] { return draw(); }); };
    if (status == LATH_OK) status = rate(rows, "get, 2 batches under way", arguments_.batch, gets);
    if (status == LATH_OK) status = pipeline_.end();
    wrong_ += pipeline_.wrong();
  }
  if (status == LATH_OK) status = rate(rows, "get, under way", arguments_.under_way, [&] { return window_of_gets(); });
  if (status == LATH_OK) status = latency(rows, "get, blocking", blocking_get);
  if (status == LATH_OK) status = latency(rows, "put, blocking", blocking_put);
  if (status == LATH_OK) status = latency(rows, "counter add, blocking", blocking_add);
  one_sided.set_mode(mode);
  if (status == LATH_OK && mode != OneSidedMode::kOff) status = one_sided_gets(rows);
  return status;
}

void print(const CliContext& context, const BenchArguments& arguments, const std::vector<Row>& rows, const Bench& done) {
  const std::uint64_t wrong = done.wrong();
  if (context.json) {
    nlohmann::json shown{{"keys", arguments.keys},
                         {"batch", arguments.batch},
                         {"wrong", wrong},
                         {"one_sided_share", done.one_sided_share()},
                         {"rows", nlohmann::json::array()}};
    for (const Row& row : rows) {
      nlohmann::json one{{"name", row.name}, {"rate", row.rate}};
      if (row.median_us) one["median_us"] = *row.median_us;
      if (row.p99_us) one["p99_us"] = *row.p99_us;
      shown["rows"].push_back(one);
    }
    std::printf("%s\n", shown.dump(2).c_str());
    return;
  }
  std::printf("8 B keys and values, %llu keys, batches of %llu, %llu under way; one session\n",
              static_cast<unsigned long long>(arguments.keys), static_cast<unsigned long long>(arguments.batch),
              static_cast<unsigned long long>(arguments.under_way));
  std::printf("  %-24s %14s %12s %12s\n", "", "operations/s", "median us", "p99 us");
  for (const Row& row : rows) {
    std::printf("  %-24s %14.0f", row.name.c_str(), row.rate);
    if (row.median_us) std::printf(" %12.3f %12.3f", *row.median_us, *row.p99_us);
    std::printf("\n");
  }
  if (done.one_sided_share() > 0) std::printf("  one-sided gets that sent nothing: %.2f %%\n", 100 * done.one_sided_share());
  std::printf("  answers that were wrong: %llu\n", static_cast<unsigned long long>(wrong));
}

int bench(const CliContext& context, const BenchArguments& arguments) {
  CliSession cli;
  if (!cli.open(context)) return 1;
  Bench bench(cli, arguments, context.timeout_ns());
  std::vector<Row> rows;
  std::fprintf(stderr, "lath bench: putting %llu keys\n", static_cast<unsigned long long>(arguments.keys));
  lath_status status = bench.load();
  if (status == LATH_OK) status = bench.run(rows);
  if (status != LATH_OK) return cli_failed(status, cli.session());
  print(context, arguments, rows, bench);
  return bench.wrong() == 0 ? 0 : 1;
}

}  // namespace

void add_bench_command(CLI::App& app, CliContext& context) {
  const auto arguments = std::make_shared<BenchArguments>();
  CLI::App* command = app.add_subcommand("bench", "measure throughput and latency; leaves its keys in the store");
  command->add_option("--keys", arguments->keys, "how many keys")->capture_default_str()->check(CLI::Range(1, 100'000'000));
  command->add_option("--seconds", arguments->seconds, "of each row")
      ->capture_default_str()
      ->check(CLI::Range(0.001, 3600.0))
      ->check(no_nan);
  command->add_option("--batch", arguments->batch, "operations a batch")->capture_default_str()->check(CLI::Range(1, 100'000));
  command->add_option("--under-way", arguments->under_way, "requests at a time without batches")
      ->capture_default_str()
      ->check(CLI::Range(1, LATH_REQUESTS_MAX));
  command->add_option("--seed", arguments->seed, "of the order of keys")->capture_default_str()->check(whole_number<std::uint64_t>);
  command->callback([&context, arguments] { context.exit_status = bench(context, *arguments); });
}

}  // namespace lath
