// lath nodes, ring, stats: looking at a running cluster.
#include <CLI/CLI.hpp>
#include <cinttypes>
#include <cstdio>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "launch/c_api/handles.hpp"
#include "launch/cli/cli.hpp"
#include "launch/doctor/path.hpp"

namespace lath {

namespace {

constexpr std::size_t kSampledKeys = 100'000;
constexpr std::size_t kPlacesMax = LATH_ACK_NODES_MAX;

// What lath_last_error(nullptr) explains where it is not LATH_OK.
lath_status nodes_of(CliSession& cli, std::vector<lath_node>& nodes, std::uint64_t& epoch) {
  std::size_t count = 0;
  if (const lath_status status = lath_node_count(cli.store(), &count, &epoch); status != LATH_OK) return status;
  for (std::size_t i = 0; i < count; ++i) {
    lath_node node{};
    node.size = sizeof node;
    const lath_status status = lath_node_at(cli.store(), i, &node);
    if (status == LATH_E_NOT_FOUND) break;  // the view that has come meanwhile knows fewer
    if (status != LATH_OK) return status;
    nodes.push_back(node);
  }
  return LATH_OK;
}

using Ways = std::map<std::uint32_t, std::string>;

// By which way each node is reached from here; a node without one is left out.
Result<Ways> ways_of(CliSession& cli) {
  const auto paths = paths_to_nodes(*c_api::StoreCall(cli.store(), "lath nodes"));
  if (!paths) return paths.error();
  Ways ways;
  for (const NodePath& path : *paths) {
    if (!path.path.empty()) ways[path.node.value] = path.path;
  }
  return ways;
}

int show_nodes(const CliContext& context) {
  CliSession cli;
  if (!cli.open(context)) return 1;
  std::uint64_t epoch = 0;
  std::vector<lath_node> nodes;
  if (const lath_status status = nodes_of(cli, nodes, epoch); status != LATH_OK) return cli_failed(status, nullptr);
  // Where the ways cannot be looked up, the nodes are still shown.
  auto found = ways_of(cli);
  if (!found) std::fprintf(stderr, "lath: by which way each node is reached is not known: %s\n", found.error().text.c_str());
  const int exit_status = found ? 0 : 1;
  Ways ways = found ? std::move(*found) : Ways();
  if (context.json) {
    nlohmann::json shown = nlohmann::json::array();
    for (const lath_node& node : nodes) {
      shown.push_back({{"node", node.node},
                       {"host", node.host},
                       {"state", node.state},
                       {"shards", node.shards},
                       {"incarnation", node.incarnation},
                       {"way", ways[node.node]}});
    }
    std::printf("%s\n", shown.dump(2).c_str());
    return exit_status;
  }
  std::printf("view %016" PRIx64 "\n%5s  %-8s %6s  %-12s %s\n", epoch, "node", "state", "shards", "way", "host");
  for (const lath_node& node : nodes) {
    const std::string& way = ways[node.node];
    std::printf("%5u  %-8s %6u  %-12s %s\n", node.node, node.state, node.shards,
                !way.empty()       ? way.c_str()
                : exit_status == 0 ? "none"
                                   : "unknown",
                node.host);
  }
  return exit_status;
}

int show_places(const CliContext& context, const std::string& key) {
  CliSession cli;
  if (!cli.open(context)) return 1;
  lath_place places[kPlacesMax];
  std::size_t count = 0;
  const lath_status status = lath_places(cli.store(), key.data(), key.size(), places, kPlacesMax, &count);
  if (status != LATH_OK) return cli_failed(status, nullptr);
  nlohmann::json shown = nlohmann::json::array();
  for (std::size_t i = 0; i < count; ++i) {
    if (context.json)
      shown.push_back({{"node", places[i].node}, {"shard", places[i].shard}});
    else
      std::printf("node %u shard %u%s\n", places[i].node, places[i].shard, i == 0 ? " (primary)" : "");
  }
  if (context.json) std::printf("%s\n", shown.dump().c_str());
  return 0;
}

// The share of each shard, over keys made up for the purpose.
int show_ring(const CliContext& context) {
  CliSession cli;
  if (!cli.open(context)) return 1;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::size_t> primary, any;
  for (std::size_t i = 0; i < kSampledKeys; ++i) {
    const std::string key = "ring-sample/" + std::to_string(i);
    lath_place places[kPlacesMax];
    std::size_t count = 0;
    const lath_status status = lath_places(cli.store(), key.data(), key.size(), places, kPlacesMax, &count);
    if (status != LATH_OK) return cli_failed(status, nullptr);
    for (std::size_t replica = 0; replica < count; ++replica) {
      const std::pair place{places[replica].node, places[replica].shard};
      ++any[place];
      if (replica == 0) ++primary[place];
    }
  }
  nlohmann::json shown = nlohmann::json::array();
  if (!context.json)
    std::printf("shares of %zu sampled keys\n%5s %6s %9s %9s\n", kSampledKeys, "node", "shard", "primary", "replica");
  for (const auto& [place, count] : any) {
    const double first = 100.0 * static_cast<double>(primary[place]) / kSampledKeys;
    const double held = 100.0 * static_cast<double>(count) / kSampledKeys;
    if (context.json)
      shown.push_back({{"node", place.first}, {"shard", place.second}, {"primary", first / 100}, {"replica", held / 100}});
    else
      std::printf("%5u %6u %7.2f %% %7.2f %%\n", place.first, place.second, first, held);
  }
  if (context.json) std::printf("%s\n", shown.dump(2).c_str());
  return 0;
}

constexpr std::string_view kNodePrefix = "node_";  // of what a shard tells of its node

using Counters = std::vector<std::pair<std::string, std::uint64_t>>;

struct ShardStats {
  Counters shard;
  Counters node;  // of the shard's node: any of its shards tells the same
};

// LATH_OK, or what the session's last error explains.
lath_status ask_stats(const CliContext& context, CliSession& cli, lath_place place, ShardStats& stats) {
  std::vector<char> list(kStatsBytesMax);
  std::size_t size = 0;
  const lath_status status = lath_shard_stats(cli.session(), place, list.data(), list.size(), &size, context.timeout_ns());
  std::size_t position = 0;
  const void* member = nullptr;
  std::size_t member_size = 0;
  while (status == LATH_OK && lath_list_next(list.data(), size, &position, &member, &member_size) == 1) {
    const std::string pair(static_cast<const char*>(member), member_size);
    const std::size_t equals = pair.find('=');
    if (equals == std::string::npos) continue;
    const std::string name = pair.substr(0, equals);
    const std::uint64_t value = std::strtoull(pair.c_str() + equals + 1, nullptr, 10);
    if (name.starts_with(kNodePrefix))
      stats.node.emplace_back(name.substr(kNodePrefix.size()), value);
    else
      stats.shard.emplace_back(name, value);
  }
  return status;
}

// `where` names the node, and the shard unless the counters are the node's own.
void show_counters(const CliContext& context, nlohmann::json where, const Counters& counters, nlohmann::json& shown) {
  if (!context.json) {
    std::printf("node %u", where["node"].get<unsigned>());
    if (where.contains("shard")) std::printf(" shard %u", where["shard"].get<unsigned>());
    std::printf("\n");
    for (const auto& [name, value] : counters) std::printf("  %-28s %" PRIu64 "\n", name.c_str(), value);
    return;
  }
  for (const auto& [name, value] : counters) where[name] = value;
  shown.push_back(std::move(where));
}

// Every node that is there and each of its shards; one that does not answer is told, and the others are still shown.
int show_stats(const CliContext& context) {
  CliSession cli;
  if (!cli.open(context)) return 1;
  std::uint64_t epoch = 0;
  int exit_status = 0;
  nlohmann::json shown = nlohmann::json::array();
  std::vector<lath_node> nodes;
  if (const lath_status status = nodes_of(cli, nodes, epoch); status != LATH_OK) return cli_failed(status, nullptr);
  for (const lath_node& node : nodes) {
    const std::string state = node.state;
    if (state == "left" || state == "dead") continue;
    bool node_shown = false;
    for (std::uint32_t shard = 0; shard < node.shards; ++shard) {
      ShardStats stats;
      if (const lath_status status = ask_stats(context, cli, {node.node, shard}, stats); status != LATH_OK) {
        exit_status = cli_failed(status, cli.session());
        continue;
      }
      if (!std::exchange(node_shown, true)) show_counters(context, {{"node", node.node}}, stats.node, shown);
      show_counters(context, {{"node", node.node}, {"shard", shard}}, stats.shard, shown);
    }
  }
  if (context.json) std::printf("%s\n", shown.dump(2).c_str());
  return exit_status;
}

}  // namespace

void add_cluster_commands(CLI::App& app, CliContext& context) {
  app.add_subcommand("nodes", "the nodes that the view knows")->callback([&context] { context.exit_status = show_nodes(context); });
  const auto key = std::make_shared<std::string>();
  CLI::App* ring = app.add_subcommand("ring", "each shard's share of the keys, or where one key lives");
  const CLI::Option* given = ring->add_option("key", *key, "show the replicas of this key");
  ring->callback(
      [&context, key, given] { context.exit_status = given->count() == 0 ? show_ring(context) : show_places(context, *key); });
  app.add_subcommand("stats", "what each node and each shard has counted")->callback([&context] {
    context.exit_status = show_stats(context);
  });
}

}  // namespace lath
