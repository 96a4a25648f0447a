// A message of each form that UCX transports exchange, and what any bytes are taken for that arrive as one. The tests compare these with
// golden bytes and damage them; the fuzzer makes up its own.
#pragma once

#include <cstring>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/frame_buffer.hpp"
#include "transport/ucx_wire.hpp"

namespace lath::testing {

inline FrameBuffer ucx_message(const UcxHeader& header, Bytes body = {}) {
  FrameBuffer message;
  std::memcpy(message.extend(sizeof header), &header, sizeof header);
  message.append(body);
  return message;
}

inline UcxHeader ucx_header(UcxKind kind) {
  UcxHeader header = {.credit_messages = 2, .credit_bytes = 0x304, .index = 0x506, .generation = 0x708};
  header.set_kind(kind);
  return header;
}

inline FrameBuffer ucx_greeting_message(UcxKind kind) {
  const std::string_view worker = "worker";
  FrameBuffer body;
  ucx_encode({.cookie = 0x1122334455667788,
              .sender = {.index = 0x102, .generation = 0x10304},
              .credit_messages = 64,
              .credit_bytes = 1 << 20,
              .worker = std::as_bytes(std::span(worker))},
             body);
  return ucx_message(ucx_header(kind), body.bytes());
}

inline FrameBuffer ucx_credit_message() {
  const std::uint32_t more_bytes = 0x10000;
  return ucx_message(ucx_header(UcxKind::kCredit), std::as_bytes(std::span(&more_bytes, 1)));
}

inline FrameBuffer ucx_probe_message() {
  const std::string_view key = "key";
  const std::vector<std::byte> exported =
      ucx_wrap_export({.serial = 5, .base = 0x1000, .bytes = 64, .key = std::as_bytes(std::span(key))});
  FrameBuffer body;
  ucx_encode({.content = 0xa1, .exported = exported}, body);
  return ucx_message(ucx_header(UcxKind::kProbeOpen), body.bytes());
}

// What the message says, encoded anew, which is to be the message: nothing was lost of it, and nothing read that it has not. Nothing where
// it is refused.
inline std::optional<FrameBuffer> ucx_encoded_anew(Bytes message) {
  const std::optional<UcxHeader> header = ucx_decode_header(message);
  if (!header) return std::nullopt;
  const Bytes body = message.subspan(sizeof *header);
  FrameBuffer anew = ucx_message(*header);
  if (is_greeting(header->kind())) {
    const std::optional<UcxGreeting> greeting = ucx_decode_greeting(body);
    if (!greeting) return std::nullopt;
    ucx_encode(*greeting, anew);
  } else if (header->kind() == UcxKind::kCredit) {
    const std::optional<std::uint32_t> more_bytes = ucx_decode_credit(body);
    if (!more_bytes) return std::nullopt;
    anew.append(std::as_bytes(std::span(&*more_bytes, 1)));
  } else if (header->kind() == UcxKind::kProbeOpen) {
    const std::optional<UcxProbe> probe = ucx_decode_probe(body);
    const std::optional<UcxExport> exported = probe ? ucx_unwrap_export(probe->exported) : std::nullopt;
    if (!exported) return std::nullopt;
    ucx_encode({.content = probe->content, .exported = ucx_wrap_export(*exported)}, anew);
  } else {
    anew.append(body);  // a frame, or what nobody looks at
  }
  return anew;
}

}  // namespace lath::testing
