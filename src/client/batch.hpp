// Operations that are kept until they are run together, and then again if wanted. Warm, neither filling nor running allocates.
// Belongs to one session's thread.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "client/operation_group.hpp"
#include "client/session_driver.hpp"

namespace lath {

// The value of a member that is a kPutLarge.
struct LargeMember {
  std::size_t index;
  LargeValue value;
};

class Batch {
 public:
  void reserve(std::size_t operations) { group_.reserve(operations); }
  // Copies the operation. kFull: kBatchOperationsMax or kBatchBytesMax. After a run, the first addition empties the batch. Not while
  // it is under way.
  [[gnu::always_inline]] Code add(const Operation& operation, const AnswerTarget& target) {
    if (was_run_) clear();
    if (group_.size() >= kBatchOperationsMax || group_.bytes() + bytes_of(operation) > kBatchBytesMax) return Code::kFull;
    group_.add(operation, target);
    return Code::kOk;
  }
  // A put of a value that the shard pulls from the caller's memory, which is the library's until the run has ended.
  Code add_large(Bytes key, const LargeValue& value) {
    if (was_run_) clear();
    const Operation put{Opcode::kPut, key, {}};
    if (group_.size() >= kBatchOperationsMax || group_.bytes() + bytes_of(put) > kBatchBytesMax) return Code::kFull;
    large_.push_back({group_.size(), value});
    group_.add(put, {}, Opcode::kPutLarge);
    return Code::kOk;
  }
  std::span<LargeMember> large() { return large_; }  // for who knows where their memory is registered, before a run
  void clear() {
    group_.clear();
    large_.clear();
    was_run_ = false;
  }

  // Ends when all operations have: kOk, or the failure of the one with the lowest index.
  Code run(SessionDriver& driver, TimeNs deadline);
  // Begins a run, all of it by messages; its request ends when all operations have. {}: the session has no room for so many requests, and
  // nothing was begun. What answers go to, and the batch, are the library's until then.
  RequestId begin(SessionDriver& driver, TimeNs deadline);
  // Until its end is taken: whether all answers are there already hangs on nothing that the caller could see.
  [[gnu::always_inline]] bool is_under_way(Session& session) const { return was_run_ && request_ && session.is_open(request_); }
  RequestId request() const { return request_; }

  std::size_t size() const { return group_.size(); }
  Code status(std::size_t index) const { return group_.member(index).status; }

 private:
  OperationGroup group_;
  std::vector<LargeMember> large_;
  RequestId request_;  // of the last begin()
  bool was_run_ = false;
};

}  // namespace lath
