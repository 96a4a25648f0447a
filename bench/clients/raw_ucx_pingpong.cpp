// What does a bare active message cost, with every sample kept? ucx_perftest gives averages and one percentile of its last 2,048
// round trips; this gives the distribution of all of them, for the rows about p99. Expected: two one-way times of `ucx_perftest -t
// ucp_am_lat` and one reading of the clock. The answer check: each pong carries its ping's number.
#include <cstring>

#include "bench/clients/program.hpp"
#include "bench/clients/raw_ucx.hpp"
#include "bench/clients/stopwatch.hpp"

namespace lath::bench {
namespace {

constexpr unsigned kMessage = 1;
constexpr std::uint64_t kOver = UINT64_MAX;

std::uint64_t arrived = 0;  // by the callback, in the one thread that progresses

ucs_status_t on_message(void*, const void*, std::size_t, void* bytes, std::size_t size, const ucp_am_recv_param_t*) {
  if (size != sizeof arrived) die("a message of another size");
  std::memcpy(&arrived, bytes, sizeof arrived);
  return UCS_OK;
}

void receive_on(const RawUcx& ucx) {
  ucp_am_handler_param_t params = {};
  params.field_mask = UCP_AM_HANDLER_PARAM_FIELD_ID | UCP_AM_HANDLER_PARAM_FIELD_CB;
  params.id = kMessage;
  params.cb = on_message;
  if (ucp_worker_set_am_recv_handler(ucx.worker, &params) != UCS_OK) die("no handler");
}

void send(const RawUcx& ucx, const std::uint64_t& number) {
  ucp_request_param_t params = {};
  ucx.await(ucp_am_send_nbx(ucx.peer, kMessage, nullptr, 0, &number, sizeof number, &params), "sending");
}

void serve(const Channel& channel) {
  RawUcx ucx;
  ucx.open(channel);
  receive_on(ucx);
  channel.send("ready");
  for (std::uint64_t last = 0; last != kOver;) {
    ucx.progress();
    if (arrived == last) continue;
    last = arrived;
    send(ucx, last);
  }
  while (!channel.readable()) ucx.progress();  // the last pong leaves
}

void ask(const Channel& channel, double seconds, bool distribution) {
  RawUcx ucx;
  ucx.open(channel);
  receive_on(ucx);
  channel.receive();
  Samples samples;
  samples.reserve(1 << 22);
  const double ns_per_tick = Stopwatch::ns_per_tick();
  const auto round_trip = [&](std::uint64_t number) {
    send(ucx, number);
    while (arrived != number) ucx.progress();
  };
  std::uint64_t number = 0;
  for (const Deadline warm(0.05); !warm.over();) round_trip(++number);
  const Deadline deadline(seconds);
  while (number % 64 != 0 || !deadline.over()) {
    const std::uint64_t begun = Stopwatch::ticks();
    round_trip(++number);
    samples.add(static_cast<double>(Stopwatch::ticks() - begun) * ns_per_tick);
  }
  round_trip(kOver);
  channel.send("over");
  Line().add_latencies(samples, distribution).print();
}

}  // namespace
}  // namespace lath::bench

int main(int count, char** texts) {
  using namespace lath::bench;
  const Arguments arguments(count, texts, {{"server-core", "0"}, {"core", "1"}, {"seconds", "0.3"}, {"distribution", "0"}});
  const bool distribution = arguments.number("distribution") != 0;
  run_pair(static_cast<int>(arguments.number("server-core")), static_cast<int>(arguments.number("core")), serve,
           [&](const Channel& channel) { ask(channel, arguments.real("seconds"), distribution); });
}
