// The bytes of a shard's large values, as pieces of its registered memory. A content is filled once, in order, by whoever opened it;
// then it is named by its write and never changes. It lives for as long as a cell names it or somebody holds it. Its memory is
// counted when it is opened, and taken piece by piece: extents are mapped meanwhile. The owning shard's thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "store/arena.hpp"
#include "store/large_id.hpp"

namespace lath {

class LargeValues {
 public:
  struct Content {
    LargeId id;  // {} before it is whole
    std::uint64_t bytes = 0;
    std::uint64_t taken = 0;  // bytes of the pieces
    unsigned holds = 0;       // besides the cell's
    bool named = false;       // by a cell
    std::vector<std::span<std::byte>> pieces;
  };

  explicit LargeValues(Arena& arena) : arena_(&arena) {}

  // Opens a content that the caller holds, and fills. The number is never used again.
  std::uint64_t open(std::uint64_t bytes);
  // The memory for the bytes from `offset` on, at most up to the end of a piece; empty: it is not there (yet). Offsets are asked for in
  // order the first time.
  std::span<std::byte> room(std::uint64_t number, std::uint64_t offset);

  // What is whole, by its write. A second content of the same write stays without a name: 0 is answered for it, else its number.
  std::uint64_t settle(std::uint64_t number, const LargeId& id);
  std::uint64_t find(const LargeId& id) const;  // 0: not here
  const Content& content(std::uint64_t number) const { return contents_.at(number); }

  // visit(bytes) for what lies at [offset, offset + bytes) of a content that is filled so far.
  template <class Visitor>
  void each_run(std::uint64_t number, std::uint64_t offset, std::uint64_t bytes, Visitor&& visit) const {
    for (const std::span<std::byte> piece : content(number).pieces) {
      if (bytes == 0) return;
      if (offset >= piece.size()) {
        offset -= piece.size();
        continue;
      }
      const std::uint64_t taken = std::min<std::uint64_t>(bytes, piece.size() - offset);
      visit(Bytes(piece.subspan(offset, taken)));
      bytes -= taken;
      offset = 0;
    }
  }

  void hold(std::uint64_t number) { ++contents_.at(number).holds; }
  void release(std::uint64_t number);
  void name(const LargeId& id, bool named);  // whether a cell does

  bool empty() const { return contents_.empty(); }
  std::size_t count() const { return contents_.size(); }
  std::uint64_t bytes_promised() const { return bytes_promised_; }  // opened, and not taken from the arena yet

 private:
  static constexpr std::size_t kPieceBytesMax = std::size_t{4} << 20;
  static constexpr std::size_t kPieceBytesMin = std::size_t{64} << 10;  // smaller ones would make the list of them long

  void take_piece(Content& content);
  void drop_unused(std::uint64_t number);

  Arena* arena_;
  std::unordered_map<std::uint64_t, Content> contents_;
  std::unordered_map<LargeId, std::uint64_t, LargeIdHash> numbers_;  // of what is whole
  std::uint64_t number_next_ = 1;
  std::uint64_t bytes_promised_ = 0;
};

}  // namespace lath
