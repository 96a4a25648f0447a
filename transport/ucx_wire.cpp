#include "transport/ucx_wire.hpp"

#include <cstring>

namespace lath {

namespace {

constexpr std::uint32_t kAddressMark = 0x58434c01;  // "LCX" and a version

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

// FNV-1a, folded: finds damage and foreign bytes; it is no defence against forgery.
std::uint32_t check_of(Bytes bytes) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const std::byte byte : bytes) hash = (hash ^ std::to_integer<std::uint64_t>(byte)) * 0x100000001b3ULL;
  return static_cast<std::uint32_t>(hash ^ (hash >> 32));
}

}  // namespace

void ucx_encode(const UcxGreeting& greeting, FrameBuffer& frame) {
  const GreetingLayout layout = {.cookie = greeting.cookie,
                                 .index = greeting.sender.index,
                                 .generation = greeting.sender.generation,
                                 .credit_messages = greeting.credit_messages,
                                 .credit_bytes = greeting.credit_bytes,
                                 .worker_bytes = static_cast<std::uint32_t>(greeting.worker.size()),
                                 .worker_check = check_of(greeting.worker)};
  std::memcpy(frame.extend(sizeof layout), &layout, sizeof layout);
  frame.append(greeting.worker);
}

std::optional<UcxGreeting> ucx_decode_greeting(Bytes bytes) {
  GreetingLayout layout;
  if (bytes.size() < sizeof layout) return std::nullopt;
  std::memcpy(&layout, bytes.data(), sizeof layout);
  const Bytes worker = bytes.subspan(sizeof layout);
  if (worker.size() != layout.worker_bytes || worker.size() > kAddressBytesMax || check_of(worker) != layout.worker_check) {
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
  const AddressLayout layout = {.mark = kAddressMark, .check = check_of(worker)};
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
  if (layout.mark != kAddressMark || layout.check != check_of(worker)) return std::nullopt;
  return worker;
}

}  // namespace lath
