// One-sided reads over a simulated network. A mapping is the owner's memory itself; a copy is made when the read arrives.
#include <algorithm>
#include <cstring>

#include "transport/sim_transport.hpp"

namespace lath {

const SimTransport::Peer* SimTransport::find(PeerId id) const {
  if (id.index >= peers_.size()) return nullptr;
  const Peer& peer = peers_[id.index];
  return peer.generation == id.generation && peer.state != Peer::State::kFree ? &peer : nullptr;
}

SimTransport::AttachedRegion* SimTransport::find(AttachedId id) {
  if (id.index >= regions_.size()) return nullptr;
  AttachedRegion& region = regions_[id.index];
  return region.generation == id.generation && region.region != nullptr ? &region : nullptr;
}

void SimTransport::probe(PeerId id) {
  if (Peer* peer = find(id); peer != nullptr) peer->probed = true;
}

Reach SimTransport::reach(PeerId id) const {
  const Peer* peer = find(id);
  if (peer == nullptr) return Reach::kNone;
  if (!peer->probed) return Reach::kUnknown;
  return peer->state == Peer::State::kOpen ? network_.options_.reach : Reach::kProbing;
}

Result<Attached> SimTransport::attach(PeerId id, Bytes exported) {
  if (find(id) == nullptr) return Error{Code::kClosed, "the connection to the peer is no more"};
  std::shared_ptr<SimRegion> region = network_.memory_.find(exported);
  if (region == nullptr) return Error{Code::kInvalid, "not the export of a simulated region, or of one that is gone"};
  auto at = std::find_if(regions_.begin(), regions_.end(), [](const AttachedRegion& each) { return each.region == nullptr; });
  if (at == regions_.end()) at = regions_.insert(at, AttachedRegion{});
  at->peer = id;
  at->region = std::move(region);
  const SimRegion& held = *at->region;
  const bool maps = held.mappable && network_.options_.reach == Reach::kMapped;
  return Attached{.id = {.index = static_cast<std::uint32_t>(at - regions_.begin()), .generation = at->generation},
                  .base = reinterpret_cast<std::uint64_t>(held.bytes.data()),
                  .bytes = held.bytes.size(),
                  .mapping = maps ? held.bytes.data() : nullptr};
}

void SimTransport::detach(AttachedId id) {
  AttachedRegion* region = find(id);
  if (region == nullptr) return;
  region->region = nullptr;
  ++region->generation;
}

ReadBegun SimTransport::read(AttachedId id, std::uint64_t address, std::span<std::byte> room, std::uint64_t token) {
  const AttachedRegion* region = find(id);
  if (region == nullptr || killed_) return ReadBegun::kClosed;
  const std::span<std::byte> bytes = region->region->bytes;
  const auto base = reinterpret_cast<std::uint64_t>(bytes.data());
  if (address < base || room.size() > bytes.size() || address - base > bytes.size() - room.size()) return ReadBegun::kOutside;
  if (reads_.size() >= kReadsUnderWayMax) return ReadBegun::kBusy;
  ++counters_.reads;
  counters_.bytes_read += room.size();
  const SimOptions& options = network_.options_;
  const bool at_once = options.reads_at_once_percent > 0 && network_.random_.below(100) < options.reads_at_once_percent;
  if (at_once && perform({id, address - base, room, token})) return ReadBegun::kDone;
  const TimeNs way_ns = options.delay_ns_min + network_.random_.below(options.delay_ns_max - options.delay_ns_min + 1);
  reads_.emplace(network_.clock_.now_ns() + way_ns, Read{id, address - base, room, token});
  return ReadBegun::kUnderWay;
}

bool SimTransport::perform(const Read& read) {
  const AttachedRegion* region = find(read.region);
  if (region == nullptr || !region->region->enrolled) return false;
  const SimNode owner = peers_[region->peer.index].node;
  if (network_.alive(owner) == nullptr || network_.parted(owner, node_)) return false;
  if (!read.room.empty()) std::memcpy(read.room.data(), region->region->bytes.data() + read.offset, read.room.size());
  return true;
}

// An event may begin further reads; those arrive later.
void SimTransport::finish_reads(TimeNs now_ns, TransportEvents& events) {
  std::vector<Read> due;
  const auto end = reads_.upper_bound(now_ns);
  for (auto at = reads_.begin(); at != end; ++at) due.push_back(at->second);
  reads_.erase(reads_.begin(), end);
  for (const Read& read : due) {
    ++delivered_;
    events.on_read_done(read.token, perform(read) ? Code::kOk : Code::kUnreachable);
  }
}

}  // namespace lath
