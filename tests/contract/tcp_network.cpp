// TCP sockets of our own, alone and as a part of what threads get: UCX beside them.
#include <cstdlib>

#include "base/random.hpp"
#include "echo_process.hpp"
#include "network.hpp"
#include "transport/tcp_transport.hpp"
#include "transport/transport_provider.hpp"

namespace lath {

namespace {

class JointNetwork : public Network {
 public:
  JointNetwork(const char* transports, Reach reach) : reach_(reach) {
    setenv("LATH_UCX_TLS", transports, 1);
    auto opened = TransportProvider::open();
    LATH_ASSERT(opened.has_value());
    provider_ = std::move(*opened);
  }
  std::unique_ptr<Transport> open(std::uint64_t cookie) override {
    auto opened = provider_->open_transport(cookie, clock_);
    LATH_ASSERT(opened.has_value());
    return std::move(*opened);
  }
  std::unique_ptr<EchoPeer> start_echo() override { return std::make_unique<EchoProcess>("joint"); }
  std::unique_ptr<EchoPeer> start_caller(const Address& to) override { return std::make_unique<EchoProcess>("joint", to); }
  void skip(TimeNs by_ns) override { clock_.ahead_ns += by_ns; }
  std::size_t bytes_under_way() const override { return resident_bytes(); }
  RegionProvider& memory() override { return provider_->ucx(); }
  Reach reach() const override { return reach_; }

 protected:
  SkippedClock clock_;

 private:
  const Reach reach_;
  std::unique_ptr<TransportProvider> provider_;
};

class TcpNetwork final : public JointNetwork {
 public:
  TcpNetwork() : JointNetwork("tcp,self", Reach::kNone) {}
  std::unique_ptr<Transport> open(std::uint64_t cookie) override {
    const TcpPlaces places = {.addresses = {kContractTcp}, .ports = {}};
    auto opened = TcpTransport::open(places, cookie, {random_.next(), random_.next()}, clock_);
    LATH_ASSERT(opened.has_value());
    return std::move(*opened);
  }
  std::unique_ptr<EchoPeer> start_echo() override { return std::make_unique<EchoProcess>("tcp"); }
  std::unique_ptr<EchoPeer> start_caller(const Address& to) override { return std::make_unique<EchoProcess>("tcp", to); }

 private:
  Random random_{entropy()};
};

}  // namespace

std::unique_ptr<Network> make_tcp() {
  return std::make_unique<TcpNetwork>();
}

std::unique_ptr<Network> make_joint_tcp() {
  return std::make_unique<JointNetwork>("tcp,self", Reach::kNone);
}

std::unique_ptr<Network> make_joint_memory_alone() {
  return std::make_unique<JointNetwork>("posix,sysv,cma,self", Reach::kMapped);
}

std::unique_ptr<Network> make_joint_shared_memory() {
  return std::make_unique<JointNetwork>("posix,sysv,cma,tcp,self", Reach::kMapped);
}

}  // namespace lath
