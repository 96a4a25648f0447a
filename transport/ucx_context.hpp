// One process's hold on UCX: its settings, its devices, and the memory that others may read one-sidedly.
// Settings are read from LATH_UCX_* over UCX_*; ours are defaults that either of them overrides.
// Any thread; open() one call at a time. Outlives the transports and regions made from it.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/region.hpp"
#include "lath/result.hpp"
#include "transport/ucx_log.hpp"

struct ucp_context;
struct ucp_mem;

namespace lath {

bool has_rdma_devices();  // this host, be they usable or not

// What UCX may use, over what the environment says; where they are not set, that stands.
struct UcxLimits {
  std::optional<std::string> transports;  // as UCX_TLS: "^tcp"
  std::optional<std::string> devices;     // as UCX_NET_DEVICES: "mlx5_0:1"
};

class UcxContext final : public RegionProvider {
 public:
  // Also takes UCX's crash handlers out of the process, unless UCX_HANDLE_ERRORS is set: UCX installs them while it is loaded,
  // before any code of ours runs, and a library has no business with the application's signals.
  static Result<std::unique_ptr<UcxContext>> open(const UcxLimits& limits = {});
  // Whether newcomers can be heard in this process: UCX hears them by a thread of its own, which a child of fork() lacks where contexts of
  // its parent were open. Who only connects to others may open one there.
  static Result<void> check_newcomers_are_heard();
  ~UcxContext() override;
  UcxContext(const UcxContext&) = delete;
  UcxContext& operator=(const UcxContext&) = delete;

  // Memory that UCX allocated and registered. From SysV segments, or, where these
  // have no room, from /dev/shm. An error where it would not be shared although small pieces are: both are full.
  Result<std::unique_ptr<Region>> allocate(std::size_t bytes) override;
  Result<std::unique_ptr<Region>> enroll(std::span<std::byte> memory) override;

  // For ever: a worker of it could not be destroyed.
  void keep() { kept_ = true; }

  ucp_context* handle() const { return handle_; }
  // What UCX may use, by the devices, the settings and the limits that there are.
  bool has_rdma() const { return has_rdma_; }
  bool shares_messages() const { return shares_messages_; }  // with processes of this host, by memory
  // What peers read to find out whether they can: its first word, and never anything else.
  const Region& probe_region() const { return *probe_region_; }
  std::uint64_t probe_content() const { return probe_content_; }

 private:
  UcxContext() = default;
  Result<void> open_probe_region();
  Result<std::unique_ptr<Region>> region_of(ucp_mem* handle, std::span<std::byte> memory);

  UcxLogCapture log_;  // for as long as UCX may have something to say
  ucp_context* handle_ = nullptr;
  bool has_rdma_ = false;
  bool shares_messages_ = false;
  std::unique_ptr<Region> probe_region_;
  std::uint64_t probe_content_ = 0;
  std::atomic<bool> shares_memory_ = false;  // small allocations are visible to other processes of this host
  std::atomic<std::uint64_t> regions_made_ = 0;
  std::atomic<bool> kept_ = false;
};

// What allocate() and enroll() return.
class UcxRegion final : public Region {
 public:
  UcxRegion(ucp_context* context, ucp_mem* handle, std::span<std::byte> bytes, std::vector<std::byte> exported)
      : context_(context), handle_(handle), bytes_(bytes), exported_(std::move(exported)) {}
  ~UcxRegion() override;
  UcxRegion(const UcxRegion&) = delete;
  UcxRegion& operator=(const UcxRegion&) = delete;

  std::span<std::byte> bytes() const override { return bytes_; }
  Bytes exported() const override { return exported_; }
  ucp_mem* handle() const { return handle_; }

 private:
  ucp_context* context_;
  ucp_mem* handle_;
  std::span<std::byte> bytes_;
  std::vector<std::byte> exported_;
};

}  // namespace lath
