#include "launch/cluster_file.hpp"

#include <array>
#include <charconv>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "lath/limits.hpp"
#include "launch/file_io.hpp"

namespace lath {

namespace {

constexpr const char* kFormat = "lath-cluster";

std::string to_hex(std::uint64_t number) {
  std::array<char, 17> text{};
  std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(number));
  return text.data();
}

bool read_hex(const std::string& text, std::uint64_t& out) {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), out, 16);
  return failure == std::errc{} && end == text.data() + text.size();
}

Error foreign(const std::string& path, const std::string& why) {
  return {Code::kInvalid, "'" + path + "' is not a cluster file that lathd wrote: " + why +
                              ". Give the path that was given to lathd --cluster-file"};
}

bool read_node(const nlohmann::json& entry, ClusterFileNode& out) {
  if (!entry.is_object() || !entry.contains("node") || !entry["node"].is_number_unsigned() || !entry.contains("host") ||
      !entry["host"].is_string() || !entry.contains("contact") || !entry["contact"].is_string()) {
    return false;
  }
  const auto contact = parse_host_port(entry["contact"].get<std::string>());
  const auto node = entry["node"].get<std::uint64_t>();
  if (!contact || contact->port == 0 || node >= kNodesMax) return false;
  out.node = NodeId{static_cast<std::uint32_t>(node)};
  out.host = entry["host"].get<std::string>();
  out.contact = *contact;
  return true;
}

}  // namespace

Result<void> write_cluster_file(const std::string& path, const ClusterFile& file) {
  nlohmann::ordered_json json;
  json["format"] = kFormat;
  json["version"] = kClusterFileVersion;
  json["cluster"] = to_hex(file.cluster);
  json["nodes"] = nlohmann::ordered_json::array();
  for (const ClusterFileNode& node : file.nodes)
    json["nodes"].push_back({{"node", node.node.value}, {"host", node.host}, {"contact", to_text(node.contact)}});
  const auto made = create_file(path, json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n", FileFor::kAll);
  if (!made) return made.error();
  if (*made) return {};
  return Error{Code::kInvalid, "another cluster has just written the cluster file '" + path +
                                   "': one of two that start at once has it; choose another --cluster-file"};
}

Result<ClusterFile> read_cluster_file(const std::string& path) {
  const auto text = read_file(path, kClusterFileBytesMax);
  if (!text) {
    if (text.error().code != Code::kNotFound) return text.error();
    return Error{Code::kNotFound, "there is no cluster file '" + path + "': is lathd running with --cluster-file " + path +
                                      ", and is this its file system?"};
  }
  const auto json = nlohmann::json::parse(*text, nullptr, false);
  if (json.is_discarded() || !json.is_object()) return foreign(path, "it is no JSON object");
  if (!json.contains("format") || json["format"] != kFormat) return foreign(path, "it has no \"format\": \"lath-cluster\"");
  if (!json.contains("version") || json["version"] != kClusterFileVersion) {
    return Error{Code::kVersion, "the cluster file '" + path + "' has version " +
                                     (json.contains("version") ? json["version"].dump() : std::string("none")) +
                                     ", this program reads " + std::to_string(kClusterFileVersion) +
                                     ": use programs of one Lath version"};
  }
  ClusterFile file;
  if (!json.contains("cluster") || !json["cluster"].is_string() || !read_hex(json["cluster"].get<std::string>(), file.cluster))
    return foreign(path, "\"cluster\" is malformed");
  if (!json.contains("nodes") || !json["nodes"].is_array() || json["nodes"].empty() || json["nodes"].size() > kNodesMax)
    return foreign(path, "\"nodes\" is malformed");
  for (const auto& entry : json["nodes"]) {
    ClusterFileNode node;
    if (!read_node(entry, node)) return foreign(path, "an entry of \"nodes\" is malformed");
    file.nodes.push_back(std::move(node));
  }
  return file;
}

Result<bool> remove_cluster_file(const std::string& path, std::uint64_t cluster) {
  const auto file = read_cluster_file(path);
  if (!file && file.error().code == Code::kNotFound) return true;
  if (!file) return file.error();
  if (file->cluster != cluster) return false;
  if (const auto removed = remove_file(path); !removed) return removed.error();
  return true;
}

}  // namespace lath
