// Result<T>: a value, or an error with a code a program can act on and a text a person can. Spelled like std::expected.
#pragma once

#include <string>
#include <utility>
#include <variant>

namespace lath {

// The same numbers as lath.h's lath_status and the wire's status byte; never renumbered (14 was used once).
enum class Code : int {
  kOk = 0,
  kInvalid = 1,      // an argument or a setting that cannot be right
  kNotFound = 2,     // the key holds nothing
  kWrongType = 3,    // the key holds another type
  kTooLarge = 4,     // a key, value or cell over its limit
  kTooSmall = 5,     // the caller's buffer cannot hold the answer
  kFull = 6,         // a limit: of the node's memory or clients, or of requests under way
  kTimeout = 7,      // no answer in time
  kUnreachable = 8,  // no replica could be reached, and nothing was applied
  kUnknown = 9,      // the replica was lost after the request left: it may have been applied
  kClosed = 10,      // the session or store is closed
  kDenied = 11,      // the cluster's key was missing or wrong
  kVersion = 12,     // the peer speaks another version
  kIo = 13,          // the operating system refused
  kInProgress = 15,  // the request is under way: told to tests of a request, and by a shard of what it answers when it is time
  kWrongOwner = 16,  // this shard is not a replica of the key (between shard and router; never reaches a user)
  kInternal = 17,    // a defect of ours
  kUsedUp = 18,      // a number that only rises has come to its end (between shard and session; a user sees kTooLarge)
  kLater = 19,  // memory is being mapped, or waits for other replicas: ask again (between shard and session; never reaches a user)
  kLarge = 20,  // the value is offered: to be pulled (between shard and session; never reaches a user)
  kCrowded = 21,  // as much as may waits at the shard, or is moved there (between shard and session; a user sees kFull)
};

struct Error {
  Code code = Code::kInternal;
  std::string text;
};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool has_value() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }
  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  const Error& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)), failed_(true) {}

  bool has_value() const noexcept { return !failed_; }
  explicit operator bool() const noexcept { return has_value(); }
  const Error& error() const { return error_; }

 private:
  Error error_;
  bool failed_ = false;
};

}  // namespace lath
