// Walking packed lists in the caller's memory, which may hold anything.
#include "lath/lath.h"
#include "wire/reader.hpp"

using namespace lath;

size_t lath_list_count(const void* list, size_t list_size) {
  if (list == nullptr) return 0;
  Reader reader({static_cast<const std::byte*>(list), list_size});
  std::uint32_t count = 0;
  if (!reader.read(count)) return 0;
  for (std::uint32_t left = count; left > 0; --left) {
    std::uint32_t size = 0;
    if (!reader.read(size) || !reader.skip(size)) return 0;
  }
  return reader.at_end() ? count : 0;
}

int lath_list_next(const void* list, size_t list_size, size_t* position, const void** member, size_t* member_size) {
  if (list == nullptr || position == nullptr || member == nullptr || member_size == nullptr) return 0;
  Reader reader({static_cast<const std::byte*>(list), list_size});
  std::uint32_t size = 0;
  Bytes bytes;
  if (!reader.skip(*position == 0 ? sizeof size : *position) || !reader.read(size) || !reader.read_bytes(size, bytes)) return 0;
  *member = bytes.data();
  *member_size = bytes.size();
  *position = list_size - reader.left();
  return 1;
}
