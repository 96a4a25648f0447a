// Raw UCX between two processes, each pinned to a core: what a program pays that has no store at all. The settings are the ones that
// Lath uses: peer error handling, and shared memory in spite of it (UCX_TLS chooses the transports). A failure ends the program.
#pragma once

#include <ucp/api/ucp.h>

#include <cstddef>
#include <functional>
#include <string>

namespace lath::bench {

// A pipe of bytes between parent and child, for addresses and for the end.
class Channel {
 public:
  explicit Channel(int socket) : socket_(socket) {}
  void send(const std::string& bytes) const;
  std::string receive() const;
  bool readable() const;

 private:
  int socket_;
};

struct RawUcx {
  ucp_context_h context = nullptr;
  ucp_worker_h worker = nullptr;
  ucp_ep_h peer = nullptr;

  void open(const Channel& channel);  // both sides call it
  void progress() const { ucp_worker_progress(worker); }
  void await(ucs_status_ptr_t request, const char* what) const;
};

// Memory that UCX allocated and others may read.
struct RawRegion {
  std::byte* bytes = nullptr;
  std::size_t size = 0;
  ucp_mem_h handle = nullptr;

  RawRegion(const RawUcx& ucx, std::size_t size);
  std::string packed_key(const RawUcx& ucx) const;
};

// Runs `serve` in a child on `server_core` and `ask` here on `client_core`; the child's failure is this program's. `ask` tells the
// child to end by a last message on the channel.
void run_pair(int server_core, int client_core, const std::function<void(const Channel&)>& serve,
              const std::function<void(const Channel&)>& ask);

}  // namespace lath::bench
