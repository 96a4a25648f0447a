// Lath for C++20: RAII over the C API, header only. Nothing throws; a Result carries a value or a status with its text.
//
//   #include <lath/lath.hpp>
//
//   auto store = lath::cpp::Store::open("file:demo.json");
//   if (!store) return std::puts(store.error().c_str()), 1;
//   auto session = store->session();
//   if (!session) return std::puts(session.error().c_str()), 1;
//   if (lath::cpp::Status added = session->counter_add("steps", 1); !added) std::puts(added.error().c_str());
//   lath::cpp::Result<std::int64_t> steps = session->counter_get("steps");
//   if (steps) std::printf("%lld\n", static_cast<long long>(*steps));
//
//   lath::cpp::Batch batch = *session->batch();
//   for (int rank = 0; rank < 128; ++rank) {
//     if (lath::cpp::Status taken = batch.max("slowest", rank * 0.5); !taken) std::puts(taken.error().c_str());
//   }
//   if (lath::cpp::Status done = batch.run(); !done) std::puts(done.error().c_str());
//
// Every operation of the C API, by its name: bytes are any string, outs are pointers, the session and the timeout are added.
//
//   session->call(lath_map_counter_add, "run 7", "steps", 1);                    // waited for
//   auto begun = session->begin(lath_map_counter_get_nb, "run 7", "steps", &n);  // a Request
//   batch.add(lath_batch_set_remove, "hosts", name);
//
// Threads as in lath.h: a Store for all, a Session for one thread at a time. What is not wrapped here is reached by handle().
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
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
  T& operator*() & { return *value_; }
  const T& operator*() const& { return *value_; }
  T&& operator*() && { return *std::move(value_); }
  T* operator->() { return &*value_; }
  T value_or(T other) const { return value_ ? *value_ : std::move(other); }
  lath_status code() const { return status_.code(); }
  const std::string& error() const { return status_.error(); }

 private:
  std::optional<T> value_;
  Status status_;
};

namespace detail {

// A string is bytes and a size to the C API; anything else is itself: a char* is room for an answer, and nullptr a pointer.
template <class T>
inline constexpr bool is_text = std::is_convertible_v<T, std::string_view> && !std::is_same_v<std::decay_t<T>, char*> &&
                                !std::is_same_v<std::decay_t<T>, std::nullptr_t>;

template <class T>
auto flat(T&& argument) {
  if constexpr (is_text<T>) {
    const std::string_view text(argument);
    return std::tuple<const void*, std::size_t>(text.data(), text.size());
  } else {
    return std::tuple<std::decay_t<T>>(argument);
  }
}

// operation(first, the arguments..., last...).
template <class Operation, class First, class... Last, class... Arguments>
lath_status invoke(Operation operation, First first, const std::tuple<Last...>& last, Arguments&&... arguments) {
  return std::apply([&](auto... each) { return operation(first, each...); },
                    std::tuple_cat(flat(std::forward<Arguments>(arguments))..., last));
}

}  // namespace detail

class Request;

// Operations that are run together.
class Batch {
 public:
  explicit Batch(lath_batch* batch, lath_session* session) : batch_(batch), session_(session) {}
  lath_batch* handle() const { return batch_.get(); }

  // Any lath_batch_... operation. What it points to is there once run() has returned.
  template <class Operation, class... Arguments>
  Status add(Operation operation, Arguments&&... arguments) {
    return told(detail::invoke(operation, handle(), std::tuple<>(), std::forward<Arguments>(arguments)...));
  }
  Status put(std::string_view key, std::string_view value) { return add(lath_batch_put, key, value); }
  Status erase(std::string_view key) { return add(lath_batch_erase, key); }
  Status counter_add(std::string_view key, std::int64_t by) { return add(lath_batch_counter_add, key, by); }
  Status counter_get(std::string_view key, std::int64_t& value) { return add(lath_batch_counter_get, key, &value); }
  Status max(std::string_view key, double value) { return add(lath_batch_max_f64_merge, key, value); }
  Status min(std::string_view key, double value) { return add(lath_batch_min_f64_merge, key, value); }
  Status set_add(std::string_view key, std::string_view element) { return add(lath_batch_set_add, key, element); }
  Status hll_add(std::string_view key, std::string_view element) { return add(lath_batch_hll_add, key, element); }
  Status run(std::uint64_t timeout_ns = kTimeoutNs) { return told(lath_batch_run(handle(), timeout_ns)); }
  // Without waiting: until the request has told its end, the batch is not to be touched, and what it points to is the library's.
  Result<Request> run_nb(std::uint64_t timeout_ns = kTimeoutNs);
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

inline Result<Request> Batch::run_nb(std::uint64_t timeout_ns) {
  lath_request request = 0;
  const Status status = told(lath_batch_run_nb(handle(), timeout_ns, &request));
  return status ? Result<Request>(Request(session_, request)) : Result<Request>(status);
}

// Outlived by its store, and outlives its batches and requests.
class Session {
 public:
  explicit Session(lath_session* session) : session_(session) {}
  lath_session* handle() const { return session_.get(); }
  void set_timeout(std::uint64_t timeout_ns) { timeout_ns_ = timeout_ns; }

