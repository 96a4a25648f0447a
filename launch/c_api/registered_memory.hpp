// The memory that a store's user registered, or was given: which region an address lies in. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>

#include "base/region.hpp"

namespace lath::c_api {

class RegisteredMemory {
 public:
  enum class Owner { kLibrary, kCaller };  // of the bytes

  Result<void*> allocate(RegionProvider& provider, std::size_t bytes);
  Result<void> add(RegionProvider& provider, void* memory, std::size_t bytes);
  // false: it was not given by that owner.
  bool remove(const void* memory, Owner owner);
  void clear();  // whatever is left
  // The region that holds all of it, until it is removed; null where none does.
  const Region* find(const std::byte* memory, std::uint64_t bytes);

 private:
  struct Piece {
    std::size_t bytes = 0;
    Owner owner = Owner::kCaller;
    std::unique_ptr<Region> region;
  };

  std::mutex mutex_;
  std::map<std::uintptr_t, Piece> pieces_;  // by address; they do not overlap
};

}  // namespace lath::c_api
