// What does a one-sided get cost beside a raw ucp_get of as many bytes as a bucket has, at random addresses of a region as large as
// the table? Both over shared memory by UCX's own get, in turn, in one thread; and the same get by loads through a mapping. A raw get
// is one memory access and UCX's call (some 30 ns): ours adds a second call for root and slot, which lie in the cache, and must come
// under 1.6 of it. Each get's address follows from what the one before has read, so that both are latencies and the processor cannot
// work on several at once. Keys and values of 8 bytes; every answer is compared with what was put.
#include <ucp/api/ucp.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "client/cell_view.hpp"
#include "client/copied_table.hpp"
#include "client/mapped_table.hpp"
#include "store/store.hpp"
#include "topology/hash.hpp"
#include "transport/ucx_context.hpp"
#include "transport/ucx_transport.hpp"

namespace {

using namespace lath;

constexpr std::uint64_t kCookie = 1;
constexpr std::uint64_t kEpoch = 1;
constexpr int kRounds = 9;
constexpr std::size_t kGroups = 4000;
constexpr std::size_t kGroup = 32;  // gets between two readings of the clock

constexpr std::size_t kGetsBetweenTurns = 1024;  // a root that is not published for long is left to messages
constexpr WriterId kSelf{NodeId{0}, ShardId{0}, 7};

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "one_sided_get: %s\n", what);
  std::exit(1);
}

template <class T>
T must(Result<T> result, const char* what) {
  require(result.has_value(), what);
  return std::move(*result);
}

struct Silent final : TransportEvents {
  void on_message(const Message&) override {}
  void on_peer_failed(PeerId, const Error&) override { require(false, "the connection failed"); }
};

std::uint64_t value_of(std::uint64_t key) {
  return key * 0x9e3779b97f4a7c15ULL + 1;
}

// The median of a get, in ns.
double median_ns(const std::function<void()>& get) {
  std::vector<double> samples;
  samples.reserve(kGroups);
  for (std::size_t group = 0; group < kGroups; ++group) {
    const auto start = std::chrono::steady_clock::now();
    for (std::size_t at = 0; at < kGroup; ++at) get();
    samples.push_back(std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - start).count() / kGroup);
  }
  std::nth_element(samples.begin(), samples.begin() + kGroups / 2, samples.end());
  return samples[kGroups / 2];
}

// A worker of its own, as whoever uses UCX itself has one.
class RawGet {
 public:
  RawGet(UcxContext& context, const UcxRegion& region, ucp_worker_h peer) {
    ucp_worker_params_t params = {};
    params.field_mask = UCP_WORKER_PARAM_FIELD_THREAD_MODE;
    params.thread_mode = UCS_THREAD_MODE_SINGLE;
    require(ucp_worker_create(context.handle(), &params, &worker_) == UCS_OK, "no worker");
    ucp_address_t* address = nullptr;
    std::size_t bytes = 0;
    require(ucp_worker_get_address(peer, &address, &bytes) == UCS_OK, "no address");
    ucp_ep_params_t to = {};
    to.field_mask = UCP_EP_PARAM_FIELD_REMOTE_ADDRESS | UCP_EP_PARAM_FIELD_ERR_HANDLING_MODE;
    to.err_mode = UCP_ERR_HANDLING_MODE_PEER;
    to.address = address;
    require(ucp_ep_create(worker_, &to, &endpoint_) == UCS_OK, "no endpoint");
    ucp_worker_release_address(peer, address);
    void* key = nullptr;
    require(ucp_rkey_pack(context.handle(), region.handle(), &key, &bytes) == UCS_OK, "no key");
    require(ucp_ep_rkey_unpack(endpoint_, key, &key_) == UCS_OK, "the key does not unpack");
    ucp_rkey_buffer_release(key);
    base_ = reinterpret_cast<std::uint64_t>(region.bytes().data());
  }
  ~RawGet() {
    ucp_rkey_destroy(key_);
    ucp_worker_destroy(worker_);
  }
  RawGet(const RawGet&) = delete;
  RawGet& operator=(const RawGet&) = delete;

  void get(std::uint64_t offset, void* room, std::size_t bytes) {
    ucp_request_param_t param;
    param.op_attr_mask = 0;
    ucs_status_ptr_t request = ucp_get_nbx(endpoint_, room, bytes, base_ + offset, key_, &param);
    while (UCS_PTR_IS_PTR(request) && ucp_request_check_status(request) == UCS_INPROGRESS) ucp_worker_progress(worker_);
    if (UCS_PTR_IS_PTR(request)) ucp_request_free(request);
  }

 private:
  ucp_worker_h worker_ = nullptr;
  ucp_ep_h endpoint_ = nullptr;
  ucp_rkey_h key_ = nullptr;
  std::uint64_t base_ = 0;
};

