// The loop of a shard whose node leaves: what readers see of its root while its thread is kept from running.
#include <gtest/gtest.h>

#include <functional>

#include "base/region.hpp"
#include "shard/shard_loop.hpp"
#include "store/extent_queue.hpp"
#include "store/layout.hpp"
#include "tests/forwarding_transport.hpp"
#include "topology/hash.hpp"
#include "transport/ucx_context.hpp"
#include "transport/ucx_transport.hpp"

namespace lath {
namespace {

// Does something in the midst of a turn, and then says that a message has come.
class InterruptedTransport final : public test::ForwardingTransport {
 public:
  using ForwardingTransport::ForwardingTransport;
  std::size_t poll(std::size_t messages_max, TransportEvents& events) override {
    const std::size_t received = ForwardingTransport::poll(messages_max, events);
    if (!interruption) return received;
    std::exchange(interruption, nullptr)();
    return 1;
  }

  std::function<void()> interruption;
};

// A turn looks at its mail, and is kept from running. Meanwhile its node's control thread has it part, waits as long as it does for a
// shard that stands still, and tells the others, which then own its keys.
TEST(Parting, a_turn_that_was_under_way_makes_no_one_believe_the_view_before) {
  SystemClock real;
  ManualClock clock;
  clock.advance(1'000'000'000);
  constexpr std::size_t kTableBytes = 16 << 20;
  HeapRegionProvider memory;
  auto context = UcxContext::open();
  ASSERT_TRUE(context) << context.error().text;
  ExtentQueue extents(kTableBytes);
  ASSERT_TRUE(extents.refill(memory));
  auto opened = UcxTransport::open(**context, 11, real);
  ASSERT_TRUE(opened) << opened.error().text;
  View members;
  for (std::uint32_t node = 0; node < 2; ++node) {
    NodeEntry entry;
    entry.id = NodeId{node};
    entry.incarnation = node + 1;
    entry.shard_addresses.push_back((*opened)->address());
    members.merge(entry);
  }
  const auto with = ClusterView::make(members, Placement({.nodes = 1, .shards = 1}));
  View staying;
  staying.merge(*members.find(NodeId{1}));
  const auto without = ClusterView::make(staying, with->placement);

  auto owned = std::make_unique<InterruptedTransport>(std::move(*opened));
  InterruptedTransport& transport = *owned;
  const WriterId self{NodeId{0}, ShardId{0}, 1};
  Store store({.self = self, .memory_bytes = kTableBytes, .hash = &key_hash}, extents);
  ShardLoop loop(ShardOptions{.self = self}, std::move(store), std::move(owned), clock, WaitPolicy::choose(1, 1));
  loop.set_view(with);
  loop.turn();
  ASSERT_TRUE(loop.execute({Opcode::kPut, as_bytes("key"), as_bytes("value")})) << "a table has a root once it holds something";
  clock.advance(kRootTrustedNs);
  transport.interruption = [] {};
  loop.turn();
  const RootPage* root = loop.shard().store().root();
  ASSERT_NE(root, nullptr);
  ASSERT_EQ(root->epoch, with->epoch);
  const TimeNs turned = root->turn_ns;

  transport.interruption = [&] {
    loop.begin_drain(without);
    clock.advance(2 * kRootTrustedNs);
  };
  loop.turn();
  EXPECT_TRUE(root->epoch != with->epoch || root->turn_ns == turned) << "the view before is believed anew";
  EXPECT_TRUE(loop.parted());
}

}  // namespace
}  // namespace lath
