// A shard's cells by key: the table, its memory, and the three forms of a cell. An LWW write alone is flat (in its slot or a
// record) and is put, got and merged without building a Cell; other small cells are records of their encoding; large ones are
// boxed. Reads never insert. Without memory an operation answers kFull and has changed nothing. The owning shard's thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "base/assert.hpp"
#include "base/clock.hpp"
#include "base/frame_buffer.hpp"
#include "lath/limits.hpp"
#include "store/arena.hpp"
#include "store/box.hpp"
#include "store/cell_codec.hpp"
#include "store/heap_shortage.hpp"
#include "store/key.hpp"
#include "store/large_values.hpp"
#include "store/table.hpp"
#include "store/write_context.hpp"
#include "store/writer_table.hpp"
#include "wire/request.hpp"

namespace lath {

struct StoreOptions {
  WriterId self;
  std::size_t memory_bytes = 0;                // this shard's share of --memory
  std::uint64_t (*hash)(Bytes key) = nullptr;  // the pinned hash: slots do not keep it for short keys, and scan() hands it out
  const SharedHeapShortage* heap = nullptr;    // outlives the store; nullptr: there is always enough
};

class Store {
 public:
  Store(const StoreOptions& options, ExtentQueue& extents);
  Store(Store&&) = default;
  Store& operator=(Store&&) = default;
  ~Store() = default;

  struct Outcome {
    Code status = Code::kOk;
    bool changed = false;
    bool whole = false;  // the key's whole (small, flat) state is its delta, and *delta stayed bottom
  };
  // A local update. kFull for a new key, and for growth, beyond nine tenths of the memory; updates in place and erases always work.
  // kLater: within it, but the memory is not mapped yet, or the replicas lack so much (set_bytes_ahead) that they might have no room for
  // more; nothing has changed.
  // With a delta == nullptr nobody replicates: an erased key is gone at once.
  Outcome update(const Key& key, Opcode opcode, Bytes argument, const WriteContext& context, Cell* delta) {
    return update(look_up(key), opcode, argument, context, delta);
  }
  Code read(const Key& key, Opcode opcode, Bytes argument, FrameBuffer& reply) const {
    return read(look_up(key), opcode, argument, reply);
  }

  // A key on its way into the table, for who has many: look_up() all, approach() all, then read or update each. Each step asks for the
  // memory that the next one needs, so that the operations of a batch wait for it together. What happens between changes nothing: a
  // lookup that the table has outgrown is done anew.
  struct Lookup {
    Probe probe;
    Bucket* home = nullptr;
    Slot* slot = nullptr;  // once approached, if it was there
    std::uint64_t layout = 0;
  };
  Lookup look_up(const Key& key) const {
    LATH_ASSERT(key.bytes.size() <= kKeyBytesMax);
    const Probe probe(key);
    return {probe, table_.home(probe.place), nullptr, table_.layout()};
  }
  void prefetch(const Lookup& lookup) const { Table::prefetch(lookup.home); }
  void approach(Lookup& lookup) const {
    if (lookup.layout == table_.layout()) lookup.slot = table_.find_or_prefetch(lookup.home, lookup.probe);
  }
  // As those by key.
  Outcome update(const Lookup& lookup, Opcode opcode, Bytes argument, const WriteContext& context, Cell* delta);
  // The usual merge: a short write over another of a key of at most 8 bytes. Whether it changed anything; nothing: merge() does it.
  std::optional<bool> merge_short(const Lookup& lookup, Bytes encoded_cell, HybridClock& clock);
  Code read(const Lookup& lookup, Opcode opcode, Bytes argument, FrameBuffer& reply) const {
    return read_found(find(lookup), opcode, argument, reply);
  }
  // A get of a short value: its slot. nullptr: read() answers it.
  const Slot* get_short(const Lookup& lookup, Bytes argument) const {
    const Slot* slot = find(lookup);
    if (slot == nullptr || !argument.empty()) return nullptr;
    const SlotMeta meta = meta_of(slot->control);
    return meta.form == SlotForm::kInline && !meta.erased ? slot : nullptr;
  }

  // What an operation that was answered with kWrongType met.
  HeldTypes held_types(const Key& key, const Operation& operation) const;

  // An encoded cell from a peer; says whether ours grew by it. May use the last tenth of the memory; kFull beyond; kInvalid where
  // the bytes are no cell. The clock moves past its stamps.
  Result<bool> merge(const Key& key, Bytes encoded_cell, HybridClock& clock, std::uint64_t wall_us);

  bool encode(const Key& key, FrameBuffer& out) const;  // the whole cell, tombstones too; false where the key holds nothing at all
  Stamp version(const Key& key) const;                  // grows with every change here; Stamp{} where the key holds nothing at all

