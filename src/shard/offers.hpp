// Contents that are held for readers: each for one connection, until it is released, the connection ends, or nobody has asked about it
// for kLargeOfferNs. Bounded by kLargeOffersMax. And the parts that were asked for, answered a few a turn. The shard's thread.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_map>

#include "base/clock.hpp"
#include "base/message.hpp"
#include "store/store.hpp"
#include "wire/outbox.hpp"
#include "wire/transfer.hpp"

namespace lath {

class Offers {
 public:
  struct Terms {
    PeerId to;
    const Store::LargeHeld& held;  // the key's large value
    bool exports = false;          // its memory may be told
    TimeNs now = 0;
  };
  // Writes an offer. false: there are too many.
  bool write(const Terms& terms, Store& store, LargeOffer& out);
  // Whether the question is about an offer to this peer is seen when it is answered. What does not fit is dropped, and asked again.
  void ask(PeerId from, const Ask& ask);
  void release(PeerId from, std::uint64_t source, Store& store);
  void forget(PeerId peer, Store& store);

  // Answers some questions, ends what nobody asks about.
  void tick(Store& store, TimeNs now, Outbox& outbox);
  TimeNs next_deadline() const { return asks_.empty() ? (offers_.empty() ? ~TimeNs{0} : look_at_) : 0; }
  bool idle() const { return offers_.empty() && asks_.empty(); }
  std::size_t size() const { return offers_.size(); }

 private:
  static constexpr std::size_t kBytesPerTurn = 512 * 1024;  // some 50 us: what comes behind waits for it
  static constexpr TimeNs kLookNs = 1'000'000'000;

  struct Offer {
    PeerId to;
    std::uint64_t content = 0;
    TimeNs ends_at = 0;
  };
  struct Asked {
    PeerId from;
    Ask ask;
  };

  void answer(const Asked& asked, Store& store, TimeNs now, Outbox& outbox);

  std::unordered_map<std::uint64_t, Offer> offers_;
  std::deque<Asked> asks_;
  std::uint64_t source_next_ = 1;
  TimeNs look_at_ = 0;
};

}  // namespace lath
