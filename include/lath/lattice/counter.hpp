// Counters that many writers add to. Each writer has a slot that only it raises, so the slot's maximum is its newest state and
// the sum over slots is the count. A slot is never reused: a restarted node is a new writer. Slots are sorted by writer. A slot of 0
// is one: somebody added 0, and by that there is a counter, which stands at 0.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "lath/ids.hpp"
#include "lath/lattice/map.hpp"

namespace lath {

// A number that only grows; 0 is bottom.
struct Count {
  std::uint64_t value = 0;

  bool is_bottom() const { return value == 0; }
  bool merge(const Count& other) {
    if (other.value <= value) return false;
    value = other.value;
    return true;
  }
  bool operator==(const Count&) const = default;
};

// A writer's additions, only growing. Bottom is to have no slot: 0 is above it.
struct Up {
  std::uint64_t value = 0;

  static constexpr bool is_bottom() { return false; }
  bool merge(const Up& other) {
    if (other.value <= value) return false;
    value = other.value;
    return true;
  }
  bool operator==(const Up&) const = default;
};

// A writer's additions and subtractions, each only growing. As of Up, bottom is to have no slot.
struct UpDown {
  std::uint64_t up = 0;
  std::uint64_t down = 0;

  static constexpr bool is_bottom() { return false; }
  bool merge(const UpDown& other) {
    const bool grew = other.up > up || other.down > down;
    up = std::max(up, other.up);
    down = std::max(down, other.down);
    return grew;
  }
  bool operator==(const UpDown&) const = default;
};

// The slots of a counter. A delta is one slot: Slots::of(slot), or, without an allocation, merge(slot).
template <class Counts>
class WriterSlots {
 public:
  using Slot = typename MapLattice<WriterId, Counts>::Entry;  // key is the writer, value its counts

  const typename MapLattice<WriterId, Counts>::Entries& slots() const { return slots_.entries(); }
  const Counts* find(WriterId writer) const { return slots_.find(writer); }  // null where the writer has no slot
  bool is_bottom() const { return slots_.is_bottom(); }
  bool operator==(const WriterSlots&) const = default;

 protected:
  MapLattice<WriterId, Counts> slots_;
};

// Grows only. The value stays at 2^64 - 1 once the sum has passed it.
class GCounter : public WriterSlots<Up> {
 public:
  static Result<GCounter> from_slots(std::vector<Slot> slots) {
    auto map = MapLattice<WriterId, Up>::from_entries(std::move(slots));
    if (!map) return map.error();
    GCounter counter;
    counter.slots_ = std::move(*map);
    return counter;
  }
  static GCounter of(const Slot& slot) {
    GCounter counter;
    counter.merge(slot);
    return counter;
  }

  // The writer's slot after the addition, also of 0: the delta, valid until the next change. Null, and nothing changed, where the slot
  // would pass 2^64 - 1.
  const Slot* add(WriterId writer, std::uint64_t amount) {
    const Up* held = slots_.find(writer);
    const std::uint64_t before = held == nullptr ? 0 : held->value;
    if (amount > std::numeric_limits<std::uint64_t>::max() - before) return nullptr;
    return slots_.merged_entry(writer, Up{before + amount}).first;
  }

  std::uint64_t value() const {
    std::uint64_t sum = 0;
    for (const Slot& slot : slots()) {
      if (slot.value.value > std::numeric_limits<std::uint64_t>::max() - sum) return std::numeric_limits<std::uint64_t>::max();
      sum += slot.value.value;
    }
    return sum;
  }

  bool merge(const Slot& slot) { return slots_.merge(slot.key, slot.value); }
  bool merge(const GCounter& other) { return slots_.merge(other.slots_); }
  bool operator==(const GCounter&) const = default;
};

// Grows and shrinks. The value is the sum of what was added minus what was taken away, modulo 2^64, read as two's complement: past
// 2^63 - 1 it wraps to -2^63, on every replica alike.
class PnCounter : public WriterSlots<UpDown> {
 public:
  static Result<PnCounter> from_slots(std::vector<Slot> slots) {
    auto map = MapLattice<WriterId, UpDown>::from_entries(std::move(slots));
    if (!map) return map.error();
    PnCounter counter;
    counter.slots_ = std::move(*map);
    return counter;
  }
  static PnCounter of(const Slot& slot) {
    PnCounter counter;
    counter.merge(slot);
    return counter;
  }

  // As GCounter::add; the limit of 2^64 - 1 holds for a writer's additions and for its subtractions.
  const Slot* add(WriterId writer, std::int64_t amount) {
    const UpDown* held = slots_.find(writer);
    UpDown counts = held == nullptr ? UpDown{} : *held;
    std::uint64_t& side = amount < 0 ? counts.down : counts.up;
    const auto bits = static_cast<std::uint64_t>(amount);
    const std::uint64_t magnitude = amount < 0 ? 0 - bits : bits;
    if (magnitude > std::numeric_limits<std::uint64_t>::max() - side) return nullptr;
    side += magnitude;
    return slots_.merged_entry(writer, counts).first;
  }

  std::int64_t value() const {
    std::uint64_t sum = 0;
    for (const Slot& slot : slots()) sum += slot.value.up - slot.value.down;
    return static_cast<std::int64_t>(sum);
  }

  bool merge(const Slot& slot) { return slots_.merge(slot.key, slot.value); }
  bool merge(const PnCounter& other) { return slots_.merge(other.slots_); }
  bool operator==(const PnCounter&) const = default;
};

}  // namespace lath
