#include "transport/joint_address.hpp"

#include <cstddef>
#include <cstring>

#include "lath/limits.hpp"
#include "transport/checksum.hpp"

namespace lath {

namespace {

constexpr std::uint32_t kAddressMark = 0x4a434c01;  // "LCJ" and a version

struct AddressLayout {
  std::uint32_t mark;
  std::uint32_t check;  // of what follows
  std::uint64_t memory_domain;
  std::uint16_t ucx_bytes;
  std::uint16_t has_rdma;
  std::uint32_t unused;
};
static_assert(sizeof(AddressLayout) == 24);
constexpr std::size_t kChecked = offsetof(AddressLayout, memory_domain);

}  // namespace

Address joint_wrap_address(const JointAddress& address) {
  AddressLayout layout = {.mark = kAddressMark,
                          .check = 0,
                          .memory_domain = address.memory_domain,
                          .ucx_bytes = static_cast<std::uint16_t>(address.ucx.size()),
                          .has_rdma = address.has_rdma ? std::uint16_t{1} : std::uint16_t{0},
                          .unused = 0};
  Address wrapped(sizeof layout);
  std::memcpy(wrapped.data(), &layout, sizeof layout);
  wrapped.insert(wrapped.end(), address.ucx.begin(), address.ucx.end());
  wrapped.insert(wrapped.end(), address.tcp.begin(), address.tcp.end());
  layout.check = checksum_of(Bytes(wrapped).subspan(kChecked));
  std::memcpy(wrapped.data(), &layout, sizeof layout);
  return wrapped;
}

std::optional<JointAddress> joint_unwrap_address(Bytes address) {
  AddressLayout layout;
  if (address.size() < sizeof layout || address.size() > kAddressBytesMax) return std::nullopt;
  std::memcpy(&layout, address.data(), sizeof layout);
  const Bytes parts = address.subspan(sizeof layout);
  if (layout.mark != kAddressMark || layout.ucx_bytes > parts.size() || layout.has_rdma > 1 ||
      layout.check != checksum_of(address.subspan(kChecked))) {
    return std::nullopt;
  }
  const Bytes ucx = parts.first(layout.ucx_bytes);
  const Bytes tcp = parts.subspan(layout.ucx_bytes);
  return JointAddress{.memory_domain = layout.memory_domain,
                      .has_rdma = layout.has_rdma == 1,
                      .ucx = Address(ucx.begin(), ucx.end()),
                      .tcp = Address(tcp.begin(), tcp.end())};
}

}  // namespace lath
