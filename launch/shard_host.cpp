#include "launch/shard_host.hpp"

#include "base/log.hpp"
#include "base/thread_start.hpp"
#include "launch/binding.hpp"
#include "topology/hash.hpp"

namespace lath {

ShardHost::ShardHost(const ShardHostOptions& options, const Machine& machine, TransportProvider& transports, const Clock& clock)
    : options_(options), machine_(machine), transports_(transports), clock_(clock), extents_(options.memory_bytes) {}

ShardHost::~ShardHost() {
  stop();
}

Result<Address> ShardHost::open() {
  if (options_.by_callers) {
    if (auto prepared = prepare(); !prepared) return prepared.error();
    attended_.emplace(*loop_, name());
    return loop_->transport().address();
  }
  auto thread = start_thread("shard " + std::to_string(options_.shard.self.shard.value), [this] { run(); });
  if (!thread) return thread.error();
  thread_ = std::move(*thread);
  return opened_.get_future().get();
}

void ShardHost::serve(std::shared_ptr<const ClusterView> view) {
  loop_->set_view(std::move(view));
  if (options_.by_callers) return;
  told_ = true;
  go_.set_value(true);
}

void ShardHost::begin_stop() {
  if (ending_ || (!attended_ && !thread_.joinable())) return;
  ending_ = true;
  if (options_.by_callers) {
    if (auto ending = start_thread("the end of a shard", [this] { end_attended(); })) thread_ = std::move(*ending);
  } else if (!told_) {
    told_ = true;
    go_.set_value(false);
  } else if (loop_) {
    loop_->stop();
    may_close_.set_value();
  }
}

void ShardHost::stop() {
  begin_stop();
  if (thread_.joinable()) thread_.join();
  if (attended_) end_attended();  // where there was no thread for it
}

void ShardHost::end_attended() {
  attended_.reset();
  loop_->end();
  loop_.reset();
}

Result<void> ShardHost::prepare() {
  if (!options_.by_callers) bind_or_tell(machine_, options_.cpus);
  if (auto mapped = map_first(); !mapped) return mapped;
  auto transport =
      transports_.open_transport(options_.cookie, clock_, options_.by_callers ? UcxThreads::kInTurn : UcxThreads::kOne);
  if (!transport) return transport.error();
  Store store({options_.shard.self, options_.memory_bytes, &key_hash, options_.heap}, extents_);
  loop_.emplace(options_.shard, std::move(store), std::move(*transport), clock_, options_.wait);
  loop_->tell_also([counters = options_.node_counters](const CounterVisitor& visit) {
    counters->for_each([&](std::string_view name, std::uint64_t value) { visit("node_" + std::string(name), value); });
  });
  return {};
}

// On a thread of ours: the application's has a memory policy of its own, which is not given back.
Result<void> ShardHost::map_first() {
  if (!options_.by_callers) return refill(transports_.ucx());
  Result<void> mapped;
  auto thread = start_thread("a shard's first memory", [&] { mapped = refill(transports_.ucx()); });
  if (!thread) return thread.error();
  thread->join();
  return mapped;
}

// Whichever thread touches the pages first, the shard is who will use them.
Result<void> ShardHost::refill(RegionProvider& provider, std::size_t bytes_at_most) {
  const bool matters = machine_.numa_node_count() > 1 && machine_.made_up_by().empty();
  const auto near = machine_.use_memory_of(options_.place);
  if (!near && matters && !told_of_memory_) {
    told_of_memory_ = true;
    log_warn(near.error().text);
  }
  auto mapped = extents_.refill(provider, bytes_at_most);
  if (near) {
    if (const auto anywhere = machine_.use_memory_anywhere(); !anywhere && matters) log_warn(anywhere.error().text);
  }
  return mapped;
}

std::string ShardHost::name() const {
  const WriterId& self = options_.shard.self;
  return "node " + std::to_string(self.node.value) + " shard " + std::to_string(self.shard.value);
}

void ShardHost::run() {
  log_name_thread(name());
  const auto prepared = prepare();
  if (!prepared) {
    opened_.set_value(prepared.error());
    return;
  }
  auto go = go_.get_future();
  opened_.set_value(loop_->transport().address());
  if (go.get()) {
    loop_->run();
    may_close_.get_future().wait();  // who told it to stop still wakes it, by what is closed now
  }
  // The endpoint is closed by the thread that owned it.
  loop_.reset();
}

}  // namespace lath
