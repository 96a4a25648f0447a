// Memory that peers of a simulated network can read. As on a real host, a mapping outlives its owner, and keeps the bytes that it
// had. One thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/region.hpp"

namespace lath {

// A region as its readers hold it.
struct SimRegion {
  std::span<std::byte> bytes;
  bool mappable = false;           // else it can only be copied from, and only while its owner keeps it
  bool enrolled = true;            // false once the owner has let go of it
  std::vector<std::byte> storage;  // where it is the network's own
};

class SimMemory final : public RegionProvider {
 public:
  Result<std::unique_ptr<Region>> allocate(std::size_t bytes) override;
  Result<std::unique_ptr<Region>> enroll(std::span<std::byte> memory) override;

  // What was exported under these bytes; nothing where they are no export, or the region is gone.
  std::shared_ptr<SimRegion> find(Bytes exported) const;

 private:
  class Held;
  std::unique_ptr<Region> hold(std::shared_ptr<SimRegion> region);

  std::uint64_t number_next_ = 1;
  std::map<std::uint64_t, std::weak_ptr<SimRegion>> regions_;
};

}  // namespace lath
