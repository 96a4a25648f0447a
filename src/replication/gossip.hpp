// How one shard keeps the other replicas of its keys up to date: its own updates leave as numbered merge batches each gossip round,
// straight to every replica, and are sent again until acknowledged; a peer that is behind keeps a bounded backlog and then is sent
// everything by a sweep of the table; a new view sends new replicas what they lack. No I/O; the shard's thread.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/hybrid_clock.hpp"
#include "metrics/shard_counters.hpp"
#include "replication/backlog.hpp"
#include "replication/delta_buffer.hpp"
#include "replication/incoming_stream.hpp"
#include "replication/large_lag.hpp"
#include "replication/peer_stream.hpp"
#include "store/store.hpp"
#include "topology/cluster_view.hpp"
#include "wire/merge_batch.hpp"
#include "wire/outbox.hpp"

namespace lath {

inline constexpr TimeNs kNever = ~TimeNs{0};

// Whether the view has a shard there that may answer.
inline bool is_live(const ClusterView& view, Place place) {
  const NodeEntry* node = view.view.find(place.node);
  return node != nullptr && node->state < NodeState::kLeft && place.shard.value < node->shard_addresses.size();
}

struct PlaceHash {
  std::size_t operator()(const Place& place) const {
    return ((std::size_t{place.node.value} << 32) | place.shard.value) * 0x9e3779b97f4a7c15ULL;
  }
};

// What a step of gossip works on, all of it the shard's.
struct GossipTurn {
  TimeNs now_ns = 0;
  std::uint64_t wall_us = 0;
  Store& store;
  HybridClock& clock;
  ShardCounters& counters;
  Outbox& outbox;
};

class Gossip {
 public:
  Gossip(const WriterId& self, TimeNs interval_ns) : self_(self), interval_ns_(interval_ns) {}

  // What was the view until now stays readable until the next call returns. push_all sends all held keys to all their replicas.
  void set_view(const ClusterView& view, bool push_all);
  // Whether updates need deltas at all.
  bool replicates() const { return replicates_; }

  // This shard applied an update to the key, which made its store larger by so much. `since` is not after any stamp of it; the delta is
  // taken (bottom: whole).
  void updated(const Key& key, Cell& delta, bool whole, Stamp since, TimeNs now, std::int64_t grown_bytes = 0);
  void hurry(TimeNs now) { round_at_ = std::min(round_at_, now); }  // a round this turn

  // A batch came. Merge its entries where that is kNew, then call merged().
  IncomingStream::Verdict receive(const MergeBatchHeader& header, PeerId from, HybridClock& clock);
  void merged(const MergeBatchHeader& header);
  // Says whether it acknowledged anything new.
  bool acknowledged(const MergeAck& ack, const GossipTurn& turn);
  // A replica says that it holds a large value of a key, or a newer write. Says whether that was waited for.
  bool large_held(const WriterId& by, const Key& key, const LargeId& id, TimeNs now);

  void tick(const GossipTurn& turn);
  TimeNs next_deadline() const;

  // This shard's updates are numbered from 1. All up to held_by(place) that concern the place have been merged there.
  std::uint64_t last_update() const { return last_update_; }
  std::uint64_t held_by(Place place) const;
  // The same of all updates but the bytes of large values: those hold up no small one.
  std::uint64_t small_held_by(Place place) const;
  // By how much this shard's updates have made it larger that its replicas have not acknowledged, summed over them: about what comes to
  // each of them from all the others, if these do as much. Without those of which nothing has been heard for seconds: who is dead will
  // need no room. Of a large value twice, while its batch is under way as well.
  std::uint64_t bytes_ahead() const;
  // Nothing waits to be sent, or to be acknowledged.
  bool settled() const;
  // How many of the `held` keys may be in what waits: each once at most, some of them too many. 0 where it is settled.
  std::uint64_t keys_left(std::uint64_t held) const;
  // The nodes with a shard that has something to acknowledge which is numbered up to `update`. This one's own shards count where all do:
  // an update that is on one of them is on the node.
  enum class Of : std::uint8_t { kOtherNodes, kAll };
  std::vector<NodeId> nodes_behind(std::uint64_t update, Of of) const;

  // For tombstones: nothing stamped under this will come from the place any more. Stamp{} where it has not said so under this view.
  Stamp horizon_of(Place place) const;
  Stamp own_horizon(Stamp clock) const;
  // What the place is told of it: kGivenHorizon where others hold it up, and the place has all that it should have of what was held here
  // when the view began. A node that is lost would else hold up whoever waits for that.
  Stamp horizon_for(Place place, Stamp own) const;
  void ask(Place place, const GossipTurn& turn);  // for its horizon, by an empty batch
  bool is_backlogged() const { return backlogged_ || peers_behind_ > 0; }

