#include "launch/doctor/probe.hpp"

#include <poll.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#include "launch/cluster_file.hpp"
#include "launch/contact/key_file.hpp"
#include "launch/contact/link.hpp"

namespace lath {

namespace {

// Each worker takes the next node until there is none left; a node is touched by one of them.
void side_by_side(std::size_t count, const std::function<void(std::atomic<std::size_t>& next)>& work) {
  std::atomic<std::size_t> next{0};
  std::vector<std::jthread> workers;
  for (std::size_t i = 0; i < std::min(count, kProbeThreadsMax); ++i) workers.emplace_back([&] { work(next); });
}

// The node's first message says which cluster it is of.
Result<std::uint64_t> told_cluster(ContactLink& link, const Clock& clock, TimeNs deadline) {
  for (Result<void> read;;) {
    auto message = link.next();
    if (!message) return message.error();
    if (*message) {
      const Bytes bytes(**message);
      if (bytes[0] == static_cast<std::byte>(ContactKind::kFull)) return contact_full();
      if (bytes[0] != static_cast<std::byte>(ContactKind::kCluster))
        return Error{Code::kVersion, "its first message does not say which cluster it is of"};
      const auto cluster = read_contact_cluster(bytes.subspan(1));
      if (!cluster) return cluster.error();
      return cluster->cookie;
    }
    if (!read) return read.error();  // what came before the end has been looked at
    if (!wait_for(link.descriptor(), POLLIN, clock, deadline)) return Error{Code::kTimeout, "it did not tell its cluster in time"};
    read = link.read_available();
  }
}

void fail(NodeFacts& node, const Error& error) {
  node.contact_code = error.code;
  node.contact_error = error.text;
}

void ask_contact(NodeFacts& node, const ClusterKey& key, const Clock& clock, TimeNs timeout_ns) {
  const auto address = parse_host_port(node.contact);
  if (!address) return fail(node, address.error());
  const TimeNs begin = clock.now_ns();
  auto link = ContactLink::open(*address, key, clock, begin + timeout_ns);
  if (!link) return fail(node, link.error());
  node.contact_ns = clock.now_ns() - begin;
  const auto cluster = told_cluster(*link, clock, begin + timeout_ns);
  if (!cluster) return fail(node, {cluster.error().code, node.contact + ": " + cluster.error().text});
  node.cluster = *cluster;
}

void probe_contact(NodeFacts& node, const ClusterKey& key, const Clock& clock, TimeNs timeout_ns) {
  ask_contact(node, key, clock, timeout_ns);
  if (node.contact_code != Code::kTimeout && node.contact_code != Code::kUnreachable) return;
  const auto address = parse_host_port(node.contact);
  if (address) node.knock = knock_at(*address, clock, clock.now_ns() + timeout_ns);
}

void read_file_of(const ClusterPlace& place, ClusterFacts& facts) {
  facts.cluster_file = place.cluster_file;
  if (place.cluster_file.empty()) {
    NodeFacts only;
    only.contact = place.contact;
    facts.nodes.push_back(std::move(only));
    return;
  }
  const auto file = read_cluster_file(place.cluster_file);
  if (!file) {
    facts.file_code = file.error().code;
    facts.file_error = file.error().text;
    return;
  }
  facts.cluster = file->cluster;
  for (const ClusterFileNode& entry : file->nodes) {
    NodeFacts node;
    node.node = entry.node;
    node.host = entry.host;
    node.contact = to_text(entry.contact);
    facts.nodes.push_back(std::move(node));
  }
}

void probe_node(NodeFacts& node, ShardAsker& asker, TimeNs timeout_ns) {
  std::size_t silent = 0;
  for (std::uint32_t shard = 0; shard < node.shard_count && silent < kSilentShardsMax; ++shard) {
    node.shards.push_back(asker.ask({node.node, ShardId{shard}}, timeout_ns));
    silent = node.shards.back().code == Code::kOk ? 0 : silent + 1;
  }
}

}  // namespace

ClusterFacts probe_contacts(const ClusterPlace& place, const Clock& clock, TimeNs timeout_ns) {
  ClusterFacts facts;
  read_file_of(place, facts);
  facts.key_file = place.key_file.empty() && !place.cluster_file.empty() ? key_file_of(place.cluster_file) : place.key_file;
  if (facts.key_file.empty()) {
    facts.key_file = "(none)";
    facts.key_code = Code::kNotFound;
    facts.key_error = "no key file was named, and without the cluster's key no node answers";
  }
  Result<ClusterKey> key = Error{facts.key_code, facts.key_error};
  if (facts.key_code == Code::kOk) key = read_key_file(facts.key_file);
  if (const auto started = start_crypto(); !started && key) key = started.error();
  if (!key) {
    facts.key_code = key.error().code;
    facts.key_error = key.error().text;
    for (NodeFacts& node : facts.nodes) fail(node, {Code::kDenied, node.contact + " was not asked: there is no usable key"});
    return facts;
  }
  side_by_side(facts.nodes.size(), [&](std::atomic<std::size_t>& next) {
    for (std::size_t i = next++; i < facts.nodes.size(); i = next++) probe_contact(facts.nodes[i], *key, clock, timeout_ns);
  });
  return facts;
}

void probe_shards(ClusterFacts& facts, const AskerMaker& make_asker, TimeNs timeout_ns) {
  side_by_side(facts.nodes.size(), [&](std::atomic<std::size_t>& next) {
    const std::unique_ptr<ShardAsker> asker = make_asker();
    if (asker == nullptr) return;  // what nobody asks is told as not asked
    for (std::size_t i = next++; i < facts.nodes.size(); i = next++) {
      NodeFacts& node = facts.nodes[i];
      if (node.state != "left" && node.state != "dead") probe_node(node, *asker, timeout_ns);
    }
  });
}

}  // namespace lath
