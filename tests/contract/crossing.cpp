// The contract of connections that cross and are given up at any moment: whatever the order, the next connection carries messages.
#include <optional>

#include "base/random.hpp"
#include "suite.hpp"

namespace lath {

namespace {

// A party and the connection that it holds, if any.
struct Side {
  Party party;
  std::optional<PeerId> held;

  void connect(const Address& other) {
    const auto made = party->connect(other);
    ASSERT_TRUE(made) << made.error().text;
    held = *made;
  }
  void give_up() {
    if (held) party->disconnect(*held);
    held.reset();
  }
};

}  // namespace

// UCX pairs endpoints by the order of their making, and ends a process whose endpoint is told of two twins: one that was closed while
// a request was under way, and its successor.
TEST_P(Contract, connections_that_cross_and_are_given_up_can_be_made_again) {
  Side a{.party = open(), .held = {}};
  Side b{.party = open(), .held = {}};
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Random random(seed);
    if (seed % 20 == 0) b = {.party = open(), .held = {}};  // a successor
    for (int step = 0; step < 40; ++step) {
      Side& side = random.below(2) == 0 ? a : b;
      switch (random.below(4)) {
        case 0: side.connect((&side == &a ? b : a).party->address()); break;
        case 1: side.give_up(); break;
        default: side.party->poll(kMessagesPerPoll, side.party.seen); break;
      }
      network_->step();
    }
    // A goodbye that is under way may still end a connection, and only the last one.
    bool arrived = false;
    for (int attempt = 0; attempt < 5 && !arrived; ++attempt) {
      a.connect(b.party->address());
      const std::size_t before = b.party.seen.frames.size();
      send(a.party, *a.held, pattern(8, seed), {&a.party, &b.party});
      const std::size_t failed = a.party.seen.failed.size();
      ASSERT_TRUE(run({&a.party, &b.party}, [&] {
        arrived = b.party.seen.frames.size() > before;
        return arrived || a.party.seen.failed.size() > failed;
      })) << seed;
    }
    EXPECT_TRUE(arrived) << seed;
  }
}

}  // namespace lath
