// The simulation as a contract network: no faults but delay, so that the suite's claims are exact.
#include <algorithm>
#include <deque>
#include <vector>

#include "base/assert.hpp"
#include "network.hpp"
#include "transport/sim_transport.hpp"

namespace lath {

namespace {

class SimEcho;

class SimulatedNetwork final : public Network {
 public:
  SimulatedNetwork() : network_(7, SimOptions{}, clock_) {}
  std::unique_ptr<Transport> open(std::uint64_t cookie) override { return network_.open(cookie); }
  std::unique_ptr<EchoPeer> start_echo() override;
  std::unique_ptr<EchoPeer> start_caller(const Address& to) override;
  RegionProvider& memory() override { return network_.memory(); }
  Reach reach() const override { return Reach::kMapped; }
  void step() override;
  void skip(TimeNs by_ns) override { clock_.advance(by_ns); }
  std::size_t bytes_under_way() const override { return network_.bytes_under_way(); }

  ManualClock clock_;
  SimNetwork network_;
  std::vector<SimEcho*> echoes_;
};

class SimEcho final : public EchoPeer, public TransportEvents {
 public:
  explicit SimEcho(SimulatedNetwork& network) : network_(network), transport_(network.network_.open(kContractCookie)) {
    network_.echoes_.push_back(this);
    region_ = std::move(*network.network_.memory().allocate(kEchoRegionBytes));
    for (std::size_t at = 0; at < kEchoRegionBytes; ++at) region_->bytes()[at] = echo_region_byte(at);
  }
  ~SimEcho() override {
    kill();
    std::erase(network_.echoes_, this);
  }
  Address address() const override { return transport_->address(); }
  std::vector<std::byte> exported() const override { return {region_->exported().begin(), region_->exported().end()}; }
  void stop() override { stopped_ = true; }
  void resume() override { stopped_ = false; }
  void kill() override { network_.network_.kill(*transport_); }
  void call(const Address& to) {
    FrameBuffer frame = transport_->acquire();
    frame.extend(kCallBytes);
    LATH_ASSERT(transport_->send(*transport_->connect(to), frame) == Sent::kAccepted);
  }

  void turn() {
    if (stopped_) return;
    transport_->poll(kMessagesPerPoll, *this);
    while (!answers_.empty() && transport_->send(answers_.front().to, answers_.front().frame) != Sent::kBusy) answers_.pop_front();
  }
  void on_message(const Message& message) override {
    FrameBuffer frame = transport_->acquire();
    frame.append(message.bytes);
    answers_.push_back({message.from, std::move(frame)});
  }
  void on_peer_failed(PeerId, const Error&) override {}

 private:
  struct Answer {
    PeerId to;
    FrameBuffer frame;
  };
  SimulatedNetwork& network_;
  std::unique_ptr<SimTransport> transport_;
  std::unique_ptr<Region> region_;
  std::deque<Answer> answers_;
  bool stopped_ = false;
};

std::unique_ptr<EchoPeer> SimulatedNetwork::start_echo() {
  return std::make_unique<SimEcho>(*this);
}

std::unique_ptr<EchoPeer> SimulatedNetwork::start_caller(const Address& to) {
  auto caller = std::make_unique<SimEcho>(*this);
  caller->call(to);
  return caller;
}

void SimulatedNetwork::step() {
  clock_.advance(1000);
  for (SimEcho* echo : echoes_) echo->turn();
}

}  // namespace

std::unique_ptr<Network> make_simulation() {
  return std::make_unique<SimulatedNetwork>();
}

}  // namespace lath
