// The C API of sessions, and of errors.
#include <algorithm>

#include "base/random.hpp"
#include "lath/lath.h"
#include "launch/c_api/handles.hpp"

using namespace lath;
using namespace lath::c_api;

namespace {

constexpr bool same(lath_status status, Code code) {
  return static_cast<int>(status) == static_cast<int>(code);
}
static_assert(same(LATH_OK, Code::kOk) && same(LATH_E_INVALID, Code::kInvalid) && same(LATH_E_NOT_FOUND, Code::kNotFound) &&
              same(LATH_E_WRONG_TYPE, Code::kWrongType) && same(LATH_E_TOO_LARGE, Code::kTooLarge) &&
              same(LATH_E_TOO_SMALL, Code::kTooSmall) && same(LATH_E_FULL, Code::kFull) && same(LATH_E_TIMEOUT, Code::kTimeout) &&
              same(LATH_E_UNREACHABLE, Code::kUnreachable) && same(LATH_E_UNKNOWN, Code::kUnknown) &&
              same(LATH_E_CLOSED, Code::kClosed));
static_assert(same(LATH_E_DENIED, Code::kDenied) && same(LATH_E_VERSION, Code::kVersion) && same(LATH_E_IO, Code::kIo) &&
              same(LATH_IN_PROGRESS, Code::kInProgress) && same(LATH_E_INTERNAL, Code::kInternal));
static_assert(LATH_REQUESTS_MAX == kRequestsUnderWayMax && LATH_ACK_NODES_MAX == kReplicasMax && LATH_FOREVER == kForeverNs);

// Closed shells are kept, so that a late use of one is told as such; beyond these, the one that was closed first is used again.
constexpr std::size_t kClosedSessionsKept = 256;

lath_session* shell_for(lath_store& store) {
  auto& sessions = store.sessions;
  const auto is_closed = [](const auto& each) { return each->driver == nullptr; };
  const auto closed = std::count_if(sessions.begin(), sessions.end(), is_closed);
  if (static_cast<std::size_t>(closed) > kClosedSessionsKept) {
    const auto oldest = std::find_if(sessions.begin(), sessions.end(), is_closed);
    std::rotate(oldest, oldest + 1, sessions.end());
    return sessions.back().get();
  }
  sessions.push_back(std::make_unique<lath_session>());
  return sessions.back().get();
}

Result<SessionSettings> settings_from(const lath_session_options* given, OpenStore& store) {
  lath_session_options all = LATH_SESSION_OPTIONS_INIT;
  if (given != nullptr) {
    if (given->size < sizeof(lath_session_options) || given->size > kOptionsBytesMax) {
      return Error{Code::kInvalid,
                   "lath_session_open: options->size is " + std::to_string(given->size) + "; start from LATH_SESSION_OPTIONS_INIT"};
    }
    all.ack_nodes = given->ack_nodes;
  }
  if (all.ack_nodes < 1 || all.ack_nodes > LATH_ACK_NODES_MAX) {
    return Error{Code::kInvalid, "lath_session_open: options->ack_nodes is " + std::to_string(all.ack_nodes) + "; it is 1 to 16"};
  }
  return SessionSettings{
      .ack_nodes = static_cast<std::uint8_t>(all.ack_nodes), .one_sided = store.one_sided(), .local = store.local_node()};
}

}  // namespace