  // For keys that are no longer this shard's: all that it held when the view's sweep ended has been merged at the place, which has
  // said so under this view.
  bool has_given(Place place) const;
  bool has_swept() const { return swept_at_ != Stamp{}; }

 private:
  struct Peer {
    Place place;
    bool live = true;
    std::uint64_t incarnation = 0;
    PeerStream stream;
    Backlog backlog;
    LargeLag large;
    FrameBuffer building;  // the batch that this round fills
    std::uint16_t building_count = 0;
    Carried building_carried;
    Stamp horizon;
    bool needs_everything = false;
    bool in_sweep = false;
    std::int64_t bytes_behind = 0;  // the grown_bytes that it fell behind with, until a sweep ends
  };
  struct Incoming {
    IncomingStream stream;
    PeerId reply_to;
    bool acknowledge = false;
  };
  struct Sweep {
    bool active = false;
    bool compares = false;  // sends to replicas that are new under this view
    bool all = false;       // sends to all replicas
    std::uint64_t cursor = 0;
    std::uint64_t visited = 0;  // keys, until now
  };

  Peer* find_peer(Place place);
  const Peer* find_peer(Place place) const;
  PeerIndex peer_index(Place place);
  void drop_peer(Peer& peer);
  void restart(Peer& peer);
  void stream_ended();
  bool name_peers(const Key& key, DeltaBuffer::PeerSet& peers);
  void fall_behind(Peer& peer);
  void forgo(Peer& peer);
  Carried carried(const Peer& peer) const;
  Carried small_carried(const Peer& peer) const;

  // gossip_round.cpp
  void round(const GossipTurn& turn);
  void drain_backlogs(const GossipTurn& turn);
  void send_entry(DeltaBuffer::Entry& entry, const GossipTurn& turn);
  std::optional<LargeId> encode_whole(const Key& key, const GossipTurn& turn, bool& holds);
  void note_large(Peer& peer, const Key& key, const std::optional<LargeId>& large, Carried& carried, const GossipTurn& turn);
  void tell_of_large(const GossipTurn& turn);
  void forget_large(const Key& key, const DeltaBuffer::PeerSet& peers);
  bool append(Peer& peer, Bytes encoded, const Carried& carried, const GossipTurn& turn);
  bool make_room(Peer& peer, std::size_t bytes, const GossipTurn& turn);
  void seal(Peer& peer, const GossipTurn& turn);
  void lag(Peer& peer, const Key& key, const Carried& carried);
  void resend(const GossipTurn& turn);
  void send_acks(const GossipTurn& turn);

  // gossip_sweep.cpp
  void begin_sweep();
  bool sweep_may_go_on() const;
  void sweep_step(const GossipTurn& turn);
  void sweep_key(const Key& key);
  bool wants_swept(Place place, std::span<const Place> before) const;

  WriterId self_;
  TimeNs interval_ns_;
  const ClusterView* view_ = nullptr;
  const ClusterView* view_before_ = nullptr;
  std::vector<NodeId> renewed_;  // nodes whose incarnation is not the one of the view before
  std::vector<NodeId> lost_;     // nodes of the view before that have died since, or lost what they held
  bool replicates_ = false;

  PeerIndex last_named_ = 0;                  // mostly the next one too
  std::array<Place, kReplicasMax> places_{};  // for name_peers(): clearing them for each update takes longer than naming
  DeltaBuffer buffer_;
  TimeNs round_at_ = kNever;
  TimeNs resend_at_ = kNever;          // not after any peer's
  TimeNs large_at_ = kNever;           // nor this
  std::size_t streams_under_way_ = 0;  // peers with batches to be acknowledged
  std::uint64_t last_update_ = 0;
  std::deque<Peer> peers_;  // a PeerIndex is a place in here
  std::unordered_map<Place, PeerIndex, PlaceHash> peer_of_;
  std::vector<PeerIndex> free_peers_;
  std::vector<PeerIndex> retired_peers_;  // free once no dirty key names them
  std::size_t lagging_keys_ = 0;          // over all backlogs
  std::size_t peers_behind_ = 0;          // that need everything, or are being swept
  bool backlogged_ = false;

  std::unordered_map<Place, Incoming, PlaceHash> incoming_;
  std::vector<std::pair<Place, Incoming*>> acks_due_;
  Sweep sweep_;
  Stamp swept_at_;  // when this view's sweep ended; Stamp{} before

  FrameBuffer encoded_;                 // one entry, encoded once for all its peers
  std::vector<PeerIndex> building_to_;  // peers with a batch begun
  Stamp round_clock_;
  Stamp round_horizon_;  // own_horizon() then
};

}  // namespace lath
