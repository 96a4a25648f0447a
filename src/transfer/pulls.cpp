#include "transfer/pulls.hpp"

#include <algorithm>
#include <cstring>

#include "base/assert.hpp"

namespace lath {

std::uint64_t Pulls::begin(PullOrder order, TimeNs now) {
  const std::uint64_t number = number_next_++;
  Pull& pull = pulls_[number];
  pull.order = std::move(order);
  pull.heard_at = now;
  pull.reads = port_ != nullptr && !pull.order.exports.empty() &&
               std::ranges::all_of(pull.order.exports, [&](const auto& each) { return port_->reads(pull.order.from, each); });
  turns_.push_back(number);
  due_ = 0;
  return number;
}

void Pulls::peer_failed(PeerId peer) {
  std::vector<std::uint64_t> lost;
  for (const auto& [number, pull] : pulls_) {
    if (pull.order.from == peer) lost.push_back(number);
  }
  for (const std::uint64_t number : lost) fail(number, Code::kUnreachable);
}

// Parts that are being read keep the room; those that were asked for find no pull any more.
void Pulls::fail(std::uint64_t number, Code code) {
  const auto found = pulls_.find(number);
  if (found == pulls_.end()) return;
  Pull& pull = found->second;
  if (!pull.failed) {
    pull.failed = true;
    pull.code = code;
    for (std::uint32_t part = 0; part < parts_.size(); ++part) {
      if (parts_[part].pull == number && !parts_[part].read) give_part(part);
    }
  }
  if (pull.parts == 0) end(number, pull);
}

void Pulls::end(std::uint64_t number, const Pull& pull) {
  ended_.push_back({number, pull.order.room, pull.order.from, pull.order.source, pull.code});
  pulls_.erase(number);
  due_ = 0;
}

bool Pulls::take_ended(Ended& out) {
  if (ended_.empty()) return false;
  out = ended_.front();
  ended_.pop_front();
  return true;
}

std::uint32_t Pulls::take_part(std::uint64_t number, std::uint64_t offset, std::uint32_t bytes, bool read) {
  if (parts_used_ == kPartsMax) return kNoPart;
  if (parts_used_ == parts_.size()) parts_.emplace_back();
  std::uint32_t at = 0;
  while (parts_[at].pull != 0) ++at;
  Part& part = parts_[at];
  part = {.pull = number, .generation = part.generation + 1U, .bytes = bytes, .offset = offset, .read = read};
  part.generation &= 0xffffffU;  // with its place it makes a token of 32 bits
  ++parts_used_;
  bytes_under_way_ += bytes;
  ++pulls_.at(number).parts;
  return at;
}

void Pulls::give_part(std::uint32_t at) {
  Part& part = parts_[at];
  --pulls_.at(part.pull).parts;
  bytes_under_way_ -= part.bytes;
  --parts_used_;
  part.pull = 0;
}

Pulls::Part* Pulls::find_part(std::uint64_t token) {
  const std::uint64_t at = token & 0xffU;
  if (at >= parts_.size() || parts_[at].pull == 0 || parts_[at].generation != token >> 8) return nullptr;
  return &parts_[at];
}

void Pulls::on_chunk(PeerId from, const Chunk& chunk, PullRooms& rooms, TimeNs now) {
  Part* part = find_part(chunk.token);
  if (part == nullptr || part->read) return;
  const std::uint64_t number = part->pull;
  Pull& pull = pulls_.at(number);
  if (pull.order.from != from || pull.order.source != chunk.source) return;
  if (chunk.gone || chunk.bytes.size() != part->bytes) return fail(number, Code::kClosed);
  std::uint64_t offset = part->offset;
  for (Bytes left = chunk.bytes; !left.empty();) {
    const std::span<std::byte> room = rooms.room(pull.order.room, offset);
    const std::size_t taken = std::min(room.size(), left.size());
    std::memcpy(room.data(), left.data(), taken);
    rooms.filled(pull.order.room, offset, taken);
    left = left.subspan(taken);
    offset += taken;
  }
  const bool confirmed = pull.confirming && part->bytes == 0;
  pull.arrived += part->bytes;
  bytes_pulled_ += part->bytes;
  pull.heard_at = now;
  due_ = 0;
  give_part(static_cast<std::uint32_t>(part - parts_.data()));
  if (confirmed) end(number, pull);
}

void Pulls::read_done(std::uint64_t token, bool ok, PullRooms& rooms, TimeNs now) {
  Part* part = find_part(token);
  if (part == nullptr || !part->read) return;
  const std::uint64_t number = part->pull;
  Pull& pull = pulls_.at(number);
  due_ = 0;
  if (!ok && !pull.failed) {  // what cannot be read, any more, is asked for; if its peer is gone, that is told as well
    pull.reads = false;
    part->read = false;
    part->ask_again_at = 0;
    return;
  }
  if (!pull.failed) rooms.filled(pull.order.room, part->offset, part->bytes);
  pull.arrived += part->bytes;
  bytes_pulled_ += part->bytes;
  pull.heard_at = now;
  give_part(static_cast<std::uint32_t>(part - parts_.data()));
  if (pull.failed) fail(number, pull.code);
}

void Pulls::tick(PullRooms& rooms, TimeNs now, Outbox& outbox) {
  if (pulls_.empty() || now < due_) return;
  due_ = now + kAskAgainNs;
  read_now_ = 0;
  ask_again(now, outbox);
  for (std::size_t left = turns_.size(); left > 0 && read_now_ < kBytesReadPerTurn; --left) {
    const std::uint64_t number = turns_.front();
    turns_.pop_front();
    const auto found = pulls_.find(number);
    if (found == pulls_.end()) continue;
    turns_.push_back(number);
    if (found->second.failed) continue;
    if (now > found->second.heard_at + kLargeSilenceNs) {
      fail(number, Code::kTimeout);
    } else {
      advance(number, found->second, rooms, now, outbox);
    }
  }
}

void Pulls::advance(std::uint64_t number, Pull& pull, PullRooms& rooms, TimeNs now, Outbox& outbox) {
  while (pull.next < pull.order.bytes) {
    const Step step = next_part(number, pull, rooms, now, outbox);
    if (step == Step::kWaits) return;
    if (pull.failed) return fail(number, pull.code);
    if (read_now_ >= kBytesReadPerTurn) {
      due_ = 0;
      return;
    }
  }
  if (pull.arrived < pull.order.bytes || pull.confirming) return;
  if (now > pull.order.good_until) return fail(number, Code::kTimeout);
  if (!pull.order.confirms) return end(number, pull);
  const std::uint32_t part = take_part(number, pull.order.bytes, 0, false);
  if (part == kNoPart) return;
  pull.confirming = true;
  ask(pull, part, now, outbox);
}

// Begins to get what comes next.
Pulls::Step Pulls::next_part(std::uint64_t number, Pull& pull, PullRooms& rooms, TimeNs now, Outbox& outbox) {
  const std::span<std::byte> room = rooms.room(pull.order.room, pull.next);
  if (room.empty()) {
    due_ = std::min(due_, now + kRoomPauseNs);
    // Parts that others hold may free memory; nobody else can.
    if (!rooms.may_grow()) {
      pull.failed = true;
      pull.code = Code::kFull;
      return Step::kAgain;
    }
    pull.heard_at = now;
    return Step::kWaits;
  }
  if (pull.next < pull.order.head.size()) {
    const std::size_t taken = std::min<std::size_t>(room.size(), pull.order.head.size() - pull.next);
    std::memcpy(room.data(), pull.order.head.data() + pull.next, taken);
    pull.next += taken;
    pull.arrived += taken;
    return Step::kAgain;
  }
  std::uint64_t bytes = std::min<std::uint64_t>({room.size(), kLargePartBytesMax, pull.order.bytes - pull.next});
  if (pull.reads) {
    OfferedPiece run;
    bytes = std::min(bytes, run_at(pull, pull.next, run));
  }
  if (bytes_under_way_ + bytes > kLargeBytesUnderWayMax) return Step::kWaits;
  const std::uint32_t part = take_part(number, pull.next, static_cast<std::uint32_t>(bytes), pull.reads);
  if (part == kNoPart) return Step::kWaits;
  if (pull.reads) return read_part(pull, part, room.first(bytes), rooms);
  pull.next += bytes;
  ask(pull, part, now, outbox);
  return Step::kAgain;
}

Pulls::Step Pulls::read_part(Pull& pull, std::uint32_t at, std::span<std::byte> room, PullRooms& rooms) {
  OfferedPiece run;
  run_at(pull, pull.next, run);
  switch (port_->read(pull.order.from, pull.order.exports[run.exported], run.address, room, token_of(at))) {
    case PortRead::kDone:
      rooms.filled(pull.order.room, pull.next, room.size());
      read_now_ += std::max(room.size(), kReadCostBytes);
      bytes_pulled_ += room.size();
      pull.next += room.size();
      pull.arrived += room.size();
      give_part(at);
      return Step::kAgain;
    case PortRead::kUnderWay: pull.next += room.size(); return Step::kAgain;
    case PortRead::kBusy:
      give_part(at);
      due_ = 0;
      return Step::kWaits;
    case PortRead::kNot: break;
  }
  give_part(at);
  pull.reads = false;
  return Step::kAgain;
}

// How many bytes lie together at the other side from `offset` on, and where.
std::uint64_t Pulls::run_at(Pull& pull, std::uint64_t offset, OfferedPiece& run) {
  const std::uint64_t behind_head = offset - pull.order.head.size();
  if (pull.order.layout.run_bytes > 0) {
    run = pull.order.pieces.front();
    std::uint64_t bytes = 0;
    pull.order.layout.each_run(behind_head, 1, [&](std::uint64_t at, std::uint64_t) {
      run.address += at;
      bytes = pull.order.layout.run_bytes - behind_head % pull.order.layout.run_bytes;
    });
    return bytes;
  }
  while (behind_head >= pull.piece_begin + pull.order.pieces[pull.piece].bytes) {
    pull.piece_begin += pull.order.pieces[pull.piece].bytes;
    ++pull.piece;
  }
  run = pull.order.pieces[pull.piece];
  const std::uint64_t within = behind_head - pull.piece_begin;
  run.address += within;
  return run.bytes - within;
}

void Pulls::ask(Pull& pull, std::uint32_t at, TimeNs now, Outbox& outbox) {
  Part& part = parts_[at];
  part.ask_again_at = now + (kAskAgainNs << std::min(part.asks, 4U));
  ++part.asks;
  FrameBuffer frame = outbox.acquire();
  write_ask(frame, {.token = static_cast<std::uint32_t>(token_of(at)),
                    .source = pull.order.source,
                    .offset = part.offset - (part.bytes == 0 ? 0 : pull.order.head.size()),
                    .bytes = part.bytes});
  outbox.send(pull.order.from, std::move(frame));
}

void Pulls::ask_again(TimeNs now, Outbox& outbox) {
  for (std::uint32_t at = 0; at < parts_.size(); ++at) {
    Part& part = parts_[at];
    if (part.pull == 0 || part.read) continue;
    Pull& pull = pulls_.at(part.pull);
    if (now >= part.ask_again_at && !outbox.lags(pull.order.from)) ask(pull, at, now, outbox);
    due_ = std::min(due_, std::max(part.ask_again_at, now + 1));
  }
}

}  // namespace lath
