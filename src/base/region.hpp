// A provider of memory that others may read one-sidedly, injected so that the store never sees a transport.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "lath/result.hpp"

namespace lath {

// A piece of such memory. It is unmapped when the last owner lets go of it; its address never changes.
class Region {
 public:
  virtual ~Region() = default;
  virtual std::span<std::byte> bytes() const = 0;  // zeroed when it was made
};

// May be called from any thread, one call at a time.
class RegionProvider {
 public:
  virtual ~RegionProvider() = default;
  // At least `bytes` bytes, page-aligned, mapped and touched. Slow (about 1 ms a MiB): never on a shard's thread.
  virtual Result<std::unique_ptr<Region>> allocate(std::size_t bytes) = 0;
};

// Plain memory, for tests and simulations.
class HeapRegionProvider final : public RegionProvider {
 public:
  Result<std::unique_ptr<Region>> allocate(std::size_t bytes) override {
    return std::unique_ptr<Region>(std::make_unique<HeapRegion>(bytes));
  }

 private:
  class HeapRegion final : public Region {
   public:
    explicit HeapRegion(std::size_t bytes) : storage_(bytes + kAlignment), size_(bytes) {}
    std::span<std::byte> bytes() const override {
      void* start = const_cast<std::byte*>(storage_.data());
      std::size_t space = storage_.size();
      return {static_cast<std::byte*>(std::align(kAlignment, size_, start, space)), size_};
    }

   private:
    static constexpr std::size_t kAlignment = 4096;
    std::vector<std::byte> storage_;
    std::size_t size_;
  };
};

}  // namespace lath
