// One process's hold on the network: UCX, and where its TCP transports listen. From it come the transports of the process's threads.
// open() one call at a time; open_transport() by any thread. Outlives the transports.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "transport/tcp_port.hpp"
#include "transport/transport.hpp"
#include "transport/ucx_context.hpp"
#include "transport/ucx_transport.hpp"

namespace lath {

class TransportProvider {
 public:
  // `devices`: the only network devices to be used, interfaces for TCP (eth0) and UCX's names of RDMA ports (mlx5_0:1), unless
  // LATH_UCX_NET_DEVICES says which; none: all.
  // Errors: kInvalid of settings, kIo of what UCX or TCP cannot have; each says what to do.
  static Result<std::unique_ptr<TransportProvider>> open(std::span<const std::string> devices = {});

  // cookie: the cluster's. `clock` outlives the transport.
  Result<std::unique_ptr<Transport>> open_transport(std::uint64_t cookie, const Clock& clock,
                                                    UcxThreads threads = UcxThreads::kOne);
  UcxContext& ucx() { return *ucx_; }  // the memory that others may read

 private:
  TransportProvider(std::unique_ptr<UcxContext> ucx, TcpPlaces tcp) : ucx_(std::move(ucx)), tcp_(std::move(tcp)) {}

  std::unique_ptr<UcxContext> ucx_;
  const TcpPlaces tcp_;  // no addresses: TCP is not to be used
};

}  // namespace lath
