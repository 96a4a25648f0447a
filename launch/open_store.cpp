// The ways to open a store: a node of one's own, a cluster file, a contact port, a group of processes.
#include "launch/open_store.hpp"

#include <algorithm>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "launch/bootstrap.hpp"
#include "launch/cluster_file.hpp"
#include "launch/config/config.hpp"
#include "launch/contact/client.hpp"
#include "launch/contact/key_file.hpp"
#include "launch/node.hpp"
#include "launch/replication_settings.hpp"
#include "topology/host.hpp"
#include "topology/machine.hpp"
#include "transport/transport_provider.hpp"
#include "transport/ucx_log.hpp"
#include "transport/waiting.hpp"

namespace lath {

namespace {

// Whoever has no key is denied, whatever the reason.
Result<ClusterKey> read_key(const std::string& path) {
  auto key = read_key_file(path);
  if (!key && key.error().code == Code::kNotFound) return Error{Code::kDenied, key.error().text};
  return key;
}

// What clients must show at a node's contact port, of this process. {}: it opens none.
Result<std::optional<ClusterKey>> embedded_key(const Config& config) {
  if (const auto started = start_crypto(); !started) return started.error();
  if (!config.contact) return std::optional<ClusterKey>();
  const std::string remedy =
      ". The option key_file (or LATH_KEY_FILE) names the file of the key by which clients get in; to make one: "
      "(umask 077; od -An -v -tx1 -N32 /dev/urandom | tr -d ' \\n' >FILE). The contact none opens no port";
  if (config.key_file.empty())
    return Error{
        Code::kInvalid,
        "the option contact (or LATH_CONTACT, or the configuration file's) needs a key, or nobody could enter the port" + remedy};
  const auto key = read_key(config.key_file);
  if (!key) return Error{key.error().code, "for the option contact: " + key.error().text + remedy};
  return std::optional(*key);
}

// One for all nodes of the group: the first that a rank has read, or, where no rank lets clients in, one that nobody is told.
Result<ClusterKey> agreed_key(GroupBootstrap& group, const Config& config) {
  const auto mine = embedded_key(config);
  if (auto agreed = agree(group, "the key", mine ? Result<void>() : mine.error()); !agreed) return agreed.error();
  const auto told = gather(group, "the key", *mine ? Bytes(std::as_bytes(std::span(**mine))) : Bytes());
  if (!told) return told.error();
  const auto first = std::ranges::find_if(*told, [](const Record& record) { return record.size() == kClusterKeyBytes; });
  if (first == told->end()) return make_cluster_key();
  ClusterKey key{};
  std::ranges::copy(*first, key.begin());
  Result<void> same;
  if (*mine && **mine != key)
    same =
        Error{Code::kInvalid, "the key file '" + config.key_file + "' holds another key than that of node " +
                                  std::to_string(first - told->begin()) + ": give all ranks the same one by the option key_file"};
  if (auto agreed = agree(group, "the key", same); !agreed) return agreed.error();
  return key;
}

// A node in this process.
class EmbeddedStore final : public OpenStore {
 public:
  static Result<std::unique_ptr<OpenStore>> open(GroupBootstrap& group, const Config& config, Progress progress) {
    const auto key = agreed_key(group, config);
    if (!key) return key.error();
    std::unique_ptr<EmbeddedStore> store(new EmbeddedStore(config));
    auto node = Node::start(group, config, *key, store->clock_, progress);
    if (!node) return node.error();
    store->node_ = std::move(*node);
    return std::unique_ptr<OpenStore>(std::move(store));
  }
  ~EmbeddedStore() override {
    if (node_) node_->stop(drain_timeout_ns_);
  }

  ViewSource& views() override { return node_->views(); }
  Result<std::unique_ptr<Transport>> make_transport() override {
    return node_->transports().open_transport(node_->cookie(), node_->clock());
  }
  RegionProvider& memory() override { return node_->transports().ucx(); }
  // The caller's thread works beside the node's own: a shard may need the core it would spin on.
  WaitPolicy wait_policy() const override { return WaitPolicy::choose(2, 1); }
  OneSidedMode one_sided() const override { return one_sided_; }
  std::optional<NodeId> local_node() const override { return node_->id(); }
  std::unique_ptr<LocalShard> take_shard() override { return node_->take_shard(); }

