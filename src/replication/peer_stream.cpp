#include "replication/peer_stream.hpp"

namespace lath {

void PeerStream::keep(FrameBuffer frame, const Carried& carried, TimeNs now) {
  LATH_ASSERT(count() < kMergeBatchesUnderWayMax);
  if (empty()) {
    silences_ = 0;
    resend_after_ = kResendFirstNs;
    resend_at_ = now + resend_after_;
  }
  bytes_ += frame.size();
  at(next_) = {std::move(frame), carried, false};
  ++next_;
}

void PeerStream::restart() {
  const std::uint64_t stream = stream_of(below_) + 1;
  window_ = {};
  below_ = next_ = first_number(stream);
  bytes_ = 0;
  silences_ = 0;
}

Carried PeerStream::carried() const {
  Carried all;
  for (std::uint64_t number = below_; number < next_; ++number) all.include(at(number).carried);
  return all;
}

std::size_t PeerStream::entries() const {
  std::size_t entries = 0;
  for (std::uint64_t number = below_; number < next_; ++number) {
    if (!at(number).acknowledged) entries += merge_count_of(at(number).frame);
  }
  return entries;
}

}  // namespace lath
