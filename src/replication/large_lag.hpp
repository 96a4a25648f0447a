// The large values that a peer was told of and has not confirmed: it pulls them in its own time, while the batch that told of them is
// long acknowledged. What they carry counts as under way. Told of again after a silence. Its owner bounds it. Off the warm path.
#pragma once

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <unordered_map>

#include "replication/peer_stream.hpp"
#include "store/key.hpp"
#include "store/large_id.hpp"
#include "wire/writer.hpp"

namespace lath {

class LargeLag {
 public:
  bool empty() const { return entries_.empty(); }
  std::size_t size() const { return entries_.size(); }

  void add(const Key& key, const LargeId& id, const Carried& carried, TimeNs now) {
    if (entries_.empty()) restart_timer(now);
    Entry& entry = entries_[std::string(as_text(key.bytes))];
    uncount(entry);
    entry.hash = key.hash;
    entry.id = std::max(entry.id, id);
    const std::int64_t grown = std::max(entry.carried.grown_bytes, carried.grown_bytes);  // it may be the same update once more
    entry.carried.include(carried);
    entry.carried.grown_bytes = grown;
    since_.insert(entry.carried.since);
    first_updates_.insert(entry.carried.first_update);
    grown_bytes_ += entry.carried.grown_bytes;
    entry.counted = true;
  }
  // The peer holds this write of the key, or a newer one. false: nothing waited for that.
  bool confirm(const Key& key, const LargeId& id, TimeNs now) {
    const auto found = entries_.find(std::string(as_text(key.bytes)));
    if (found == entries_.end() || id < found->second.id) return false;
    uncount(found->second);
    entries_.erase(found);
    restart_timer(now);
    return true;
  }
  // The key holds no large value any more, or is gone: what it carried, for whoever sends what it holds instead.
  Carried take(const Key& key) {
    const auto found = entries_.find(std::string(as_text(key.bytes)));
    if (found == entries_.end()) return {};
    const Carried carried = found->second.carried;
    uncount(found->second);
    entries_.erase(found);
    return carried;
  }
  void clear() {
    entries_.clear();
    since_.clear();
    first_updates_.clear();
    grown_bytes_ = 0;
  }

  Carried carried() const { return entries_.empty() ? Carried{} : Carried{*since_.begin(), *first_updates_.begin(), grown_bytes_}; }

  TimeNs due_at() const { return entries_.empty() ? ~TimeNs{0} : due_at_; }
  // visit(key) for each; they are due again later, and then later still.
  template <class Visitor>
  void tell_again(TimeNs now, Visitor&& visit) {
    pause_ns_ = std::min(pause_ns_ * 2, PeerStream::kResendMaxNs);
    due_at_ = now + pause_ns_;
    for (const auto& [key, entry] : entries_) visit(Key{entry.hash, as_bytes(key)});
  }

 private:
  struct Entry {
    std::uint64_t hash = 0;
    LargeId id;
    Carried carried;
    bool counted = false;
  };

  void uncount(Entry& entry) {
    if (!entry.counted) return;
    since_.erase(since_.find(entry.carried.since));
    first_updates_.erase(first_updates_.find(entry.carried.first_update));
    grown_bytes_ -= entry.carried.grown_bytes;
    entry.counted = false;
  }

  void restart_timer(TimeNs now) {
    pause_ns_ = PeerStream::kResendFirstNs;
    due_at_ = now + pause_ns_;
  }

  std::unordered_map<std::string, Entry> entries_;
  // Theirs, so that the least is at hand: every acknowledgement asks for it.
  std::multiset<Stamp> since_;
  std::multiset<std::uint64_t> first_updates_;
  std::int64_t grown_bytes_ = 0;
  TimeNs pause_ns_ = PeerStream::kResendFirstNs;
  TimeNs due_at_ = 0;
};

}  // namespace lath