 private:
  explicit EmbeddedStore(const Config& config)
      : drain_timeout_ns_(config.drain_timeout_ms * 1'000'000), one_sided_(config.one_sided) {}

  SystemClock clock_;
  TimeNs drain_timeout_ns_;
  OneSidedMode one_sided_;
  std::unique_ptr<Node> node_;
};

// A cluster elsewhere.
class RemoteStore final : public OpenStore {
 public:
  // Asks the contact ports how the cluster looks; start() is next.
  static Result<std::unique_ptr<RemoteStore>> reach(ContactClientOptions options, const Config& config, TimeNs timeout_ns) {
    std::unique_ptr<RemoteStore> store(new RemoteStore);
    store->one_sided_ = config.one_sided;
    options.deadline = deadline_after(store->clock_.now_ns(), timeout_ns);
    auto client = ContactClient::open(options, store->clock_);
    if (!client) return client.error();
    store->client_ = std::move(*client);
    return store;
  }
  static Result<std::unique_ptr<OpenStore>> start(std::unique_ptr<RemoteStore> store) {
    auto transports = TransportProvider::open();
    if (!transports) return transports.error();
    store->transports_ = std::move(*transports);
    store->wait_ = store->choose_wait();
    return std::unique_ptr<OpenStore>(std::move(store));
  }

  ViewSource& views() override { return *client_; }
  Result<std::unique_ptr<Transport>> make_transport() override { return transports_->open_transport(client_->cookie(), clock_); }
  RegionProvider& memory() override { return transports_->ucx(); }
  WaitPolicy wait_policy() const override { return wait_; }
  OneSidedMode one_sided() const override { return one_sided_; }
  std::optional<NodeId> local_node() const override { return std::nullopt; }

 private:
  RemoteStore() = default;

  // Spinning pays only where this thread has a core that no shard of this host needs.
  WaitPolicy choose_wait() const {
    const auto machine = Machine::this_machine();
    const auto facts = host_facts();
    if (!machine || !facts) return WaitPolicy::choose(2, 1);
    std::size_t shards_here = 0;
    for (const NodeEntry* entry : client_->current()->view.alive()) {
      if (entry->host_id == facts->host_id) shards_here += entry->shard_addresses.size();
    }
    return WaitPolicy::choose(shards_here + 1, machine->core_count_total());
  }

  SystemClock clock_;
  std::unique_ptr<ContactClient> client_;
  std::unique_ptr<TransportProvider> transports_;
  WaitPolicy wait_;
  OneSidedMode one_sided_ = OneSidedMode::kOff;
};

// The settings of lathd, where they concern a library, with the caller's options as flags. `node_count`: of those that are opened.
Result<Config> config_for(const OpenOptions& options, std::size_t node_count) {
  std::vector<std::string> flags;
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) flags.insert(flags.end(), {name, value});
  };
  const auto number = [](const auto& value) { return value ? std::to_string(*value) : std::string(); };
  add("--contact", options.contact);
  add("--config", options.config_file);
  add("--key-file", options.key_file);
  add("--shards", number(options.shards));
  add("--cpus", options.cpus);
  add("--memory", number(options.memory_bytes));
  add("--gossip-us", number(options.gossip_us));
  add("--log-level", options.log_level);
  // A library opens no port and keeps its mouth shut, unless it is told otherwise.
  Config defaults = default_config();
  defaults.contact = std::nullopt;
  defaults.log_level = LogLevel::kWarn;
  auto request = read_config(flags, process_environment(), defaults, "lath_options");
  if (!request) return request.error();
  std::string& replication = request->config.replication;
  auto whole = replication_with(replication, options.replication_nodes, options.replication_shards, node_count);
  if (!whole) return whole.error();
  replication = std::move(*whole);
  if (auto configured = log_configure(request->config.log_level, request->config.log_file); !configured) return configured.error();
  ucx_log_show_at(request->config.log_ucx);
  for (const std::string& warning : request->warnings) log_warn(warning);
  return std::move(request->config);
}

Progress progress_of(const OpenOptions& options) {
  return options.progress_by_callers ? Progress::kCallers : Progress::kThreads;
}

