#include "transport/ucx_wire.hpp"

#include <cstddef>
#include <cstring>

#include "transport/checksum.hpp"

namespace lath {

namespace {

constexpr std::uint32_t kAddressMark = 0x58434c02;  // "LCX" and a version

struct GreetingLayout {
  std::uint64_t cookie;
  std::uint32_t index;
  std::uint32_t generation;
  std::uint32_t credit_messages;
  std::uint32_t credit_bytes;
  std::uint32_t worker_bytes;
  std::uint32_t worker_check;
};
static_assert(sizeof(GreetingLayout) == 32);

struct AddressLayout {
  std::uint32_t mark;
  std::uint32_t check;
};

constexpr std::uint32_t kExportMark = 0x52434c02;  // "LCR" and a version

struct ExportLayout {
  std::uint32_t mark;
  std::uint32_t check;  // of what follows
  std::uint64_t serial;
  std::uint64_t base;
  std::uint64_t bytes;
};
static_assert(sizeof(ExportLayout) == 32);

}  // namespace

void ucx_encode(const UcxGreeting& greeting, FrameBuffer& frame) {
  const GreetingLayout layout = {.cookie = greeting.cookie,
                                 .index = greeting.sender.index,
                                 .generation = greeting.sender.generation,
                                 .credit_messages = greeting.credit_messages,
                                 .credit_bytes = greeting.credit_bytes,
                                 .worker_bytes = static_cast<std::uint32_t>(greeting.worker.size()),
                                 .worker_check = checksum_of(greeting.worker)};
  std::memcpy(frame.extend(sizeof layout), &layout, sizeof layout);
  frame.append(greeting.worker);
}

std::optional<UcxGreeting> ucx_decode_greeting(Bytes bytes) {
  GreetingLayout layout;
  if (bytes.size() < sizeof layout) return std::nullopt;
  std::memcpy(&layout, bytes.data(), sizeof layout);
  const Bytes worker = bytes.subspan(sizeof layout);
  if (worker.size() != layout.worker_bytes || worker.size() > kAddressBytesMax || checksum_of(worker) != layout.worker_check) {
    return std::nullopt;
  }
  if (layout.credit_messages == 0 || layout.credit_bytes == 0) return std::nullopt;
  return UcxGreeting{.cookie = layout.cookie,
                     .sender = {.index = layout.index, .generation = layout.generation},
                     .credit_messages = layout.credit_messages,
                     .credit_bytes = layout.credit_bytes,
                     .worker = worker};
}

Address ucx_wrap_address(Bytes worker) {
  const AddressLayout layout = {.mark = kAddressMark, .check = checksum_of(worker)};
  Address address(sizeof layout + worker.size());
  std::memcpy(address.data(), &layout, sizeof layout);
  if (!worker.empty()) std::memcpy(address.data() + sizeof layout, worker.data(), worker.size());
  return address;
}

std::optional<Bytes> ucx_unwrap_address(Bytes address) {
  AddressLayout layout;
  if (address.size() <= sizeof layout || address.size() > kAddressBytesMax) return std::nullopt;
  std::memcpy(&layout, address.data(), sizeof layout);
  const Bytes worker = address.subspan(sizeof layout);
  if (layout.mark != kAddressMark || layout.check != checksum_of(worker)) return std::nullopt;
  return worker;
}

void ucx_encode(const UcxProbe& probe, FrameBuffer& frame) {
  std::memcpy(frame.extend(sizeof probe.content), &probe.content, sizeof probe.content);
  frame.append(probe.exported);
}

std::optional<UcxProbe> ucx_decode_probe(Bytes bytes) {
  UcxProbe probe;
  if (bytes.size() < sizeof probe.content) return std::nullopt;
  std::memcpy(&probe.content, bytes.data(), sizeof probe.content);
  probe.exported = bytes.subspan(sizeof probe.content);
  return probe;
}

std::vector<std::byte> ucx_wrap_export(const UcxExport& region) {
  ExportLayout layout = {.mark = kExportMark, .check = 0, .serial = region.serial, .base = region.base, .bytes = region.bytes};
  std::vector<std::byte> exported(sizeof layout + region.key.size());
  std::memcpy(exported.data(), &layout, sizeof layout);
  if (!region.key.empty()) std::memcpy(exported.data() + sizeof layout, region.key.data(), region.key.size());
  layout.check = checksum_of(Bytes(exported).subspan(offsetof(ExportLayout, serial)));
  std::memcpy(exported.data(), &layout, sizeof layout);
  return exported;
}

std::optional<UcxExport> ucx_unwrap_export(Bytes bytes) {
  ExportLayout layout;
  if (bytes.size() <= sizeof layout || bytes.size() > kRegionExportBytesMax) return std::nullopt;
  std::memcpy(&layout, bytes.data(), sizeof layout);
  if (layout.mark != kExportMark || layout.check != checksum_of(bytes.subspan(offsetof(ExportLayout, serial)))) return std::nullopt;
  if (layout.bytes == 0 || layout.base + layout.bytes < layout.base) return std::nullopt;
  return UcxExport{.serial = layout.serial, .base = layout.base, .bytes = layout.bytes, .key = bytes.subspan(sizeof layout)};
}

}  // namespace lath
