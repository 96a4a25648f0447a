// What a shard remembers of each session, so that a frame that comes again is not applied again: which of the last
// kFramesUnderWayMax sequences were handled, and which of their updates failed and how (that is all it takes to answer an update
// again; reads are executed anew). Bounded: at kSessionsRememberedMax the longest silent goes first.
#pragma once

#include <array>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "base/message.hpp"
#include "lath/limits.hpp"
#include "lath/result.hpp"
#include "wire/cell_tag.hpp"

namespace lath {

struct UpdateOutcome {
  std::uint16_t operation = 0;
  Code status = Code::kOk;
  HeldTypes held;  // of kWrongType
};

class SessionWindow {
 public:
  enum class Verdict {
    kNew,       // handle it, and remember it where it holds updates
    kRepeated,  // handled before: answer without applying
    kDeferred,  // handled, and its answer still waits for other nodes
    kStale,     // below what the session still waits for
    kBeyond,    // over the window: the session broke the protocol
  };
  struct Frame {
    std::uint32_t sequence = 0;  // 0: none
    bool deferred = false;
    std::vector<UpdateOutcome> failures;  // in the order of the operations; keeps its room

    UpdateOutcome outcome_of(std::uint16_t operation) const;  // kOk where it did not fail
  };

  // `oldest` is what the frame says of its session.
  Verdict judge(std::uint32_t sequence, std::uint32_t oldest);
  Frame& remember(std::uint32_t sequence);
  Frame* find(std::uint32_t sequence);
  std::uint32_t oldest() const { return oldest_; }

  PeerId peer;                 // by which the session's last new frame came
  std::uint64_t last_use = 0;  // counted by the table

 private:
  std::uint32_t oldest_ = 0;
  std::array<Frame, kFramesUnderWayMax> frames_;
};

class SessionTable {
 public:
  SessionWindow* find(std::uint64_t session);
  // The session's window, made where there is none: as one of `from`'s. Valid until the next open().
  SessionWindow& open(std::uint64_t session, PeerId from);
  // Those of this connection. Returns how many there were.
  std::size_t forget(PeerId peer);
  std::size_t size() const { return windows_.size(); }
  std::uint64_t forgotten() const { return forgotten_; }

 private:
  void forget_one();

  std::unordered_map<std::uint64_t, SessionWindow> windows_;
  std::uint64_t uses_ = 0;
  std::uint64_t forgotten_ = 0;
};

}  // namespace lath
