#include "transport/sim_memory.hpp"

#include <cstring>

#include "base/random.hpp"

namespace lath {

namespace {

constexpr std::size_t kPageBytes = 4096;

struct SimExport {
  std::uint64_t number;
  std::uint64_t check;
};

std::uint64_t check_of(std::uint64_t number) {
  return Random(number ^ 0x4d454d5349ULL).next();
}

}  // namespace

class SimMemory::Held final : public Region {
 public:
  Held(std::shared_ptr<SimRegion> region, std::uint64_t number) : region_(std::move(region)), exported_(sizeof(SimExport)) {
    const SimExport layout{number, check_of(number)};
    std::memcpy(exported_.data(), &layout, sizeof layout);
  }
  ~Held() override { region_->enrolled = false; }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;
  std::span<std::byte> bytes() const override { return region_->bytes; }
  Bytes exported() const override { return exported_; }

 private:
  std::shared_ptr<SimRegion> region_;
  std::vector<std::byte> exported_;
};

std::unique_ptr<Region> SimMemory::hold(std::shared_ptr<SimRegion> region) {
  const std::uint64_t number = number_next_++;
  regions_[number] = region;
  return std::make_unique<Held>(std::move(region), number);
}

Result<std::unique_ptr<Region>> SimMemory::allocate(std::size_t bytes) {
  if (bytes == 0) return Error{Code::kInvalid, "a region of 0 bytes"};
  auto region = std::make_shared<SimRegion>();
  region->mappable = true;
  region->storage.resize(bytes + kPageBytes);
  void* start = region->storage.data();
  std::size_t space = region->storage.size();
  region->bytes = {static_cast<std::byte*>(std::align(kPageBytes, bytes, start, space)), bytes};
  return hold(std::move(region));
}

Result<std::unique_ptr<Region>> SimMemory::enroll(std::span<std::byte> memory) {
  if (memory.empty()) return Error{Code::kInvalid, "a region of 0 bytes"};
  auto region = std::make_shared<SimRegion>();
  region->bytes = memory;
  return hold(std::move(region));
}

std::shared_ptr<SimRegion> SimMemory::find(Bytes exported) const {
  SimExport layout;
  if (exported.size() != sizeof layout) return nullptr;
  std::memcpy(&layout, exported.data(), sizeof layout);
  if (layout.check != check_of(layout.number)) return nullptr;
  const auto found = regions_.find(layout.number);
  return found == regions_.end() ? nullptr : found->second.lock();
}

}  // namespace lath
