#include <cstring>

#include "base/assert.hpp"
#include "transport/sim_transport.hpp"

namespace lath {

std::unique_ptr<SimTransport> SimNetwork::open(std::uint64_t cookie) {
  std::unique_ptr<SimTransport> transport(new SimTransport(*this, node_next_++, cookie));
  nodes_[transport->node_] = transport.get();
  return transport;
}

void SimNetwork::partition(const std::vector<const SimTransport*>& left, const std::vector<const SimTransport*>& right) {
  for (const SimTransport* a : left) {
    for (const SimTransport* b : right) {
      parted_.insert({a->node_, b->node_});
      parted_.insert({b->node_, a->node_});
    }
  }
}

void SimNetwork::kill(SimTransport& victim) {
  if (victim.killed_) return;
  victim.killed_ = true;
  victim.inbox_.clear();
  for (const auto& [node, transport] : nodes_) {
    if (transport->by_node_.contains(victim.node_)) report_death(victim.node_, *transport);
  }
}

void SimNetwork::report_death(SimNode dead, SimTransport& survivor) {
  if (!options_.reports_death || survivor.killed_) return;
  Parcel parcel;
  parcel.kind = Parcel::Kind::kDeath;
  parcel.from = dead;
  survivor.inbox_.emplace(std::pair{clock_.now_ns() + options_.death_delay_ns, sequence_++}, std::move(parcel));
}

SimTransport* SimNetwork::alive(SimNode node) const {
  const auto found = nodes_.find(node);
  return found != nodes_.end() && !found->second->killed_ ? found->second : nullptr;
}

void SimNetwork::send_frame(SimNode to, Parcel parcel) {
  parcel.kind = Parcel::Kind::kFrame;
  parcel.size = parcel.frame.size();
  if (chance(options_.duplicate_percent)) {
    Parcel copy;
    copy.kind = Parcel::Kind::kCopy;
    copy.from = parcel.from;
    copy.sender = parcel.sender;
    copy.receiver = parcel.receiver;
    copy.frame.append(parcel.frame.bytes());
    post(to, std::move(copy), false);
  }
  if (parted(parcel.from, to) || chance(options_.drop_percent)) {
    parcel.kind = Parcel::Kind::kGap;
    parcel.frame = {};
  }
  post(to, std::move(parcel), !options_.reorder);
}

void SimNetwork::send_control(SimNode to, Parcel parcel) {
  post(to, std::move(parcel), true);
}

void SimNetwork::post(SimNode to, Parcel parcel, bool ordered) {
  SimTransport* receiver = alive(to);
  if (receiver == nullptr) return;
  TimeNs arrival_ns = clock_.now_ns() + options_.delay_ns_min + random_.below(options_.delay_ns_max - options_.delay_ns_min + 1);
  if (ordered) {
    TimeNs& latest_ns = latest_ns_[{parcel.from, to}];
    arrival_ns = latest_ns = std::max(arrival_ns, latest_ns);
  }
  receiver->inbox_.emplace(std::pair{arrival_ns, sequence_++}, std::move(parcel));
}

std::optional<TimeNs> SimNetwork::next_arrival_ns() const {
  std::optional<TimeNs> next_ns;
  for (const auto& [node, transport] : nodes_) {
    if (!transport->reads_.empty() && (!next_ns || transport->reads_.begin()->first < *next_ns)) {
      next_ns = transport->reads_.begin()->first;
    }
    for (const auto& [when, parcel] : transport->inbox_) {
      if (parted(parcel.from, node)) continue;
      if (!next_ns || when.first < *next_ns) next_ns = when.first;
      break;
    }
  }
  return next_ns;
}

std::size_t SimNetwork::bytes_under_way() const {
  std::size_t bytes = 0;
  for (const auto& [node, transport] : nodes_) {
    for (const auto& [when, parcel] : transport->inbox_) bytes += parcel.frame.capacity();
    for (const auto& peer : transport->peers_) {
      for (const FrameBuffer& frame : peer.waiting) bytes += frame.capacity();
    }
  }
  return bytes;
}

}  // namespace lath
