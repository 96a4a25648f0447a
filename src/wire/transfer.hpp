// How large values move: whoever needs one asks whoever has it for parts, or is told where it lies and reads it there.
// docs/wire.md, docs/decisions/0005-large-values.md. What an address means, and which keys open it, the transport knows.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/frame_buffer.hpp"
#include "base/strided.hpp"
#include "lath/ids.hpp"
#include "wire/frame.hpp"

namespace lath {

// For `bytes` bytes from `offset` on of what the other side calls `source`. No bytes: whether the source still holds.
struct Ask {
  std::uint32_t token = 0;  // comes back with the answer
  std::uint64_t source = 0;
  std::uint64_t offset = 0;
  std::uint32_t bytes = 0;
};
struct Chunk {
  std::uint32_t token = 0;
  std::uint64_t source = 0;
  bool gone = false;  // the source does not hold any more
  Bytes bytes{};
};

// The argument of a put large. The value is the head, which comes with it, and then the bytes of the source.
struct LargeSource {
  std::uint64_t source = 0;   // as the session knows it
  std::uint64_t address = 0;  // of its first byte, for who can read it by `exported`
  StridedLayout layout;
  Bytes head;
  Bytes exported;  // empty: by asking only

  std::uint64_t bytes() const { return head.size() + layout.bytes(); }
};

// A run of bytes in the offering process's memory.
struct OfferedPiece {
  std::uint32_t exported = 0;  // which of the exports opens it
  std::uint64_t address = 0;
  std::uint64_t bytes = 0;
};
// What is held for whoever was told of it, until it is released or nobody has asked about it for `lease_ns`.
struct LargeOffer {
  std::uint64_t source = 0;
  std::uint64_t bytes = 0;
  std::uint64_t lease_ns = 0;
  Stamp stamp;  // of the write
  WriterId writer;
  Bytes head;  // its first bytes, at most kLargeHeadBytesMax
  std::vector<Bytes> exports;
  std::vector<OfferedPiece> pieces;  // that make it up, in order
};

struct Fetch {
  std::uint32_t token = 0;
  Bytes key;
};
struct OfferFrame {
  std::uint32_t token = 0;
  bool gone = false;  // the key holds no large value
  LargeOffer offer;
};
struct Held {
  WriterId sender;                // that holds it
  std::uint64_t incarnation = 0;  // of the shard that told of it
  Stamp stamp;                    // of the write
  WriterId writer;
  Bytes key;
};

inline constexpr std::size_t kAskBytes = 28;
inline constexpr std::size_t kChunkHeaderBytes = 16;
inline constexpr std::size_t kReleaseBytes = 12;

void write_ask(FrameBuffer& frame, const Ask& ask);
bool read_ask(Bytes frame, Ask& out);
// The bytes follow, appended by the caller.
void begin_chunk(FrameBuffer& frame, const Chunk& chunk);
bool read_chunk(Bytes frame, Chunk& out);
void write_release(FrameBuffer& frame, std::uint64_t source);
bool read_release(Bytes frame, std::uint64_t& source);
void write_fetch(FrameBuffer& frame, const Fetch& fetch);
bool read_fetch(Bytes frame, Fetch& out);
void write_offer(FrameBuffer& frame, const OfferFrame& offer);
bool read_offer(Bytes frame, OfferFrame& out);
void write_held(FrameBuffer& frame, const Held& held);
bool read_held(Bytes frame, Held& out);

void append_large_source(FrameBuffer& frame, const LargeSource& source);
// nullopt also where its size is not that of a large value.
std::optional<LargeSource> read_large_source(Bytes argument);
void append_large_offer(FrameBuffer& frame, const LargeOffer& offer);
// nullopt also where the pieces do not make up the whole.
std::optional<LargeOffer> read_large_offer(Bytes payload);

}  // namespace lath
