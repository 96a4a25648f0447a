// What this shard's cells grew by since the last gossip round, one entry a key whatever the rate: updates of a key fold into one
// delta, or into "whole" where the key's flat state is its own delta. Each entry names the peers that need it. Emptied by each
// round; bounded by what one round's updates and a sweep's step can add. The keys' bytes lie in one arena: nothing is allocated
// once warm, but for deltas of large types.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "lath/limits.hpp"
#include "replication/peer_stream.hpp"
#include "store/cell.hpp"
#include "store/key.hpp"

namespace lath {

using PeerIndex = std::uint16_t;  // into Gossip's list of peers

class DeltaBuffer {
 public:
  class PeerSet {
   public:
    bool add(PeerIndex peer);  // false: there is no room
    std::span<const PeerIndex> peers() const { return {peers_.data(), count_}; }

   private:
    std::array<PeerIndex, 2 * kReplicasMax> peers_{};  // of one view, and of the one before it
    std::uint8_t count_ = 0;
  };

  struct Entry {
    std::uint64_t hash = 0;
    std::uint32_t key_offset = 0;
    std::uint16_t key_size = 0;
    bool whole = false;  // the key's whole state is sent; the delta is bottom
    Cell delta;
    PeerSet peers;
    Carried carried;
    std::uint32_t slot = 0;
  };

  DeltaBuffer();

  bool empty() const { return count_ == 0; }
  std::size_t size() const { return count_; }
  // Entries are valid until the next add().
  Entry* find(const Key& key);
  Entry& add(const Key& key);  // one that is not there yet: bottom, for no peer
  static void make_whole(Entry& entry);
  Key key_of(const Entry& entry) const;
  std::span<Entry> entries() { return {entries_.data(), count_}; }
  const Carried& carried() const { return carried_; }
  void carry(Entry& entry, const Carried& carried);
  void clear();

 private:
  static constexpr std::size_t kSlotsFirst = 1024;

  std::size_t find_slot(const Key& key) const;
  void grow_slots();

  std::vector<Entry> entries_;  // the first count_ are live, the others keep their room
  std::size_t count_ = 0;
  std::vector<std::byte> key_bytes_;
  std::vector<std::uint32_t> slots_;  // open addressing by hash: index of the entry + 1, or 0
  Carried carried_;                   // over all entries
};

}  // namespace lath
