// What does our transport add to raw UCX? A ping-pong of 8-byte frames between two pinned threads over shared memory. Compare
// half of it with `ucx_perftest -t ucp_am_lat` on the same cores in the same minute: our header, credit and frame pool are
// expected to cost some 20 ns a message beside UCX's 130. The answer check is that every pong carries its ping's number.
#include <pthread.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <vector>

#include "transport/ucx_context.hpp"
#include "transport/ucx_transport.hpp"

namespace {

constexpr std::uint64_t kCookie = 1;
constexpr std::size_t kWarm = 20'000;
constexpr std::size_t kRounds = 1'000'000;

void pin(int core) {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  CPU_SET(static_cast<std::size_t>(core), &cores);
  pthread_setaffinity_np(pthread_self(), sizeof cores, &cores);
}

struct Pong final : lath::TransportEvents {
  explicit Pong(lath::Transport& own) : transport(own) {}
  void on_message(const lath::Message& message) override {
    lath::FrameBuffer frame = transport.acquire();
    frame.append(message.bytes);
    if (transport.send(message.from, frame) != lath::Sent::kAccepted) std::abort();
  }
  void on_peer_failed(lath::PeerId, const lath::Error&) override { over = true; }
  lath::Transport& transport;
  bool over = false;
};

struct Ping final : lath::TransportEvents {
  void on_message(const lath::Message& message) override { std::memcpy(&answer, message.bytes.data(), sizeof answer); }
  void on_peer_failed(lath::PeerId, const lath::Error&) override { std::abort(); }
  std::uint64_t answer = 0;
};

}  // namespace

int main() {
  const lath::SystemClock clock;
  auto context = lath::UcxContext::open();
  if (!context) return std::fprintf(stderr, "%s\n", context.error().text.c_str()), 1;
  auto echoing = lath::UcxTransport::open(**context, kCookie, clock);
  auto asking = lath::UcxTransport::open(**context, kCookie, clock);
  if (!echoing || !asking) return 1;
  std::thread echo([&] {
    pin(1);
    Pong pong(**echoing);
    while (!pong.over) (*echoing)->poll(lath::kMessagesPerPoll, pong);
  });
  pin(0);
  lath::UcxTransport& transport = **asking;
  const auto peer = transport.connect((*echoing)->address());
  if (!peer) return 1;
  Ping ping;
  std::vector<std::uint32_t> times;
  times.reserve(kRounds);
  lath::TimeNs started = 0;
  for (std::uint64_t round = 1; round <= kWarm + kRounds; ++round) {
    if (round == kWarm + 1) started = clock.now_ns();
    const lath::TimeNs before = round % 16 == 0 ? clock.now_ns() : 0;
    lath::FrameBuffer frame = transport.acquire();
    std::memcpy(frame.extend(sizeof round), &round, sizeof round);
    if (transport.send(*peer, frame) != lath::Sent::kAccepted) return 2;
    while (ping.answer != round) transport.poll(lath::kMessagesPerPoll, ping);
    if (before != 0 && round > kWarm) times.push_back(static_cast<std::uint32_t>(clock.now_ns() - before));
  }
  const lath::TimeNs took = clock.now_ns() - started;
  std::sort(times.begin(), times.end());
  std::printf("round trip over %s: mean %.0f ns, median %u, p99 %u\n", transport.path(*peer).c_str(),
              static_cast<double>(took) / kRounds, times[times.size() / 2], times[times.size() * 99 / 100]);
  transport.disconnect(*peer);
  while (transport.connections() > 0) transport.poll(1, ping);
  echo.join();
}
