#include "launch/doctor/cluster.hpp"

#include <algorithm>

namespace lath {

namespace {

constexpr std::int64_t kSkewWarnUs = 100'000;   // more than a round of gossip and a network's delay by far
constexpr std::int64_t kSkewBadUs = 1'000'000;  // people would see it: what was written last is not what is kept
constexpr std::size_t kSilentShownMax = 4;

std::string subject_of(const NodeFacts& node) {
  return "node " + std::to_string(node.node.value) + (node.host.empty() ? "" : " on " + node.host);
}

bool is_expected(const NodeFacts& node) {
  return node.state != "left" && node.state != "dead";
}

const ShardAnswer* quickest(const NodeFacts& node) {
  const ShardAnswer* best = nullptr;
  for (const ShardAnswer& answer : node.shards) {
    if (answer.code == Code::kOk && (best == nullptr || answer.round_trip_ns < best->round_trip_ns)) best = &answer;
  }
  return best;
}

// One figure where people could not tell the two apart.
std::string range_of_ns(std::uint64_t least, std::uint64_t most) {
  const std::string from = text_of_ns(least);
  const std::string to = text_of_ns(most);
  return from == to ? from : from + " to " + to;
}

std::uint64_t magnitude(std::int64_t number) {
  return number < 0 ? std::uint64_t{0} - static_cast<std::uint64_t>(number) : static_cast<std::uint64_t>(number);
}

bool is_silent(const NodeFacts& node) {
  return node.contact_code == Code::kTimeout || node.contact_code == Code::kUnreachable;
}

// Of a node that does not answer: what is known of it, and what to do on which host.
std::string text_of_silence(const NodeFacts& node) {
  switch (node.knock) {
    case Knock::kAccepted: return "its machine answers at " + node.contact + " but the node does not: it is stopped or overloaded";
    case Knock::kRefused: return "its machine answers but nothing listens at " + node.contact + ": the node's process has ended";
    case Knock::kNoRoute: return "there is no way to its machine: " + node.contact_error;
    case Knock::kSilence:
      return "nothing answers at " + node.contact + ": its machine is down or cut off, or a firewall drops what is sent there";
    case Knock::kUnknown: break;
  }
  return node.contact_error;
}

std::string remedy_of_silence(const NodeFacts& node) {
  const std::string there = node.host.empty() ? "on its host" : "on " + node.host;
  switch (node.knock) {
    case Knock::kAccepted:
      return there +
             ": ps -C lathd -o pid,stat,pcpu,wchan:20,args. T in its state: it is stopped, kill -CONT PID lets it go on; D: "
             "it waits for a disk or a file system; R: other programs take its cores (top), give them theirs with --cpus. No "
             "lathd: another program has the port";
    case Knock::kRefused:
      return "see " + there +
             " that it is gone (pgrep lathd) and why (the end of its log; dmesg, where memory ran out). A node whose "
             "process ended does not come back: start the cluster anew to replace it";
    case Knock::kNoRoute:
    case Knock::kSilence:
      return "see that the machine is up, and the network between: ping it, ip route get its address; " + there +
             ", nft list ruleset shows a firewall";
    case Knock::kUnknown: break;
  }
  return "see that lathd runs " + there + " (pgrep lathd) and that no firewall drops " + node.contact + " (nft list ruleset)";
}

// A node that runs, also where its contact port takes no more clients, or is behind a firewall.
bool is_there(const NodeFacts& node) {
  return node.contact_code == Code::kOk || node.contact_code == Code::kFull || quickest(node) != nullptr;
}

// Nothing listens there. Where no way was found, or no address for its name, the node may well be there.
bool is_gone(const NodeFacts& node) {
  return node.contact_code == Code::kUnreachable && (node.knock == Knock::kRefused || node.knock == Knock::kUnknown);
}

// Every node that could be asked is another cluster's, or gone.
bool is_stale(const ClusterFacts& facts) {
  return !facts.nodes.empty() && facts.cluster != 0 && std::ranges::all_of(facts.nodes, [&](const NodeFacts& node) {
    return is_gone(node) || (node.contact_code == Code::kOk && node.cluster != facts.cluster);
  });
}

}  // namespace

Findings check_cluster_file(const ClusterFacts& facts) {
  const std::string& path = facts.cluster_file;
  if (path.empty()) return {};
  if (facts.file_code == Code::kNotFound)
    return {finding(Verdict::kBad, "cluster file", facts.file_error,
                    "mpirun --bind-to none --map-by ppr:1:node lathd --cluster-file " + path)};
  if (facts.file_code != Code::kOk)
    return {finding(Verdict::kBad, "cluster file", facts.file_error, "give the path that lathd --cluster-file has")};
  if (is_stale(facts))
    return {finding(
        Verdict::kBad, "cluster file", "'" + path + "' is stale: none of the nodes that it names is there any more",
        "rm " + path + ", and start the cluster again: mpirun --bind-to none --map-by ppr:1:node lathd --cluster-file " + path)};
  return {fine("cluster file", "'" + path + "' names " + count_of(facts.nodes.size(), "node"))};
}

Findings check_key_file(const ClusterFacts& facts) {
  if (facts.key_file.empty()) return {};
  if (facts.key_code == Code::kOk) return {fine("key file", "'" + facts.key_file + "' is its owner's alone")};
  const bool missing = facts.key_code == Code::kNotFound;
  return {finding(Verdict::kBad, "key file", facts.key_error,
                  missing
                      ? "copy it from where lathd runs, mode 0600, or name it: lath --key-file PATH"
                      : "copy it anew from where lathd runs, as a file of the user who runs this, chmod 600; restart the cluster "
                        "with a new one if others could read it")};
}

Findings check_contact(const ClusterFacts& facts, const NodeFacts& node) {
  const std::string subject = subject_of(node) + ", contact port";
  if (node.contact.empty() || !is_expected(node)) return {};
  if (node.contact_code == Code::kDenied || node.contact_code == Code::kVersion)
    return {finding(Verdict::kBad, subject, node.contact_error,
                    node.contact_code == Code::kDenied
                        ? "use the key file that lies beside the cluster's own cluster file: lath --key-file PATH"
                        : "install one Lath version everywhere: lath --version")};
  if (node.contact_code == Code::kFull)
    return {finding(Verdict::kBad, subject, node.contact + " answers, and has as many clients as it may",
                    "let the processes of a host share a store, end some, or name other nodes' contact ports")};
  if (is_silent(node)) return {finding(Verdict::kBad, subject, text_of_silence(node), remedy_of_silence(node))};
  if (node.contact_code != Code::kOk)
    return {finding(Verdict::kBad, subject, node.contact_error,
                    "see that " + node.contact + " is this cluster's node, and can be resolved: getent hosts " +
                        node.contact.substr(0, node.contact.rfind(':')))};
  if (facts.cluster != 0 && node.cluster != facts.cluster)
    return {finding(Verdict::kBad, subject, node.contact + " now belongs to another cluster than the cluster file's",
                    "rm " + facts.cluster_file + ", and use the file of the cluster that runs")};
  return {fine(subject, node.contact + " answers and holds our key, in " + text_of_ns(node.contact_ns))};
}

Findings check_shards(const NodeFacts& node) {
  if (!is_expected(node))
    return {finding(Verdict::kNote, subject_of(node), "it is " + node.state,
                    "nothing to do; start it again if that was not meant: lathd")};
  if (node.shard_count == 0) return {};
  std::vector<std::string> silent;
  std::uint64_t slowest_ns = 0;
  for (const ShardAnswer& answer : node.shards) {
    if (answer.code == Code::kOk) {
      slowest_ns = std::max(slowest_ns, answer.round_trip_ns);
    } else if (silent.size() < kSilentShownMax) {
      // What a session says of these sends people here.
      silent.push_back("shard " + std::to_string(answer.shard.value) + ": " +
                       (answer.code == Code::kTimeout       ? "no answer in time"
                        : answer.code == Code::kUnreachable ? "it does not answer: the connection ended, or none could be made"
                                                            : answer.error));
    }
  }
  const std::string subject = subject_of(node) + ", data path";
  const std::size_t unasked = node.shard_count - std::min<std::size_t>(node.shard_count, node.shards.size());
  const ShardAnswer* best = quickest(node);
  if (silent.empty() && unasked == 0 && best != nullptr)
    return {fine(subject, count_of(node.shard_count, "shard") + (node.shard_count == 1 ? " answers" : " answer") + ", in " +
                              range_of_ns(best->round_trip_ns, slowest_ns))};
  std::string text = silent.empty() ? "not every shard was asked" : joined(silent);
  if (unasked > 0) text += "; " + std::to_string(unasked) + (unasked == 1 ? " was" : " were") + " not asked";
  return {finding(
      Verdict::kBad, subject, text,
      is_there(node)
          ? "its process is there but its data path does not answer: compare lath doctor on both hosts, open the ports between "
            "them, or name a network that both have by LATH_UCX_NET_DEVICES or LATH_INTERFACE"
          : remedy_of_silence(node))};
}

// A way that works but is slower than what there could be is told with what stands in its way.
Findings check_path(const ClusterFacts& facts, const NodeFacts& node) {
  if (!is_expected(node) || (node.path.empty() && node.path_error.empty())) return {};
  // Its process is gone, or its host is: that is told, and a way, or that there is none, would only mislead.
  if (!is_there(node)) return {};
  const std::string subject = subject_of(node) + ", way";
  if (node.path.empty())
    return {finding(Verdict::kBad, subject, node.path_error,
                    "compare the UCX transports of both hosts (lath doctor on each), and unset UCX_TLS and LATH_UCX_TLS on both")};
  const std::string text = node.path + (node.same_host ? ", on this host" : "");
  const bool tcp = node.path.find("tcp") != std::string::npos;
  const bool shared = node.path.find("posix") != std::string::npos || node.path.find("sysv") != std::string::npos ||
                      node.path.find("xpmem") != std::string::npos || node.path.find("self") != std::string::npos;
  if (node.same_host && !shared)
    return {finding(Verdict::kWarn, subject, text + ", but not by shared memory: each message costs tens of microseconds",
                    "let both processes have one /dev/shm and one IPC namespace (docker run --ipc=host), and neither UCX_TLS nor "
                    "LATH_UCX_TLS forbid posix")};
  if (!node.same_host && tcp && facts.rdma_here)
    return {
        finding(Verdict::kWarn, subject, text + ", although this host has an RDMA device",
                "see that the node's host has one on the same fabric (lath doctor there), and that UCX_TLS, UCX_NET_DEVICES and "
                "--interface do not forbid it")};
  return {fine(subject, text)};
}

std::optional<std::int64_t> clock_skew_us(const NodeFacts& node) {
  const ShardAnswer* best = quickest(node);
  if (best == nullptr || !best->wall_us) return std::nullopt;
  // Signed: our own clock may have been set back in between.
  const auto round_trip = static_cast<std::int64_t>(best->received_wall_us - best->sent_wall_us);
  return static_cast<std::int64_t>(*best->wall_us - best->sent_wall_us) - round_trip / 2;
}

Findings check_clock(const NodeFacts& node) {
  const ShardAnswer* best = quickest(node);
  if (best == nullptr) return {};
  const std::string subject = subject_of(node) + ", clock";
  const auto skew_us = clock_skew_us(node);
  if (!skew_us)
    return {finding(Verdict::kNote, subject, "it does not tell its time, so its clock could not be compared",
                    "install one Lath version everywhere: lath --version")};
  // The answer came from somewhere within the round trip: that much of the difference may be none.
  const std::uint64_t error_us = best->round_trip_ns / 2000;
  const std::uint64_t size_us = magnitude(*skew_us);
  const std::uint64_t certain_us = size_us - std::min(size_us, error_us);
  const std::string text = text_of_ns(size_us * 1000) + (*skew_us < 0 ? " behind" : " ahead of") + " this host, give or take " +
                           text_of_ns(error_us * 1000);
  const auto limit = [&](std::int64_t us) { return certain_us > static_cast<std::uint64_t>(us); };
  if (!limit(kSkewWarnUs)) return {fine(subject, text)};
  return {finding(
      limit(kSkewBadUs) ? Verdict::kBad : Verdict::kWarn, subject, text,
      "keep the clocks together: systemctl enable --now chrony (or ntpd) on every host, then chronyc tracking. Registers keep "
      "the write with the greatest stamp of a hybrid logical clock: a host that is ahead wins over later writes of others, "
      "until their clocks have caught up; nothing else depends on the time")};
}

// What the nodes of this host have started; what this machine plans is check_cores()'s.
Findings check_cores_here(const ClusterFacts& facts) {
  std::size_t shard_count = 0;
  for (const NodeFacts& node : facts.nodes) shard_count += node.same_host && is_there(node) ? node.shard_count : 0;
  if (facts.cores_here == 0 || shard_count <= facts.cores_here) return {};
  return {finding(Verdict::kWarn, "cores",
                  "the cluster's nodes on this host have " + count_of(shard_count, "shard") + " on " +
                      count_of(facts.cores_here, "core") + ": they share cores, so each waits for the others",
                  "start fewer nodes here, or each with fewer --shards")};
}

Findings check_cluster(const ClusterFacts& facts) {
  Findings found = check_cluster_file(facts);
  append(found, check_key_file(facts));
  append(found, check_cores_here(facts));
  for (const NodeFacts& node : facts.nodes) append(found, check_contact(facts, node));
  if (!facts.open_error.empty())
    found.push_back(finding(Verdict::kBad, "data path", facts.open_error,
                            "mend what is bad above; then compare the UCX transports of both hosts: lath doctor on each"));
  for (const NodeFacts& node : facts.nodes) {
    append(found, check_shards(node));
    append(found, check_path(facts, node));
    append(found, check_clock(node));
  }
  return found;
}

}  // namespace lath
