#include "topology/hash.hpp"

// Inlined: for a key of 8 bytes the call into the shared library would cost as much as the hash.
#define XXH_INLINE_ALL
#include <xxhash.h>

namespace lath {

std::uint64_t key_hash_of_any_size(Bytes key) noexcept {
  return XXH3_64bits(key.data(), key.size());
}

}  // namespace lath
