// Operations that are run together: encoded as they will leave, and for each where its answer goes and how it ended. While they are
// under way a session keeps one record for them all (RequestSlot::Kind::kMembers), and frames name each by that record and its number
// here. One that does not simply end well (an error, a lost shard, a lapsed deadline) gets a record of its own then, and goes on as if it
// had been asked alone: it fails, or is asked again, without the others. The session's thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/frame_buffer.hpp"
#include "client/answer.hpp"
#include "lath/result.hpp"
#include "wire/request.hpp"

namespace lath {

class OperationGroup {
 public:
  struct Member {
    Room room;                 // of the answer, as are kind and unit
    std::uint32_t offset = 0;  // in what is encoded
    std::uint32_t bytes = 0;
    Code status = Code::kInProgress;
    Opcode opcode = Opcode::kGet;
    AnswerKind kind = AnswerKind::kNothing;
    std::uint8_t unit = 1;
  };

  void reserve(std::size_t operations) { members_.resize(std::max(operations, members_.size())); }
  [[gnu::always_inline]] void add(const Operation& operation, const AnswerTarget& target) {
    add(operation, target, operation.opcode);
  }
  // The operation is copied; its opcode is the member's, but for a kPutLarge, whose value is not here: its `operation` is the put without
  // it. Inline and field by field: a target that went through memory on its way is waited for when it is copied in larger pieces.
  [[gnu::always_inline]] void add(const Operation& operation, const AnswerTarget& target, Opcode opcode) {
    if (count_ == members_.size()) [[unlikely]]
      grow();
    const std::size_t offset = encoded_.size();
    append_operation(encoded_, operation);
    Member& member = members_[count_];
    member.room.bytes = target.room.bytes;
    member.room.capacity = target.room.capacity;
    member.room.size = target.room.size;
    member.offset = static_cast<std::uint32_t>(offset);
    member.bytes = static_cast<std::uint32_t>(encoded_.size() - offset);
    member.status = Code::kInProgress;
    member.opcode = opcode;
    member.kind = target.kind;
    member.unit = target.unit;
    if (target.kind == AnswerKind::kSiblings) [[unlikely]]
      contexts_.push_back({count_, target.context});
    ++count_;
  }
  void clear() {
    count_ = 0;
    contexts_.clear();
    encoded_.clear();
  }

  std::size_t size() const { return count_; }
  std::size_t bytes() const { return encoded_.size(); }
  Member& member(std::size_t index) { return members_[index]; }
  const Member& member(std::size_t index) const { return members_[index]; }
  AnswerTarget target(std::size_t index) const {
    const Member& member = members_[index];
    return {member.kind, member.unit, member.room, member.kind == AnswerKind::kSiblings ? context(index) : Room{}};
  }
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
    const std::span<const Member> all = std::span(members_).first(count_);
    const auto failed = std::ranges::find_if(all, [](const Member& each) { return each.status != Code::kOk; });
    return failed == all.end() ? Code::kOk : failed->status;
  }

  // Of the run under way: how many have not ended, and the order of the first among the session's requests.
  std::size_t left = 0;
  std::uint64_t first_order = 0;

 private:
  static_assert(kBatchBytesMax <= UINT32_MAX, "offsets are 32 bits");
  static constexpr std::size_t kMembersFirst = 64;

  struct Context {
    std::size_t index;
    Room room;
  };

  [[gnu::noinline]] void grow() { members_.resize(std::max(kMembersFirst, 2 * members_.size())); }
  const Room& context(std::size_t index) const { return std::ranges::lower_bound(contexts_, index, {}, &Context::index)->room; }

  std::vector<Member> members_;  // as many as there is room for: the first count_ are in use
  std::size_t count_ = 0;
  std::vector<Context> contexts_;  // of those that are kSiblings
  FrameBuffer encoded_;
};

}  // namespace lath
