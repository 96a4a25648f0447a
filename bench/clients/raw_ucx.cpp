#include "bench/clients/raw_ucx.hpp"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <string_view>

#include "bench/clients/program.hpp"

namespace lath::bench {

namespace {

void must(ucs_status_t status, const char* what) {
  if (status != UCS_OK) die(std::string("raw UCX: ") + what + ": " + ucs_status_string(status));
}

void all(bool moved) {
  if (!moved) die("raw UCX: the other process has ended");
}

}  // namespace

void Channel::send(const std::string& bytes) const {
  const std::size_t size = bytes.size();
  all(::send(socket_, &size, sizeof size, MSG_NOSIGNAL) == sizeof size);
  all(::send(socket_, bytes.data(), size, MSG_NOSIGNAL) == static_cast<ssize_t>(size));
}

std::string Channel::receive() const {
  std::size_t size = 0;
  all(::recv(socket_, &size, sizeof size, MSG_WAITALL) == sizeof size);
  std::string bytes(size, '\0');
  all(::recv(socket_, bytes.data(), size, MSG_WAITALL) == static_cast<ssize_t>(size));
  return bytes;
}

bool Channel::readable() const {
  pollfd one{socket_, POLLIN, 0};
  return ::poll(&one, 1, 0) > 0;
}

void RawUcx::open(const Channel& channel) {
  ucp_config_t* config = nullptr;
  must(ucp_config_read(nullptr, nullptr, &config), "settings");
  const char* chosen = std::getenv("UCX_TLS");
  if (chosen == nullptr || std::string_view(chosen).find("tcp") == std::string_view::npos)
    must(ucp_config_modify(config, "MM_ERROR_HANDLING", "y"), "MM_ERROR_HANDLING");
  ucp_params_t params = {};
  params.field_mask = UCP_PARAM_FIELD_FEATURES;
  params.features = UCP_FEATURE_AM | UCP_FEATURE_RMA;
  must(ucp_init(&params, config, &context), "starting");
  ucp_config_release(config);
  ucp_worker_params_t worker_params = {};
  worker_params.field_mask = UCP_WORKER_PARAM_FIELD_THREAD_MODE;
  worker_params.thread_mode = UCS_THREAD_MODE_SINGLE;
  must(ucp_worker_create(context, &worker_params, &worker), "a worker");
  ucp_address_t* address = nullptr;
  std::size_t size = 0;
  must(ucp_worker_get_address(worker, &address, &size), "an address");
  channel.send(std::string(reinterpret_cast<const char*>(address), size));
  ucp_worker_release_address(worker, address);
  const std::string other = channel.receive();
  ucp_ep_params_t ep_params = {};
  ep_params.field_mask = UCP_EP_PARAM_FIELD_REMOTE_ADDRESS | UCP_EP_PARAM_FIELD_ERR_HANDLING_MODE;
  ep_params.address = reinterpret_cast<const ucp_address_t*>(other.data());
  ep_params.err_mode = UCP_ERR_HANDLING_MODE_PEER;
  must(ucp_ep_create(worker, &ep_params, &peer), "an endpoint");
}

void RawUcx::await(ucs_status_ptr_t request, const char* what) const {
  if (UCS_PTR_IS_ERR(request)) must(UCS_PTR_STATUS(request), what);
  if (request == nullptr) return;
  ucs_status_t status = UCS_INPROGRESS;
  while ((status = ucp_request_check_status(request)) == UCS_INPROGRESS) progress();
  ucp_request_free(request);
  must(status, what);
}

RawRegion::RawRegion(const RawUcx& ucx, std::size_t wanted) : size(wanted) {
  ucp_mem_map_params_t params = {};
  params.field_mask = UCP_MEM_MAP_PARAM_FIELD_LENGTH | UCP_MEM_MAP_PARAM_FIELD_FLAGS;
  params.length = wanted;
  params.flags = UCP_MEM_MAP_ALLOCATE;
  must(ucp_mem_map(ucx.context, &params, &handle), "mapping memory");
  ucp_mem_attr_t attributes = {};
  attributes.field_mask = UCP_MEM_ATTR_FIELD_ADDRESS;
  must(ucp_mem_query(handle, &attributes), "a region's address");
  bytes = static_cast<std::byte*>(attributes.address);
}

std::string RawRegion::packed_key(const RawUcx& ucx) const {
  void* packed = nullptr;
  std::size_t packed_size = 0;
  must(ucp_rkey_pack(ucx.context, handle, &packed, &packed_size), "packing a key");
  std::string key(static_cast<const char*>(packed), packed_size);
  ucp_rkey_buffer_release(packed);
  return key;
}

void run_pair(int server_core, int client_core, const std::function<void(const Channel&)>& serve,
              const std::function<void(const Channel&)>& ask) {
  int sockets[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) != 0) die("raw UCX: no socket pair");
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) die("raw UCX: no second process");
  if (child == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // an interrupted bench leaves no spinning child
    if (::getppid() != parent) ::_exit(1);
    ::close(sockets[0]);
    pin(server_core);
    serve(Channel(sockets[1]));
    ::_exit(0);
  }
  ::close(sockets[1]);
  pin(client_core);
  ask(Channel(sockets[0]));
  int status = 0;
  if (::waitpid(child, &status, 0) != child || status != 0) die("raw UCX: the serving process failed");
}

}  // namespace lath::bench
