#include "shard/deferred.hpp"

#include <algorithm>

namespace lath {

bool OtherReplicas::operator==(const OtherReplicas& other) const {
  return std::ranges::equal(all(), other.all());
}

bool Deferred::holds_flush(std::uint64_t session, std::uint32_t sequence, std::uint16_t operation) const {
  return std::ranges::any_of(answers_, [&](const DeferredAnswer& answer) {
    return answer.is_flush && answer.session == session && answer.sequence == sequence && answer.operation == operation;
  });
}

}  // namespace lath
