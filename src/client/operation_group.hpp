// Operations that are run together: encoded as they will leave, and for each where its answer goes and how it ended. While they are
// under way a session keeps one record for them all (RequestSlot::Kind::kMembers), and frames name each by that record and its number
// here. One that does not simply end well (an error, a lost shard, a lapsed deadline) gets a record of its own then, and goes on as if it
// had been asked alone: it fails, or is asked again, without the others. The session's thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/frame_buffer.hpp"
#include "client/answer.hpp"
#include "lath/result.hpp"
#include "wire/request.hpp"

namespace lath {

class OperationGroup {
 public:
  struct Member {
    AnswerTarget target;
    std::uint32_t offset = 0;  // in what is encoded
    std::uint32_t bytes = 0;
    Code status = Code::kInProgress;
    Opcode opcode = Opcode::kGet;
  };

  void reserve(std::size_t operations) { members_.reserve(operations); }
  // The operation is copied.
  void add(const Operation& operation, const AnswerTarget& target) { add(operation, target, operation.opcode); }
  // As a kPutLarge, whose value is not here: `operation` is the put without it.
  void add(const Operation& operation, const AnswerTarget& target, Opcode opcode) {
    const auto offset = static_cast<std::uint32_t>(encoded_.size());
    append_operation(encoded_, operation);
    const auto bytes = static_cast<std::uint32_t>(encoded_.size() - offset);
    members_.push_back({.target = target, .offset = offset, .bytes = bytes, .status = Code::kInProgress, .opcode = opcode});
  }
  void clear() {
    members_.clear();
    encoded_.clear();
  }

  std::size_t size() const { return members_.size(); }
  std::size_t bytes() const { return encoded_.size(); }
  Member& member(std::size_t index) { return members_[index]; }
  const Member& member(std::size_t index) const { return members_[index]; }
  Bytes encoded(const Member& member) const { return {encoded_.data() + member.offset, member.bytes}; }
  Bytes key(const Member& member) const { return key_of_encoded(encoded_.data() + member.offset); }
  Operation operation(std::size_t index) const {
    Reader reader(encoded(members_[index]));
    Operation operation;
    LATH_ASSERT(read_operation(reader, operation));
    return operation;
  }
  // Of the member with the lowest number that failed; else kOk.
  Code first_failure() const {
    const auto failed = std::find_if(members_.begin(), members_.end(), [](const Member& each) { return each.status != Code::kOk; });
    return failed == members_.end() ? Code::kOk : failed->status;
  }

  // Of the run under way: how many have not ended, and the order of the first among the session's requests.
  std::size_t left = 0;
  std::uint64_t first_order = 0;

 private:
  static_assert(kBatchBytesMax <= UINT32_MAX, "offsets are 32 bits");
  std::vector<Member> members_;
  FrameBuffer encoded_;
};

}  // namespace lath
