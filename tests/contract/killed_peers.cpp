// Peers that are killed while they connect, at any step of that: whom they connect to lives on, is told of each, and serves others.
#include <algorithm>
#include <chrono>

#include "suite.hpp"

namespace lath {

namespace {

using Seconds = std::chrono::duration<double>;

constexpr std::size_t kUndisturbed = 7;
constexpr int kKills = 48;
constexpr double kSpread = 1.5;  // the last is killed so many times as late as one is usually done
constexpr Seconds kRest{0.01};   // in which what has been set going arrives, here and there

}  // namespace

class KilledPeers : public Contract {
 protected:
  // From a caller's word that it is there to its frame: of several the one in the middle.
  Seconds usual_connecting() {
    std::vector<Seconds> all;
    std::vector<std::unique_ptr<EchoPeer>> callers;
    while (all.size() < kUndisturbed) {
      callers.push_back(network_->start_caller(called_->address()));
      const auto began = std::chrono::steady_clock::now();
      EXPECT_TRUE(hears_one_more()) << "from a caller that nobody disturbs";
      all.push_back(std::chrono::steady_clock::now() - began);
    }
    turn_for(kRest);
    std::ranges::sort(all);
    return all[kUndisturbed / 2];
  }
  // How many of the callers were heard before they were killed. Those that live longest come first.
  int kill_callers_while_they_connect() {
    const Seconds connecting = usual_connecting();
    int heard = 0;
    for (int left = kKills - 1; left >= 0; --left) heard += kill_one(connecting * kSpread * left / kKills, left % 2 == 1) ? 1 : 0;
    return heard;
  }
  bool kill_one(Seconds life, bool is_stopped_first) {
    const std::size_t before = called_.seen.frames.size();
    const auto caller = network_->start_caller(called_->address());
    turn_for(life);
    if (is_stopped_first) {  // what is on its way to it is not taken, and is lost with it
      caller->stop();
      turn_for(kRest);
    }
    caller->kill();
    turn_for(kRest);
    return called_.seen.frames.size() > before;
  }
  void turn_for(Seconds time) {
    const auto until = std::chrono::steady_clock::now() + time;
    run({&called_}, [&] { return std::chrono::steady_clock::now() >= until; });
  }
  bool hears_one_more() {
    const std::size_t before = called_.seen.frames.size();
    return run(
        {&called_}, [&] { return called_.seen.frames.size() > before; }, 5);
  }
  bool is_told_of(PeerId peer) const { return std::ranges::find(called_.seen.failed, peer) != called_.seen.failed.end(); }

  Party called_ = open();
};

// UCX over TCP ends the process that another, which is killed, was connecting to.
TEST_P(KilledPeers, within_their_connecting_do_not_end_us) {
  const int heard = kill_callers_while_they_connect();
  EXPECT_GT(heard, 0) << "none was killed late enough: this tests nothing";
  EXPECT_LT(heard, kKills) << "none was killed early enough: this tests nothing";
  const auto are_told_of = [&] { return std::ranges::all_of(called_.seen.senders, [&](PeerId peer) { return is_told_of(peer); }); };
  EXPECT_TRUE(run({&called_}, are_told_of, 10)) << called_.seen.failed.size() << " are told of, of " << called_.seen.senders.size();
}

class OthersOfKilledPeers : public KilledPeers {};

// Not so over UCX's shared memory: a sender takes a place in the receiver's queue, attaches the memory that belongs
// to it, and fills the place. Whoever is killed in between leaves it empty, and what stands behind it is never read.
TEST_P(OthersOfKilledPeers, are_heard) {
  kill_callers_while_they_connect();
  const auto friendly = network_->start_caller(called_->address());
  EXPECT_TRUE(hears_one_more()) << "nobody is heard any more";
}

// Not over UCX: its TCP ends us, and of a connection by shared memory whose peer died in its making it keeps some 100 bytes, which the
// address sanitizer tells of. mpi.killed_clients has both ways, of whole programs.
INSTANTIATE_TEST_SUITE_P(Tcp, KilledPeers, ::testing::Values(&make_tcp));
INSTANTIATE_TEST_SUITE_P(Simulation, KilledPeers, ::testing::Values(&make_simulation));
INSTANTIATE_TEST_SUITE_P(Tcp, OthersOfKilledPeers, ::testing::Values(&make_tcp));
INSTANTIATE_TEST_SUITE_P(Simulation, OthersOfKilledPeers, ::testing::Values(&make_simulation));

}  // namespace lath
