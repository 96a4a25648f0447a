// Lath for C++20: RAII over the C API, header only. Nothing throws; a Result carries a value or a status with its text.
//
//   #include <lath/lath.hpp>
//
//   auto store = lath::cpp::Store::open("file:demo.json");
//   if (!store) return std::puts(store.error().c_str()), 1;
//   auto session = store->session();
//   session->counter_add("steps", 1);
//   lath::cpp::Result<std::int64_t> steps = session->counter_get("steps");
//   if (steps) std::printf("%lld\n", static_cast<long long>(*steps));
//
//   lath::cpp::Batch batch = *session->batch();
//   for (int rank = 0; rank < 128; ++rank) batch.max("slowest", rank * 0.5);
//   if (lath::cpp::Status done = batch.run(); !done) std::puts(done.error().c_str());
//
// Threads as in lath.h: a Store for all, a Session for one thread at a time. What is not wrapped here is reached by handle().
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lath/lath.h"

namespace lath::cpp {

inline constexpr std::uint64_t kTimeoutNs = 10'000'000'000;  // where a call names none

// How a call ended: true for LATH_OK.
class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(lath_status code, std::string text) : code_(code), text_(std::move(text)) {}
  explicit operator bool() const { return code_ == LATH_OK; }
  lath_status code() const { return code_; }
  const std::string& error() const { return text_; }  // a sentence; empty where all is well

 private:
  lath_status code_ = LATH_OK;
  std::string text_;
};

// A value, or why there is none.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}
  Result(Status status) : status_(std::move(status)) {}
  explicit operator bool() const { return value_.has_value(); }
  T& operator*() { return *value_; }
  const T& operator*() const { return *value_; }
  T* operator->() { return &*value_; }
  T value_or(T other) const { return value_ ? *value_ : std::move(other); }
  lath_status code() const { return status_.code(); }
  const std::string& error() const { return status_.error(); }

 private:
  std::optional<T> value_;
  Status status_;
};

// Operations that are run together.
class Batch {
 public:
  explicit Batch(lath_batch* batch, lath_session* session) : batch_(batch), session_(session) {}
  lath_batch* handle() const { return batch_.get(); }

  Status put(std::string_view key, std::string_view value) {
    return told(lath_batch_put(handle(), key.data(), key.size(), value.data(), value.size()));
  }
  Status counter_add(std::string_view key, std::int64_t by) {
    return told(lath_batch_counter_add(handle(), key.data(), key.size(), by));
  }
  // The value is there once run() has returned.
  Status counter_get(std::string_view key, std::int64_t& value) {
    return told(lath_batch_counter_get(handle(), key.data(), key.size(), &value));
  }
  Status max(std::string_view key, double value) { return told(lath_batch_max_f64_merge(handle(), key.data(), key.size(), value)); }
  Status min(std::string_view key, double value) { return told(lath_batch_min_f64_merge(handle(), key.data(), key.size(), value)); }
  Status set_add(std::string_view key, std::string_view element) {
    return told(lath_batch_set_add(handle(), key.data(), key.size(), element.data(), element.size()));
  }
  Status hll_add(std::string_view key, std::string_view element) {
    return told(lath_batch_hll_add(handle(), key.data(), key.size(), element.data(), element.size()));
  }
  Status run(std::uint64_t timeout_ns = kTimeoutNs) { return told(lath_batch_run(handle(), timeout_ns)); }
  std::size_t size() const { return lath_batch_count(handle()); }
  lath_status status(std::size_t index) const { return lath_batch_status(handle(), index); }

 private:
  struct Close {
    void operator()(lath_batch* batch) const { lath_batch_close(batch); }
  };
  Status told(lath_status code) const { return code == LATH_OK ? Status() : Status(code, lath_last_error(session_)); }

  std::unique_ptr<lath_batch, Close> batch_;
  lath_session* session_;
};

// A request that is under way; wait() tells how it ended. Dropping one cancels it.
class Request {
 public:
  Request(lath_session* session, lath_request request) : session_(session), request_(request) {}
  Request(Request&& other) noexcept : session_(other.session_), request_(std::exchange(other.request_, 0)) {}
  Request& operator=(Request&& other) noexcept {
    std::swap(session_, other.session_);
    std::swap(request_, other.request_);
    return *this;
  }
  ~Request() {
    if (request_ != 0) lath_cancel(session_, request_);
  }
  // LATH_IN_PROGRESS where the time was not enough: then wait again.
  Status wait(std::uint64_t timeout_ns = LATH_FOREVER) {
    const lath_status code = lath_wait_request(session_, request_, timeout_ns);
    if (code != LATH_IN_PROGRESS) request_ = 0;
    return code == LATH_OK ? Status() : Status(code, code == LATH_IN_PROGRESS ? "under way" : lath_last_error(session_));
  }

 private:
  lath_session* session_;
  lath_request request_;
};

// Outlived by its store, and outlives its batches and requests.
class Session {
 public:
  explicit Session(lath_session* session) : session_(session) {}
  lath_session* handle() const { return session_.get(); }
  void set_timeout(std::uint64_t timeout_ns) { timeout_ns_ = timeout_ns; }

  Status put(std::string_view key, std::string_view value) {
    return told(lath_put(handle(), key.data(), key.size(), value.data(), value.size(), timeout_ns_));
  }
  Result<std::string> get(std::string_view key) {
    return grown([&](char* room, std::size_t capacity, std::size_t* size) {
      return lath_get(handle(), key.data(), key.size(), room, capacity, size, timeout_ns_);
    });
  }
  Status erase(std::string_view key) { return told(lath_erase(handle(), key.data(), key.size(), timeout_ns_)); }

