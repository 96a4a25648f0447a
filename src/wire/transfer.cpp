#include "wire/transfer.hpp"

#include "lath/limits.hpp"
#include "wire/reader.hpp"
#include "wire/writer_codec.hpp"

namespace lath {

namespace {

void begin(FrameBuffer& frame, FrameKind kind, std::uint16_t more = 0) {
  write(frame, kWireVersion);
  write(frame, kind);
  write(frame, more);
}

bool read_begin(Reader& reader, FrameKind kind, std::uint16_t& more) {
  std::uint8_t version = 0;
  FrameKind found{};
  reader.read(version);
  reader.read(found);
  return reader.read(more) && version == kWireVersion && found == kind;
}

bool read_key(Reader& reader, std::size_t size, Bytes& out) {
  return size >= 1 && size <= kKeyBytesMax && reader.read_bytes(size, out) && reader.at_end();
}

bool is_large(std::uint64_t bytes) {
  return bytes > kValueBytesMax && bytes <= kLargeBytesMax;
}

bool read_exported(Reader& reader, std::uint32_t size, Bytes& out) {
  return size <= kRegionExportBytesMax && reader.read_bytes(size, out);
}

// The bytes of what follows are at least so many, each.
constexpr std::size_t kPieceBytes = 20;

bool read_pieces(Reader& reader, LargeOffer& out) {
  std::uint32_t count = 0;
  if (!reader.read(count) || count > reader.left() / kPieceBytes) return false;
  std::uint64_t left = out.bytes;
  out.pieces.resize(count);
  for (OfferedPiece& piece : out.pieces) {
    reader.read(piece.exported);
    reader.read(piece.address);
    if (!reader.read(piece.bytes) || piece.bytes == 0 || piece.bytes > left) return false;
    if (!out.exports.empty() && piece.exported >= out.exports.size()) return false;
    left -= piece.bytes;
  }
  return left == 0;
}

}  // namespace

void write_ask(FrameBuffer& frame, const Ask& ask) {
  begin(frame, FrameKind::kAsk);
  write(frame, ask.token);
  write(frame, ask.source);
  write(frame, ask.offset);
  write(frame, ask.bytes);
}

bool read_ask(Bytes frame, Ask& out) {
  Reader reader(frame);
  std::uint16_t zero = 0;
  if (!read_begin(reader, FrameKind::kAsk, zero)) return false;
  reader.read(out.token);
  reader.read(out.source);
  reader.read(out.offset);
  return reader.read(out.bytes) && reader.at_end() && out.bytes <= kLargePartBytesMax;
}

void begin_chunk(FrameBuffer& frame, const Chunk& chunk) {
  begin(frame, FrameKind::kChunk, chunk.gone ? 1 : 0);
  write(frame, chunk.token);
  write(frame, chunk.source);
}

bool read_chunk(Bytes frame, Chunk& out) {
  Reader reader(frame);
  std::uint16_t gone = 0;
  if (!read_begin(reader, FrameKind::kChunk, gone) || gone > 1) return false;
  out.gone = gone == 1;
  reader.read(out.token);
  if (!reader.read(out.source)) return false;
  out.bytes = reader.rest();
  return out.bytes.size() <= (out.gone ? 0 : kLargePartBytesMax);
}

void write_release(FrameBuffer& frame, std::uint64_t source) {
  begin(frame, FrameKind::kRelease);
  write(frame, source);
}

bool read_release(Bytes frame, std::uint64_t& source) {
  Reader reader(frame);
  std::uint16_t zero = 0;
  return read_begin(reader, FrameKind::kRelease, zero) && reader.read(source) && reader.at_end();
}

void write_fetch(FrameBuffer& frame, const Fetch& fetch) {
  begin(frame, FrameKind::kFetch, static_cast<std::uint16_t>(fetch.key.size()));
  write(frame, fetch.token);
  frame.append(fetch.key);
}

bool read_fetch(Bytes frame, Fetch& out) {
  Reader reader(frame);
  std::uint16_t key_size = 0;
  return read_begin(reader, FrameKind::kFetch, key_size) && reader.read(out.token) && read_key(reader, key_size, out.key);
}

void write_offer(FrameBuffer& frame, const OfferFrame& offer) {
  begin(frame, FrameKind::kOffer, offer.gone ? 1 : 0);
  write(frame, offer.token);
  if (!offer.gone) append_large_offer(frame, offer.offer);
}

bool read_offer(Bytes frame, OfferFrame& out) {
  Reader reader(frame);
  std::uint16_t gone = 0;
  if (!read_begin(reader, FrameKind::kOffer, gone) || gone > 1 || !reader.read(out.token)) return false;
  out.gone = gone == 1;
  if (out.gone) return reader.at_end();
  auto offer = read_large_offer(reader.rest());
  if (!offer) return false;
  out.offer = std::move(*offer);
  return true;
}

void write_held(FrameBuffer& frame, const Held& held) {
  begin(frame, FrameKind::kHeld, static_cast<std::uint16_t>(held.key.size()));
  write_writer(frame, held.sender);
  write(frame, held.incarnation);
  write(frame, held.stamp.value);
  write_writer(frame, held.writer);
  frame.append(held.key);
}

bool read_held(Bytes frame, Held& out) {
  Reader reader(frame);
  std::uint16_t key_size = 0;
  if (!read_begin(reader, FrameKind::kHeld, key_size) || !read_writer(reader, out.sender)) return false;
  reader.read(out.incarnation);
  reader.read(out.stamp.value);
  return read_writer(reader, out.writer) && read_key(reader, key_size, out.key);
}

void append_large_source(FrameBuffer& frame, const LargeSource& source) {
  write(frame, source.source);
  write(frame, source.address);
  write(frame, source.layout.run_bytes);
  write(frame, source.layout.level_count);
  for (std::uint32_t at = 0; at < source.layout.level_count; ++at) {
    write(frame, source.layout.levels[at].count);
    write(frame, source.layout.levels[at].stride);
  }
  write(frame, static_cast<std::uint32_t>(source.head.size()));
  frame.append(source.head);
  write(frame, static_cast<std::uint32_t>(source.exported.size()));
  frame.append(source.exported);
}

std::optional<LargeSource> read_large_source(Bytes argument) {
  Reader reader(argument);
  LargeSource out;
  reader.read(out.source);
  reader.read(out.address);
  reader.read(out.layout.run_bytes);
  if (!reader.read(out.layout.level_count) || out.layout.level_count > kLayoutLevelsMax) return std::nullopt;
  for (std::uint32_t at = 0; at < out.layout.level_count; ++at) {
    reader.read(out.layout.levels[at].count);
    reader.read(out.layout.levels[at].stride);
  }
  std::uint32_t size = 0;
  if (!reader.read(size) || size > kLargeHeadBytesMax || !reader.read_bytes(size, out.head)) return std::nullopt;
  if (!reader.read(size) || !read_exported(reader, size, out.exported) || !reader.at_end()) return std::nullopt;
  if (!out.layout.valid_within(kLargeBytesMax) || !is_large(out.bytes())) return std::nullopt;
  return out;
}

void append_large_offer(FrameBuffer& frame, const LargeOffer& offer) {
  write(frame, offer.source);
  write(frame, offer.bytes);
  write(frame, offer.lease_ns);
  write(frame, offer.stamp.value);
  write_writer(frame, offer.writer);
  write(frame, static_cast<std::uint32_t>(offer.head.size()));
  frame.append(offer.head);
  write(frame, static_cast<std::uint32_t>(offer.exports.size()));
  for (const Bytes exported : offer.exports) {
    write(frame, static_cast<std::uint32_t>(exported.size()));
    frame.append(exported);
  }
  write(frame, static_cast<std::uint32_t>(offer.pieces.size()));
  for (const OfferedPiece& piece : offer.pieces) {
    write(frame, piece.exported);
    write(frame, piece.address);
    write(frame, piece.bytes);
  }
}

std::optional<LargeOffer> read_large_offer(Bytes payload) {
  Reader reader(payload);
  LargeOffer out;
  reader.read(out.source);
  reader.read(out.bytes);
  reader.read(out.lease_ns);
  reader.read(out.stamp.value);
  std::uint32_t size = 0;
  if (!read_writer(reader, out.writer) || !is_large(out.bytes)) return std::nullopt;
  if (!reader.read(size) || size > kLargeHeadBytesMax || !reader.read_bytes(size, out.head)) return std::nullopt;
  std::uint32_t count = 0;
  if (!reader.read(count) || count > reader.left() / sizeof size) return std::nullopt;
  out.exports.resize(count);
  for (Bytes& exported : out.exports) {
    if (!reader.read(size) || !read_exported(reader, size, exported)) return std::nullopt;
  }
  if (!read_pieces(reader, out) || !reader.at_end()) return std::nullopt;
  return out;
}

}  // namespace lath
