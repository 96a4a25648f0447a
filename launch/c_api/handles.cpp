#include "launch/c_api/handles.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <deque>

#include "base/process_lock.hpp"

namespace lath::c_api {

namespace {

constexpr const char* kInherited =
    " was inherited by fork(), and its connections are its opener's alone: open another in this process, of a cluster";

// The handles of closed stores, in the order in which they were closed. Beyond kKept, the first is used again.
class ClosedStores {
 public:
  lath_store* take() {
    const ProcessLock lock(OfProcess::kClosedStores);
    if (closed_.size() <= kKept) return nullptr;
    lath_store* first = closed_.front().release();
    closed_.pop_front();
    return first;
  }
  void keep(lath_store* store) {
    const ProcessLock lock(OfProcess::kClosedStores);
    closed_.emplace_back(store);
  }

 private:
  static constexpr std::size_t kKept = 64;
  std::deque<std::unique_ptr<lath_store>> closed_;
};

// Never destroyed: a program may close its stores while it ends.
ClosedStores& closed_stores() {
  static auto* const stores = new ClosedStores;
  return *stores;
}

std::string& thread_text() {
  thread_local std::string text;
  return text;
}

}  // namespace

lath_status fail_in_thread(Code code, std::string text) {
  thread_text() = std::move(text);
  return status_of(code);
}

const std::string& thread_error() {
  return thread_text();
}

namespace {

// Why a call cannot be made on the handle; null: it can.
const char* fault_of(const lath_store* store) {
  if (store == nullptr) return ": store is NULL; open one with lath_open";
  const std::uint64_t magic = store->magic.load(std::memory_order_acquire);
  if (magic == lath_store::kClosed) return ": the store is closed; open another with lath_open";
  return magic == lath_store::kMagic ? nullptr : ": store is no store; open one with lath_open";
}

// Before the mutex is taken, which fork() may have caught in another thread's hands.
bool refuse_call(const lath_store* store, const char* call) {
  if (const char* fault = fault_of(store)) {
    fail_in_thread(Code::kInvalid, std::string(call) + fault);
  } else if (store->process->is_inherited()) {
    fail_in_thread(Code::kInvalid, std::string(call) + ": the store" + kInherited);
  } else {
    return false;
  }
  return true;
}

}  // namespace

StoreCall::StoreCall(lath_store* store, const char* call) {
  if (refuse_call(store, call)) return;
  const std::lock_guard lock(store->mutex);
  if (const char* fault = fault_of(store)) {
    fail_in_thread(Code::kInvalid, std::string(call) + fault);
    return;
  }
  ++store->calls_inside;
  store_ = store;
}

StoreCall::~StoreCall() {
  if (store_ == nullptr) return;
  const std::lock_guard lock(store_->mutex);
  if (--store_->calls_inside == 0) store_->left.notify_all();
}

lath_store* make_handle(std::unique_ptr<OpenStore> open) {
  lath_store* store = closed_stores().take();
  if (store == nullptr) store = new lath_store;
  store->process.emplace();
  store->open = std::move(open);
  store->magic.store(lath_store::kMagic, std::memory_order_release);
  return store;
}

lath_status close_handle(lath_store* store, const char* call) {
  if (refuse_call(store, call)) return LATH_E_INVALID;
  std::unique_ptr<OpenStore> closing;
  {
    std::unique_lock lock(store->mutex);
    if (const char* fault = fault_of(store)) return fail_in_thread(Code::kInvalid, std::string(call) + fault);
    const auto is_open = [](const auto& session) { return session->driver != nullptr; };
    if (const auto open = std::count_if(store->sessions.begin(), store->sessions.end(), is_open); open > 0) {
      const std::string fault = open == 1 ? "1 of the store's sessions is open; close it first"
                                          : std::to_string(open) + " of the store's sessions are open; close them first";
      return fail_in_thread(Code::kInvalid, std::string(call) + ": " + fault);
    }
    store->magic.store(lath_store::kClosed, std::memory_order_release);
    store->left.wait(lock, [&] { return store->calls_inside == 0; });
    store->memory.clear();
    closing = std::move(store->open);
  }
  closing.reset();
  closed_stores().keep(store);
  return LATH_OK;
}

void Entered::enter(lath_batch* batch, const char* call) {
  if (batch == nullptr || batch->magic != lath_batch::kMagic) {
    const char* what = batch == nullptr ? ": batch is NULL; open one with lath_batch_open" : ": batch is no batch";
    status_ = fail_in_thread(Code::kInvalid, std::string(call) + what);
    return;
  }
  enter(batch->session, call);
  if (status_ == LATH_OK && !batch->open) {
    status_ = refuse(Code::kClosed, std::string(call) + ": the batch is closed; open another with lath_batch_open");
  }
}

void Entered::enter(lath_session* session, const char* call) {
  if (session == nullptr || session->magic != lath_session::kMagic) {
    const char* what = session == nullptr ? ": session is NULL; open one with lath_session_open" : ": session is no session";
    status_ = fail_in_thread(Code::kInvalid, std::string(call) + what);
    return;
  }
  if (session->driver != nullptr && session->process->is_inherited()) {
    session->argument_error = std::string(call) + ": the session" + kInherited;
    status_ = fail_in_thread(Code::kInvalid, session->argument_error);
    return;
  }
#ifndef NDEBUG
  if (session->in_use.exchange(true, std::memory_order_acquire)) {
    std::fprintf(stderr, "lath: %s: another thread is inside this session; open one session for each thread\n", call);
    std::abort();
  }
#endif
  session_ = session;
  if (session->driver == nullptr) {
    status_ = refuse(Code::kClosed, std::string(call) + ": the session is closed; open another with lath_session_open");
    fail_in_thread(Code::kClosed, session->argument_error);
  }
}

lath_status Entered::refuse(Code code, std::string text) {
  session_->argument_error = std::move(text);
  return status_of(code);
}

}  // namespace lath::c_api
