#include "control/view_codec.hpp"

#include "lath/limits.hpp"
#include "wire/writer.hpp"

namespace lath {

namespace {

constexpr std::size_t kCountOffset = 2;
constexpr std::size_t kLastOffset = 24;
constexpr std::size_t kEntryBytesMin = 32;

void begin_frame(FrameBuffer& frame, FrameKind kind, const ControlSender& sender) {
  write(frame, kWireVersion);
  write(frame, kind);
  write(frame, std::uint16_t{0});
  write(frame, sender.node.value);
  write(frame, sender.incarnation);
  write(frame, sender.epoch);
  write(frame, std::uint64_t{0});
}

void append_entry(FrameBuffer& frame, const NodeEntry& entry) {
  LATH_ASSERT(entry.host.size() <= kHostBytesMax && entry.contact.size() <= kContactBytesMax);
  LATH_ASSERT(entry.control_address.size() <= kAddressBytesMax && entry.shard_addresses.size() <= kShardsPerNodeMax);
  write(frame, entry.id.value);
  write(frame, entry.state);
  write(frame, std::uint8_t{0});
  write(frame, std::uint16_t{0});
  write(frame, entry.incarnation);
  write(frame, entry.host_id);
  write(frame, static_cast<std::uint16_t>(entry.host.size()));
  write(frame, static_cast<std::uint16_t>(entry.contact.size()));
  write(frame, static_cast<std::uint16_t>(entry.control_address.size()));
  write(frame, static_cast<std::uint16_t>(entry.shard_addresses.size()));
  frame.append(as_bytes(entry.host));
  frame.append(as_bytes(entry.contact));
  frame.append(entry.control_address);
  for (const AddressBytes& address : entry.shard_addresses) {
    LATH_ASSERT(address.size() <= kAddressBytesMax);
    write(frame, static_cast<std::uint16_t>(address.size()));
    frame.append(address);
  }
}

bool is_state(NodeState state) {
  return state == NodeState::kAlive || state == NodeState::kLeaving || state == NodeState::kLeft || state == NodeState::kDead;
}

bool read_sized(Reader& reader, std::size_t size, std::size_t size_max, Bytes& out) {
  return size <= size_max && reader.read_bytes(size, out);
}

bool read_entry(Reader& reader, NodeEntry& entry) {
  std::uint16_t host_bytes = 0;
  std::uint16_t contact_bytes = 0;
  std::uint16_t control_bytes = 0;
  std::uint16_t shards = 0;
  reader.read(entry.id.value);
  reader.read(entry.state);
  reader.skip(3);
  reader.read(entry.incarnation);
  reader.read(entry.host_id);
  reader.read(host_bytes);
  reader.read(contact_bytes);
  reader.read(control_bytes);
  if (!reader.read(shards) || !is_state(entry.state) || shards > kShardsPerNodeMax || entry.id.value >= kNodesMax) return false;
  Bytes host;
  Bytes contact;
  Bytes control;
  if (!read_sized(reader, host_bytes, kHostBytesMax, host) || !read_sized(reader, contact_bytes, kContactBytesMax, contact) ||
      !read_sized(reader, control_bytes, kAddressBytesMax, control)) {
    return false;
  }
  entry.host = as_text(host);
  entry.contact = as_text(contact);
  entry.control_address.assign(control.begin(), control.end());
  if (reader.left() < shards * sizeof(std::uint16_t)) return false;  // before allocating for a count that cannot be true
  entry.shard_addresses.reserve(shards);
  for (std::size_t shard = 0; shard < shards; ++shard) {
    std::uint16_t bytes = 0;
    Bytes address;
    if (!reader.read(bytes) || !read_sized(reader, bytes, kAddressBytesMax, address)) return false;
    entry.shard_addresses.emplace_back(address.begin(), address.end());
  }
  return true;
}

}  // namespace

std::vector<FrameBuffer> encode_entries(std::span<const NodeEntry* const> entries, const ControlSender& sender) {
  std::vector<FrameBuffer> frames(1);
  begin_frame(frames.back(), FrameKind::kView, sender);
  std::uint16_t count = 0;
  for (const NodeEntry* entry : entries) {
    if (frames.back().size() > kViewFrameBytesGoal) {
      frames.emplace_back();
      begin_frame(frames.back(), FrameKind::kView, sender);
      count = 0;
    }
    append_entry(frames.back(), *entry);
    write_at(frames.back(), kCountOffset, ++count);
  }
  write_at(frames.back(), kLastOffset, std::uint8_t{1});
  return frames;
}

std::vector<FrameBuffer> encode_view(const View& view, const ControlSender& sender) {
  return encode_entries(view.entries(), sender);
}

FrameBuffer encode_view_request(const ControlSender& sender) {
  FrameBuffer frame;
  begin_frame(frame, FrameKind::kViewRequest, sender);
  write_at(frame, kLastOffset, std::uint8_t{1});
  return frame;
}

Result<ControlFrame> decode_control_frame(Bytes frame) {
  const Error malformed{Code::kInvalid, "malformed control frame"};
  const auto kind = kind_of(frame);
  if (!kind || (*kind != FrameKind::kView && *kind != FrameKind::kViewRequest)) return malformed;
  Reader reader(frame);
  ControlFrame decoded;
  decoded.kind = *kind;
  std::uint16_t count = 0;
  std::uint8_t last = 0;
  reader.skip(2);
  reader.read(count);
  reader.read(decoded.sender.node.value);
  reader.read(decoded.sender.incarnation);
  reader.read(decoded.sender.epoch);
  reader.read(last);
  if (!reader.skip(7) || last > 1 || decoded.sender.node.value >= kNodesMax) return malformed;
  if (count > kNodesMax || reader.left() < count * kEntryBytesMin) return malformed;
  if (*kind == FrameKind::kViewRequest && count > 0) return malformed;
  decoded.last = last == 1;
  decoded.entries.resize(count);
  for (NodeEntry& entry : decoded.entries) {
    if (!read_entry(reader, entry)) return malformed;
  }
  if (!reader.at_end()) return malformed;
  return decoded;
}

}  // namespace lath
