// A process that sends every frame back to where it came from, until it is killed or its parent is gone. Writes its address and
// the export of a region to standard output, each behind its length (32 bits).
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <deque>

#include "network.hpp"
#include "transport/ucx_context.hpp"
#include "transport/ucx_transport.hpp"
#include "transport/waiting.hpp"

namespace {

struct Echo final : lath::TransportEvents {
  explicit Echo(lath::Transport& to_echo) : transport(to_echo) {}
  void on_message(const lath::Message& message) override {
    lath::FrameBuffer frame = transport.acquire();
    frame.append(message.bytes);
    answers.push_back({message.from, std::move(frame)});
  }
  void on_peer_failed(lath::PeerId, const lath::Error&) override {}
  void send_answers() {
    while (!answers.empty() && transport.send(answers.front().to, answers.front().frame) != lath::Sent::kBusy) answers.pop_front();
  }

  struct Answer {
    lath::PeerId to;
    lath::FrameBuffer frame;
  };
  lath::Transport& transport;
  std::deque<Answer> answers;
};

bool tell(lath::Bytes bytes) {
  const auto length = static_cast<std::uint32_t>(bytes.size());
  return write(STDOUT_FILENO, &length, sizeof length) == sizeof length &&
         write(STDOUT_FILENO, bytes.data(), length) == static_cast<ssize_t>(length);
}

}  // namespace

int main() {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const lath::SystemClock clock;
  auto context = lath::UcxContext::open();
  if (!context) return 1;
  auto opened = lath::UcxTransport::open(**context, lath::kContractCookie, clock);
  if (!opened) return 1;
  lath::Transport& transport = **opened;
  auto region = (*context)->allocate(lath::kEchoRegionBytes);
  if (!region) return 1;
  for (std::size_t at = 0; at < lath::kEchoRegionBytes; ++at) (*region)->bytes()[at] = lath::echo_region_byte(at);
  if (!tell(transport.address()) || !tell((*region)->exported())) return 1;
  close(STDOUT_FILENO);
  Echo echo(transport);
  lath::Waiter waiter(transport, lath::WaitPolicy::choose(4, 2));
  for (;;) {
    const std::size_t delivered = transport.poll(lath::kMessagesPerPoll, echo);
    echo.send_answers();
    if (delivered > 0)
      waiter.did_work();
    else
      waiter.idle(clock.now_ns(), clock.now_ns() + (echo.answers.empty() ? 1'000'000'000 : 1'000'000));
  }
}
