// One peer's batches under way: numbered, kept until acknowledged, sent again after a silence. At most kMergeBatchesUnderWayMax of
// them and, once there is more than one, kMergeBytesUnderWayMax bytes: what a stopped peer costs.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/clock.hpp"
#include "base/frame_buffer.hpp"
#include "lath/ids.hpp"
#include "lath/limits.hpp"
#include "replication/batch_number.hpp"
#include "wire/merge_batch.hpp"

namespace lath {

// What a batch carries, at its oldest, and by how much the updates in it that are this shard's own have made its store larger.
struct Carried {
  Stamp since{~std::uint64_t{0}};                  // nothing in it was stamped before
  std::uint64_t first_update = ~std::uint64_t{0};  // the first of this shard's own updates in it
  std::int64_t grown_bytes = 0;

  void include(const Carried& other) {
    since = std::min(since, other.since);
    first_update = std::min(first_update, other.first_update);
    grown_bytes += other.grown_bytes;
  }
};

class PeerStream {
 public:
  static constexpr TimeNs kResendFirstNs = 50'000'000;   // far over a round trip on a busy host
  static constexpr TimeNs kResendMaxNs = 1'000'000'000;  // a peer that comes back is noticed within this

  bool has_room() const { return count() < kMergeBatchesUnderWayMax && (bytes_ == 0 || bytes_ < kMergeBytesUnderWayMax); }
  bool empty() const { return next_ == below_; }
  std::uint64_t next_number() const { return next_; }
  // One that the peer has seen, for a frame that only asks for an acknowledgement.
  std::uint64_t asking_number() const { return below_ == first_number(stream_of(below_)) ? below_ : below_ - 1; }

  void keep(FrameBuffer frame, const Carried& carried, TimeNs now);
  // Says whether something was acknowledged that was not before. Gives what was kept back to `release`.
  template <class Release>
  bool acknowledge(const MergeAck& ack, TimeNs now, Release&& release);
  // Hands each batch that is due to `send_again(FrameBuffer& kept)`: all of them after the first silence, then only the oldest.
  template <class SendAgain>
  void resend(TimeNs now, SendAgain&& send_again);
  TimeNs resend_at() const { return empty() ? ~TimeNs{0} : resend_at_; }
  bool silent() const { return silences_ > 1; }
  bool long_silent() const { return silences_ > 6; }  // for 2.5 s and more: not a pause, as far as we can tell

  // The peer restarted: a new stream, nothing under way.
  void restart();

  Carried carried() const;      // over all batches under way
  std::size_t entries() const;  // in them

 private:
  struct Kept {
    FrameBuffer frame;
    Carried carried;
    bool acknowledged = false;
  };

  std::size_t count() const { return static_cast<std::size_t>(next_ - below_); }
  Kept& at(std::uint64_t number) { return window_[number % kMergeBatchesUnderWayMax]; }
  const Kept& at(std::uint64_t number) const { return window_[number % kMergeBatchesUnderWayMax]; }
  template <class Release>
  bool settle(std::uint64_t number, Release& release);

  static_assert(kMergeBatchesUnderWayMax <= 64, "an acknowledgement names so many beyond the first that is missing");
  std::array<Kept, kMergeBatchesUnderWayMax> window_;
  std::uint64_t below_ = first_number(0);  // the oldest that is not acknowledged
  std::uint64_t next_ = first_number(0);
  std::size_t bytes_ = 0;
  TimeNs resend_at_ = 0;
  TimeNs resend_after_ = kResendFirstNs;
  unsigned silences_ = 0;  // resends since the last acknowledgement
};

template <class Release>
bool PeerStream::settle(std::uint64_t number, Release& release) {
  Kept& kept = at(number);
  if (kept.acknowledged) return false;
  kept.acknowledged = true;
  kept.carried = {};
  bytes_ -= kept.frame.size();
  release(std::move(kept.frame));
  return true;
}

template <class Release>
bool PeerStream::acknowledge(const MergeAck& ack, TimeNs now, Release&& release) {
  if (stream_of(ack.below) != stream_of(below_) || ack.below > next_) return false;
  bool news = false;
  for (std::uint64_t number = below_; number < next_; ++number) {
    const bool under = number < ack.below;
    const bool beyond = number > ack.below && number - ack.below <= 64 && (ack.beyond >> (number - ack.below - 1) & 1) != 0;
    if (under || beyond) news |= settle(number, release);
  }
  while (below_ < next_ && at(below_).acknowledged) ++below_;
  if (news) {
    silences_ = 0;
    resend_after_ = kResendFirstNs;
    resend_at_ = now + resend_after_;
  }
  return news;
}

template <class SendAgain>
void PeerStream::resend(TimeNs now, SendAgain&& send_again) {
  if (empty() || now < resend_at_) return;
  for (std::uint64_t number = below_; number < next_; ++number) {
    if (at(number).acknowledged) continue;
    send_again(at(number).frame);
    if (silences_ > 0) break;
  }
  ++silences_;
  resend_after_ = std::min(resend_after_ * 2, kResendMaxNs);
  resend_at_ = now + resend_after_;
}

}  // namespace lath
