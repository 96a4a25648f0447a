// A view on the wire: kView frames between control threads, and to clients over the contact port. A view too large for one frame
// travels in several; each is a view of its own that merges, so their order and repetition do not matter. Bounds-checked.
//
//   u8 version, u8 kind, u16 entries, u32 sender's node, u64 sender's incarnation, u64 sender's epoch, u8 last, 7 zeros
//   an entry: u32 node, u8 state, 3 zeros, u64 incarnation, u64 host id, u16 bytes of host, contact, control address, u16 shards;
//   host, contact, control address; of each shard: u16 bytes, address
//
// A kViewRequest is the same header without entries: "if your epoch is not this, send me your view".
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/frame_buffer.hpp"
#include "lath/result.hpp"
#include "topology/membership.hpp"
#include "wire/frame.hpp"

namespace lath {

inline constexpr std::size_t kControlHeaderBytes = 32;

struct ControlSender {
  NodeId node;
  std::uint64_t incarnation = 0;
  std::uint64_t epoch = 0;  // of its whole view
};

struct ControlFrame {
  FrameKind kind = FrameKind::kView;
  ControlSender sender;
  bool last = true;  // of a view's parts
  std::vector<NodeEntry> entries;
};

// One frame at least: an empty view, or none of its entries, only says the sender's epoch.
std::vector<FrameBuffer> encode_view(const View& view, const ControlSender& sender);
std::vector<FrameBuffer> encode_entries(std::span<const NodeEntry* const> entries, const ControlSender& sender);
FrameBuffer encode_view_request(const ControlSender& sender);

Result<ControlFrame> decode_control_frame(Bytes frame);

}  // namespace lath
