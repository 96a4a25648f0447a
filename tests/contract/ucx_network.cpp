// UCX with its transports limited to one kind, and echo peers in processes of their own.

#include <cstdlib>

#include "base/assert.hpp"
#include "echo_process.hpp"
#include "network.hpp"
#include "transport/ucx_context.hpp"
#include "transport/ucx_transport.hpp"

namespace lath {

namespace {

class UcxNetwork final : public Network {
 public:
  UcxNetwork(const char* transports, Reach reach, UcxThreads threads = UcxThreads::kOne) : reach_(reach), threads_(threads) {
    setenv("LATH_UCX_TLS", transports, 1);
    Result<std::unique_ptr<UcxContext>> opened = UcxContext::open();
    LATH_ASSERT(opened.has_value());
    context_ = std::move(*opened);
  }
  std::unique_ptr<Transport> open(std::uint64_t cookie) override {
    Result<std::unique_ptr<UcxTransport>> opened = UcxTransport::open(*context_, cookie, clock_, threads_);
    LATH_ASSERT(opened.has_value());
    return std::move(*opened);
  }
  std::unique_ptr<EchoPeer> start_echo() override { return std::make_unique<EchoProcess>("ucx"); }
  std::unique_ptr<EchoPeer> start_caller(const Address& to) override { return std::make_unique<EchoProcess>("ucx", to); }
  void skip(TimeNs by_ns) override { clock_.ahead_ns += by_ns; }
  std::size_t bytes_under_way() const override { return resident_bytes(); }
  RegionProvider& memory() override { return *context_; }
  Reach reach() const override { return reach_; }

 private:
  const Reach reach_;
  const UcxThreads threads_;
  SkippedClock clock_;
  std::unique_ptr<UcxContext> context_;
};

}  // namespace

std::unique_ptr<Network> make_ucx_shared_memory() {
  return std::make_unique<UcxNetwork>("posix,sysv,cma,self", Reach::kMapped);
}

std::unique_ptr<Network> make_ucx_in_turn() {
  return std::make_unique<UcxNetwork>("posix,sysv,cma,self", Reach::kMapped, UcxThreads::kInTurn);
}

std::unique_ptr<Network> make_ucx_verbs() {
  return std::make_unique<UcxNetwork>("rc_verbs,ud_verbs,self", Reach::kCopies);
}

std::vector<NetworkMaker> verbs_networks() {
  return std::getenv("LATH_CONTRACT_VERBS") != nullptr ? std::vector<NetworkMaker>{&make_ucx_verbs} : std::vector<NetworkMaker>();
}

std::unique_ptr<Network> make_ucx_tcp() {
  return std::make_unique<UcxNetwork>("tcp,self", Reach::kNone);
}

}  // namespace lath