  bool has_content(const Key& key) const;  // more than what is left of an erase

  // What lath_wait calls the key's version (store/content_version.hpp). `scratch` is written over. StoreOptions::hash must be given.
  std::uint64_t content_version(const Key& key, FrameBuffer& scratch) const;

  // What is left of an erased key; nothing where the key is alive, or not here at all.
  struct Tombstone {
    Stamp stamp;                  // its last change here
    bool has_generation = false;  // it was more than bytes
    bool settled = false;
  };
  std::optional<Tombstone> tombstone(const Key& key) const;
  // Of a map: whether fields of it were erased that are still known as such.
  bool has_erased_fields(const Key& key) const;
  // Raises the map's floor, which must be over what it has; false: there is nothing under it to forget, or there was no memory. The
  // delta tells other replicas.
  bool forget_fields(const Key& key, Stamp floor, Stamp version, Cell& delta);
  bool settle_tombstone(const Key& key, Stamp version);  // one that has a generation; false: there was no memory
  // Frees an erased cell that last changed before older_than; one with a generation only where that is settled.
  bool drop_tombstone(const Key& key, Stamp older_than);
  void drop(const Key& key);  // frees whatever is here of the key

  // Large values (docs/decisions/0005-large-values.md); store_large.cpp. A room is opened, filled by its number through large(), and
  // then put or merged; whoever opened or held it releases it, whatever became of it.
  enum class LargeRoomFor { kPut, kMerge };
  std::optional<std::uint64_t> open_large(std::uint64_t bytes, LargeRoomFor whom);  // nothing: the memory is full
  bool may_grow() const { return arena_->may_grow(); }                              // what finds no memory may find some later
  LargeValues& large() { return large_; }
  const LargeValues& large() const { return large_; }
  Outcome put_large(const Key& key, std::uint64_t number, const WriteContext& context);
  // The write of an encoded cell whose bytes are not here, though it would win. merge() does not take such a cell; merge_rest() takes
  // all of it but that write.
  std::optional<LargeId> large_lacking(const Key& key, Bytes encoded_cell) const;
  Result<bool> merge_rest(const Key& key, Bytes encoded_cell, HybridClock& clock, std::uint64_t wall_us);
  Result<bool> merge_large(const Key& key, std::uint64_t number, const LargeId& id, HybridClock& clock, std::uint64_t wall_us);
  struct LargeHeld {
    std::uint64_t number = 0;
    LargeId id;
  };
  std::optional<LargeHeld> large_of(const Key& key) const;  // nothing where the key's value is not a large one
  LargeId newest_write(const Key& key) const;               // of bytes, large or not, or of nothing; {} where there was none

  // Visits about `slots` slots from `cursor` (0 at first) and returns the next cursor, 0 at the end. Keys that are there all the
  // time are visited at least once even while the table grows. visitor(const Key&, bool erased) must not change the store. The
  // key's hash is 0 where it is at most 8 bytes long and StoreOptions::hash was not given.
  template <class Visitor>
  std::uint64_t scan(std::uint64_t cursor, std::size_t slots, Visitor&& visitor) const;

  // Fetches the cache lines that an operation on the key will touch first. For batches: all prefetches, then all operations.
  void prefetch(const Key& key) const { table_.prefetch(Probe(key).place); }

  // What one-sided readers trust the memory by. A turn: before its answers leave. A view: before anything is done by it; what was
  // read under another is void from here on, so the keys that it gave away need not be visited. The end: nothing is trusted again.
  void publish_turn(TimeNs now_ns, std::uint64_t epoch);
  void publish_view(std::uint64_t epoch);
  void end_publishing();
  const RootPage* root() const { return table_.root(); }  // nullptr until there was memory
  Bytes export_of(const std::byte* address) const { return extents_->export_of(address); }
  const std::vector<Bytes>& exports() const { return extents_->exports_taken(); }

  // Of table, records, boxes and large values.
  std::uint64_t bytes_used() const { return arena_->bytes_used() + boxes_.bytes() + large_.bytes_promised(); }
  // By how much local updates have made this replica larger that others have not merged. They are about as full as this one, and have as
  // much for it: what all of them have taken fits into each where each leaves so much room.
  void set_bytes_ahead(std::uint64_t bytes) { bytes_ahead_ = bytes; }
  void add_bytes_ahead(std::int64_t bytes) {
    if (bytes > 0) bytes_ahead_ += static_cast<std::uint64_t>(bytes);
  }
  bool waits_for_replicas(std::size_t more) const;  // for so much there is no room because of that alone
  bool is_filling() const { return bytes_used() > options_.memory_bytes / (2 * kReplicasMax); }  // from here on that may matter