// A shard's table of `keys` keys, and the connection by which a session reads it.
class ServedTable {
 public:
  ServedTable(UcxContext& context, const Clock& clock, std::uint64_t keys)
      : clock_(clock),
        bytes_(std::max<std::size_t>(keys * 45, 8 << 20) / kPageBytes * kPageBytes),
        reader_(must(UcxTransport::open(context, kCookie, clock), "no endpoint")),
        owner_(must(UcxTransport::open(context, kCookie, clock), "no endpoint")),
        extents_(bytes_, bytes_, bytes_) {
    require(extents_.refill(context).has_value(), "no memory");
    store_ = std::make_unique<Store>(StoreOptions{.self = kSelf, .memory_bytes = bytes_, .hash = &key_hash}, extents_);
    fill(keys);
    attach(connect());
  }

  std::size_t bytes() const { return bytes_; }
  std::uint64_t root() const { return reinterpret_cast<std::uint64_t>(store_->root()); }
  const ShardMemoryMap& memory() const { return memory_; }
  void publish_turn() { store_->publish_turn(clock_.now_ns(), kEpoch); }
  void fetch(const CopiedRead::Fetch& wanted) {
    const Attached* piece = memory_.piece_of(wanted.address, wanted.room.size());
    require(piece != nullptr && reader_->read(piece->id, wanted.address, wanted.room, 1) == ReadBegun::kDone, "a get did not end");
  }

 private:
  void fill(std::uint64_t keys) {
    HybridClock stamps;
    for (std::uint64_t key = 0; key < keys; ++key) {
      const Bytes bytes = std::as_bytes(std::span(&key, 1));
      const std::uint64_t value = value_of(key);
      const Bytes argument = std::as_bytes(std::span(&value, 1));
      const WriteContext context{kSelf, &stamps, key + 1};
      require(store_->update({key_hash(bytes), bytes}, Opcode::kPut, argument, context, nullptr).status == Code::kOk,
              "a put was refused");
    }
  }
  PeerId connect() {
    Silent silent;
    const PeerId peer = must(reader_->connect(owner_->address()), "no connection");
    reader_->probe(peer);
    for (int turn = 0; turn < 1'000'000 && reader_->reach(peer) == Reach::kProbing; ++turn) {
      reader_->poll(1, silent);
      owner_->poll(1, silent);
    }
    require(reader_->reach(peer) == Reach::kMapped, "the memory is not mapped");
    return peer;
  }
  void attach(PeerId peer) { memory_.add(must(reader_->attach(peer, store_->exports()[0]), "the memory is not attached")); }

  const Clock& clock_;
  std::size_t bytes_;
  std::unique_ptr<UcxTransport> reader_;
  std::unique_ptr<UcxTransport> owner_;
  ExtentQueue extents_;
  std::unique_ptr<Store> store_;
  ShardMemoryMap memory_;
};

// Our gets of random keys, each of which waits for the answer to the one before.
class OurGets {
 public:
  struct Counts {
    std::uint64_t wrong = 0;
    std::uint64_t not_found = 0;  // a session would ask by message
    std::uint64_t copied_reads = 0;
    std::uint64_t fetches = 0;
  };

  OurGets(ServedTable& table, const Clock& clock, std::uint64_t keys) : table_(table), clock_(clock), keys_(keys) {
    require(mapped_.open(table.memory(), table.root()), "the root is not there");
    copied_.open(table.root());
    terms_ = {.incarnation = kSelf.incarnation, .epoch = kEpoch, .shard_ns = clock.now_ns(), .asked_ns = clock.now_ns()};
  }

  Counts& counts() { return counts_; }

  void by_copies() {
    const std::uint64_t key = draw();
    const Bytes bytes = std::as_bytes(std::span(&key, 1));
    const TimeNs now = clock_.now_ns();
    ++counts_.copied_reads;
    read_.begin(copied_, {bytes, 0}, bytes);
    for (;;) {
      for (const CopiedRead::Fetch& wanted : read_.fetches()) {
        ++counts_.fetches;
        table_.fetch(wanted);
      }
      if (const auto verdict = read_.step(terms_, now)) return judge(key, *verdict, read_.image());
    }
  }
  void by_loads() {
    const std::uint64_t key = draw();
    const Bytes bytes = std::as_bytes(std::span(&key, 1));
    SlotImage image;
    TimeNs now = 0;
    judge(key, mapped_.read({bytes, 0}, bytes, terms_, clock_, now, image), image);
  }

 private:
  std::uint64_t draw() { return (random_.below(keys_) ^ chain_) % keys_; }
  void judge(std::uint64_t key, ReadVerdict verdict, const SlotImage& image) {
    if (verdict != ReadVerdict::kFound) {
      ++counts_.not_found;
    } else if (image.slot.value != value_of(key)) {
      ++counts_.wrong;
    }
    chain_ = image.slot.value & 1U;
  }

