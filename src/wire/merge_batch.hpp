// A merge batch: what one shard's cells grew by, for one replica of them; and its acknowledgement. Batches of one sender to one
// peer are numbered from 1; a repeated batch keeps its number. Merging one twice changes nothing.
#pragma once

#include <cstdint>

#include "base/frame_buffer.hpp"
#include "lath/ids.hpp"
#include "wire/frame.hpp"

namespace lath {

// A horizon that is past nothing: the sender has delivered here all that it held when its view began, while others are behind.
inline constexpr Stamp kGivenHorizon{1};

struct MergeBatchHeader {
  std::uint16_t count = 0;   // of entries; 0 only asks for an acknowledgement
  WriterId sender;           // the shard, in its life
  std::uint64_t number = 0;  // of the batch, from the sender to this receiver
  Stamp clock;               // the sender's, when it made the batch: the receiver's clock moves past it
  Stamp horizon;             // nothing the sender has yet to send, or to send again, was stamped before this
  std::uint64_t epoch = 0;   // of the sender's view
};

struct MergeEntry {
  Bytes key;
  Bytes cell;  // as encoded by the store: a delta or a whole state
};

struct MergeAck {
  WriterId sender;                // of the acknowledgement
  std::uint64_t incarnation = 0;  // of the shard whose batches are acknowledged
  std::uint64_t below = 0;        // every number under this has been merged
  std::uint64_t beyond = 0;       // bit i: number below + 1 + i has been merged as well
  Stamp clock;                    // the acknowledging shard's
  Stamp horizon;                  // as in MergeBatchHeader, of the acknowledging shard
  std::uint32_t epoch = 0;        // the lower half of the epoch of its view
};

inline constexpr std::size_t kMergeBatchHeaderBytes = 56;
inline constexpr std::size_t kMergeEntryHeaderBytes = 8;
inline constexpr std::size_t kMergeAckBytes = 64;

void begin_merge_batch(FrameBuffer& frame, const MergeBatchHeader& header);
void set_merge_count(FrameBuffer& frame, std::uint16_t count);
std::uint16_t merge_count_of(const FrameBuffer& frame);  // of a batch that we made
// An entry is written in two steps: begin with its key, append the cell, end.
std::size_t begin_merge_entry(FrameBuffer& frame, Bytes key);
void end_merge_entry(FrameBuffer& frame, std::size_t begun);
// A batch that is sent again carries the clock and horizon of now.
void refresh_merge_batch(FrameBuffer& frame, Stamp clock, Stamp horizon, std::uint64_t epoch);

bool read_merge_batch_header(Reader& reader, MergeBatchHeader& out);
inline bool read_merge_entry(Reader& reader, MergeEntry& out) {
  std::uint16_t key_size = 0;
  std::uint32_t cell_size = 0;
  reader.read(key_size);
  reader.skip(2);
  if (!reader.read(cell_size) || key_size < 1 || key_size > kKeyBytesMax) return false;
  return reader.read_bytes(key_size, out.key) && reader.read_bytes(cell_size, out.cell);
}

void write_merge_ack(FrameBuffer& frame, const MergeAck& ack);
bool read_merge_ack(Reader& reader, MergeAck& out);

}  // namespace lath
