// A process that sends every frame back to where it came from, until it is killed or its parent is gone. Writes its address and
// the export of a region to standard output, each behind its length (32 bits). Then sends a frame to an address, where one is given in
// hexadecimal digits. usage: contract_echo ucx|tcp|joint [ADDRESS]
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <charconv>
#include <deque>
#include <memory>
#include <string_view>

#include "base/random.hpp"
#include "network.hpp"
#include "transport/tcp_transport.hpp"
#include "transport/transport_provider.hpp"
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

// Owns what a transport of its kind needs.
struct Opened {
  std::unique_ptr<lath::TransportProvider> provider;
  std::unique_ptr<lath::UcxContext> context;
  std::unique_ptr<lath::Transport> transport;
};

Opened open(const lath::Clock& clock, std::string_view kind) {
  constexpr std::uint64_t kCookie = lath::kContractCookie;
  Opened opened;
  if (kind == "ucx") {
    if (auto context = lath::UcxContext::open()) opened.context = std::move(*context);
    if (opened.context == nullptr) return opened;
    if (auto transport = lath::UcxTransport::open(*opened.context, kCookie, clock)) opened.transport = std::move(*transport);
    return opened;
  }
  if (auto provider = lath::TransportProvider::open()) opened.provider = std::move(*provider);
  if (opened.provider == nullptr) return opened;
  if (kind == "joint") {
    if (auto transport = opened.provider->open_transport(kCookie, clock)) opened.transport = std::move(*transport);
  } else {
    const lath::TcpPlaces places = {.addresses = {lath::kContractTcp}, .ports = {}};
    auto transport = lath::TcpTransport::open(places, kCookie, {lath::entropy(), lath::entropy()}, clock);
    if (transport) opened.transport = std::move(*transport);
  }
  return opened;
}

lath::Address address_of(std::string_view digits) {
  lath::Address address(digits.size() / 2);
  for (std::size_t at = 0; at < address.size(); ++at) {
    std::uint8_t byte = 0;
    std::from_chars(digits.data() + 2 * at, digits.data() + 2 * at + 2, byte, 16);
    address[at] = std::byte{byte};
  }
  return address;
}

bool call(lath::Transport& transport, const lath::Address& address) {
  const auto peer = transport.connect(address);
  if (!peer) return false;
  lath::FrameBuffer frame = transport.acquire();
  frame.extend(lath::kCallBytes);
  return transport.send(*peer, frame) == lath::Sent::kAccepted;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2 && count != 3) return 2;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const lath::SystemClock clock;
  const Opened opened = open(clock, arguments[1]);
  if (opened.transport == nullptr) return 1;
  lath::Transport& transport = *opened.transport;
  lath::UcxContext& context = opened.context != nullptr ? *opened.context : opened.provider->ucx();
  auto region = context.allocate(lath::kEchoRegionBytes);
  if (!region) return 1;
  for (std::size_t at = 0; at < lath::kEchoRegionBytes; ++at) (*region)->bytes()[at] = lath::echo_region_byte(at);
  if (!tell(transport.address()) || !tell((*region)->exported())) return 1;
  close(STDOUT_FILENO);
  if (count == 3 && !call(transport, address_of(arguments[2]))) return 1;
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
