#include "launch/roster.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "base/log.hpp"
#include "launch/contact/socket.hpp"

namespace lath {

namespace {

constexpr TimeNs kProbeNs = 500'000'000;    // for a node of an older cluster to accept a connection
constexpr std::size_t kProbedNodesMax = 8;  // of it

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

}  // namespace

Result<Roster> Roster::prepare(GroupBootstrap& group, const Config& config, const Clock& clock) {
  Roster roster;
  roster.first_ = group.rank() == 0;
  Result<void> prepared;
  if (roster.first_) prepared = roster.prepare_first(config, clock);
  if (auto agreed = agree(group, "the cluster file", prepared); !agreed) {
    roster.withdraw();
    return agreed.error();
  }
  const auto made = static_cast<std::byte>(roster.key_made_);
  const auto told = hand_out(group, "the key", {&made, 1});
  if (!told) return told.error();
  roster.key_made_ = !told->empty() && told->front() != std::byte{0};
  if (!roster.first_ && !config.cluster_file.empty()) {
    roster.cluster_path_ = absolute(config.cluster_file);
    roster.key_path_ = config.key_file.empty() ? key_file_of(roster.cluster_path_) : absolute(config.key_file);
  }
  return roster;
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
  if (stale_) remove_cluster_file(cluster_path_, *stale_);
  auto written = write_cluster_file(cluster_path_, file);
  if (!written && written.error().code == Code::kInvalid) key_made_ = false;
  return written;
}

void Roster::withdraw() const {
  if (first_ && key_made_) std::remove(key_path_.c_str());
}

void Roster::leave(const Node& node) const {
  if (cluster_path_.empty() || !node.left_alone()) return;
  if (remove_cluster_file(cluster_path_, node.cookie()) && key_made_) std::remove(key_path_.c_str());
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