  ServedTable& table_;
  const Clock& clock_;
  std::uint64_t keys_;
  MappedTable mapped_;
  CopiedTable copied_;
  CopiedRead read_;
  ReadTerms terms_;
  Random random_{5};
  std::uint64_t chain_ = 0;
  Counts counts_;
};

// The yardsticks, chained alike: UCX's own get of a bucket's bytes, and what the memory itself takes. Their region holds nothing that
// matters, but is as large as the table, and touched.
class Yardstick {
 public:
  Yardstick(UcxContext& context, std::size_t bytes)
      : region_(must(context.allocate(bytes), "no second region")), buckets_(bytes / sizeof(Bucket)) {
    std::memset(region_->bytes().data(), 1, bytes);
    ucp_worker_params_t params = {};
    require(ucp_worker_create(context.handle(), &params, &idle_) == UCS_OK, "no worker");
    raw_ = std::make_unique<RawGet>(context, dynamic_cast<const UcxRegion&>(*region_), idle_);
  }
  ~Yardstick() {
    raw_.reset();
    ucp_worker_destroy(idle_);
  }
  Yardstick(const Yardstick&) = delete;
  Yardstick& operator=(const Yardstick&) = delete;

  void by_ucx() {
    raw_->get(draw() * sizeof(Bucket), room_, sizeof room_);
    std::memcpy(&chain_, room_, sizeof chain_);
    chain_ &= 1U;
  }
  // Both lines of a bucket, and nothing else.
  void by_memory() {
    const std::byte* bucket = region_->bytes().data() + draw() * sizeof(Bucket);
    chain_ = (load_word(*reinterpret_cast<const std::uint64_t*>(bucket)) +
              load_word(*reinterpret_cast<const std::uint64_t*>(bucket + kCacheLineBytes))) &
             1U;
  }

 private:
  std::uint64_t draw() { return (random_.below(buckets_) ^ chain_) % buckets_; }

  std::unique_ptr<Region> region_;
  std::uint64_t buckets_;
  ucp_worker_h idle_ = nullptr;
  std::unique_ptr<RawGet> raw_;
  Random random_{5};
  std::uint64_t chain_ = 0;
  alignas(64) std::byte room_[sizeof(Bucket)];
};

struct Samples {
  std::vector<double> ucx, memory, copies, loads;
};

// In turn, so that all meet the same states of the machine.
Samples measure(ServedTable& table, OurGets& ours, Yardstick& yardstick) {
  const auto fresh = [&table](const std::function<void()>& get) {
    return [&table, get, calls = std::size_t{0}]() mutable {
      if (++calls % kGetsBetweenTurns == 0) table.publish_turn();
      get();
    };
  };
  Samples samples;
  for (int round = 0; round < kRounds; ++round) {
    samples.ucx.push_back(median_ns([&] { yardstick.by_ucx(); }));
    samples.memory.push_back(median_ns([&] { yardstick.by_memory(); }));
    table.publish_turn();
    for (int turn = 0; turn < 50'000; ++turn) ours.by_copies();  // the segments are known from here on
    ours.counts().not_found = 0;
    samples.copies.push_back(median_ns(fresh([&] { ours.by_copies(); })));
    table.publish_turn();
    samples.loads.push_back(median_ns(fresh([&] { ours.by_loads(); })));
  }
  return samples;
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

void print(std::uint64_t keys, std::size_t table_bytes, const Samples& samples, const OurGets::Counts& counts) {
  const double raw_ns = median(samples.ucx);
  std::printf(
      "%llu keys, %zu MiB: raw ucp_get of 128 B %.0f ns; by ucp_get %.0f ns (%.2f x); by loads %.0f ns, where the memory alone "
      "takes %.0f\n"
      "%llu wrong, %llu left to messages, %.2f fetches a read\n",
      static_cast<unsigned long long>(keys), table_bytes >> 20, raw_ns, median(samples.copies), median(samples.copies) / raw_ns,
      median(samples.loads), median(samples.memory), static_cast<unsigned long long>(counts.wrong),
      static_cast<unsigned long long>(counts.not_found),
      static_cast<double>(counts.fetches) / static_cast<double>(counts.copied_reads));
}

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t keys = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  const SystemClock clock;
  const auto context = must(UcxContext::open(), "UCX does not open");
  ServedTable table(*context, clock, keys);
  OurGets ours(table, clock, keys);
  Yardstick yardstick(*context, table.bytes());
  const Samples samples = measure(table, ours, yardstick);
  print(keys, table.bytes(), samples, ours.counts());
  return ours.counts().wrong == 0 ? 0 : 1;
}
