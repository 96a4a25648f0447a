// Large values on their way here: each is read, or asked for, part by part into a room. What a pull is for, its owner (a shard, a
// session) knows; it is told when one has ended. Parts that were lost are asked for again; a pull that hears nothing for
// kLargeSilenceNs ends. Bounded by kLargePullsMax pulls and kLargeBytesUnderWayMax bytes under way. A state machine; one thread.
#pragma once

#include <cstdint>
#include <deque>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "base/message.hpp"
#include "base/strided.hpp"
#include "lath/limits.hpp"
#include "lath/result.hpp"
#include "transfer/memory_port.hpp"
#include "wire/outbox.hpp"
#include "wire/transfer.hpp"

namespace lath {

// Where the bytes are: a source that the peer keeps for us, read by what it exported or asked for.
struct PullOrder {
  PeerId from;
  std::uint64_t source = 0;
  std::uint64_t room = 0;                         // where they go, as PullRooms knows it
  std::uint64_t bytes = 0;                        // all of them
  std::vector<std::byte> head{};                  // that came already
  std::vector<std::vector<std::byte>> exports{};  // none: by asking
  std::vector<OfferedPiece> pieces{};             // behind the head; of a layout: one, its beginning
  StridedLayout layout{};                         // of one piece
  bool confirms = false;                          // the source is asked at the end whether it held
  TimeNs good_until = ~TimeNs{0};                 // what is read after this is not believed
};

class PullRooms {
 public:
  virtual ~PullRooms() = default;
  // The memory for the bytes from `offset` on, as far as it lies together; empty: there is none (yet). Offsets are asked for in order
  // the first time.
  virtual std::span<std::byte> room(std::uint64_t room, std::uint64_t offset) = 0;
  virtual bool may_grow() const = 0;  // a room that is not there may come
  // The bytes that were to go into that memory are there; each once.
  virtual void filled(std::uint64_t /*room*/, std::uint64_t /*offset*/, std::uint64_t /*bytes*/) {}
};

class Pulls {
 public:
  explicit Pulls(MemoryPort* port) : port_(port) {}

  bool full() const { return pulls_.size() >= kLargePullsMax; }
  bool idle() const { return pulls_.empty() && ended_.empty(); }
  std::size_t size() const { return pulls_.size(); }
  std::uint64_t begin(PullOrder order, TimeNs now);
  // Nobody wants it any more. Its room is given back once nothing is being read into it.
  void drop(std::uint64_t pull) { fail(pull, Code::kClosed); }
  void peer_failed(PeerId peer);

  void on_chunk(PeerId from, const Chunk& chunk, PullRooms& rooms, TimeNs now);
  void read_done(std::uint64_t token, bool ok, PullRooms& rooms, TimeNs now);
  void tick(PullRooms& rooms, TimeNs now, Outbox& outbox);
  TimeNs next_deadline() const { return pulls_.empty() && ended_.empty() ? ~TimeNs{0} : due_; }

  struct Ended {
    std::uint64_t pull = 0;
    std::uint64_t room = 0;
    PeerId from;
    std::uint64_t source = 0;
    Code code = Code::kOk;  // kOk: it is whole
  };
  // In the order in which they ended; each room is the caller's again.
  bool take_ended(Ended& out);
  std::uint64_t bytes_pulled() const { return bytes_pulled_; }

 private:
  static constexpr std::size_t kPartsMax = 64;
  static constexpr std::size_t kBytesReadPerTurn = kLargePartBytesMax;  // while we wait: some 30 us of a turn
  static constexpr std::size_t kReadCostBytes = 1024;                   // that a short read takes as long as
  static constexpr TimeNs kAskAgainNs = 500'000'000;                    // TCP takes 40 ms for what is under way
  static constexpr TimeNs kRoomPauseNs = 1'000'000;                     // until an extent may be mapped
  static constexpr std::uint32_t kNoPart = ~std::uint32_t{0};

  struct Pull {
    PullOrder order;
    std::uint64_t next = 0;     // bytes asked for
    std::uint64_t arrived = 0;  // bytes
    std::size_t piece = 0;      // that holds `next`
    std::uint64_t piece_begin = 0;
    unsigned parts = 0;  // under way
    bool reads = false;
    bool failed = false;
    bool confirming = false;
    Code code = Code::kOk;
    TimeNs heard_at = 0;
  };
  struct Part {
    std::uint64_t pull = 0;  // 0: free
    std::uint32_t generation = 0;
    std::uint32_t bytes = 0;
    std::uint64_t offset = 0;
    bool read = false;  // else asked for
    unsigned asks = 0;
    TimeNs ask_again_at = 0;
  };
  enum class Step : std::uint8_t { kDone, kAgain, kWaits };

  void advance(std::uint64_t number, Pull& pull, PullRooms& rooms, TimeNs now, Outbox& outbox);
  Step next_part(std::uint64_t number, Pull& pull, PullRooms& rooms, TimeNs now, Outbox& outbox);
  Step read_part(Pull& pull, std::uint32_t part, std::span<std::byte> room, PullRooms& rooms);
  void ask(Pull& pull, std::uint32_t part, TimeNs now, Outbox& outbox);
  void ask_again(TimeNs now, Outbox& outbox);
  std::uint64_t run_at(Pull& pull, std::uint64_t offset, OfferedPiece& run);
  std::uint32_t take_part(std::uint64_t number, std::uint64_t offset, std::uint32_t bytes, bool read);
  void give_part(std::uint32_t part);
  Part* find_part(std::uint64_t token);
  std::uint64_t token_of(std::uint32_t part) const { return std::uint64_t{parts_[part].generation} << 8 | part; }
  void fail(std::uint64_t number, Code code);
  void end(std::uint64_t number, const Pull& pull);

  MemoryPort* port_;
  std::unordered_map<std::uint64_t, Pull> pulls_;
  std::deque<std::uint64_t> turns_;  // whose turn it is: one after the other
  std::vector<Part> parts_;
  std::size_t parts_used_ = 0;
  std::size_t bytes_under_way_ = 0;
  std::size_t read_now_ = 0;  // bytes, in this turn
  std::deque<Ended> ended_;
  std::uint64_t number_next_ = 1;
  std::uint64_t bytes_pulled_ = 0;
  TimeNs due_ = ~TimeNs{0};
};

}  // namespace lath
