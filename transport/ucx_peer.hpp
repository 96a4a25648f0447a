// One connection of a UcxTransport. Lives in a slot that is used again under a new generation; the generation changes the moment
// the connection is given up, before its endpoint is closed.
#pragma once

#include <cstring>
#include <string>

#include "transport/credit.hpp"
#include "transport/process_mark.hpp"
#include "transport/transport.hpp"

struct ucp_address;
struct ucp_ep;

namespace lath {

// A worker's address as the maps of connections have it: the process's mark, and what UCX calls its address.
inline std::string key_of(Bytes worker) {
  return {reinterpret_cast<const char*>(worker.data()), worker.size()};
}
inline std::string key_of(const ProcessMark& process, Bytes ucx_address) {
  return std::string(reinterpret_cast<const char*>(&process), sizeof process) + key_of(ucx_address);
}
inline bool is_worker_key(std::size_t bytes) {
  return bytes > sizeof(ProcessMark);
}
inline ProcessMark process_of(const std::string& worker) {
  ProcessMark process;
  std::memcpy(&process, worker.data(), sizeof process);
  return process;
}
inline const ucp_address* ucx_address_of(const std::string& worker) {
  return reinterpret_cast<const ucp_address*>(worker.data() + sizeof(ProcessMark));
}

inline Error error_of_ended(const ProcessMark& process) {
  return {Code::kUnreachable, "the peer's process " + std::to_string(process.number) + " has ended"};
}

struct UcxPeer {
  enum class State : std::uint8_t {
    kFree,      // no connection; also while the endpoint of the last one is being closed
    kOpening,   // no endpoint yet: made by the next poll()
    kGreeting,  // our hello is under way; frames wait
    kOpen,
  };

  State state = State::kFree;
  bool remote_known = false;
  bool named = false;             // the peer was told, or is about to be, what this connection is called here
  bool sought = false;            // by us, not by the peer alone
  bool awaited = false;           // something was said, and nothing heard since,
  std::uint8_t silent_looks = 0;  // in as many looks, once a second
  std::uint32_t generation = 1;
  PeerId remote;  // the other end's name of this connection
  ucp_ep* endpoint = nullptr;

  Reach reach = Reach::kUnknown;
  std::uint8_t probes_asked = 0;    // by us
  std::uint8_t probes_served = 0;   // for the peer
  std::uint64_t probe_content = 0;  // what the read under way must find
  Attached probed;

  Credit credit;
  TimeNs greet_again_ns = 0;         // while kGreeting: when the hello is due again
  TimeNs greeted_until_ns = 0;       // while kGreeting: when it is given up
  std::string worker;                // the peer's address, as key_of() gives it
  std::vector<FrameBuffer> waiting;  // accepted before the connection was open; counted as sent, so bounded by credit

  void heard() {
    awaited = false;
    silent_looks = 0;
  }
};

}  // namespace lath
