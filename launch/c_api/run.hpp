// The three ways of an operation: waited for, begun (_nb), or put into a batch. `build` fills a CallBuilder and says whether all is
// well, and is the same for the three.
#pragma once

#include "launch/c_api/call.hpp"
#include "launch/c_api/handles.hpp"

namespace lath::c_api {

inline lath_request name_of(RequestId id) {
  return (std::uint64_t{id.generation} << 32) | id.index;
}
inline RequestId id_of(lath_request request) {
  return {static_cast<std::uint32_t>(request), static_cast<std::uint32_t>(request >> 32)};
}

inline constexpr const char* kUnderWay = ": the batch is under way; wait for its request, or cancel it, first";

// Waits for what `begin` began: RequestId begin(Session&, deadline, Completion, now).
template <class Begin>
lath_status wait_for(Entered& in, std::uint64_t timeout_ns, Begin&& begin) {
  SessionDriver& driver = in.driver();
  const TimeNs now = driver.read_clock();
  const TimeNs deadline = deadline_after(now, timeout_ns);
  Code status = Code::kInProgress;
  std::size_t left = 1;
  driver.session().begin_call();
  if (!begin(driver.session(), deadline, Completion{&status, &left}, now)) return in.ended(Code::kFull);
  if (left > 0) driver.run_through(deadline, [&] { return left == 0; });
  LATH_ASSERT(left == 0);  // what is out of time has ended too
  return in.ended(status);
}

// Whose memory the store knows: then shards may read it where it is.
inline LargeValue registered(lath_session& session, LargeValue value) {
  value.region = session.store->memory.find(value.memory, value.layout.extent());
  return value;
}

inline RequestId submit(lath_session& session, const CallBuilder& built, const Call& call, TimeNs now) {
  const LargeValue* large = built.large();
  if (large == nullptr) return session.driver->submit(call, now);
  return session.driver->put_large(call, registered(session, *large), now);
}

template <class Build>
lath_status run(lath_session* session, const char* name, std::uint64_t timeout_ns, Build&& build) {
  Entered in(session, name);
  if (!in) return in.status();
  CallBuilder call(session->scratch);
  if (!build(call)) return in.refuse(call.code(), call.text());
  const Operation& operation = call.operation();
  in.session().begin_call();
  if (in.driver().is_shard() && call.large() == nullptr) {
    if (const Code code = in.driver().execute_here(operation, call.target()); code != Code::kInProgress) return in.ended(code);
  }
  if (const std::optional<Code> code = in.driver().read_now(operation, call.target())) {
    in.driver().push_held();
    return in.ended(*code);
  }
  return wait_for(in, timeout_ns, [&](Session&, TimeNs deadline, const Completion& completion, TimeNs now) {
    return submit(*session, call, {operation, call.target(), deadline, completion}, now);
  });
}

template <class Build>
lath_status start(lath_session* session, const char* name, std::uint64_t timeout_ns, lath_request* request, Build&& build) {
  Entered in(session, name);
  if (!in) return in.status();
  CallBuilder call(session->scratch);
  if (!build(call)) return in.refuse(call.code(), call.text());
  if (request == nullptr) return in.refuse(Code::kInvalid, std::string(name) + ": request is NULL; pass where to store its name");
  const TimeNs now = in.driver().read_clock();
  in.session().begin_call();
  const Call begun{call.operation(), call.target(), deadline_after(now, timeout_ns), {}};
  RequestId id;
  std::optional<Code> code;
  // What is executed in place needs a record like any, to be asked about: without room for one nothing is begun.
  const bool has_room = in.session().requests_in_use() < kRequestsUnderWayMax;
  if (has_room && in.driver().is_shard() && call.large() == nullptr) {
    if (const Code here = in.driver().execute_here(begun.operation, begun.target); here != Code::kInProgress) code = here;
  }
  if (!code) code = in.driver().read_now(begun.operation, begun.target);
  if (code) {
    id = in.session().open_ended(begun, *code);
  } else {
    id = call.large() != nullptr ? submit(*session, call, begun, now) : in.driver().begin(begun, now);
  }
  if (!id) return in.ended(Code::kFull);
  *request = name_of(id);
  return LATH_OK;
}

template <class Build>
lath_status add(lath_batch* batch, const char* name, Build&& build) {
  Entered in(batch, name);
  if (!in) return in.status();
  if (batch->operations.is_under_way(in.session())) [[unlikely]]
    return in.refuse(Code::kInvalid, std::string(name) + kUnderWay);
  CallBuilder call(batch->session->scratch);
  if (!build(call)) return in.refuse(call.code(), call.text());
  if (call.large() != nullptr) {
    if (batch->operations.add_large(call.operation().key, *call.large()) == Code::kOk) return LATH_OK;
  } else if (batch->operations.add(call.operation(), call.target()) == Code::kOk) {
    return LATH_OK;
  }
  return in.refuse(Code::kFull, std::string(name) + ": a batch holds at most 1048576 operations and 1 GiB; run it first");
}

}  // namespace lath::c_api
