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

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "one_sided_get: %s\n", what);
  std::exit(1);
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

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t keys = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  const SystemClock clock;
  auto context = UcxContext::open();
  require(context.has_value(), "UCX does not open");
  auto reader = UcxTransport::open(**context, kCookie, clock);
  auto owner = UcxTransport::open(**context, kCookie, clock);
  require(reader && owner, "no endpoints");

  const std::size_t table_bytes = std::max<std::size_t>(keys * 45, 8 << 20) / kPageBytes * kPageBytes;
  ExtentQueue extents(table_bytes, table_bytes, table_bytes);
  require(extents.refill(**context).has_value(), "no memory");
  const WriterId self{NodeId{0}, ShardId{0}, 7};
  Store store({.self = self, .memory_bytes = table_bytes, .hash = &key_hash}, extents);
  HybridClock stamps;
  for (std::uint64_t key = 0; key < keys; ++key) {
    const Bytes bytes = std::as_bytes(std::span(&key, 1));
    const std::uint64_t value = value_of(key);
    require(
        store.update({key_hash(bytes), bytes}, Opcode::kPut, std::as_bytes(std::span(&value, 1)), {self, &stamps, key + 1}, nullptr)
                .status == Code::kOk,
        "a put was refused");
  }

  Silent silent;
  const auto peer = (*reader)->connect((*owner)->address());
  require(peer.has_value(), "no connection");
  (*reader)->probe(*peer);
  for (int turn = 0; turn < 1'000'000 && (*reader)->reach(*peer) == Reach::kProbing; ++turn) {
    (*reader)->poll(1, silent);
    (*owner)->poll(1, silent);
  }
  require((*reader)->reach(*peer) == Reach::kMapped, "the memory is not mapped");
  const auto attached = (*reader)->attach(*peer, store.exports()[0]);
  require(attached.has_value(), "the memory is not attached");
  ShardMemoryMap memory;
  memory.add(*attached);
  MappedTable mapped;
  CopiedTable copied;
  const auto root = reinterpret_cast<std::uint64_t>(store.root());
  require(mapped.open(memory, root), "the root is not there");
  copied.open(root);
  ReadTerms terms{.incarnation = self.incarnation, .epoch = kEpoch, .shard_ns = clock.now_ns(), .asked_ns = clock.now_ns()};

  // The yardstick's region holds nothing that matters, but is as large, and touched.
  auto region = (*context)->allocate(table_bytes);
  require(region.has_value(), "no second region");
  std::memset((*region)->bytes().data(), 1, table_bytes);
  ucp_worker_h idle = nullptr;
  ucp_worker_params_t params = {};
  require(ucp_worker_create((*context)->handle(), &params, &idle) == UCS_OK, "no worker");
  RawGet raw(**context, dynamic_cast<const UcxRegion&>(**region), idle);

  Random random(5);
  std::uint64_t chain = 0;  // of the last answer: the next address waits for it
  std::uint64_t wrong = 0;
  std::uint64_t not_found = 0;
  std::uint64_t reads = 0;
  std::uint64_t fetches = 0;
  const auto judge = [&](std::uint64_t key, ReadVerdict verdict, const SlotImage& image) {
    if (verdict != ReadVerdict::kFound) {
      ++not_found;
    } else if (image.slot.value != value_of(key)) {
      ++wrong;
    }
    chain = image.slot.value & 1U;
  };
  CopiedRead read;
  const auto by_copies = [&] {
    const std::uint64_t key = (random.below(keys) ^ chain) % keys;
    const Bytes bytes = std::as_bytes(std::span(&key, 1));
    const TimeNs now = clock.now_ns();
    ++reads;
    read.begin(copied, {bytes, 0}, bytes);
    for (;;) {
      for (const CopiedRead::Fetch& wanted : read.fetches()) {
        ++fetches;
        const Attached* piece = memory.piece_of(wanted.address, wanted.room.size());
        require(piece != nullptr && (*reader)->read(piece->id, wanted.address, wanted.room, 1) == ReadBegun::kDone,
                "a get did not end");
      }
      if (const auto verdict = read.step(terms, now)) return judge(key, *verdict, read.image());
    }
  };
  const auto by_loads = [&] {
    const std::uint64_t key = (random.below(keys) ^ chain) % keys;
    const Bytes bytes = std::as_bytes(std::span(&key, 1));
    SlotImage image;
    TimeNs now = 0;
    judge(key, mapped.read({bytes, 0}, bytes, terms, clock, now, image), image);
  };
  alignas(64) std::byte room[sizeof(Bucket)];
  const std::uint64_t buckets = table_bytes / sizeof(Bucket);
  const auto by_ucx = [&] {
    raw.get((random.below(buckets) ^ chain) % buckets * sizeof(Bucket), room, sizeof room);
    std::memcpy(&chain, room, sizeof chain);
    chain &= 1U;
  };
  // What the memory itself takes: both lines of a bucket, and nothing else.
  const std::byte* const bare_region = (*region)->bytes().data();
  const auto by_memory = [&] {
    const std::byte* bucket = bare_region + (random.below(buckets) ^ chain) % buckets * sizeof(Bucket);
    chain = (load_word(*reinterpret_cast<const std::uint64_t*>(bucket)) +
             load_word(*reinterpret_cast<const std::uint64_t*>(bucket + kCacheLineBytes))) &
            1U;
  };

  std::vector<double> ucx, memory_alone, copies, loads;
  for (int round = 0; round < kRounds; ++round) {
    ucx.push_back(median_ns(by_ucx));
    memory_alone.push_back(median_ns(by_memory));
    store.publish_turn(clock.now_ns(), kEpoch);
    for (int turn = 0; turn < 50'000; ++turn) by_copies();  // the segments are known from here on
    not_found = 0;
    const auto fresh = [&](const std::function<void()>& get) {
      return [&, calls = std::size_t{0}]() mutable {
        if (++calls % 1024 == 0) store.publish_turn(clock.now_ns(), kEpoch);
        get();
      };
    };
    copies.push_back(median_ns(fresh(by_copies)));
    store.publish_turn(clock.now_ns(), kEpoch);
    loads.push_back(median_ns(fresh(by_loads)));
  }
  const auto median = [](std::vector<double> values) {
    std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
    return values[values.size() / 2];
  };
  const double raw_ns = median(ucx);
  std::printf(
      "%llu keys, %zu MiB: raw ucp_get of 128 B %.0f ns; by ucp_get %.0f ns (%.2f x); by loads %.0f ns, where the memory alone "
      "takes %.0f\n"
      "%llu wrong, %llu left to messages, %.2f fetches a read\n",
      static_cast<unsigned long long>(keys), table_bytes >> 20, raw_ns, median(copies), median(copies) / raw_ns, median(loads),
      median(memory_alone), static_cast<unsigned long long>(wrong), static_cast<unsigned long long>(not_found),
      static_cast<double>(fetches) / static_cast<double>(reads));
  ucp_worker_destroy(idle);
  return wrong == 0 ? 0 : 1;
}