  // Any operation that is waited for.
  template <class Operation, class... Arguments>
  Status call(Operation operation, Arguments&&... arguments) {
    return told(detail::invoke(operation, handle(), std::tuple(timeout_ns_), std::forward<Arguments>(arguments)...));
  }
  // Any lath_..._nb operation.
  template <class Operation, class... Arguments>
  Result<Request> begin(Operation operation, Arguments&&... arguments) {
    lath_request request = 0;
    const Status status =
        told(detail::invoke(operation, handle(), std::tuple(timeout_ns_, &request), std::forward<Arguments>(arguments)...));
    return status ? Result<Request>(Request(handle(), request)) : Result<Request>(status);
  }

  Status put(std::string_view key, std::string_view value) { return call(lath_put, key, value); }
  Result<Request> put_nb(std::string_view key, std::string_view value) { return begin(lath_put_nb, key, value); }
  Result<std::string> get(std::string_view key) { return grown(lath_get, key); }
  Status erase(std::string_view key) { return call(lath_erase, key); }

  // From, and to, where the tensor says that its elements are (lath_tensors.h).
  Status tensor_put(std::string_view key, const lath_tensor& tensor) { return call(lath_tensor_put, key, &tensor); }
  Status tensor_get(std::string_view key, lath_tensor& tensor) { return call(lath_tensor_get, key, &tensor); }
  // Its type and dimensions, without its elements.
  Result<lath_tensor> tensor_shape(std::string_view key) {
    lath_tensor shape = LATH_TENSOR_INIT;
    const Status status = tensor_get(key, shape);
    return status ? Result<lath_tensor>(shape) : Result<lath_tensor>(status);
  }

  Status counter_add(std::string_view key, std::int64_t by) { return call(lath_counter_add, key, by); }
  Result<std::int64_t> counter_get(std::string_view key) { return read<std::int64_t>(lath_counter_get, key); }
  Status max(std::string_view key, double value) { return call(lath_max_f64_merge, key, value); }
  Result<double> max(std::string_view key) { return read<double>(lath_max_f64_get, key); }
  Status min(std::string_view key, double value) { return call(lath_min_f64_merge, key, value); }
  Result<double> min(std::string_view key) { return read<double>(lath_min_f64_get, key); }

  Status set_add(std::string_view key, std::string_view element) { return call(lath_set_add, key, element); }
  Status set_remove(std::string_view key, std::string_view element) { return call(lath_set_remove, key, element); }
  Result<std::vector<std::string>> set_members(std::string_view key) { return members(grown(lath_set_members, key)); }

  Status map_put(std::string_view key, std::string_view field, std::string_view value) {
    return call(lath_map_put, key, field, value);
  }
  Result<std::string> map_get(std::string_view key, std::string_view field) { return grown(lath_map_get, key, field); }
  Result<std::vector<std::string>> map_fields(std::string_view key) { return members(grown(lath_map_fields, key)); }

  Status hll_add(std::string_view key, std::string_view element) { return call(lath_hll_add, key, element); }
  Result<std::uint64_t> hll_count(std::string_view key) { return read<std::uint64_t>(lath_hll_count, key); }

  // The sum, over all who merged, of arrays of doubles.
  Status sum_merge(std::string_view key, std::span<const double> elements) {
    return call(lath_array_merge, key, LATH_SUM, LATH_F64, elements.data(), elements.size());
  }
  // The key's version once it has moved past `since` (0: once it holds something); 0 where it was erased.
  Result<std::uint64_t> wait(std::string_view key, std::uint64_t since, std::uint64_t timeout_ns) {
    std::uint64_t version = 0;
    const Status status = told(lath_wait(handle(), key.data(), key.size(), since, &version, timeout_ns));
    return status ? Result<std::uint64_t>(version) : Result<std::uint64_t>(status);
  }
  Status flush(std::uint32_t nodes = 0) { return call(lath_flush, nodes); }

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

  template <class T, class Operation>
  Result<T> read(Operation operation, std::string_view key) {
    T value{};
    const Status status = call(operation, key, &value);
    return status ? Result<T>(value) : Result<T>(status);
  }
  // Asks again with more room for as long as the value outgrows it.
  template <class Operation, class... Where>
  Result<std::string> grown(Operation operation, Where... where) {
    std::string room(256, '\0');
    for (;;) {
      std::size_t size = 0;
      const Status status = call(operation, where..., room.data(), room.size(), &size);
      if (!status && status.code() != LATH_E_TOO_SMALL) return status;
      room.resize(size);
      if (status) return room;
    }
  }
  static Result<std::vector<std::string>> members(const Result<std::string>& list) {
    if (!list) return Status(list.code(), list.error());
    std::vector<std::string> members;
    std::size_t position = 0;
    const void* member = nullptr;
    std::size_t size = 0;
    while (lath_list_next((*list).data(), (*list).size(), &position, &member, &size) == 1) {
      members.emplace_back(static_cast<const char*>(member), size);
    }
    return members;
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
