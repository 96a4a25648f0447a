#include "client/requests.hpp"

#include "base/assert.hpp"

namespace lath {

RequestId Requests::open() {
  if (free_.empty()) {
    if (size_ >= kRequestsUnderWayMax) return {};
    chunks_.push_back(std::make_unique<Chunk>());
    free_.reserve(size_ + kChunkSlots);
    for (std::size_t i = 0; i < kChunkSlots; ++i) free_.push_back(static_cast<std::uint32_t>(size_ + kChunkSlots - 1 - i));
    size_ += static_cast<std::uint32_t>(kChunkSlots);
  }
  const std::uint32_t index = free_.back();
  free_.pop_back();
  RequestSlot& slot = at(index);
  slot.state = RequestSlot::State::kUnderWay;
  slot.status = Code::kInProgress;
  slot.may_be_applied = false;
  slot.reroutes = 0;
  slot.parent = {};
  ++in_use_;
  return {index, slot.generation};
}

void Requests::close(RequestId id) {
  RequestSlot* slot = find(id);
  LATH_ASSERT(slot != nullptr);
  slot->state = RequestSlot::State::kFree;
  if (++slot->generation == 0) slot->generation = 1;
  free_.push_back(id.index);
  --in_use_;
}

}  // namespace lath
