// A session's one-sided reads: for each shard whether its memory can be read, where it lies, and the reads under way. Whatever is
// not certain goes by message; a read that goes by message is never wrong for it. Lives in a SessionDriver; the session's thread.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "base/clock.hpp"
#include "client/copied_table.hpp"
#include "client/mapped_table.hpp"
#include "client/session.hpp"
#include "client/shard_memory_map.hpp"
#include "topology/hash.hpp"
#include "transport/transport.hpp"

namespace lath {

struct OneSidedCounters {
  std::uint64_t answered = 0;                           // without a message
  std::uint64_t tried_again = 0;                        // a writer was at it
  std::array<std::uint64_t, kReadVerdicts> given_up{};  // went by message, by verdict
  std::uint64_t not_ready = 0;                          // the shard's memory is not attached (yet)
  std::uint64_t behind_updates = 0;                     // the session's own update of that shard is not answered yet
  std::uint64_t memory_asked = 0;
  std::uint64_t extents_attached = 0;
};

class OneSided {
 public:
  OneSided(Session& session, Transport& transport, const Clock& clock, OneSidedMode mode)
      : session_(session), transport_(transport), clock_(clock), mode_(mode) {}
  OneSided(const OneSided&) = delete;
  OneSided& operator=(const OneSided&) = delete;

  // These three are for operations that may be read one-sidedly at all, and modes that do so.
  // By loads, or by copies that are there at once: how the operation ended, in the caller's room. nullopt: submit it.
  std::optional<Code> read_now(const Operation& operation, const AnswerTarget& target, TimeNs& now);
  // Begins one by copies that take their time, what read_now() could not read; {} where it must go by message. The request is the session's, as any other.
  RequestId begin(const Call& call, TimeNs now);
  void prefetch(const Operation& operation, TimeNs now);
  void on_read_done(std::uint64_t token, Code code, TimeNs now);
  // What is out of time ends.
  void turn(TimeNs now);
  TimeNs next_deadline() const;

  void connected(std::uint32_t stream, PeerId peer);
  void lost(std::uint32_t stream);

  OneSidedMode mode() const { return mode_; }
  void set_mode(OneSidedMode mode);
  const OneSidedCounters& counters() const { return counters_; }

 private:
  // A shard, as one stream leads to it.
  struct Shard {
    enum class State : std::uint8_t { kUnconnected, kFresh, kProbing, kAttaching, kMapped, kCopied, kNever };
    State state = State::kUnconnected;
    PeerId peer;
    std::uint64_t root = 0;
    ReadTerms terms;
    ShardMemoryMap memory;
    MappedTable mapped;
    CopiedTable copied;
    std::size_t exports_seen = 0;
    bool copies_at_once = false;  // the last read by copies was over when its copies had been asked for

    // The question for the memory, and its answer.
    bool asking = false;
    PeerId asked;
    Code answer_status = Code::kOk;
    TimeNs asked_at = 0;
    TimeNs ask_not_before = 0;
    TimeNs clock_due = 0;  // when it is to be asked for again
    std::vector<std::byte> answer;
    std::size_t answer_size = 0;
  };
  // A read by copies.
  struct Copy {
    CopiedRead read;
    std::uint32_t stream = 0;
    RequestId request;  // {}: of a read that was to be there at once
    TimeNs deadline = kForeverNs;
    TimeNs began = 0;
    FrameBuffer operation;  // encoded: the caller's key may be gone
    unsigned tries = 0;
    std::size_t fetches_left = 0;
    bool failed = false;  // one of them did
    bool in_use = false;
  };

  static SlotKey slot_key_of(Bytes key) { return {key, key.size() > sizeof(std::uint64_t) ? key_hash(key) : 0}; }
  enum class Counts : std::uint8_t { kNo, kYes };
  Shard* readable(const Operation& operation, TimeNs now, Counts counts, std::uint32_t& stream);
  void prepare(std::uint32_t stream, Shard& shard, TimeNs now);
  void ask(std::uint32_t stream, Shard& shard, TimeNs now);
  void take_answer(Shard& shard, TimeNs now);
  void attach(Shard& shard, Bytes exported, bool maps);
  void detach(Shard& shard);
  void open(Shard& shard, std::uint64_t root);
  void keep_current(std::uint32_t stream, Shard& shard, TimeNs now);
  void give_up(ReadVerdict verdict, std::uint32_t stream, Shard& shard, TimeNs now);
  std::optional<Code> deliver_image(const SlotImage& image, const Operation& operation, const AnswerTarget& target,
                                    std::uint32_t stream);

  ReadVerdict read_mapped(Shard& shard, const Operation& operation, TimeNs& now, SlotImage& image);

  // one_sided_copies.cpp
  std::optional<Code> copy_now(std::uint32_t stream, Shard& shard, const Operation& operation, const AnswerTarget& target,
                               TimeNs& now);
  std::uint32_t take_copy();
  enum class Fetched : std::uint8_t { kNow, kLater, kNot };
  Fetched fetch(std::uint32_t number);
  std::optional<ReadVerdict> run(std::uint32_t number, TimeNs now);  // nullopt: under way
  std::optional<ReadVerdict> step(Copy& copy, const Shard& shard, TimeNs now);
  void finish(std::uint32_t number, ReadVerdict verdict, TimeNs now);
  void release(std::uint32_t number);
  Operation operation_in(const Copy& copy) const;

  Session& session_;
  Transport& transport_;
  const Clock& clock_;
  OneSidedMode mode_;
  OneSidedCounters counters_;
  std::vector<std::unique_ptr<Shard>> shards_;  // by stream
  FrameBuffer scratch_;
  std::deque<Copy> copies_;
  std::vector<std::uint32_t> free_copies_;
  std::size_t copies_under_way_ = 0;
};

}  // namespace lath
