// What a lattice is here: a value whose merge is associative, commutative and idempotent, so that replicas which have met the same
// updates hold the same state, whatever the order and however often each update came. Pure values: any thread that owns one.
#pragma once

#include <concepts>

namespace lath {

// A lattice: merge grows *this to the join and says whether it changed; L{} is bottom. merge accepts *this as its argument.
template <class L>
concept Lattice = std::regular<L> && requires(L a, const L& b) {
  { a.merge(b) } -> std::same_as<bool>;
};

template <Lattice L>
L joined(L a, const L& b) {
  a.merge(b);
  return a;
}

// Whether a lattice holds nothing: its own answer where it has one, else a comparison with bottom.
template <Lattice L>
bool is_bottom(const L& lattice) {
  if constexpr (requires { lattice.is_bottom(); }) {
    return lattice.is_bottom();
  } else {
    return lattice == L{};
  }
}

}  // namespace lath