  struct Counters {
    std::uint64_t keys = 0;  // that hold something
    std::uint64_t tombstones = 0;
    std::uint64_t mixed_cells = 0;    // that hold more than one type
    std::uint64_t shedding_maps = 0;  // with fields that were erased and are still known as such
    std::uint64_t boxed_cells = 0;
    std::uint64_t segments = 0;
    std::uint64_t bytes_used = 0;      // of table, records and boxes
    std::uint64_t bytes_boxed = 0;     // of them, of boxes: on the heap
    std::uint64_t bytes_reserved = 0;  // in extents
    std::uint64_t bytes_limit = 0;
    std::uint64_t writes_refused = 0;  // local, kFull
    std::uint64_t writes_put_off = 0;  // local, kLater
    std::uint64_t merges_refused = 0;  // kFull
  };
  Counters counters() const;

 private:
  static constexpr std::size_t kEncodedBytesMax = 256;  // of a cell that is decoded and encoded at each change
  static constexpr std::size_t kSlotCostBytes = 40;     // of a new key: a slot at the usual load

  // Who pays for memory that is not there yet.
  enum class Budget { kLocal, kMerge, kErase };
  // What a slot is to hold.
  struct State {
    SlotForm form = SlotForm::kInline;  // kInline also where a record will be needed
    bool erased = false;
    std::uint16_t writer = 0;
    std::uint64_t stamp = 0;
    Bytes value;
  };
  // What is counted of a cell.
  struct Census {
    bool mixed = false;
    bool shedding = false;
  };
  struct Found {
    Probe probe;
    Slot* slot;
  };
  // A slot's cell: a box's own, or one built from the slot.
  class Loaded {
   public:
    explicit Loaded(const Cell& boxed) : boxed_(&boxed) {}
    explicit Loaded(Cell&& built) : built_(std::move(built)) {}
    const Cell& operator*() const { return boxed_ != nullptr ? *boxed_ : built_; }
    Cell take() && {
      if (boxed_ != nullptr) return *boxed_;
      return std::move(built_);
    }

   private:
    Cell built_;
    const Cell* boxed_ = nullptr;
  };

  static bool is_flat(const Slot& slot);
  static bool has_record(const Slot& slot);
  Found find(const Key& key) const;
  Slot* find(const Lookup& lookup) const {
    LATH_ASSERT(!lookup.probe.bytes.empty());
    return lookup.layout == table_.layout() ? table_.find_from(lookup.home, lookup.slot, lookup.probe) : table_.find(lookup.probe);
  }
  Loaded load(const Slot& slot) const;
  void encode_shown(const Slot& slot, FrameBuffer& out) const;  // Cell::shown
  PlainValue plain_value_in(const Slot& slot) const;
  static std::uint64_t box_of(const Slot& slot);
  std::size_t limit_of_writes() const;  // what is beyond is kept for merges
  bool may_use(Budget budget, std::size_t more) const;
  static std::size_t cost_bound(const Found& found, std::size_t value_bytes);  // of writing a value so large
  bool may_grow(const Cell& boxed, Opcode opcode, Bytes argument) const;
  bool may_grow_in_field(const Cell& boxed, Bytes argument) const;
  bool may_box(Budget budget, std::size_t more) const;  // the same of the heap, which no extent bounds
  static Census census_of(const Cell& cell);
  void count(bool erased, Census census, std::int64_t by);

  Code read_found(const Slot* slot, Opcode opcode, Bytes argument, FrameBuffer& reply) const;
  Outcome update_found(const Found& found, Opcode opcode, Bytes argument, const WriteContext& context, Cell* delta);
  bool put_in_place(Slot& slot, Bytes value, const WriteContext& context);
  std::optional<Outcome> change_in_place(const Found& found, Opcode opcode, Bytes argument, const WriteContext& context,
                                         Cell* delta);
  template <class Extreme, class T>
  std::optional<Outcome> merge_in_place(const Found& found, Bytes argument, const WriteContext& context, Cell* delta);
  std::optional<Outcome> add_in_place(const Found& found, Opcode opcode, Bytes argument, const WriteContext& context, Cell* delta);
  std::optional<Outcome> put(const Found& found, Bytes value, const WriteContext& context);
  std::optional<Outcome> erase_flat(const Found& found, const WriteContext& context, bool replicated);
  std::optional<LargeId> large_in(const Slot* slot) const;
  void follow_large(const Probe& probe, const std::optional<LargeId>& before);
  Outcome update_any(const Found& found, Opcode opcode, Bytes argument, const WriteContext& context, Cell* delta);
  Outcome change_any(const Found& found, Opcode opcode, Bytes argument, const WriteContext& context, Cell* delta);
  Outcome refuse_write(std::size_t wanted);
  Outcome refuse_as_full();
  Outcome put_off();
  Outcome refuse_growth(std::size_t wanted);
  Outcome refuse_unsaved(const Found& found, const Cell& cell);
  std::optional<Result<bool>> merge_plain(const Found& found, const PlainValue& plain);
  Result<bool> merge_any(const Found& found, const Cell& cell, std::size_t encoded_bytes, Stamp version);
  Result<bool> merge_cell(const Found& found, const Cell& cell, std::size_t encoded_bytes, Stamp version);
  Result<bool> refuse_merge();

