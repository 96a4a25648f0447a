// Which keys a client works on.
#include <algorithm>
#include <array>

#include "models.hpp"

namespace lath::soak {

bool Client::suits(const std::string& key) const {
  if (lost < 0) return true;
  std::array<lath_place, LATH_ACK_NODES_MAX> places{};
  std::size_t count = 0;
  if (lath_places(store, key.data(), key.size(), places.data(), places.size(), &count) != LATH_OK)
    wrong(*this, key, "it has no places");
  const auto alive = std::count_if(places.begin(), places.begin() + static_cast<std::ptrdiff_t>(count),
                                   [this](const lath_place& place) { return place.node != static_cast<std::uint32_t>(lost); });
  return alive == static_cast<std::ptrdiff_t>(acks);
}

std::string Client::fresh_key() {
  for (;;) {
    std::string key = prefix + std::to_string(keys++);
    if (suits(key)) return key;
  }
}

}  // namespace lath::soak
