#include "store/large_values.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace lath {

std::uint64_t LargeValues::open(std::uint64_t bytes) {
  const std::uint64_t number = number_next_++;
  Content& content = contents_[number];
  content.bytes = bytes;
  content.holds = 1;
  bytes_promised_ += bytes;
  return number;
}

// The largest piece that there is memory for: a heap in use is not whole any more.
void LargeValues::take_piece(Content& content) {
  const std::uint64_t left = content.bytes - content.taken;
  std::size_t wanted = std::min<std::uint64_t>(left, kPieceBytesMax);
  for (;; wanted = std::max(wanted / 2, std::min<std::size_t>(left, kPieceBytesMin))) {
    std::byte* first = arena_->allocate_pages(Arena::pages_of(wanted));
    if (first != nullptr) {
      content.pieces.emplace_back(first, wanted);
      content.taken += wanted;
      bytes_promised_ -= wanted;
      return;
    }
    if (wanted <= kPieceBytesMin) return;
  }
}

std::span<std::byte> LargeValues::room(std::uint64_t number, std::uint64_t offset) {
  Content& content = contents_.at(number);
  LATH_ASSERT(offset < content.bytes && offset <= content.taken);
  if (offset == content.taken) take_piece(content);
  std::uint64_t begin = content.taken;
  for (std::size_t at = content.pieces.size(); at > 0; --at) {  // the last one is asked for most
    const std::span<std::byte> piece = content.pieces[at - 1];
    begin -= piece.size();
    if (offset >= begin) return offset - begin < piece.size() ? piece.subspan(offset - begin) : std::span<std::byte>();
  }
  return {};
}

std::uint64_t LargeValues::settle(std::uint64_t number, const LargeId& id) {
  Content& content = contents_.at(number);
  LATH_ASSERT(content.taken == content.bytes && content.id == LargeId{});
  if (!numbers_.try_emplace(id, number).second) return 0;
  content.id = id;
  return number;
}

std::uint64_t LargeValues::find(const LargeId& id) const {
  const auto found = numbers_.find(id);
  return found == numbers_.end() ? 0 : found->second;
}

void LargeValues::release(std::uint64_t number) {
  Content& content = contents_.at(number);
  LATH_ASSERT(content.holds > 0);
  --content.holds;
  drop_unused(number);
}

void LargeValues::name(const LargeId& id, bool named) {
  const std::uint64_t number = find(id);
  LATH_ASSERT(number != 0);
  contents_.at(number).named = named;
  drop_unused(number);
}

void LargeValues::drop_unused(std::uint64_t number) {
  const auto found = contents_.find(number);
  const Content& content = found->second;
  if (content.named || content.holds > 0) return;
  for (const std::span<std::byte> piece : content.pieces) arena_->release_pages(piece.data(), Arena::pages_of(piece.size()));
  bytes_promised_ -= content.bytes - content.taken;
  if (content.id != LargeId{}) numbers_.erase(content.id);
  contents_.erase(found);
}

}  // namespace lath
