#include "launch/c_api/registered_memory.hpp"

#include <cstring>
#include <iterator>
#include <string>

namespace lath::c_api {

Result<void*> RegisteredMemory::allocate(RegionProvider& provider, std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  auto region = provider.allocate(bytes);
  if (!region) return region.error();
  void* memory = (*region)->bytes().data();
  std::memset(memory, 0, (*region)->bytes().size());
  pieces_[reinterpret_cast<std::uintptr_t>(memory)] = {bytes, Owner::kLibrary, std::move(*region)};
  return memory;
}

Result<void> RegisteredMemory::add(RegionProvider& provider, void* memory, std::size_t bytes) {
  const auto address = reinterpret_cast<std::uintptr_t>(memory);
  const std::lock_guard lock(mutex_);
  if (bytes > UINTPTR_MAX - address)
    return Error{Code::kInvalid, "the memory would end beyond the address space; pass its own size"};
  const auto after = pieces_.upper_bound(address);
  const bool meets_next = after != pieces_.end() && after->first - address < bytes;
  const bool meets_last = after != pieces_.begin() && address - std::prev(after)->first < std::prev(after)->second.bytes;
  if (meets_next || meets_last) return Error{Code::kInvalid, "some of the memory is registered already; unregister it first"};
  auto region = provider.enroll({static_cast<std::byte*>(memory), bytes});
  if (!region) return region.error();
  pieces_[address] = {bytes, Owner::kCaller, std::move(*region)};
  return {};
}

bool RegisteredMemory::remove(const void* memory, Owner owner) {
  const std::lock_guard lock(mutex_);
  const auto found = pieces_.find(reinterpret_cast<std::uintptr_t>(memory));
  if (found == pieces_.end() || found->second.owner != owner) return false;
  pieces_.erase(found);
  return true;
}

void RegisteredMemory::clear() {
  const std::lock_guard lock(mutex_);
  pieces_.clear();
}

const Region* RegisteredMemory::find(const std::byte* memory, std::uint64_t bytes) {
  const auto address = reinterpret_cast<std::uintptr_t>(memory);
  const std::lock_guard lock(mutex_);
  const auto after = pieces_.upper_bound(address);
  if (after == pieces_.begin()) return nullptr;
  const auto& [first, piece] = *std::prev(after);
  const std::uint64_t offset = address - first;
  return offset < piece.bytes && bytes <= piece.bytes - offset ? piece.region.get() : nullptr;
}

}  // namespace lath::c_api
