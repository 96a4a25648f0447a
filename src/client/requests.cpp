#include "client/requests.hpp"

namespace lath {

void Requests::grow() {
  LATH_ASSERT(size_ < kRequestsUnderWayMax);
  chunks_.push_back(std::make_unique<Chunk>());
  free_.reserve(size_ + kChunkSlots);
  for (std::size_t i = 0; i < kChunkSlots; ++i) free_.push_back(static_cast<std::uint32_t>(size_ + kChunkSlots - 1 - i));
  size_ += static_cast<std::uint32_t>(kChunkSlots);
}

}  // namespace lath
