// A provider of memory that others may read one-sidedly, injected so that the store never sees a transport.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "base/message.hpp"
#include "lath/result.hpp"

namespace lath {

// A piece of such memory. It is unmapped when the last owner lets go of it; its address never changes.
class Region {
 public:
  virtual ~Region() = default;
  virtual std::span<std::byte> bytes() const = 0;
  // What a peer attaches it by: opaque, at most kRegionExportBytesMax. Empty where no peer can.
  virtual Bytes exported() const { return {}; }
};

// May be called from any thread, one call at a time.
class RegionProvider {
 public:
  virtual ~RegionProvider() = default;
  // At least `bytes` bytes, page-aligned and mapped. Their content is anything, and a page may come with its first touch, which is slow
  // (about 1 ms a MiB). Never on a shard's thread.
  virtual Result<std::unique_ptr<Region>> allocate(std::size_t bytes) = 0;
  // Makes memory of the caller's readable by peers, for as long as the region lives; the memory outlives it. On a host without RDMA
  // its owner must make progress while it is read.
  virtual Result<std::unique_ptr<Region>> enroll(std::span<std::byte> memory) = 0;
};

// Plain memory that no peer can read, for tests.
class HeapRegionProvider final : public RegionProvider {
 public:
  Result<std::unique_ptr<Region>> allocate(std::size_t bytes) override {
    return std::unique_ptr<Region>(std::make_unique<HeapRegion>(bytes));
  }
  Result<std::unique_ptr<Region>> enroll(std::span<std::byte> memory) override {
    return std::unique_ptr<Region>(std::make_unique<Borrowed>(memory));
  }

 private:
  class Borrowed final : public Region {
   public:
    explicit Borrowed(std::span<std::byte> memory) : memory_(memory) {}
    std::span<std::byte> bytes() const override { return memory_; }

   private:
    std::span<std::byte> memory_;
  };
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
