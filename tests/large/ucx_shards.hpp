// Real shards over UCX in one process, each on a thread of its own as in a node, and sessions for them.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "base/random.hpp"
#include "client/session_driver.hpp"
#include "client/view_source.hpp"
#include "shard/shard_loop.hpp"
#include "store/extent_queue.hpp"
#include "topology/hash.hpp"
#include "transport/ucx_context.hpp"
#include "transport/ucx_transport.hpp"
#include "wire/writer.hpp"

namespace lath::test {

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().text);
  return std::move(*result);
}

class UcxShards final : public ViewSource {
 public:
  // One shard a node. `transports`: UCX's names, or null for what there is.
  UcxShards(std::uint32_t nodes, std::uint32_t replicas, std::size_t memory_bytes, const char* transports) {
    if (transports != nullptr) setenv("LATH_UCX_TLS", transports, 1);
    context = must(UcxContext::open());
    if (transports != nullptr) unsetenv("LATH_UCX_TLS");
    View members;
    for (std::uint32_t node = 0; node < nodes; ++node) {
      Shard& shard = *shards_.emplace_back(std::make_unique<Shard>(memory_bytes));
      if (const auto mapped = shard.extents.refill(*context); !mapped) throw std::runtime_error(mapped.error().text);
      auto transport = must(UcxTransport::open(*context, kCookie, clock));
      const WriterId self{NodeId{node}, ShardId{0}, 1};
      NodeEntry entry;
      entry.id = self.node;
      entry.incarnation = self.incarnation;
      entry.shard_addresses.push_back(transport->address());
      members.merge(entry);
      Store store({.self = self, .memory_bytes = memory_bytes, .hash = &key_hash}, shard.extents);
      shard.loop = std::make_unique<ShardLoop>(ShardOptions{.self = self, .export_clock = &clock}, std::move(store),
                                               std::move(transport), clock, WaitPolicy::choose(nodes + 1, 1));
    }
    view_ = ClusterView::make(members, Placement({.nodes = replicas, .shards = 1}));
    for (const auto& shard : shards_) {
      shard->loop->set_view(view_);
      shard->thread = std::thread([&loop = *shard->loop] { loop.run(); });
    }
    control_ = std::thread([this] { map_ahead(); });
  }
  ~UcxShards() override {
    stopping_ = true;
    control_.join();
    for (const auto& shard : shards_) {
      shard->loop->stop();
      shard->thread.join();
    }
  }
  UcxShards(const UcxShards&) = delete;
  UcxShards& operator=(const UcxShards&) = delete;

  std::shared_ptr<const ClusterView> current() const override { return view_; }
  std::uint64_t version() const override { return 1; }
  void ask_for_news() override {}

  const ShardCounters& counters_of(std::uint32_t node) const { return shards_[node]->loop->counters(); }
  std::unique_ptr<Transport> open_transport() { return must(UcxTransport::open(*context, kCookie, clock)); }

  SystemClock clock;
  std::unique_ptr<UcxContext> context;

 private:
  static constexpr std::uint64_t kCookie = 12;
  struct Shard {
    explicit Shard(std::size_t memory_bytes) : extents(memory_bytes) {}
    ExtentQueue extents;
    std::unique_ptr<ShardLoop> loop;
    std::thread thread;
  };

  // As the control thread does.
  void map_ahead() {
    while (!stopping_) {
      for (const auto& shard : shards_) {
        if (shard->extents.wants_more() && !shard->extents.refill(*context)) std::abort();
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }

  std::vector<std::unique_ptr<Shard>> shards_;
  std::shared_ptr<const ClusterView> view_;
  std::atomic<bool> stopping_ = false;
  std::thread control_;
};

// A session with calls that wait.
class UcxClient {
 public:
  explicit UcxClient(UcxShards& shards,
                     const SessionSettings& settings = {.ack_nodes = 1, .one_sided = OneSidedMode::kOn, .local = {}})
      : driver(settings, shards, Random(entropy()),
               {.transport = shards.open_transport(),
                .wait = WaitPolicy::choose(3, 1),
                .clock = shards.clock,
                .memory = shards.context.get()}) {}

  Code put(std::string_view key, Bytes value, const Region* region = nullptr) {
    const LargeValue large{.memory = value.data(), .layout = StridedLayout::dense(value.size()), .head = {}, .region = region};
    return run([&](const Completion& completion, TimeNs now) {
      const Call call{
          {Opcode::kPut, as_bytes(key), value.size() > kValueBytesMax ? Bytes{} : value}, {}, now + kPatience, completion};
      return value.size() > kValueBytesMax ? driver.put_large(call, large, now) : driver.submit(call, now);
    });
  }
  Code get(std::string_view key, std::span<std::byte> room, std::size_t& size) {
    const Operation operation{Opcode::kGet, as_bytes(key), {}};
    const AnswerTarget target = AnswerTarget::bytes({room.data(), room.size(), &size});
    if (const auto code = driver.read_now(operation, target)) return *code;
    return run([&](const Completion& completion, TimeNs now) {
      return driver.submit({operation, target, now + kPatience, completion}, now);
    });
  }
  std::string error() { return text_of(driver.session().last_failure()); }

  SessionDriver driver;

 private:
  static constexpr TimeNs kPatience = 60'000'000'000;

  template <class Begin>
  Code run(Begin&& begin) {
    Code status = Code::kInProgress;
    std::size_t left = 1;
    const TimeNs now = driver.read_clock();
    driver.session().begin_call();
    if (!begin(Completion{&status, &left}, now)) return Code::kFull;
    driver.run_until(now + kPatience, [&] { return left == 0; });
    return status;
  }
};

inline std::vector<std::byte> pattern(std::size_t size, std::size_t seed) {
  std::vector<std::byte> bytes(size);
  for (std::size_t at = 0; at < size; ++at) bytes[at] = static_cast<std::byte>((at * 31 + at / 251 + seed * 17) & 0xff);
  return bytes;
}

}  // namespace lath::test
