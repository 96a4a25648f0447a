#include "topology/membership.hpp"

#include <span>
#include <string_view>
#include <tuple>

#include "topology/hash.hpp"

namespace lath {
namespace {

// The bytes that an entry's digest is of: every field, numbers little-endian, whatever varies in length preceded by its length,
// so that no two entries have the same bytes.
class DigestBytes {
 public:
  void number(std::uint64_t value) {
    for (unsigned shift = 0; shift < 64; shift += 8) bytes_.push_back(static_cast<std::byte>(value >> shift));
  }
  void block(Bytes bytes) {
    number(bytes.size());
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  }
  void text(std::string_view text) { block(std::as_bytes(std::span(text))); }
  std::uint64_t digest() const { return key_hash(bytes_); }

 private:
  std::vector<std::byte> bytes_;
};

std::uint64_t digest_of(const NodeEntry& entry) {
  DigestBytes bytes;
  bytes.number(entry.id.value);
  bytes.number(entry.incarnation);
  bytes.number(static_cast<std::uint64_t>(entry.state));
  bytes.text(entry.host);
  bytes.text(entry.contact);
  bytes.number(entry.host_id);
  bytes.number(entry.shard_addresses.size());
  for (const AddressBytes& address : entry.shard_addresses) bytes.block(address);
  bytes.block(entry.control_address);
  return bytes.digest();
}

}  // namespace

std::strong_ordering NodeEntry::news(const NodeEntry& other) const {
  const auto order = [](const NodeEntry& entry) {
    return std::tie(entry.incarnation, entry.state, entry.host, entry.contact, entry.host_id, entry.shard_addresses,
                    entry.control_address);
  };
  return order(*this) <=> order(other);
}

bool View::merge(const NodeEntry& entry) {
  const auto [position, added] = entries_.try_emplace(entry.id);
  Member& member = position->second;
  if (!added && entry.news(member.entry) <= 0) return false;
  digest_sum_ -= member.digest;
  member = {entry, digest_of(entry)};
  digest_sum_ += member.digest;
  return true;
}

bool View::merge(const View& other) {
  if (this == &other) return false;
  bool grew = false;
  for (const auto& [node, member] : other.entries_) grew = merge(member.entry) || grew;
  return grew;
}

std::uint64_t View::epoch() const {
  return entries_.empty() ? 0 : mix(digest_sum_);
}

const NodeEntry* View::find(NodeId node) const {
  const auto position = entries_.find(node);
  return position == entries_.end() ? nullptr : &position->second.entry;
}

std::vector<const NodeEntry*> View::entries() const {
  std::vector<const NodeEntry*> all;
  all.reserve(entries_.size());
  for (const auto& [node, member] : entries_) all.push_back(&member.entry);
  return all;
}

std::vector<const NodeEntry*> View::in_state(NodeState state) const {
  std::vector<const NodeEntry*> chosen;
  for (const auto& [node, member] : entries_) {
    if (member.entry.state == state) chosen.push_back(&member.entry);
  }
  return chosen;
}

std::vector<const NodeEntry*> View::alive() const {
  return in_state(NodeState::kAlive);
}

std::vector<const NodeEntry*> View::placeable() const {
  std::vector<const NodeEntry*> nodes = alive();
  return nodes.empty() ? in_state(NodeState::kLeaving) : nodes;
}

}  // namespace lath