  Status counter_add(std::string_view key, std::int64_t by) {
    return told(lath_counter_add(handle(), key.data(), key.size(), by, timeout_ns_));
  }
  Result<std::int64_t> counter_get(std::string_view key) { return read<std::int64_t>(lath_counter_get, key); }
  Status max(std::string_view key, double value) {
    return told(lath_max_f64_merge(handle(), key.data(), key.size(), value, timeout_ns_));
  }
  Result<double> max(std::string_view key) { return read<double>(lath_max_f64_get, key); }
  Status min(std::string_view key, double value) {
    return told(lath_min_f64_merge(handle(), key.data(), key.size(), value, timeout_ns_));
  }
  Result<double> min(std::string_view key) { return read<double>(lath_min_f64_get, key); }

  Status set_add(std::string_view key, std::string_view element) {
    return told(lath_set_add(handle(), key.data(), key.size(), element.data(), element.size(), timeout_ns_));
  }
  Status set_remove(std::string_view key, std::string_view element) {
    return told(lath_set_remove(handle(), key.data(), key.size(), element.data(), element.size(), timeout_ns_));
  }
  Result<std::vector<std::string>> set_members(std::string_view key) {
    Result<std::string> list = grown([&](char* room, std::size_t capacity, std::size_t* size) {
      return lath_set_members(handle(), key.data(), key.size(), room, capacity, size, timeout_ns_);
    });
    if (!list) return Status(list.code(), list.error());
    std::vector<std::string> members;
    std::size_t position = 0;
    const void* member = nullptr;
    std::size_t size = 0;
    while (lath_list_next(list->data(), list->size(), &position, &member, &size) == 1) {
      members.emplace_back(static_cast<const char*>(member), size);
    }
    return members;
  }
  Status hll_add(std::string_view key, std::string_view element) {
    return told(lath_hll_add(handle(), key.data(), key.size(), element.data(), element.size(), timeout_ns_));
  }
  Result<std::uint64_t> hll_count(std::string_view key) { return read<std::uint64_t>(lath_hll_count, key); }

  // The sum, over all who merged, of arrays of doubles.
  Status sum_merge(std::string_view key, std::span<const double> elements) {
    return told(
        lath_array_merge(handle(), key.data(), key.size(), LATH_SUM, LATH_F64, elements.data(), elements.size(), timeout_ns_));
  }
  // The key's version once it has moved past `since` (0: once it holds anything).
  Result<std::uint64_t> wait(std::string_view key, std::uint64_t since, std::uint64_t timeout_ns) {
    std::uint64_t version = 0;
    const Status status = told(lath_wait(handle(), key.data(), key.size(), since, &version, timeout_ns));
    return status ? Result<std::uint64_t>(version) : Result<std::uint64_t>(status);
  }
  Status flush(std::uint32_t nodes = 0) { return told(lath_flush(handle(), nodes, timeout_ns_)); }

  Result<Request> put_nb(std::string_view key, std::string_view value) {
    lath_request request = 0;
    const Status status = told(lath_put_nb(handle(), key.data(), key.size(), value.data(), value.size(), timeout_ns_, &request));
    return status ? Result<Request>(Request(handle(), request)) : Result<Request>(status);
  }
  Result<Batch> batch(std::size_t operations = 0) {
    lath_batch* opened = nullptr;
    const Status status = told(lath_batch_open(handle(), operations, &opened));
    return status ? Result<Batch>(Batch(opened, handle())) : Result<Batch>(status);
  }

 private:
  struct Close {
    void operator()(lath_session* session) const { lath_session_close(session); }
  };
  Status told(lath_status code) const { return code == LATH_OK ? Status() : Status(code, lath_last_error(handle())); }

  template <class T>
  Result<T> read(lath_status (*call)(lath_session*, const void*, std::size_t, T*, std::uint64_t), std::string_view key) {
    T value{};
    const Status status = told(call(handle(), key.data(), key.size(), &value, timeout_ns_));
    return status ? Result<T>(value) : Result<T>(status);
  }
  // Asks again with more room for as long as the value outgrows it.
  template <class Call>
  Result<std::string> grown(Call&& call) {
    std::string room(256, '\0');
    for (;;) {
      std::size_t size = 0;
      const lath_status code = call(room.data(), room.size(), &size);
      if (code != LATH_OK && code != LATH_E_TOO_SMALL) return told(code);
      room.resize(size);
      if (code == LATH_OK) return room;
    }
  }

  std::unique_ptr<lath_session, Close> session_;
  std::uint64_t timeout_ns_ = kTimeoutNs;
};

class Store {
 public:
  explicit Store(lath_store* store) : store_(store) {}
  static Result<Store> open(const std::string& where, const lath_options* options = nullptr) {
    lath_store* opened = nullptr;
    const lath_status code = lath_open(where.c_str(), options, &opened);
    return code == LATH_OK ? Result<Store>(Store(opened)) : Result<Store>(Status(code, lath_last_error(nullptr)));
  }
  lath_store* handle() const { return store_.get(); }

  Result<Session> session(std::uint32_t ack_nodes = 1) {
    lath_session_options options = LATH_SESSION_OPTIONS_INIT;
    options.ack_nodes = ack_nodes;
    lath_session* opened = nullptr;
    const lath_status code = lath_session_open(handle(), &options, &opened);
    return code == LATH_OK ? Result<Session>(Session(opened)) : Result<Session>(Status(code, lath_last_error(nullptr)));
  }

 private:
  struct Close {
    void operator()(lath_store* store) const { lath_close(store); }
  };
  std::unique_ptr<lath_store, Close> store_;
};

}  // namespace lath::cpp
