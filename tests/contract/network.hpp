// What the contract suite asks of each kind of network: to open transports, to let time pass, and a peer that lives elsewhere
// and can be stopped and killed.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/region.hpp"
#include "transport/tcp_port.hpp"
#include "transport/transport.hpp"

namespace lath {

inline constexpr std::uint64_t kContractCookie = 0x1234'5678'9abc'def0;

inline constexpr TcpPort kContractTcp = {.ip_version = 4, .unused = 0, .port = 0, .ip = {127, 0, 0, 1}};

inline constexpr std::size_t kEchoRegionBytes = 1 << 20;

// What an echo peer's region holds.
inline std::byte echo_region_byte(std::size_t at) {
  return static_cast<std::byte>((at * 7 + at / 509) & 0xff);
}

// What a caller sends.
inline constexpr std::size_t kCallBytes = 8;

// A peer that sends every frame back, on a thread of control that is not the test's. It has a region that others may read.
class EchoPeer {
 public:
  virtual ~EchoPeer() = default;
  virtual Address address() const = 0;
  virtual std::vector<std::byte> exported() const = 0;
  virtual void stop() = 0;  // silent, but not dead
  virtual void resume() = 0;
  virtual void kill() = 0;
};

class Network {
 public:
  virtual ~Network() = default;
  virtual std::unique_ptr<Transport> open(std::uint64_t cookie = kContractCookie) = 0;
  virtual std::unique_ptr<EchoPeer> start_echo() = 0;
  // An echo peer that connects there and sends a frame, once it is there itself.
  virtual std::unique_ptr<EchoPeer> start_caller(const Address& to) = 0;
  virtual RegionProvider& memory() = 0;             // of this process
  virtual Reach reach() const = 0;                  // what a probe must find
  virtual void step() {}                            // called between turns: time passes, other peers take theirs
  virtual void skip(TimeNs by_ns) = 0;              // this process's clock, ahead
  virtual std::size_t bytes_under_way() const = 0;  // memory that this process holds for frames not yet taken by a peer
};

using NetworkMaker = std::unique_ptr<Network> (*)();
std::unique_ptr<Network> make_ucx_shared_memory();
std::unique_ptr<Network> make_ucx_tcp();
std::unique_ptr<Network> make_tcp();                  // sockets of our own
std::unique_ptr<Network> make_joint_tcp();            // the same beside UCX, as threads have them
std::unique_ptr<Network> make_joint_memory_alone();   // without TCP
std::unique_ptr<Network> make_joint_shared_memory();  // which has both to choose from
std::unique_ptr<Network> make_ucx_in_turn();          // over shared memory, of transports that threads use in turn
std::unique_ptr<Network> make_ucx_verbs();
std::unique_ptr<Network> make_simulation();

// The networks of RDMA where LATH_CONTRACT_VERBS is set, which tests/verbs does where there is a device; none elsewhere.
std::vector<NetworkMaker> verbs_networks();

}  // namespace lath
