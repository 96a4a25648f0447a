// The requests of one session: a pool of slots that grows to kRequestsUnderWayMax and is used again. A slot is named by its index
// and a generation, so that the late answer of a request that has ended, or a caller's stale name, meets nothing. The session's
// thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/assert.hpp"
#include "base/clock.hpp"
#include "client/answer.hpp"
#include "client/failure.hpp"
#include "lath/limits.hpp"
#include "lath/result.hpp"

namespace lath {

class OperationGroup;

struct RequestId {
  std::uint32_t index = 0;
  std::uint32_t generation = 0;  // 0 names none
  bool operator==(const RequestId&) const = default;
  explicit operator bool() const { return generation != 0; }
};

// Who is told how a request ended. Nobody: it is held until taken (the _nb calls).
struct Completion {
  Code* status = nullptr;
  std::size_t* left = nullptr;  // one less with each end
  bool quiet = false;           // a failure of it is nobody's last one
  RequestId batch{};            // the held request that ends when none are left
};

struct RequestSlot {
  enum class State : std::uint8_t { kFree, kUnderWay, kEnded };
  enum class Kind : std::uint8_t {
    kOperation,
    kMembers,  // many operations of a group
    kBatch,    // ends when all of a group have; nothing is sent for it
  };

  State state = State::kFree;
  Kind kind = Kind::kOperation;
  Opcode opcode = Opcode::kGet;
  bool repeatable = true;        // at another replica, though the first may have applied it
  bool may_be_applied = false;   // it has left once, and was not answered
  bool is_parked = false;        // at the shard, which has said so
  bool awaits_replicas = false;  // the shard has put it off until others have said what they may hold of the key
  std::uint8_t reroutes = 0;
  std::uint8_t put_offs = 0;  // counted up to kReroutesMax + 1
  std::uint32_t generation = 1;
  Code status = Code::kInProgress;
  TimeNs deadline = 0;
  std::uint64_t order = 0;
  OperationGroup* group = nullptr;  // of kMembers and kBatch
  std::size_t members_left = 0;     // of kMembers: without an answer, and one while more may come
  AnswerTarget target;
  Completion completion;
  RequestId parent;  // of a flush's part: the flush
  Failure failure;   // of a held request
};

class Requests {
 public:
  // {} when kRequestsUnderWayMax are in use.
  RequestId open() {
    if (in_use() >= kRequestsUnderWayMax) [[unlikely]]
      return {};
    if (free_.empty()) [[unlikely]]
      grow();
    const std::uint32_t index = free_.back();
    free_.pop_back();
    RequestSlot& slot = at(index);
    slot.state = RequestSlot::State::kUnderWay;
    slot.kind = RequestSlot::Kind::kOperation;
    slot.status = Code::kInProgress;
    slot.may_be_applied = false;
    slot.is_parked = false;
    slot.awaits_replicas = false;
    slot.reroutes = 0;
    slot.put_offs = 0;
    slot.parent = {};
    ++in_use_;
    return {index, slot.generation};
  }
  // Operations without a slot of their own count as if they had one, so that each can have one when it needs it.
  void reserve(std::size_t count) { reserved_ += count; }
  void release(std::size_t count) { reserved_ -= count; }
  RequestId open_reserved() {
    release(1);
    const RequestId id = open();
    LATH_ASSERT(id);
    return id;
  }
  void close(RequestId id) {
    RequestSlot* slot = find(id);
    LATH_ASSERT(slot != nullptr);
    slot->state = RequestSlot::State::kFree;
    if (++slot->generation == 0) slot->generation = 1;
    free_.push_back(id.index);
    --in_use_;
  }
  // Null where the request has been closed.
  RequestSlot* find(RequestId id) {
    if (id.index >= size_) return nullptr;
    RequestSlot& slot = at(id.index);
    return slot.generation == id.generation && slot.state != RequestSlot::State::kFree ? &slot : nullptr;
  }
  RequestSlot* find_under_way(RequestId id) {
    RequestSlot* slot = find(id);
    return slot != nullptr && slot->state == RequestSlot::State::kUnderWay ? slot : nullptr;
  }
  std::size_t in_use() const { return in_use_ + reserved_; }

  // visitor(RequestId, RequestSlot&) for each that is under way; it may end them.
  template <class Visitor>
  void each_under_way(Visitor&& visitor) {
    for (std::uint32_t index = 0; index < size_; ++index) {
      RequestSlot& slot = at(index);
      if (slot.state == RequestSlot::State::kUnderWay) visitor(RequestId{index, slot.generation}, slot);
    }
  }

 private:
  static constexpr std::size_t kChunkBits = 6;
  static constexpr std::size_t kChunkSlots = std::size_t{1} << kChunkBits;
  using Chunk = std::array<RequestSlot, kChunkSlots>;

  void grow();
  RequestSlot& at(std::uint32_t index) { return (*chunks_[index >> kChunkBits])[index & (kChunkSlots - 1)]; }

  std::vector<std::unique_ptr<Chunk>> chunks_;
  std::vector<std::uint32_t> free_;  // the last one used goes first: its lines are warm
  std::uint32_t size_ = 0;
  std::size_t in_use_ = 0;
  std::size_t reserved_ = 0;
};

}  // namespace lath
