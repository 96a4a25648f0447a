// What the C API's handles point to. A closed session's shell stays with its store, so that a caller who uses it again is told so;
// a few are used again. Sessions and batches: one thread at a time, which debug builds hold callers to.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/fork_mark.hpp"
#include "client/batch.hpp"
#include "client/session_driver.hpp"
#include "lath/lath.h"
#include "launch/open_store.hpp"

struct lath_batch {
  static constexpr std::uint64_t kMagic = 0x6c6174685f626174;
  std::uint64_t magic = kMagic;
  lath_session* session = nullptr;
  bool open = false;
  lath::Batch operations;
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
};

struct lath_store {
  static constexpr std::uint64_t kMagic = 0x6c6174685f73746f;
  std::uint64_t magic = kMagic;
  lath::SystemClock clock;
  lath::ForkMark process;
  std::unique_ptr<lath::OpenStore> open;
  std::mutex mutex;  // for what follows
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
  explicit Entered(lath_batch* batch, const char* call);
  ~Entered() {
#ifndef NDEBUG
    if (session_ != nullptr) session_->in_use.store(false, std::memory_order_release);
#endif
  }
  Entered(const Entered&) = delete;
  Entered& operator=(const Entered&) = delete;

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

  lath_session* session_ = nullptr;
  lath_status status_ = LATH_OK;
};

// nullptr where the handle is none; then the thread has the error.
OpenStore* store_of(lath_store* store, const char* call);

}  // namespace lath::c_api