  // These take what they need before they change anything; false: there was no memory, and nothing is changed.
  bool write(const Found& found, const State& state, Budget budget);
  bool write_with_record(const Found& found, const State& state, Budget budget);
  bool rewrite_record(const Found& found, const State& state, bool may_leave_room);
  bool save(const Found& found, Cell& cell, Census before, Stamp version, Budget budget);
  void settle_box(const Found& found, Census before, Stamp version);  // after its cell changed in place
  void remove(Slot* slot, Census census);
  void release_record(const Slot& slot);

  StoreOptions options_;
  std::uint64_t bytes_ahead_ = 0;
  const ExtentQueue* extents_;
  TimeNs root_renewed_ns_ = 0;
  std::uint64_t root_epoch_ = 0;
  bool root_is_live_ = false;
  std::unique_ptr<Arena> arena_;
  Table table_;
  Boxes boxes_;
  LargeValues large_;
  WriterTable writers_;
  FrameBuffer scratch_;
  Counters counters_;
};

inline Store::Found Store::find(const Key& key) const {
  LATH_ASSERT(!key.bytes.empty() && key.bytes.size() <= kKeyBytesMax);
  const Probe probe(key);
  return {probe, table_.find(probe)};
}

// Most writes are of short values that stay where they are: they are written out here, for the shard's loop over a frame.
inline Store::Outcome Store::update(const Lookup& lookup, Opcode opcode, Bytes argument, const WriteContext& context, Cell* delta) {
  Slot* slot = find(lookup);
  if (opcode == Opcode::kPut && slot != nullptr && put_in_place(*slot, argument, context))
    return {Code::kOk, true, delta != nullptr};
  return update_found({lookup.probe, slot}, opcode, argument, context, delta);
}

// A short value over another. false: it is to be done in another way, and nothing has changed.
inline bool Store::put_in_place(Slot& slot, Bytes value, const WriteContext& context) {
  const SlotMeta meta = meta_of(slot.control);
  if (meta.form != SlotForm::kInline || meta.erased || value.size() > kInlineBytesMax) return false;
  const auto writer = writers_.index_of(context.writer);
  if (!writer) return false;
  context.clock->observe(Stamp{slot.stamp});
  const Stamp stamp = context.stamp();
  if (stamp.value <= slot.stamp) return false;
  const SlotMeta written{SlotForm::kInline, meta.key_bytes, static_cast<unsigned>(value.size()), false};
  write_slot(slot, {written, *writer, stamp.value, slot.key, short_word(value.data(), value.size())});
  return true;
}

inline std::optional<bool> Store::merge_short(const Lookup& lookup, Bytes encoded_cell, HybridClock& clock) {
  ShortWrite theirs;
  Slot* const slot = read_short_write(encoded_cell, theirs) ? find(lookup) : nullptr;
  if (slot == nullptr) return std::nullopt;
  const SlotMeta meta = meta_of(slot->control);
  if (meta.form != SlotForm::kInline || meta.erased || theirs.stamp == slot->stamp) return std::nullopt;
  clock.observe(Stamp{theirs.stamp});
  if (theirs.stamp < slot->stamp) return false;
  const auto writer = writers_.index_of(theirs.writer);
  if (!writer) return std::nullopt;
  const SlotMeta written{SlotForm::kInline, meta.key_bytes, theirs.bytes, false};
  write_slot(*slot, {written, *writer, theirs.stamp, slot->key, theirs.word});
  return true;
}

template <class Visitor>
std::uint64_t Store::scan(std::uint64_t cursor, std::size_t slots, Visitor&& visitor) const {
  return table_.scan(cursor, slots, [&](const Slot& slot) {
    const SlotMeta meta = meta_of(slot.control);
    if (meta.key_bytes == 0) {
      visitor(Key{slot.key, long_key_of(slot)}, meta.erased);
      return;
    }
    const Bytes bytes = std::as_bytes(std::span(&slot.key, 1)).first(meta.key_bytes);
    visitor(Key{options_.hash == nullptr ? 0 : options_.hash(bytes), bytes}, meta.erased);
  });
}

}  // namespace lath
