#include "topology/placement.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>

#include "lath/limits.hpp"

namespace lath {
namespace {

Error refused(std::string_view text, const std::string& why) {
  return {Code::kInvalid, "replication '" + std::string(text) + "': " + why};
}

// A whole decimal number, or nothing.
std::optional<std::uint32_t> number_from(std::string_view text) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

Result<Replication> replication_from(std::string_view text) {
  const std::size_t cross = text.find('x');
  const std::string form = "expected NODESxSHARDS, as in 2x1 (2 nodes, 1 shard in each)";
  if (cross == std::string_view::npos) return refused(text, form);
  const std::optional<std::uint32_t> nodes = number_from(text.substr(0, cross));
  const std::optional<std::uint32_t> shards = number_from(text.substr(cross + 1));
  if (!nodes || !shards) return refused(text, form);
  if (*nodes == 0 || *shards == 0) return refused(text, "a key needs at least one node and one shard, as in 1x1");
  if (std::uint64_t{*nodes} * *shards > kReplicasMax) {
    return refused(text, "a key has at most " + std::to_string(kReplicasMax) + " replicas (nodes times shards)");
  }
  return Replication{*nodes, *shards};
}

std::string text_of(Replication replication) {
  return std::to_string(replication.nodes) + "x" + std::to_string(replication.shards);
}

Result<Placement> Placement::from(const std::vector<std::string>& texts, Replication everywhere) {
  Placement placement(everywhere);
  bool everywhere_said = false;
  for (const std::string& text : texts) {
    const std::size_t equals = text.rfind('=');
    if (equals == std::string::npos) {
      const Result<Replication> replication = replication_from(text);
      if (!replication) return replication.error();
      if (everywhere_said) return refused(text, "the replication of keys under no prefix is given twice");
      placement.everywhere_ = *replication;
      everywhere_said = true;
      continue;
    }
    const Result<Replication> replication = replication_from(std::string_view(text).substr(equals + 1));
    if (!replication) return refused(text, replication.error().text);
    std::string prefix = text.substr(0, equals);
    if (prefix.empty()) return refused(text, "the prefix is empty; for all keys give NODESxSHARDS alone");
    if (prefix.size() > kKeyBytesMax) {
      return refused(prefix.substr(0, 32) + "...", "a prefix has at most " + std::to_string(kKeyBytesMax) + " bytes");
    }
    for (const Rule& rule : placement.rules_) {
      if (rule.prefix == prefix) return refused(text, "the prefix '" + prefix + "' is given twice");
    }
    if (placement.rules_.size() == kPlacementRulesMax) {
      return refused(text, "there are more than " + std::to_string(kPlacementRulesMax) + " prefixes");
    }
    placement.rules_.push_back({std::move(prefix), *replication});
  }
  std::sort(placement.rules_.begin(), placement.rules_.end(), [](const Rule& a, const Rule& b) {
    return a.prefix.size() != b.prefix.size() ? a.prefix.size() > b.prefix.size() : a.prefix < b.prefix;
  });
  return placement;
}

Placement::Spread Placement::spread(std::size_t there) const {
  const auto nodes = [&](const Replication& replication) { return std::min<std::size_t>(replication.nodes, there); };
  Spread found{nodes(everywhere_), nodes(everywhere_)};
  for (const Rule& rule : rules_) {
    found.least = std::min(found.least, nodes(rule.replication));
    found.most = std::max(found.most, nodes(rule.replication));
  }
  return found;
}

Replication Placement::longest_match(Bytes key) const {
  for (const Rule& rule : rules_) {
    if (rule.prefix.size() <= key.size() && std::memcmp(rule.prefix.data(), key.data(), rule.prefix.size()) == 0) {
      return rule.replication;
    }
  }
  return everywhere_;
}

std::vector<std::string> Placement::texts() const {
  std::vector<std::string> texts{text_of(everywhere_)};
  for (const Rule& rule : rules_) texts.push_back(rule.prefix + "=" + text_of(rule.replication));
  return texts;
}

}  // namespace lath
