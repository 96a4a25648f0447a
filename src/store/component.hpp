// The types that a cell is a product of, and how it is read and changed by them. Owned by one thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include "lath/lattice/array.hpp"
#include "lath/lattice/causal.hpp"
#include "lath/lattice/counter.hpp"
#include "lath/lattice/hyperloglog.hpp"
#include "lath/lattice/max.hpp"
#include "lath/lattice/set.hpp"
#include "store/cell.hpp"
#include "store/field_map.hpp"
#include "wire/cell_tag.hpp"

namespace lath {

using ByteSet = GSet<std::string>;
using ByteOrSet = OrSet<std::string>;
using ByteMv = MvRegister<std::string>;

// In the order of their tags.
using ComponentState =
    std::variant<GCounter, PnCounter, Max<std::int64_t>, Min<std::int64_t>, Max<double>, Min<double>, ByteSet, ByteOrSet, ByteMv,
                 HyperLogLog, FieldMap, ArrayMax<float>, ArrayMax<double>, ArrayMax<std::int32_t>, ArrayMax<std::int64_t>,
                 ArrayMin<float>, ArrayMin<double>, ArrayMin<std::int32_t>, ArrayMin<std::int64_t>, ArraySum<float>,
                 ArraySum<double>, ArraySum<std::int32_t>, ArraySum<std::int64_t>>;

inline constexpr std::size_t kComponentTypes = std::variant_size_v<ComponentState>;
inline constexpr std::size_t kPlainComponentTypes = 11;  // the rest are arrays

constexpr Tag tag_at(std::size_t index) {
  const std::size_t first = index < kPlainComponentTypes ? static_cast<std::size_t>(Tag::kGrowCounter)
                                                         : static_cast<std::size_t>(Tag::kArrayFirst) - kPlainComponentTypes;
  return static_cast<Tag>(first + index);
}
static_assert(tag_at(kPlainComponentTypes - 1) == Tag::kMap && tag_at(kComponentTypes - 1) == Tag::kArrayLast);

template <class L, std::size_t Index = 0>
constexpr Tag tag_of() {
  if constexpr (std::is_same_v<std::variant_alternative_t<Index, ComponentState>, L>) {
    return tag_at(Index);
  } else {
    return tag_of<L, Index + 1>();
  }
}

struct Component {
  ComponentState state;

  Component();  // a counter at bottom: decoders fill it
  explicit Component(ComponentState held);
  // In component.cpp: a variant of so many types costs every source that copies or moves one seconds to compile.
  Component(const Component&);
  Component(Component&&) noexcept;
  Component& operator=(const Component&);
  Component& operator=(Component&&) noexcept;
  ~Component();

  Tag tag() const { return tag_at(state.index()); }
  bool operator==(const Component&) const;
};

template <class L>
const L* Cell::find() const {
  for (const Component& component : components_) {
    if (const L* part = std::get_if<L>(&component.state)) return part;
  }
  return nullptr;
}

template <class L, class Change>
auto Cell::change(Change&& apply) {
  auto at = std::find_if(components_.begin(), components_.end(), [](const Component& part) { return part.tag() >= tag_of<L>(); });
  if (at == components_.end() || at->tag() != tag_of<L>()) at = components_.insert(at, Component{L{}});
  L& part = std::get<L>(at->state);
  auto answer = apply(part);
  if (lath::is_bottom(part)) components_.erase(at);
  return answer;
}

template <class L>
Cell Cell::delta_of(L part) const {
  Cell delta;
  if (lath::is_bottom(part)) return delta;
  delta.generation_ = generation_;
  delta.settled_ = settled_;
  delta.components_.push_back(Component{std::move(part)});
  delta.tighten();
  return delta;
}

}  // namespace lath
