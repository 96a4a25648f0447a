// What a lath_store handle points to: a cluster that this process can reach, however it was found. The C API is written against
// this; embedded nodes, cluster files and contact ports implement it. Any thread may call any of these.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/region.hpp"
#include "client/local_shard.hpp"
#include "client/one_sided_mode.hpp"
#include "client/view_source.hpp"
#include "lath/ids.hpp"
#include "lath/result.hpp"
#include "transport/transport.hpp"

namespace lath {

struct WaitPolicy;  // transport/waiting.hpp

class OpenStore {
 public:
  virtual ~OpenStore() = default;  // closes: an embedded node hands over what only it holds

  virtual ViewSource& views() = 0;
  // One for each session, owned by its thread. Sessions end before the store.
  virtual Result<std::unique_ptr<Transport>> make_transport() = 0;
  // Registers memory of this process for peers. Outlives the sessions.
  virtual RegionProvider& memory() = 0;
  virtual WaitPolicy wait_policy() const = 0;
  virtual OneSidedMode one_sided() const = 0;
  // The node embedded in this process, if there is one: sessions prefer the replicas on it.
  virtual std::optional<NodeId> local_node() const = 0;
  // For one session: a shard of this process that its thread is to turn. Null: there is none, or they are all taken.
  virtual std::unique_ptr<LocalShard> take_shard() { return nullptr; }
};

// lath_options in C++: what is not set comes from the environment, the config file or the default.
struct OpenOptions {
  std::string config_file;
  std::string key_file;
  std::optional<std::uint32_t> shards;
  std::string cpus;
  std::optional<std::uint64_t> memory_bytes;
  std::optional<std::uint32_t> replication_nodes;
  std::optional<std::uint32_t> replication_shards;
  std::optional<std::uint32_t> gossip_us;
  std::uint64_t open_timeout_ns = 30'000'000'000;
  std::string contact;
  std::string log_level;
  bool progress_by_callers = false;  // threads of the application are the shards
};

// The two collectives that a bootstrap needs, over MPI or the caller's own means. Called by the opening thread alone.
class GroupBootstrap {
 public:
  virtual ~GroupBootstrap() = default;
  virtual int rank() const = 0;
  virtual int count() const = 0;
  virtual Result<void> broadcast(std::span<std::byte> bytes, int root) = 0;
  // `all` is count() times the size of `mine`.
  virtual Result<void> allgather(std::span<const std::byte> mine, std::span<std::byte> all) = 0;
};

// `where`: embedded:, file:PATH or tcp://HOST:PORT.
Result<std::unique_ptr<OpenStore>> open_store(std::string_view where, const OpenOptions& options);
// A node in each process of the group; collective, also for a process whose options are an error: then all are told of it.
Result<std::unique_ptr<OpenStore>> open_group(GroupBootstrap& group, const Result<OpenOptions>& options);

}  // namespace lath
