// How a UcxTransport begins.
#include <ucp/api/ucp.h>

#include <cstddef>
#include <span>
#include <string>

#include "base/process_lock.hpp"
#include "transport/ucx_callbacks.hpp"
#include "transport/ucx_needs.hpp"
#include "transport/ucx_peer.hpp"
#include "transport/ucx_transport.hpp"
#include "transport/ucx_wire.hpp"

namespace lath {

Result<std::unique_ptr<UcxTransport>> UcxTransport::open(UcxContext& context, std::uint64_t cookie, const Clock& clock,
                                                         UcxThreads threads) {
  const ProcessLock alone(OfProcess::kUcx);
  if (const auto enough = check_ucx_needs(); !enough) return enough.error();
  const UcxLogOpening opening;
  ucp_worker_params_t params = {};
  params.field_mask = UCP_WORKER_PARAM_FIELD_THREAD_MODE;
  params.thread_mode = threads == UcxThreads::kOne ? UCS_THREAD_MODE_SINGLE : UCS_THREAD_MODE_SERIALIZED;
  ucp_worker_h worker = nullptr;
  ucs_status_t status = ucp_worker_create(context.handle(), &params, &worker);
  if (status != UCS_OK) {
    return Error{Code::kIo,
                 "UCX cannot make a worker (" + opening.reason(ucs_status_string(status)) +
                     "): it takes 10 descriptors (ulimit -n), 2 SysV segments of 4.2 MiB together (kernel.shmmax, kernel.shmall, "
                     "kernel.shmmni; ipcs -m), and as much of /dev/shm (df /dev/shm; lath doctor names what killed processes left "
                     "there), in files of that size (ulimit -f); or a transport of LATH_UCX_TLS is not there"};
  }
  std::unique_ptr<UcxTransport> transport(new UcxTransport(worker, context, cookie, clock));

  ucp_address_t* own = nullptr;
  std::size_t own_bytes = 0;
  status = ucp_worker_get_address(worker, &own, &own_bytes);
  if (status != UCS_OK) return Error{Code::kIo, std::string("UCX has no address for a worker: ") + ucs_status_string(status)};
  const Bytes own_span(reinterpret_cast<const std::byte*>(own), own_bytes);
  transport->worker_address_ = key_of(transport->process_, own_span);
  transport->address_ = ucx_wrap_address(std::as_bytes(std::span(transport->worker_address_)));
  ucp_worker_release_address(worker, own);
  if (transport->address_.size() > kAddressBytesMax) {
    return Error{Code::kTooLarge, "UCX's worker address has " + std::to_string(own_bytes) + " bytes, more than " +
                                      std::to_string(kAddressBytesMax) + ": name fewer devices in LATH_UCX_NET_DEVICES"};
  }
  status = ucp_worker_get_efd(worker, &transport->event_fd_);
  if (status != UCS_OK) return Error{Code::kIo, std::string("UCX has no event descriptor: ") + ucs_status_string(status)};
  transport->signals_.watch(transport->event_fd_);

  if (const auto set = transport->set_handlers(); !set) return set.error();
  return transport;
}

Result<void> UcxTransport::set_handlers() {
  // UCX 1.13 initialises its table of handlers wrongly, unless the highest id comes first and is odd, and calls garbage for an id
  // that nobody registered: so all that a message can carry are, for 1.5 MB and 1 ms a worker.
  static_assert(kUcxMessageIdLast % 2 == 1 && kUcxMessageId < kUcxMessageIdLast);
  for (unsigned step = 0; step <= kUcxMessageIdLast; ++step) {
    const unsigned id = step == 0 ? kUcxMessageIdLast : step - 1;
    ucp_am_handler_param_t handler = {};
    handler.field_mask = UCP_AM_HANDLER_PARAM_FIELD_ID | UCP_AM_HANDLER_PARAM_FIELD_CB | UCP_AM_HANDLER_PARAM_FIELD_ARG |
                         UCP_AM_HANDLER_PARAM_FIELD_FLAGS;
    handler.id = id;
    handler.flags = UCP_AM_FLAG_WHOLE_MSG;
    handler.cb = id == kUcxMessageId ? &UcxCallbacks::on_message : &UcxCallbacks::on_foreign;
    handler.arg = this;
    const ucs_status_t status = ucp_worker_set_am_recv_handler(worker_, &handler);
    if (status != UCS_OK) return Error{Code::kInternal, std::string("UCX refuses a handler: ") + ucs_status_string(status)};
  }
  return {};
}

}  // namespace lath
