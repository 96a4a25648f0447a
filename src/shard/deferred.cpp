#include "shard/deferred.hpp"

#include <algorithm>

namespace lath {

bool OtherReplicas::operator==(const OtherReplicas& other) const {
  return std::ranges::equal(all(), other.all());
}

const DeferredAnswer* Deferred::find_flush(std::uint64_t session, std::uint32_t sequence, std::uint16_t operation) const {
  const auto found = std::ranges::find_if(answers_, [&](const DeferredAnswer& answer) {
    return answer.is_flush && answer.session == session && answer.sequence == sequence && answer.operation == operation;
  });
  return found == answers_.end() ? nullptr : &*found;
}

}  // namespace lath
