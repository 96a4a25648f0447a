// What a cell takes of the heap, over its own object.
#pragma once

#include <cstddef>

namespace lath {

class Cell;

// Linear in the cell. Of the allocator it knows what glibc's does: blocks of whole 16 bytes, 8 of them its own.
std::size_t heap_bytes(const Cell& cell);

}  // namespace lath
