// One-sided reads of a UcxTransport: the regions attached on its connections, and the reads under way. A region's key is destroyed
// once nothing reads by it, and never while its mapping may still be looked at: by sweep(), after the caller was told. The
// transport's thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <utility>
#include <vector>

#include "transport/transport.hpp"

struct ucp_ep;
struct ucp_rkey;
struct UcxReadCallback;

namespace lath {

class UcxReads {
 public:
  // `news` is set when something has completed or was detached: then report(), take_probed() and sweep() have work.
  explicit UcxReads(bool& news) : news_(news) {}
  // What UCX has not finished with when its worker ends is left to it: sweep() before.
  ~UcxReads() = default;
  UcxReads(const UcxReads&) = delete;
  UcxReads& operator=(const UcxReads&) = delete;

  Result<Attached> attach(PeerId peer, ucp_ep* endpoint, Bytes exported);
  void detach(AttachedId id);
  bool detach_all(PeerId peer);  // true: reads of the peer are under way
  ReadBegun read(AttachedId id, std::uint64_t address, std::span<std::byte> room, std::uint64_t token);
  // The first word of a region, for a probe: kDone, or what became of it is told by take_probed().
  ReadBegun probe(AttachedId id, std::uint64_t address, std::uint64_t& word);

  // What has completed since, to be delivered by poll(). Returns how many events that were.
  std::size_t report(TransportEvents& events);
  struct Probed {
    PeerId peer;
    AttachedId region;
    std::uint64_t word = 0;
    bool read = false;
  };
  std::vector<Probed> take_probed() { return std::exchange(probed_, {}); }  // rare
  // Destroys the keys of regions that were detached.
  void sweep();

 private:
  friend UcxReadCallback;

  struct Region {
    std::uint32_t generation = 1;
    bool attached = false;
    PeerId peer;
    ucp_ep* endpoint = nullptr;
    ucp_rkey* key = nullptr;
    std::uint64_t base = 0;
    std::uint64_t bytes = 0;
    std::size_t reads = 0;  // under way
  };
  struct Read {
    UcxReads* owner = nullptr;
    std::uint64_t token = 0;
    std::uint32_t region = 0;
    bool is_probe = false;
    std::uint64_t word = 0;  // a probe's room
    PeerId peer;
    AttachedId probed;
    Read* next_free = nullptr;
  };
  struct Done {
    std::uint64_t token;
    Code code;
  };

  Region* find(AttachedId id);
  ReadBegun begin(Region& region, std::uint64_t address, std::span<std::byte> room, Read& read);
  Read* take_read();
  void give_read(Read* read);
  void completed(Read* read, bool ok);
  void drop(std::uint32_t index);

  bool& news_;
  std::vector<Region> regions_;
  std::vector<std::uint32_t> free_regions_;
  std::vector<std::uint32_t> doomed_;  // detached; their keys wait for sweep()
  std::deque<Read> reads_;
  Read* free_reads_ = nullptr;
  std::size_t under_way_ = 0;
  std::vector<Done> done_;
  std::vector<Done> reporting_;  // kept for its room
  std::vector<Probed> probed_;
};

}  // namespace lath
