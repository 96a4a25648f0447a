#include "launch/roster.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/log.hpp"
#include "launch/contact/protocol.hpp"
#include "launch/contact/socket.hpp"
#include "launch/file_io.hpp"
#include "launch/shared_settings.hpp"

namespace lath {

namespace {

constexpr TimeNs kProbeNs = 500'000'000;     // for a node of an older cluster to accept a connection
constexpr std::size_t kProbedNodesMax = 8;   // of it
constexpr std::size_t kPathBytesMax = 4096;  // no kernel opens a longer one

std::string absolute(const std::string& path) {
  std::error_code failure;
  const auto found = std::filesystem::absolute(path, failure);
  return failure ? path : found.string();
}

Result<void> check_folder(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  if (access(folder.c_str(), W_OK | X_OK) == 0) return {};
  return Error{Code::kIo, "cannot write the cluster file '" + path + "': " + std::strerror(errno) +
                              ": name a --cluster-file in a folder that is there, and that this user may write to"};
}

// A clear answer before anything is started; and the cluster whose file is to be replaced.
Result<std::optional<std::uint64_t>> check_place(const std::string& path, const Clock& clock) {
  const auto old = read_cluster_file(path);
  if (!old) {
    if (old.error().code == Code::kNotFound) {
      // What is written gets a name of its own, and would not follow the link.
      if (const std::string target = link_target(path); !target.empty())
        return Error{Code::kInvalid, "the cluster file '" + path + "' is a link to '" + target +
                                         "', which is not there: remove the link, or name another --cluster-file"};
      if (auto open = check_folder(path); !open) return open.error();
      return std::optional<std::uint64_t>();
    }
    return Error{old.error().code, "cannot write the cluster file where something else is: " + old.error().text};
  }
  for (std::size_t i = 0; i < std::min(old->nodes.size(), kProbedNodesMax); ++i) {
    if (!connect_to(old->nodes[i].contact, clock, clock.now_ns() + kProbeNs)) continue;
    return Error{Code::kInvalid, "the cluster file '" + path + "' belongs to a cluster that is running (node " +
                                     std::to_string(old->nodes[i].node.value) + " answers at " + to_text(old->nodes[i].contact) +
                                     "): stop it, or choose another --cluster-file"};
  }
  log_warn("replacing the stale cluster file '" + path + "': none of its nodes answers");
  return std::optional(old->cluster);
}

Result<Told> two_texts(const Record& record) {
  Reader reader(record);
  Told texts;
  if (read_texts(reader, texts, kPathBytesMax) && texts.size() == 2 && reader.at_end()) return texts;
  return Error{Code::kVersion, "a node's paths are malformed: are all nodes of one Lath version?"};
}

}  // namespace

Result<Roster> Roster::prepare(GroupBootstrap& group, const Config& config, const Clock& clock) {
  Roster roster;
  roster.first_ = group.rank() == 0;
  Result<void> prepared;
  if (roster.first_) prepared = roster.prepare_first(config, clock);
  auto agreed = agree(group, "the cluster file", prepared);
  if (agreed) agreed = agree(group, "the paths of lathd's files", roster.share_paths(group, config));
  if (agreed) return roster;
  roster.withdraw();
  return agreed.error();
}

// Any node may be the last to leave, and then removes what the first has made.
Result<void> Roster::share_paths(GroupBootstrap& group, const Config& config) {
  Record mine;
  write_texts({config.cluster_file.substr(0, kPathBytesMax), config.key_file.substr(0, kPathBytesMax)}, mine);
  const auto records = gather(group, "the paths of lathd's files", mine);
  if (!records) return records.error();
  Record paths;
  write_texts({cluster_path_, key_made_ ? key_path_ : ""}, paths);
  const auto handed_out = hand_out(group, "the first node's paths", paths);
  if (!handed_out) return handed_out.error();
  const auto of_first = two_texts(*handed_out);
  if (!of_first) return of_first.error();
  if (!first_) {
    cluster_path_ = of_first->front();
    key_path_ = of_first->back();
    key_made_ = !key_path_.empty();
    return {};
  }
  std::vector<Told> told;
  for (const Record& record : *records) {
    auto one = two_texts(record);
    if (!one) return one.error();
    told.push_back(std::move(*one));
  }
  constexpr std::array kSettings = {"cluster-file", "key-file"};
  for (const std::string& difference : told_differences(kSettings, told)) log_warn(difference);
  return {};
}

Result<void> Roster::prepare_first(const Config& config, const Clock& clock) {
  if (auto started = start_crypto(); !started) return started;
  if (!config.cluster_file.empty()) {
    if (!config.contact)
      return Error{Code::kInvalid, "setting 'cluster-file' needs a contact port, but 'contact' is none: clients could not get in"};
    const auto stale = check_place(config.cluster_file, clock);
    if (!stale) return stale.error();
    stale_ = *stale;
    shown_path_ = config.cluster_file;
    cluster_path_ = absolute(config.cluster_file);
    key_path_ = key_file_of(cluster_path_);
  }
  if (!config.key_file.empty()) key_path_ = absolute(config.key_file);
  if (key_path_.empty()) {
    key_ = make_cluster_key();
    return {};
  }
  const auto file = read_or_make_key_file(key_path_);
  if (!file) return file.error();
  key_ = file->key;
  key_made_ = file->made;
  return {};
}

Result<void> Roster::write(const Node& node) {
  if (!first_ || cluster_path_.empty()) return {};
  ClusterFile file;
  file.cluster = node.cookie();
  for (const NodeEntry* entry : node.views().current()->view.entries()) {
    const auto contact = parse_host_port(entry->contact);
    if (contact) file.nodes.push_back({entry->id, entry->host, *contact});
  }
  if (stale_) {
    if (const auto gone = remove_cluster_file(cluster_path_, *stale_); !gone) return gone.error();
  }
  auto written = write_cluster_file(cluster_path_, file);
  if (!written && written.error().code == Code::kInvalid) key_made_ = false;
  return written;
}

void Roster::withdraw() const {
  if (first_) remove_key(key_);
}

// The key goes with the cluster file, also where somebody was quicker to remove that. Where another cluster's is there instead, the key
// may be in use.
void Roster::leave(const Node& node) const {
  if (cluster_path_.empty() || !node.left_alone()) return;
  const auto gone = remove_cluster_file(cluster_path_, node.cookie());
  if (!gone) log_warn("the cluster file stays: " + gone.error().text);
  if (!gone || *gone) remove_key(node.key());
}

void Roster::remove_key(const ClusterKey& key) const {
  if (!key_made_) return;
  if (const auto removed = remove_key_file(key_path_, key); !removed) log_warn("the key file stays: " + removed.error().text);
}

std::string Roster::summary(const Node& node) const {
  const auto view = node.views().current();
  const auto nodes = view->view.entries();
  std::size_t shards = 0;
  for (const NodeEntry* entry : nodes) shards += entry->shard_addresses.size();
  const auto counted = [](std::size_t count, const std::string& thing) {
    return std::to_string(count) + " " + thing + (count == 1 ? "" : "s");
  };
  const bool even = std::all_of(nodes.begin(), nodes.end(), [&](const NodeEntry* entry) {
    return entry->shard_addresses.size() == nodes.front()->shard_addresses.size();
  });
  if (even) return counted(nodes.size(), "node") + " x " + counted(nodes.front()->shard_addresses.size(), "shard");
  return counted(nodes.size(), "node") + ", " + counted(shards, "shard");
}

std::string Roster::summary_of_file() const {
  return shown_path_.empty() ? "" : ", cluster file " + shown_path_;
}

}  // namespace lath