Result<std::unique_ptr<OpenStore>> open_file(const std::string& path, const Config& config, TimeNs timeout_ns) {
  auto file = read_cluster_file(path);
  if (!file) return file.error();
  const auto key = read_key(config.key_file.empty() ? key_file_of(path) : config.key_file);
  if (!key) return key.error();
  ContactClientOptions options{{}, *key, file->cluster, 0};
  for (ClusterFileNode& node : file->nodes) options.nodes.push_back(std::move(node.contact));
  auto store = RemoteStore::reach(std::move(options), config, timeout_ns);
  if (store) return RemoteStore::start(std::move(*store));
  const Error& why = store.error();
  // Others say themselves what to do, and the cluster lives, or it is this process that lacks something.
  if (why.code != Code::kUnreachable && why.code != Code::kTimeout) return why;
  const std::string no_node = "no node of the cluster file '" + path + "' ";
  const std::string stale =
      "if the cluster is gone, the file is stale: remove it, and start lathd again; else lath --cluster-file " + path +
      " doctor says what is wrong";
  if (why.code == Code::kTimeout)
    return Error{why.code, no_node + "answered in time (" + why.text + "): allow more time; " + stale};
  return Error{why.code, no_node + "can be reached (" + why.text + "): " + stale};
}

Result<std::unique_ptr<OpenStore>> open_contact(std::string_view text, const Config& config, TimeNs timeout_ns) {
  const auto address = parse_host_port(text);
  if (!address || address->port == 0)
    return Error{Code::kInvalid, "'tcp://" + std::string(text) + "': expected tcp://HOST:PORT, with a port from 1 to 65535"};
  if (config.key_file.empty()) {
    return Error{Code::kDenied, "tcp:// needs the cluster's key: name its file in the option key_file, or in LATH_KEY_FILE"};
  }
  const auto key = read_key(config.key_file);
  if (!key) return key.error();
  auto store = RemoteStore::reach({{*address}, *key, std::nullopt, 0}, config, timeout_ns);
  if (store) return RemoteStore::start(std::move(*store));
  const Error& why = store.error();
  if (why.code != Code::kUnreachable && why.code != Code::kTimeout) return why;
  return Error{why.code,
               why.text +
                   ": is lathd running there, and is this its contact port? A cluster that was started again has other ports, "
                   "which its cluster file names, unless the setting 'contact' said which; lath --store tcp://" +
                   std::string(text) + " --key-file " + config.key_file + " doctor says what is wrong"};
}

}  // namespace

Result<std::unique_ptr<OpenStore>> open_store(std::string_view where, const OpenOptions& options) {
  auto config = config_for(options, 1);
  if (!config) return config.error();
  constexpr std::string_view kFile = "file:";
  constexpr std::string_view kTcp = "tcp://";
  if (where == "embedded:") {
    AloneBootstrap alone;
    return EmbeddedStore::open(alone, *config, progress_of(options));
  }
  if (options.progress_by_callers) {
    return Error{Code::kInvalid,
                 "options->progress is LATH_PROGRESS_CALLER, but '" + std::string(where) +
                     "' hosts no shard that a caller could turn: open embedded: (or with lath_open_mpi), or leave it "
                     "at LATH_PROGRESS_THREAD"};
  }
  if (where.starts_with(kFile) && where.size() > kFile.size())
    return open_file(std::string(where.substr(kFile.size())), *config, options.open_timeout_ns);
  if (where.starts_with(kTcp)) return open_contact(where.substr(kTcp.size()), *config, options.open_timeout_ns);
  return Error{Code::kInvalid, "cannot open '" + std::string(where) + "': expected embedded:, file:PATH or tcp://HOST:PORT"};
}

Result<std::unique_ptr<OpenStore>> open_group(GroupBootstrap& group, const Result<OpenOptions>& options) {
  auto config = options ? config_for(*options, static_cast<std::size_t>(group.count())) : options.error();
  if (auto agreed = agree(group, "the settings", config ? Result<void>() : config.error()); !agreed) return agreed.error();
  return EmbeddedStore::open(group, *config, progress_of(*options));
}

}  // namespace lath
