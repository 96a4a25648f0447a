// A session's part in moving large values: it keeps the sources of its puts, which shards pull, and pulls what its gets were offered
// straight into the caller's room. What is lost on the way begins again, at another replica where there is one. Lives in a
// SessionDriver; the session's thread. docs/decisions/0005-large-values.md.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <unordered_map>
#include <vector>

#include "base/region.hpp"
#include "base/strided.hpp"
#include "client/session.hpp"
#include "client/tensor_shape.hpp"
#include "transfer/pulls.hpp"
#include "transport/attachments.hpp"
#include "transport/transport.hpp"
#include "wire/outbox.hpp"
#include "wire/transfer.hpp"

namespace lath {

inline constexpr std::uint64_t kRunBytesRead = 1024;  // a tensor's shorter runs are moved together, by way of a buffer

// The caller's memory that a put takes its value from. It stays as it is until the request has ended.
struct LargeValue {
  const std::byte* memory = nullptr;
  StridedLayout layout;
  Bytes head;                      // goes before it; copied
  const Region* region = nullptr;  // that the memory lies in, if it is registered
};

class LargeTransfers final : private OfferTaker, private MemoryPort, private PullRooms {
 public:
  // `memory` registers what is put, where peers could read it; it may be null. one_sided: false: everything goes by messages.
  LargeTransfers(Session& session, Transport& transport, RegionProvider* memory, bool one_sided);
  LargeTransfers(const LargeTransfers&) = delete;
  LargeTransfers& operator=(const LargeTransfers&) = delete;
  ~LargeTransfers() override;

  static constexpr std::uint64_t kTokenMark = std::uint64_t{1} << 63;  // of this one's reads, among its transport's

  // The call is a put's, of a key and nothing else. `peer`: to which it will go, if that is known.
  RequestId put(Call call, const LargeValue& value, const PeerId* peer, TimeNs now);

  // Frames of kinds from kAsk on.
  void handle(PeerId from, Bytes frame, TimeNs now);
  void read_done(std::uint64_t token, Code code, TimeNs now) {
    pulls_.read_done(token & ~kTokenMark, code == Code::kOk, *this, now);
  }
  void connected(std::uint32_t stream, PeerId peer);
  void lost(std::uint32_t stream, PeerId peer);
  // Before and after each poll.
  void turn(TimeNs now) {
    if (!idle()) work(now);
  }
  TimeNs next_deadline() const;
  bool idle() const { return puts_.empty() && gets_.empty() && pulls_.idle() && outbox_.empty(); }
  // Something may still be written into a caller's room, though its request was cancelled: the caller cannot have it back yet.
  bool is_leaving_rooms() const;

  struct Counters {
    std::uint64_t puts = 0;
    std::uint64_t gets = 0;
    std::uint64_t begun_again = 0;
    std::uint64_t bytes_asked = 0;  // by message
    std::uint64_t bytes_given = 0;  // by message
  };
  const Counters& counters() const { return counters_; }

 private:
  struct Put {
    RequestId request;
    const std::byte* memory = nullptr;
    StridedLayout layout;
    std::unique_ptr<Region> own_region;
  };
  struct Get {
    RequestId request;
    std::uint32_t stream = 0;
    std::uint64_t bytes = 0;
    std::byte* memory = nullptr;  // the caller's, where what is behind the header goes
    StridedLayout layout;
    std::size_t header_bytes = 0;  // that go nowhere: they came with the offer
    std::array<std::byte, kTensorHeaderBytes> header{};
    std::map<std::uint64_t, std::vector<std::byte>> gathered;  // by offset: parts whose runs are too short to be read one by one
    TimeNs deadline = kForeverNs;
    FrameBuffer operation;  // encoded: the caller's key may be gone
    bool ended = false;     // its request has: only what is being read keeps it
  };

  void on_offer(const Offered& offered) override;
  bool reads(PeerId peer, Bytes exported) override { return attachments_.find(peer, exported) != nullptr; }
  PortRead read(PeerId peer, Bytes exported, std::uint64_t address, std::span<std::byte> room, std::uint64_t token) override;
  std::span<std::byte> room(std::uint64_t room, std::uint64_t offset) override;
  bool may_grow() const override { return false; }
  void filled(std::uint64_t room, std::uint64_t offset, std::uint64_t bytes) override;

  bool open_room(const Offered& offered, const LargeOffer& offer, PeerId from, Get& get);
  void work(TimeNs now);
  void answer(PeerId from, const Ask& ask);
  void drop_ended_puts();
  void watch_gets(TimeNs now);
  void pull_ended(const Pulls::Ended& ended, TimeNs now);
  void release(PeerId from, std::uint64_t source);
  void send();

  Session& session_;
  Transport& transport_;
  RegionProvider* memory_;
  Attachments attachments_;
  Pulls pulls_;
  Outbox outbox_;
  std::unordered_map<std::uint64_t, Put> puts_;               // by source
  std::unordered_map<std::uint64_t, Get> gets_;               // by room
  std::unordered_map<std::uint64_t, std::uint64_t> room_of_;  // by pull
  std::vector<std::unique_ptr<Region>> retired_;              // a shard that gave up may still be reading by them
  std::vector<PeerId> peers_;                                 // by stream
  std::uint64_t source_next_ = 1;
  std::uint64_t room_next_ = 1;
  FrameBuffer scratch_;
  Counters counters_;
};

}  // namespace lath
