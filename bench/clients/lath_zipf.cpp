// How fast do two threads update a Lath node inside their own process? Each is a shard (LATH_PROGRESS_CALLER), and a put of a key that it
// holds is a call; one of the other thread's keys is a message, which is better sent in batches. `how` in the answer says which it was.
// Estimate of a call: 10 ns for the C API's checks, 10 for the ticks, 5 each for the hash and the ring, 20 in a table that is in the caches
// (a miss or two more where it is not), 20 for the delta: some 70 ns, so 28 M a second from two threads.
#include "bench/clients/lath_target.hpp"
#include "bench/clients/zipf_updates.hpp"

namespace lath::bench {
namespace {

lath_options options_of(std::uint32_t replicas) {
  lath_options options = LATH_OPTIONS_INIT;
  options.shards = kUpdaters;
  options.cpus = "0,1";
  options.replication_shards = replicas;
  options.memory_bytes = std::uint64_t{1} << 30;
  options.progress = LATH_PROGRESS_CALLER;
  return options;
}

struct LathWorker {
  LathWorker(lath_store* shared, std::size_t puts) : store(shared), batch(puts) {}
  void begin() { target.emplace(store); }  // in the thread that is to be the shard
  void put(std::uint32_t number, std::uint64_t value) {
    const auto bytes = std::as_bytes(std::span(&value, 1));
    if (batch == 1) return target->put(key_of(number), bytes);
    target->begin_put(key_of(number), bytes);
    if (++begun % batch == 0) next_lane();
  }
  // The batch goes, and another is filled while it is under way.
  void next_lane() {
    target->launch();
    lane = (lane + 1) % kLanes;
    target->use(lane);
    target->land();
  }
  void flush() {
    for (std::size_t each = 0; each < kLanes; ++each) next_lane();
    if (lath_flush(target->session(), 0, kTimeoutNs) != LATH_OK) die(lath_last_error(target->session()));
  }
  void idle() { lath_progress(target->session()); }
  std::optional<std::uint64_t> get(std::uint32_t number) {
    std::uint64_t value = 0;
    const auto size = target->get(key_of(number), std::as_writable_bytes(std::span(&value, 1)));
    return size && *size == sizeof value ? std::optional(value) : std::nullopt;
  }

  lath_store* store;
  std::optional<LathTarget> target;
  static constexpr std::size_t kLanes = 4;  // batches
  std::size_t batch, begun = 0, lane = 0;
};

}  // namespace
}  // namespace lath::bench

int main(int count, char** texts) {
  using namespace lath::bench;
  const Arguments arguments(count, texts,
                            {{"keys", "1000000"}, {"exponent", "4"}, {"seconds", "0.3"}, {"replicas", "2"}, {"batch", "128"}});
  const std::size_t batch = std::max<std::size_t>(arguments.number("batch"), 1);
  const ZipfUpdates load{.keys = static_cast<std::uint32_t>(arguments.number("keys")),
                         .exponent = arguments.real("exponent"),
                         .seconds = arguments.real("seconds"),
                         .slack = batch == 1 ? 0 : LathWorker::kLanes * batch};
  const lath_options options = options_of(static_cast<std::uint32_t>(arguments.number("replicas")));
  lath_store* store = nullptr;
  if (lath_open("embedded:", &options, &store) != LATH_OK) die(lath_last_error(nullptr));
  {
    LathTarget filler(store);
    for (std::uint32_t number = 0; number < load.keys; ++number) {
      const std::uint64_t none = 0;
      filler.begin_put(key_of(number), std::as_bytes(std::span(&none, 1)));
      if (number % 128 == 127) filler.run();
    }
    filler.run();
  }
  {
    std::vector<std::unique_ptr<LathWorker>> workers;
    for (unsigned u = 0; u < kUpdaters; ++u) workers.push_back(std::make_unique<LathWorker>(store, batch));
    run_zipf_updates(
        load, workers,
        "the callers are the shards, puts in batches of " + std::to_string(batch) + (batch == 1 ? "" : ", four under way"));
  }
  lath_close(store);
}
