#include "launch/c_api/handles.hpp"

#include <cstdio>
#include <cstdlib>

namespace lath::c_api {

namespace {

constexpr const char* kInherited =
    " was inherited by fork(), and its connections are its opener's alone: open another in this process";

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

OpenStore* store_of(lath_store* store, const char* call) {
  const bool is_store = store != nullptr && store->magic == lath_store::kMagic;
  if (is_store && !store->process.is_inherited()) return store->open.get();
  if (is_store) {
    fail_in_thread(Code::kInvalid, std::string(call) + ": the store" + kInherited);
    return nullptr;
  }
  const char* what = store == nullptr ? ": store is NULL; open one with lath_open" : ": store is no open store; was it closed?";
  fail_in_thread(Code::kInvalid, std::string(call) + what);
  return nullptr;
}

Entered::Entered(lath_batch* batch, const char* call) {
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
  if (session->process->is_inherited()) {
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
