// What does a bare one-sided read cost? ucx_perftest reads the same bytes again and again, out of the nearest cache; a store's table
// is as large as it is. So: `ucp_get` of `bytes` at random places of a region of `region` bytes (`ours` is asked to match it), or, with
// `buffers` over 1, at each of that many places in turn, as a program does that moves one tensor after another. The other process
// sleeps meanwhile, as the owner of a table may. The answer check: each line of 64 bytes holds its own offset.
#include <cstring>
#include <vector>

#include "base/random.hpp"
#include "bench/clients/program.hpp"
#include "bench/clients/raw_ucx.hpp"
#include "bench/clients/stopwatch.hpp"

namespace lath::bench {
namespace {

constexpr std::size_t kLine = 64;

struct Plan {
  std::size_t bytes, region, buffers, group;
  double seconds;
};

void serve(const Channel& channel, const Plan& plan) {
  RawUcx ucx;
  ucx.open(channel);
  const RawRegion region(ucx, plan.region);
  for (std::size_t offset = 0; offset + sizeof offset <= plan.region; offset += kLine)
    std::memcpy(region.bytes + offset, &offset, sizeof offset);
  channel.send(region.packed_key(ucx));
  channel.send(std::string(reinterpret_cast<const char*>(&region.bytes), sizeof region.bytes));
  while (!channel.readable()) ucx.progress();  // until the other side is connected
  channel.receive();
  channel.receive();  // its end; asleep until then
}

std::uint64_t wrong_lines(const std::byte* bytes, std::size_t size, std::size_t offset) {
  std::uint64_t wrong = 0;
  const std::size_t step = size > 64 * kLine ? size / 64 / kLine * kLine : kLine;  // of a large read: 64 lines
  for (std::size_t at = 0; at < size; at += step) {
    std::size_t found = 0;
    std::memcpy(&found, bytes + at, sizeof found);
    wrong += found == offset + at ? 0 : 1;
  }
  return wrong;
}

// A get is over when what it brought can be used: the next one's place hangs on it, or the processor would be at sixteen gets at once
// and never wait for the memory of one, which no program that looks at its answers can.
std::size_t off_in(const std::byte* bytes, std::size_t size, std::size_t offset) {
  std::size_t first = 0, last = 0;
  std::memcpy(&first, bytes, sizeof first);
  std::memcpy(&last, bytes + size - kLine, sizeof last);
  return (first ^ offset) + (last ^ (offset + size - kLine));
}

void ask(const Channel& channel, const Plan& plan) {
  RawUcx ucx;
  ucx.open(channel);
  const std::string packed = channel.receive(), place = channel.receive();
  std::uint64_t base = 0;
  std::memcpy(&base, place.data(), sizeof base);
  ucp_rkey_h key = nullptr;
  if (ucp_ep_rkey_unpack(ucx.peer, packed.data(), &key) != UCS_OK) die("raw UCX: a region's key");
  const RawRegion mine(ucx, plan.bytes * plan.buffers);
  std::memset(mine.bytes, 0xff, mine.size);
  ucp_request_param_t params = {};
  params.op_attr_mask = UCP_OP_ATTR_FIELD_MEMH;
  params.memh = mine.handle;
  const auto get = [&](std::byte* into, std::size_t offset) {
    ucx.await(ucp_get_nbx(ucx.peer, into, plan.bytes, base + offset, key, &params), "a get");
  };
  get(mine.bytes, 0);
  channel.send("connected");
  Random random(1);
  Samples samples;
  std::vector<std::size_t> offsets(plan.group);
  const std::size_t places = plan.region / plan.bytes;
  const double ns_per_tick = Stopwatch::ns_per_tick() / static_cast<double>(plan.group);
  std::uint64_t wrong = 0, turn = 0;
  std::size_t off = 0;  // by how much the last answer was wrong: nothing
  for (const Deadline deadline(plan.seconds); turn % 16 != 0 || !deadline.over(); ++turn) {
    for (std::size_t& offset : offsets) offset = (plan.buffers > 1 ? turn % places : random.below(places)) * plan.bytes;
    std::byte* into = mine.bytes + turn % plan.buffers * plan.bytes;
    const std::uint64_t begun = Stopwatch::ticks();
    for (const std::size_t offset : offsets) {
      get(into, offset + off);
      off = off_in(into, plan.bytes, offset);
    }
    samples.add(static_cast<double>(Stopwatch::ticks() - begun) * ns_per_tick);
    wrong += wrong_lines(into, plan.bytes, offsets.back());
  }
  channel.send("over");
  const double bandwidth = static_cast<double>(plan.bytes) / samples.median();  // bytes a nanosecond: GB/s
  finish(Line().add("gigabytes_per_second", bandwidth).add_latencies(samples, false), wrong);
}

}  // namespace
}  // namespace lath::bench

int main(int count, char** texts) {
  using namespace lath::bench;
  const Arguments arguments(count, texts,
                            {{"server-core", "0"},
                             {"core", "1"},
                             {"bytes", "128"},
                             {"region", "67108864"},
                             {"buffers", "1"},
                             {"group", "16"},
                             {"seconds", "0.3"}});
  const Plan plan{.bytes = arguments.number("bytes"),
                  .region = arguments.number("region"),
                  .buffers = arguments.number("buffers"),
                  .group = arguments.number("group"),
                  .seconds = arguments.real("seconds")};
  if (plan.bytes < kLine || plan.bytes % kLine != 0 || plan.region < plan.bytes * plan.buffers || plan.group == 0)
    die("--bytes is a multiple of 64, --region holds --buffers of them, --group is at least 1");
  run_pair(
      static_cast<int>(arguments.number("server-core")), static_cast<int>(arguments.number("core")),
      [&](const Channel& channel) { serve(channel, plan); }, [&](const Channel& channel) { ask(channel, plan); });
}
