// Memory from UCX: allocated by it, because only then shared-memory readers need no help from the owner.
#include <sys/statvfs.h>
#include <ucp/api/ucp.h>
#include <unistd.h>

#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <cstring>

#include "base/memory_left.hpp"
#include "transport/ucx_context.hpp"
#include "transport/ucx_wire.hpp"

namespace lath {

namespace {

// Whether the mapping at `address` has a name that other processes can open.
Result<bool> is_shared_mapping(const void* address) {
  const std::unique_ptr<FILE, int (*)(FILE*)> maps(std::fopen("/proc/self/maps", "re"), &std::fclose);
  if (!maps) return Error{Code::kIo, "cannot read /proc/self/maps: is /proc mounted?"};
  const auto wanted = reinterpret_cast<std::uintptr_t>(address);
  char line[1024];
  while (std::fgets(line, sizeof line, maps.get()) != nullptr) {
    std::uintptr_t first = 0;
    std::uintptr_t last = 0;
    char mode[5] = {};
    if (std::sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %4s", &first, &last, mode) != 3) continue;
    if (first <= wanted && wanted < last) return mode[3] == 's';
  }
  return false;
}

// Of what control threads have mapped and not yet touched; a first extent is not worth the caution, and is touched at once.
constexpr std::size_t kUntouchedMax = 256UL << 20;
constexpr std::size_t kUntouchedLeast = 4UL << 20;

Error too_little_left(std::size_t bytes, const MemoryLeft& left) {
  return Error{Code::kFull, left.whose + " has " + std::to_string(left.bytes >> 20) +
                                " MiB of memory left, and would have less than " + std::to_string(kUntouchedMax >> 20) +
                                " beside " + std::to_string(bytes >> 20) + " MiB more: " + MemoryLeft::remedy()};
}

Error no_memory(std::size_t bytes, const std::string& reason) {
  if (reason.find("locked memory") != std::string::npos) {  // UCX's words where RDMA may not pin it
    return Error{Code::kFull, "RDMA cannot pin " + std::to_string(bytes >> 20) + " MiB (" + reason +
                                  "): raise the limit of locked memory (ulimit -l unlimited; for good '* - memlock unlimited' in "
                                  "/etc/security/limits.d/lath.conf, LimitMEMLOCK=infinity in a systemd unit), or do without RDMA "
                                  "(LATH_UCX_TLS=^ib)"};
  }
  struct statvfs disk = {};
  std::string room = "unknown";
  if (statvfs("/dev/shm", &disk) == 0) room = std::to_string(disk.f_bavail * disk.f_frsize >> 20) + " MiB";
  return Error{Code::kFull,
               "UCX cannot give " + std::to_string(bytes >> 20) + " MiB of shared memory (" + reason +
                   "): SysV segments have no room for it (ipcs -m shows what is used, ipcs -l the limits), and /dev/shm, "
                   "which is asked next, has " +
                   room +
                   " free. Raise kernel.shmall, kernel.shmmni and kernel.shmmax (sysctl), or enlarge /dev/shm (mount -o "
                   "remount,size=... /dev/shm), remove what killed processes left there (lath doctor names it), or give "
                   "the node less memory (--memory)"};
}

}  // namespace

Result<std::unique_ptr<Region>> UcxContext::allocate(std::size_t bytes) {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  if (bytes == 0) return Error{Code::kInvalid, "a region of 0 bytes"};
  // UCX would take memory until the whole machine stands still, or the job is killed, and only then say no. A little may have been given
  // that is not touched yet, and counts as free.
  if (bytes > kUntouchedLeast) {
    const MemoryLeft left = memory_left(MemoryFor::kSharing);
    if (bytes + kUntouchedMax >= left.bytes) return too_little_left(bytes, left);
  }
  const UcxLogOpening opening;
  ucp_mem_map_params_t params = {};
  params.field_mask = UCP_MEM_MAP_PARAM_FIELD_LENGTH | UCP_MEM_MAP_PARAM_FIELD_FLAGS | UCP_MEM_MAP_PARAM_FIELD_ADDRESS;
  params.length = (bytes + page - 1) / page * page;
  params.flags = UCP_MEM_MAP_ALLOCATE;
  ucp_mem_h handle = nullptr;
  ucs_status_t status = ucp_mem_map(handle_, &params, &handle);
  if (status != UCS_OK) return no_memory(bytes, opening.reason(ucs_status_string(status)));

  ucp_mem_attr_t attributes = {};
  attributes.field_mask = UCP_MEM_ATTR_FIELD_ADDRESS | UCP_MEM_ATTR_FIELD_LENGTH;
  status = ucp_mem_query(handle, &attributes);
  if (status != UCS_OK) {
    ucp_mem_unmap(handle_, handle);
    return Error{Code::kInternal, std::string("UCX does not say where it put a region: ") + ucs_status_string(status)};
  }
  const std::span<std::byte> memory(static_cast<std::byte*>(attributes.address), attributes.length);
  Result<std::unique_ptr<Region>> region = region_of(handle, memory);
  if (!region) return region;
  const Result<bool> shared = is_shared_mapping(memory.data());
  if (!shared) return shared.error();
  // Where it cannot share so much, UCX falls back to private memory without a word; readers would then need the owner's help.
  if (shares_memory_ && !*shared) return no_memory(bytes, "only private memory was left");
  shares_memory_ = *shared;
  return region;
}

Result<std::unique_ptr<Region>> UcxContext::enroll(std::span<std::byte> memory) {
  if (memory.empty()) return Error{Code::kInvalid, "a region of 0 bytes"};
  ucp_mem_map_params_t params = {};
  params.field_mask = UCP_MEM_MAP_PARAM_FIELD_ADDRESS | UCP_MEM_MAP_PARAM_FIELD_LENGTH;
  params.address = memory.data();
  params.length = memory.size();
  ucp_mem_h handle = nullptr;
  const ucs_status_t status = ucp_mem_map(handle_, &params, &handle);
  if (status != UCS_OK) {
    return Error{Code::kIo, "UCX cannot register " + std::to_string(memory.size()) + " bytes (" + ucs_status_string(status) +
                                "): raise the limit on locked memory (ulimit -l unlimited)"};
  }
  return region_of(handle, memory);
}

// Owns the handle from here on.
Result<std::unique_ptr<Region>> UcxContext::region_of(ucp_mem_h handle, std::span<std::byte> memory) {
  void* key = nullptr;
  std::size_t key_bytes = 0;
  const ucs_status_t status = ucp_rkey_pack(handle_, handle, &key, &key_bytes);
  if (status != UCS_OK) {
    ucp_mem_unmap(handle_, handle);
    return Error{Code::kInternal, std::string("UCX has no key for a region: ") + ucs_status_string(status)};
  }
  std::vector<std::byte> exported = ucx_wrap_export({.serial = ++regions_made_,
                                                     .base = reinterpret_cast<std::uint64_t>(memory.data()),
                                                     .bytes = memory.size(),
                                                     .key = {static_cast<const std::byte*>(key), key_bytes}});
  ucp_rkey_buffer_release(key);
  if (exported.size() > kRegionExportBytesMax) exported.clear();  // so many devices: readers use messages
  return std::unique_ptr<Region>(std::make_unique<UcxRegion>(handle_, handle, memory, std::move(exported)));
}

UcxRegion::~UcxRegion() {
  ucp_mem_unmap(context_, handle_);
}

}  // namespace lath
