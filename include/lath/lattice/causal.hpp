// MvRegister: a register that keeps concurrent writes side by side, as siblings, until a write that has seen them replaces them.
// Dotted version vectors (Preguica et al. 2012): a sibling is named by its write's dot, and the context says which dots were seen,
// so a write replaces exactly what its writer had read.
#pragma once

#include <algorithm>
#include <compare>
#include <concepts>
#include <cstddef>
#include <utility>
#include <vector>

#include "lath/lattice/dots.hpp"
#include "lath/result.hpp"

namespace lath {

// Invariant: siblings sorted by dot, unique, each dot in the context. A dot in the context without a sibling was replaced.
template <std::regular T>
class MvRegister {
 public:
  struct Sibling {
    Dot dot;
    T value{};
    bool operator==(const Sibling& other) const {
      return dot == other.dot && std::compare_strong_order_fallback(value, other.value) == 0;
    }
  };

  static Result<MvRegister> from_parts(std::vector<Sibling> siblings, DotContext context) {
    for (std::size_t index = 0; index < siblings.size(); ++index) {
      if (index > 0 && !(siblings[index - 1].dot < siblings[index].dot))
        return Error{Code::kInvalid, "siblings unsorted or repeated"};
      if (!context.contains(siblings[index].dot)) return Error{Code::kInvalid, "sibling's dot outside its context"};
    }
    MvRegister made;
    made.siblings_ = std::move(siblings);
    made.context_ = std::move(context);
    return made;
  }

  // In the order of their dots: by writer, then counter. The same on every replica.
  const std::vector<Sibling>& siblings() const { return siblings_; }
  // What a reader hands back with its next put.
  const DotContext& context() const { return context_; }
  bool is_bottom() const { return siblings_.empty() && context_.is_bottom(); }

  // Writes over what `seen` covers, and returns the delta. `dot` is fresh: joined(context(), seen).next(writer). Where it is not,
  // nothing changes and the delta is bottom. A caller who claims to have seen what it has not erases it unread: its right.
  MvRegister put(T value, const DotContext& seen, Dot dot) {
    MvRegister delta;
    if (dot.counter == 0 || context_.contains(dot) || seen.contains(dot)) return delta;
    delta.context_ = seen;
    delta.context_.insert(dot);
    delta.siblings_.push_back(Sibling{dot, std::move(value)});
    merge(delta);
    return delta;
  }

  // A sibling stays where both hold it, or where one holds it and the other has not seen its dot.
  bool merge(const MvRegister& other) {
    if (&other == this) return false;
    std::vector<Sibling> kept;
    auto mine = siblings_.begin();
    auto theirs = other.siblings_.begin();
    bool changed = false;
    while (mine != siblings_.end() || theirs != other.siblings_.end()) {
      if (theirs == other.siblings_.end() || (mine != siblings_.end() && mine->dot < theirs->dot)) {
        const bool replaced = other.context_.contains(mine->dot);
        if (!replaced) kept.push_back(std::move(*mine));
        changed = changed || replaced;
        ++mine;
      } else if (mine == siblings_.end() || theirs->dot < mine->dot) {
        const bool unseen = !context_.contains(theirs->dot);
        if (unseen) kept.push_back(*theirs);
        changed = changed || unseen;
        ++theirs;
      } else {
        // One dot with two values is a writer's broken promise; both go, so that the merge stays a lattice's.
        const bool same = *mine == *theirs;
        if (same) kept.push_back(std::move(*mine));
        changed = changed || !same;
        ++mine;
        ++theirs;
      }
    }
    siblings_ = std::move(kept);
    return context_.merge(other.context_) || changed;
  }

  bool operator==(const MvRegister&) const = default;

 private:
  std::vector<Sibling> siblings_;
  DotContext context_;
};

}  // namespace lath
