#include "replication/delta_buffer.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace lath {

bool DeltaBuffer::PeerSet::add(PeerIndex peer) {
  if (std::ranges::find(peers(), peer) != peers().end()) return true;
  if (count_ == peers_.size()) return false;
  peers_[count_++] = peer;
  return true;
}

DeltaBuffer::DeltaBuffer() : slots_(kSlotsFirst) {}

DeltaBuffer::Entry* DeltaBuffer::find(const Key& key) {
  const std::uint32_t found = slots_[find_slot(key)];
  return found == 0 ? nullptr : &entries_[found - 1];
}

DeltaBuffer::Entry& DeltaBuffer::add(const Key& key) {
  if ((count_ + 1) * 2 > slots_.size()) grow_slots();
  const std::size_t slot = find_slot(key);
  LATH_ASSERT(slots_[slot] == 0);
  if (count_ == entries_.size()) entries_.emplace_back();
  Entry& entry = entries_[count_++];
  entry.hash = key.hash;
  entry.key_offset = static_cast<std::uint32_t>(key_bytes_.size());
  entry.key_size = static_cast<std::uint16_t>(key.bytes.size());
  entry.whole = false;
  entry.peers = {};
  entry.carried = {};
  entry.slot = static_cast<std::uint32_t>(slot);
  key_bytes_.insert(key_bytes_.end(), key.bytes.begin(), key.bytes.end());
  slots_[slot] = static_cast<std::uint32_t>(count_);
  return entry;
}

void DeltaBuffer::make_whole(Entry& entry) {
  if (entry.whole) return;
  entry.whole = true;
  entry.delta = Cell{};
}

Key DeltaBuffer::key_of(const Entry& entry) const {
  return {entry.hash, Bytes{key_bytes_}.subspan(entry.key_offset, entry.key_size)};
}

void DeltaBuffer::carry(Entry& entry, const Carried& carried) {
  entry.carried.include(carried);
  carried_.include(carried);
}

void DeltaBuffer::clear() {
  for (Entry& entry : entries()) {
    slots_[entry.slot] = 0;
    if (!entry.whole) entry.delta = Cell{};
  }
  count_ = 0;
  key_bytes_.clear();
  carried_ = {};
}

std::size_t DeltaBuffer::find_slot(const Key& key) const {
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t slot = key.hash & mask;; slot = (slot + 1) & mask) {
    if (slots_[slot] == 0) return slot;
    const Entry& entry = entries_[slots_[slot] - 1];
    if (entry.hash == key.hash && same_bytes(key_of(entry).bytes, key.bytes)) return slot;
  }
}

void DeltaBuffer::grow_slots() {
  slots_.assign(slots_.size() * 2, 0);
  for (std::size_t index = 0; index < count_; ++index) {
    const std::size_t slot = find_slot(key_of(entries_[index]));
    slots_[slot] = static_cast<std::uint32_t>(index + 1);
    entries_[index].slot = static_cast<std::uint32_t>(slot);
  }
}

}  // namespace lath
