// What the contract suite asks of each kind of network: to open transports, to let time pass, and a peer that lives elsewhere
// and can be stopped and killed.
#pragma once

#include <memory>
#include <string>

#include "base/clock.hpp"
#include "transport/transport.hpp"

namespace lath {

inline constexpr std::uint64_t kContractCookie = 0x1234'5678'9abc'def0;

// A peer that sends every frame back, on a thread of control that is not the test's.
class EchoPeer {
 public:
  virtual ~EchoPeer() = default;
  virtual Address address() const = 0;
  virtual void stop() = 0;  // silent, but not dead
  virtual void resume() = 0;
  virtual void kill() = 0;
};

class Network {
 public:
  virtual ~Network() = default;
  virtual std::unique_ptr<Transport> open(std::uint64_t cookie = kContractCookie) = 0;
  virtual std::unique_ptr<EchoPeer> start_echo() = 0;
  virtual void step() {}                            // called between turns: time passes, other peers take theirs
  virtual void skip(TimeNs by_ns) = 0;              // this process's clock, ahead
  virtual std::size_t bytes_under_way() const = 0;  // memory that this process holds for frames not yet taken by a peer
};

using NetworkMaker = std::unique_ptr<Network> (*)();
std::unique_ptr<Network> make_ucx_shared_memory();
std::unique_ptr<Network> make_ucx_tcp();
std::unique_ptr<Network> make_simulation();

}  // namespace lath
