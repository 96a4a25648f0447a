#include "launch/replication_settings.hpp"

#include <algorithm>
#include <array>

#include "launch/contact/protocol.hpp"
#include "launch/shared_settings.hpp"

namespace lath {

namespace {

constexpr std::array kSettings = {"replication", "replication-prefix"};

Result<Told> told_by(const Record& record) {
  Reader reader(record);
  std::vector<std::string> texts;
  if (!read_texts(reader, texts) || texts.empty() || !reader.at_end())
    return Error{Code::kVersion, "a node's replication settings are malformed: are all nodes of one Lath version?"};
  Told told = {texts.front(), ""};
  for (const std::string& rule : std::span(texts).subspan(1)) told[1] += (told[1].empty() ? "" : ", ") + rule;
  return told;
}

std::string counted(std::size_t count, const std::string& thing) {
  return std::to_string(count) + " " + thing + (count == 1 ? "" : "s");
}

std::string there_are(std::size_t count) {
  return (count == 1 ? "is " : "are ") + std::to_string(count);
}

}  // namespace

Result<std::string> replication_with(const std::string& told, std::optional<std::uint32_t> nodes,
                                     std::optional<std::uint32_t> shards, std::size_t node_count) {
  if (!nodes && !shards) return told;
  const auto rest = told.empty() ? Result<Replication>(Placement::usual(node_count)) : replication_from(told);
  if (!rest) return rest.error();
  const std::string text = text_of(Replication{nodes.value_or(rest->nodes), shards.value_or(rest->shards)});
  if (const auto checked = replication_from(text); !checked) {
    return Error{Code::kInvalid, "the options replication_nodes and replication_shards" +
                                     std::string(nodes && shards ? "" : ", of which the other is as set elsewhere or usual") +
                                     ": " + checked.error().text};
  }
  return text;
}

Record replication_record(const Config& config) {
  std::vector<std::string> texts = config.replication_prefixes;
  std::ranges::sort(texts);  // their order means nothing
  texts.insert(texts.begin(), config.replication);
  Record record;
  write_texts(texts, record);
  return record;
}

Result<std::vector<std::string>> replication_differences(std::span<const Record> by_rank) {
  std::vector<Told> told;
  for (const Record& record : by_rank) {
    auto one = told_by(record);
    if (!one) return one.error();
    told.push_back(std::move(*one));
  }
  return told_differences(kSettings, told);
}

std::vector<std::string> replication_shortfalls(const Placement& placement, const View& view) {
  const auto nodes = view.alive();
  if (nodes.empty()) return {};
  const auto* least = *std::ranges::min_element(nodes, {}, [](const NodeEntry* node) { return node->shard_addresses.size(); });
  const std::size_t shards = least->shard_addresses.size();
  std::vector<std::string> shortfalls;
  const auto look_at = [&](const std::string& setting, const std::string& value, Replication asked) {
    std::string lacks;
    if (asked.nodes > nodes.size()) lacks = counted(asked.nodes, "node") + ", and there " + there_are(nodes.size());
    if (asked.shards > shards)
      lacks += (lacks.empty() ? "" : "; and for ") + counted(asked.shards, "shard") + " of each, and node " +
               std::to_string(least->id.value) + " has " + std::to_string(shards);
    if (lacks.empty()) return;
    shortfalls.push_back("setting '" + setting + "', '" + value + "', asks for " + lacks +
                         ": keys have fewer copies than that; start more nodes or --shards, or ask for fewer by --" + setting);
  };
  look_at("replication", text_of(placement.everywhere()), placement.everywhere());
  for (const Placement::Rule& rule : placement.rules())
    look_at("replication-prefix", rule.prefix + "=" + text_of(rule.replication), rule.replication);
  return shortfalls;
}

}  // namespace lath
