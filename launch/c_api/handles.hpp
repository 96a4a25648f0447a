// What the C API's handles point to. What a handle points to is never freed, so that a caller who uses one after it was closed is told
// so: a closed session's shell stays with its store's, and a closed store's with the process. Where many have been closed, the one that
// was closed first is used again. Sessions and batches: one thread at a time, which debug builds hold callers to.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "base/fork_mark.hpp"
#include "client/batch.hpp"
#include "client/session_driver.hpp"
#include "client/tensor_shape.hpp"
#include "lath/lath.h"
#include "launch/c_api/registered_memory.hpp"
#include "launch/open_store.hpp"

struct lath_batch {
  static constexpr std::uint64_t kMagic = 0x6c6174685f626174;
  std::uint64_t magic = kMagic;
  lath_session* session = nullptr;
  bool open = false;
  lath::Batch operations;
};

// Where a tensor that is read without waiting goes, and what is told of it when it is there.
struct lath_pending_tensor {
  lath::TensorRoom room;
  lath_tensor* tensor = nullptr;
};

struct lath_session {
  static constexpr std::uint64_t kMagic = 0x6c6174685f736573;
  std::uint64_t magic = kMagic;
  lath_store* store = nullptr;
  const lath::ForkMark* process = nullptr;      // the store's
  std::unique_ptr<lath::SessionDriver> driver;  // null: closed
  std::atomic<bool> in_use = false;
  lath::FrameBuffer scratch;   // for arguments of several parts
  std::string argument_error;  // of the last call that failed, where it never became a request; else empty
  std::string error_text;      // what lath_last_error gave
  std::vector<std::unique_ptr<lath_batch>> batches;
  std::unordered_map<lath_request, std::unique_ptr<lath_pending_tensor>> tensors;  // until their requests are told
};

struct lath_store {
  static constexpr std::uint64_t kMagic = 0x6c6174685f73746f;
  static constexpr std::uint64_t kClosed = 0x6c6174685f636c6f;
  std::atomic<std::uint64_t> magic = kMagic;
  lath::SystemClock clock;
  std::optional<lath::ForkMark> process;  // of its opener
  std::unique_ptr<lath::OpenStore> open;  // outlives every call that is inside, whatever `magic` says by then
  lath::c_api::RegisteredMemory memory;   // given back before what it was registered with is closed
  std::mutex mutex;                       // for what follows, and for closing
  std::size_t calls_inside = 0;
  std::condition_variable left;  // no call is inside
  std::vector<std::unique_ptr<lath_session>> sessions;
};

namespace lath::c_api {

inline lath_status status_of(Code code) {
  return static_cast<lath_status>(code);
}

// The text for lath_last_error(NULL): kept for each thread, as errno is, because there is no handle to keep it at.
lath_status fail_in_thread(Code code, std::string text);
const std::string& thread_error();

// A call inside a session: the handle is sound and open, of this process, and no other thread is inside. Else status() says why not.
class Entered {
 public:
  Entered(lath_session* session, const char* call) {
#ifdef NDEBUG
    if (session != nullptr && session->magic == lath_session::kMagic && session->driver != nullptr &&
        !session->process->is_inherited()) [[likely]] {
      session_ = session;
      return;
    }
#endif
    enter(session, call);
  }
  Entered(lath_batch* batch, const char* call) {
#ifdef NDEBUG
    if (batch != nullptr && batch->magic == lath_batch::kMagic && batch->open && batch->session->driver != nullptr &&
        !batch->session->process->is_inherited()) [[likely]] {
      session_ = batch->session;
      return;
    }
#endif
    enter(batch, call);
  }
  ~Entered() {
    leave();
  }
  Entered(const Entered&) = delete;
  Entered& operator=(const Entered&) = delete;

  // Before the end: what follows has nothing to do with the handle, which may be another session's by then.
  void leave() {
#ifndef NDEBUG
    if (session_ != nullptr) session_->in_use.store(false, std::memory_order_release);
#endif
    session_ = nullptr;
  }

  explicit operator bool() const {
    return status_ == LATH_OK;
  }
  lath_status status() const {
    return status_;
  }
  SessionDriver& driver() {
    return *session_->driver;
  }
  Session& session() {
    return session_->driver->session();
  }

  // The call ends with an error that is not a request's.
  lath_status refuse(Code code, std::string text);
  // The call ends as a request did.
  lath_status ended(Code code) {
    if (code != Code::kOk && !session_->argument_error.empty()) session_->argument_error.clear();
    return status_of(code);
  }

 private:
  void enter(lath_session* session, const char* call);
  void enter(lath_batch* batch, const char* call);

  lath_session* session_ = nullptr;
  lath_status status_ = LATH_OK;
};

// A call inside a store, by any thread: what is open stays so until the call is over. False: the handle is none, or closed, and the
// thread has the error.
class StoreCall {
 public:
  StoreCall(lath_store* store, const char* call);
  ~StoreCall();
  StoreCall(const StoreCall&) = delete;
  StoreCall& operator=(const StoreCall&) = delete;

  explicit operator bool() const { return store_ != nullptr; }
  OpenStore* operator->() const { return store_->open.get(); }
  OpenStore& operator*() const { return *store_->open; }

 private:
  lath_store* store_ = nullptr;  // null: refused
};

lath_store* make_handle(std::unique_ptr<OpenStore> open);
// Closes the handle to all callers but those inside, waits for them, and ends what was open; once, however many threads ask.
lath_status close_handle(lath_store* store, const char* call);

}  // namespace lath::c_api
