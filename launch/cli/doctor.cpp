// lath doctor: this machine, and the cluster if one is named.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "launch/c_api/handles.hpp"
#include "launch/cli/cli.hpp"
#include "launch/doctor/gather.hpp"
#include "launch/doctor/path.hpp"
#include "launch/doctor/probe.hpp"

namespace lath {

namespace {

constexpr TimeNs kOpenNs = 5'000'000'000;

// For one answer, and for the first look at the cluster.
struct Patience {
  TimeNs answer_ns = kProbeNs;
  TimeNs open_ns = kOpenNs;
};

// Over the C API, as any program would.
class SessionAsker final : public ShardAsker {
 public:
  SessionAsker(lath_session* session, const Clock& clock) : session_(session), clock_(clock), list_(kStatsBytesMax) {}
  ~SessionAsker() override { lath_session_close(session_); }
  SessionAsker(const SessionAsker&) = delete;
  SessionAsker& operator=(const SessionAsker&) = delete;

  ShardAnswer ask(Place place, TimeNs timeout_ns) override {
    // Twice, because the first includes making the connection; the second is the round trip.
    ShardAnswer first = ask_once(place, timeout_ns);
    return first.code == Code::kOk ? ask_once(place, timeout_ns) : first;
  }

 private:
  ShardAnswer ask_once(Place place, TimeNs timeout_ns) {
    ShardAnswer answer;
    answer.shard = place.shard;
    std::size_t size = 0;
    answer.sent_wall_us = clock_.wall_us();
    const TimeNs begin = clock_.now_ns();
    const lath_status status =
        lath_shard_stats(session_, {place.node.value, place.shard.value}, list_.data(), list_.size(), &size, timeout_ns);
    answer.round_trip_ns = clock_.now_ns() - begin;
    answer.received_wall_us = clock_.wall_us();
    answer.code = static_cast<Code>(status);
    if (status != LATH_OK) answer.error = lath_last_error(session_);
    if (status == LATH_OK) answer.wall_us = wall_us_in(size);
    return answer;
  }

  std::optional<std::uint64_t> wall_us_in(std::size_t size) const {
    std::size_t position = 0;
    const void* member = nullptr;
    std::size_t member_size = 0;
    while (lath_list_next(list_.data(), size, &position, &member, &member_size) == 1) {
      const std::string pair(static_cast<const char*>(member), member_size);
      if (pair.starts_with("wall_us=")) return std::strtoull(pair.c_str() + 8, nullptr, 10);
    }
    return std::nullopt;
  }

  lath_session* session_;
  const Clock& clock_;
  std::vector<char> list_;
};

// The view's nodes replace those of the file, which may be older; what the contact port said is kept.
void take_view(lath_store* store, ClusterFacts& facts) {
  std::size_t count = 0;
  if (lath_node_count(store, &count, nullptr) != LATH_OK) return;
  std::vector<NodeFacts> nodes;
  for (std::size_t i = 0; i < count; ++i) {
    lath_node shown{};
    shown.size = sizeof shown;
    if (lath_node_at(store, i, &shown) != LATH_OK) continue;
    NodeFacts node;
    for (const NodeFacts& known : facts.nodes) {
      if (known.node.value == shown.node && !facts.cluster_file.empty()) node = known;
    }
    node.node = NodeId{shown.node};
    node.host = shown.host;
    node.state = shown.state;
    node.shard_count = shown.shards;
    nodes.push_back(std::move(node));
  }
  if (!nodes.empty()) facts.nodes = std::move(nodes);
}

void take_paths(lath_store* store, ClusterFacts& facts) {
  const auto paths = paths_to_nodes(*c_api::StoreCall(store, "lath doctor"));
  for (NodeFacts& node : facts.nodes) {
    if (!paths) node.path_error = paths.error().text;
    for (const NodePath& path : paths ? *paths : std::vector<NodePath>()) {
      if (path.node != node.node) continue;
      node.path = path.path;
      node.path_error = path.error;
      node.same_host = path.same_host;
    }
  }
}

void ask_shards(const std::string& where, ClusterFacts& facts, const Clock& clock, const Patience& patience) {
  lath_options options = LATH_OPTIONS_INIT;
  options.key_file = facts.key_file.c_str();
  options.open_timeout_ns = patience.open_ns;
  lath_store* store = nullptr;
  if (lath_open(where.c_str(), &options, &store) != LATH_OK) {
    facts.open_error = lath_last_error(nullptr);
    return;
  }
  take_view(store, facts);
  take_paths(store, facts);
  const auto make_asker = [&]() -> std::unique_ptr<ShardAsker> {
    lath_session* session = nullptr;
    if (lath_session_open(store, nullptr, &session) != LATH_OK) return nullptr;
    return std::make_unique<SessionAsker>(session, clock);
  };
  probe_shards(facts, make_asker, patience.answer_ns);
  lath_close(store);
}

bool has_rdma(const NetworkFacts& network) {
  return network.unlimited && std::any_of(network.unlimited->resources.begin(), network.unlimited->resources.end(), is_rdma);
}

Findings examine_cluster(const CliContext& context, const LocalFacts& local, const Patience& patience) {
  const Config& config = local.machine.config;
  ClusterPlace place;
  place.key_file = context.key_file.empty() ? config.key_file : context.key_file;
  std::string where = context.where;
  if (where.starts_with("tcp://")) {
    place.contact = where.substr(6);
  } else if (where.empty() || where.starts_with("file:")) {
    place.cluster_file = where.empty() ? context.cluster_file : where.substr(5);
    if (place.cluster_file.empty()) place.cluster_file = config.cluster_file;
    if (place.cluster_file.empty()) return {};
    where = "file:" + place.cluster_file;
  } else {
    return {finding(Verdict::kNote, "cluster", "'" + where + "' is no cluster that others could reach",
                    "lath --cluster-file PATH doctor")};
  }
  const SystemClock clock;
  ClusterFacts facts = probe_contacts(place, clock, patience.answer_ns);
  facts.rdma_here = has_rdma(local.network);
  facts.cores_here = local.machine.cores.core_count_total;
  bool reached = false;
  for (const NodeFacts& node : facts.nodes) reached = reached || (node.contact_code == Code::kOk);
  if (reached) ask_shards(where, facts, clock, patience);
  return check_cluster(facts);
}

int examine(const CliContext& context, const Patience& patience) {
  const auto local = gather_local_facts(process_environment());
  if (!local) {
    std::fprintf(stderr, "lath: %s\n", local.error().text.c_str());
    return 1;
  }
  Findings found = check_machine(local->machine);
  append(found, check_network(local->network));
  append(found, examine_cluster(context, *local, patience));
  std::fputs((context.json ? json_report(found) : text_report(found)).c_str(), stdout);
  return exit_status_of(found);
}

}  // namespace

void add_doctor_command(CLI::App& app, CliContext& context) {
  CLI::App* doctor = app.add_subcommand("doctor", "what this machine and the cluster can use, what is wrong, and what helps");
  doctor->callback([&app, &context] {
    // By default less than other commands have: it goes on where nothing answers.
    const bool is_told = app.get_option("--timeout")->count() > 0;
    context.exit_status = examine(context, is_told ? Patience{context.timeout_ns(), context.timeout_ns()} : Patience{});
  });
}

}  // namespace lath
