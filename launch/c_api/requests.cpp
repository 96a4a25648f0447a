// The C API of requests that are under way.
#include "lath/lath.h"
#include "launch/c_api/run.hpp"
#include "launch/c_api/told.hpp"

using namespace lath;
using namespace lath::c_api;

namespace {
constexpr const char* kUnknownRequest = ": the request is not of this session, or was told how it ended before";

std::optional<Code> take(Entered& in, lath_session* session, lath_request request) {
  const std::optional<Code> code = in.session().take(id_of(request));
  return code ? std::optional(told_of_tensor(*session, request, *code)) : code;
}

lath_status told(Entered& in, lath_session* session, lath_request request, const char* call) {
  const std::optional<Code> code = take(in, session, request);
  if (!code) return in.refuse(Code::kInvalid, std::string(call) + kUnknownRequest);
  return *code == Code::kInProgress ? LATH_IN_PROGRESS : in.ended(*code);
}

}  // namespace

lath_status lath_progress(lath_session* session) {
  Entered in(session, __func__);
  if (!in) return in.status();
  in.driver().progress();
  return LATH_OK;
}

lath_status lath_test(lath_session* session, lath_request request) {
  Entered in(session, __func__);
  if (!in) return in.status();
  in.driver().progress();
  return told(in, session, request, __func__);
}

lath_status lath_wait_request(lath_session* session, lath_request request, uint64_t timeout_ns) {
  Entered in(session, __func__);
  if (!in) return in.status();
  const TimeNs deadline = deadline_after(in.driver().read_clock(), timeout_ns);
  in.driver().run_until(deadline, [&] { return !in.session().is_under_way(id_of(request)); });
  return told(in, session, request, __func__);
}

lath_status lath_wait_all(lath_session* session, lath_request* requests, size_t count, lath_status* statuses, uint64_t timeout_ns) {
  Entered in(session, __func__);
  if (!in) return in.status();
  if (requests == nullptr && count > 0) {
    return in.refuse(Code::kInvalid, "lath_wait_all: requests is NULL, with a count of " + std::to_string(count));
  }
  const TimeNs deadline = deadline_after(in.driver().read_clock(), timeout_ns);
  size_t ended = 0;
  in.driver().run_until(deadline, [&] {
    while (ended < count && !in.session().is_under_way(id_of(requests[ended]))) ++ended;
    return ended == count;
  });
  Code first_failure = Code::kOk;
  bool goes_on = false;
  bool is_known = true;
  Failure failure;
  for (size_t i = 0; i < count; ++i) {
    const std::optional<Code> taken = requests[i] == 0 ? Code::kOk : take(in, session, requests[i]);
    const Code code = taken.value_or(Code::kInvalid);
    if (statuses != nullptr) statuses[i] = status_of(code);
    if (code == Code::kInProgress) {
      goes_on = true;
      continue;
    }
    requests[i] = 0;
    if (code == Code::kOk || first_failure != Code::kOk) continue;
    first_failure = code;
    is_known = taken.has_value();
    if (is_known) failure = in.session().last_failure();
  }
  if (goes_on) return LATH_IN_PROGRESS;
  if (first_failure == Code::kOk) return LATH_OK;
  if (!is_known) return in.refuse(Code::kInvalid, std::string(__func__) + kUnknownRequest);
  in.session().tell(failure);
  return in.ended(first_failure);
}

lath_status lath_cancel(lath_session* session, lath_request request) {
  Entered in(session, __func__);
  if (!in) return in.status();
  const bool known = in.driver().cancel(id_of(request));
  session->tensors.erase(request);
  if (known) return LATH_OK;
  return in.refuse(Code::kInvalid, std::string(__func__) + kUnknownRequest);
}