lath_status lath_session_open(lath_store* store, const lath_session_options* options, lath_session** session) {
  const StoreCall open(store, __func__);
  if (!open) return LATH_E_INVALID;
  if (session == nullptr)
    return fail_in_thread(Code::kInvalid, "lath_session_open: session is NULL; pass where to store the handle");
  Result<SessionSettings> settings = settings_from(options, *open);
  if (!settings) return fail_in_thread(settings.error().code, settings.error().text);
  Result<std::unique_ptr<Transport>> transport = open->make_transport();
  if (!transport) return fail_in_thread(transport.error().code, "lath_session_open: " + transport.error().text);
  std::unique_ptr<LocalShard> shard = open->take_shard();
  if (shard != nullptr) settings->own = shard->place();
  auto driver = std::make_unique<SessionDriver>(*settings, open->views(), Random(entropy()),
                                                SessionMeans{.transport = std::move(*transport),
                                                             .wait = open->wait_policy(),
                                                             .clock = store->clock,
                                                             .memory = &open->memory(),
                                                             .local = std::move(shard)});
  const std::lock_guard lock(store->mutex);
  if (store->magic != lath_store::kMagic) {  // another thread closes it: that waits for this call
    return fail_in_thread(Code::kInvalid, "lath_session_open: the store is closed; open another with lath_open");
  }
  lath_session* shell = shell_for(*store);
  shell->store = store;
  shell->process = &*store->process;
  shell->argument_error.clear();
  shell->driver = std::move(driver);
  *session = shell;
  return LATH_OK;
}

lath_status lath_session_close(lath_session* session) {
  if (session == nullptr) return LATH_OK;
  Entered in(session, __func__);
  if (!in) return in.status();
  for (const auto& batch : session->batches) {
    batch->open = false;
    batch->operations = Batch();
  }
  const StoreCall inside(session->store, __func__);  // the store stays open until the driver is gone
  // They outlive the driver, which may still write into the rooms. Once it is gone from the handle another session may have that.
  const auto tensors = std::exchange(session->tensors, {});
  session->scratch = FrameBuffer();
  std::unique_ptr<SessionDriver> closing;
  const std::lock_guard lock(session->store->mutex);
  in.leave();
  closing = std::move(session->driver);
  return LATH_OK;
}

const char* lath_status_string(lath_status status) {
  switch (status) {
    case LATH_OK: return "LATH_OK: done";
    case LATH_E_INVALID: return "LATH_E_INVALID: an argument or a setting that cannot be right";
    case LATH_E_NOT_FOUND: return "LATH_E_NOT_FOUND: nothing is there";
    case LATH_E_WRONG_TYPE: return "LATH_E_WRONG_TYPE: the key holds another type";
    case LATH_E_TOO_LARGE: return "LATH_E_TOO_LARGE: over a limit of size";
    case LATH_E_TOO_SMALL: return "LATH_E_TOO_SMALL: the buffer cannot hold the answer";
    case LATH_E_FULL: return "LATH_E_FULL: a limit of memory, of clients or of requests under way is reached";
    case LATH_E_TIMEOUT: return "LATH_E_TIMEOUT: the time is over";
    case LATH_E_UNREACHABLE: return "LATH_E_UNREACHABLE: no replica could be reached; nothing was applied";
    case LATH_E_UNKNOWN: return "LATH_E_UNKNOWN: the replica was lost; an update may have been applied";
    case LATH_E_CLOSED: return "LATH_E_CLOSED: the session or the store is closed";
    case LATH_E_DENIED: return "LATH_E_DENIED: the cluster's key is missing or wrong";
    case LATH_E_VERSION: return "LATH_E_VERSION: the other side speaks another version";
    case LATH_E_IO: return "LATH_E_IO: the operating system refused";
    case LATH_IN_PROGRESS: return "LATH_IN_PROGRESS: under way";
    case LATH_E_INTERNAL: return "LATH_E_INTERNAL: a defect of Lath";
    case LATH_STATUS_RANGE: break;
  }
  return "a number that is no status of Lath";
}

const char* lath_last_error(lath_session* session) {
  if (session == nullptr || session->magic != lath_session::kMagic) return thread_error().c_str();
  if (!session->argument_error.empty() || session->driver == nullptr) return session->argument_error.c_str();
  session->error_text = text_of(session->driver->session().last_failure());
  return session->error_text.c_str();
}

const char* lath_version(void) {
  return LATH_VERSION_TEXT;
}
