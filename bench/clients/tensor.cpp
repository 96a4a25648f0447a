// At what bandwidth do tensors go into a store, and come out? `buffers` of them in turn, as a program does that moves one after
// another, from and to memory of lath_alloc's; the yardstick (raw_ucx_get.cpp) does the same with memory of UCX's. The answer check:
// each line of 64 bytes holds its own offset and its tensor's number.
// Estimate: one copy of each byte, so that of a raw get, and a microsecond or two of messages.
// usage: lath_bench_tensor --target lath:WHERE --work put|get --bytes N --buffers N
#include <lath/lath.h>

#include <cstring>
#include <string>
#include <vector>

#include "bench/clients/lath_target.hpp"
#include "bench/clients/stopwatch.hpp"

namespace lath::bench {
namespace {

constexpr std::size_t kLine = 64;

struct Plan {
  std::string work;
  std::size_t bytes, buffers;
  double seconds;
};

void check(LathTarget& target, lath_status status) {
  if (status != LATH_OK) die(std::string(lath_status_string(status)) + ": " + lath_last_error(target.session()));
}

lath_tensor tensor_at(std::byte* data, std::size_t bytes) {
  lath_tensor tensor = LATH_TENSOR_INIT;
  tensor.data = data;
  tensor.dtype = LATH_F64;
  tensor.dim_count = 2;
  tensor.dims[0] = bytes / 512;
  tensor.dims[1] = 64;
  return tensor;
}

void fill(std::byte* bytes, std::size_t size, std::uint64_t number) {
  for (std::size_t at = 0; at < size; at += kLine) {
    const std::uint64_t words[2] = {at, number};
    std::memcpy(bytes + at, words, sizeof words);
  }
}

std::uint64_t wrong_lines(const std::byte* bytes, std::size_t size, std::uint64_t number) {
  std::uint64_t wrong = 0;
  const std::size_t step = size / 64 / kLine * kLine;
  for (std::size_t at = 0; at < size; at += step) {
    std::uint64_t words[2];
    std::memcpy(words, bytes + at, sizeof words);
    wrong += words[0] == at && words[1] == number ? 0 : 1;
  }
  return wrong;
}

void run(LathTarget& target, const Plan& plan) {
  void* memory = nullptr;
  if (lath_alloc(target.store(), plan.bytes * plan.buffers, &memory) != LATH_OK) die(lath_last_error(nullptr));
  auto* bytes = static_cast<std::byte*>(memory);
  const auto at = [&](std::uint64_t number) { return bytes + number * plan.bytes; };
  const auto put = [&](std::uint64_t number) {
    const lath_tensor tensor = tensor_at(at(number), plan.bytes);
    check(target, lath_tensor_put(target.session(), &number, sizeof number, &tensor, kTimeoutNs));
  };
  const auto get = [&](std::uint64_t number) {
    lath_tensor tensor = tensor_at(at(number), plan.bytes);
    check(target, lath_tensor_get(target.session(), &number, sizeof number, &tensor, kTimeoutNs));
  };
  for (std::uint64_t number = 0; number < plan.buffers; ++number) {
    fill(at(number), plan.bytes, number);
    put(number);
  }
  std::memset(bytes, 0xff, plan.bytes * plan.buffers);
  std::uint64_t wrong = 0, turn = 0;
  for (std::uint64_t number = 0; number < plan.buffers; ++number) {  // and what was put is right, whatever is measured
    get(number);
    wrong += wrong_lines(at(number), plan.bytes, number);
  }
  const bool puts = plan.work == "put";
  Samples samples;
  for (const Deadline deadline(plan.seconds); turn % 4 != 0 || !deadline.over(); ++turn) {
    const std::uint64_t number = turn % plan.buffers;
    const std::uint64_t begun = Stopwatch::ticks();
    if (puts)
      put(number);
    else
      get(number);
    samples.add(static_cast<double>(Stopwatch::ticks() - begun) * Stopwatch::ns_per_tick());
    wrong += wrong_lines(at(number), plan.bytes, number);
  }
  for (std::uint64_t number = 0; puts && number < plan.buffers; ++number) {
    std::memset(at(number), 0xff, plan.bytes);
    get(number);
    wrong += wrong_lines(at(number), plan.bytes, number);
  }
  lath_free(target.store(), memory);
  const double bandwidth = static_cast<double>(plan.bytes) / samples.median();  // bytes a nanosecond: GB/s
  finish(Line().add("gigabytes_per_second", bandwidth).add_latencies(samples, false), wrong);
}

}  // namespace
}  // namespace lath::bench

int main(int count, char** texts) {
  using namespace lath::bench;
  const Arguments arguments(
      count, texts,
      {{"target", "lath:embedded:"}, {"work", "get"}, {"core", "1"}, {"bytes", "1048576"}, {"buffers", "8"}, {"seconds", "0.3"}});
  const Plan plan{.work = arguments.text("work"),
                  .bytes = arguments.number("bytes"),
                  .buffers = arguments.number("buffers"),
                  .seconds = arguments.real("seconds")};
  const std::string where = arguments.text("target");
  if (where.rfind("lath:", 0) != 0) die("--target is lath:WHERE, not '" + where + "'");
  if (plan.work != "put" && plan.work != "get") die("--work is put or get, not '" + plan.work + "'");
  if (plan.bytes < 65536 || plan.bytes % 4096 != 0 || plan.buffers == 0) die("--bytes is a multiple of 4096, from 65536 on");
  pin(static_cast<int>(arguments.number("core")));
  LathTarget target(where.substr(5));
  run(target, plan);
}
