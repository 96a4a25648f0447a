// The functions that UCX calls: they find the transport and hand over. None of them progresses, makes or closes anything.
#pragma once

#include <ucp/api/ucp.h>

#include "transport/ucx_transport.hpp"

namespace lath {

struct UcxCallbacks {
  static ucs_status_t on_message(void* transport, const void* header, std::size_t header_length, void* message, std::size_t length,
                                 const ucp_am_recv_param_t* param);
  static ucs_status_t on_foreign(void* transport, const void* header, std::size_t header_length, void* message, std::size_t length,
                                 const ucp_am_recv_param_t* param);
  static void on_sent(void* request, ucs_status_t status, void* sending);
  static void on_failure(void* transport, ucp_ep_h endpoint, ucs_status_t status);
};

}  // namespace lath
