#include "client/failure.hpp"

#include <algorithm>
#include <string_view>

#include "lath/limits.hpp"

namespace lath {

namespace {

std::string_view answered_text(Code code) {
  switch (code) {
    case Code::kInvalid: return "the shard refused its argument as malformed";
    case Code::kNotFound: return "it holds nothing";
    case Code::kWrongType: return "it holds another type; erase it first, or use the calls of its type";
    case Code::kTooLarge: return "it would hold more than a key may (1 MiB); spread it over several keys";
    case Code::kFull: return "the node's memory is full; give it more (--memory), add nodes or erase keys";
    default: return "the shard answered an error that has no text";
  }
}

std::string_view reason_text(const Failure& failure) {
  switch (failure.reason) {
    case Reason::kAnswered: return answered_text(failure.code);
    case Reason::kNoView: return "no node of the cluster is alive by the view of this session";
    case Reason::kAllFailed:
      return failure.code == Code::kUnknown
                 ? "the replica was lost after the request had left, and no other could be reached; it may have been applied"
                 : "none of its replicas could be reached; see lath nodes";
    case Reason::kReplicaLost: return "the replica was lost after the request had left; it may have been applied, once";
    case Reason::kNoAgreement: return "every shard asked says that the key is another's; the nodes' views do not come to agree";
    case Reason::kNoAnswer: return is_update(failure.opcode) ? "no answer in time; it may have been applied" : "no answer in time";
    case Reason::kNeverSent: return "the shard took no request in time; nothing was applied";
    case Reason::kCancelled: return is_update(failure.opcode) ? "cancelled; it may have been applied" : "cancelled";
    case Reason::kTooMany: return "the session has 4096 requests under way; wait for some first";
    case Reason::kRoom: return "the buffer is too small; the size out says what is needed";
    case Reason::kOddAnswer: return "the shard's answer does not fit the operation: another version, or a defect of ours";
    case Reason::kNoSuchPlace: return "the view has no such shard";
  }
  return "";
}

}  // namespace

Failure::Failure(Code why, Reason led_to_it, Opcode operation, Bytes whole_key, std::uint64_t request_order)
    : code(why),
      reason(led_to_it),
      opcode(operation),
      key_size(static_cast<std::uint16_t>(std::min(whole_key.size(), kKeyBytesMax))),
      order(request_order) {
  std::copy_n(whole_key.begin(), std::min(whole_key.size(), kKeyBytesShown), key.begin());
}

std::string printable(Bytes shown, std::size_t size) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text = "\"";
  for (const std::byte byte : shown) {
    const auto value = std::to_integer<unsigned char>(byte);
    if (value >= 0x20 && value < 0x7f && value != '"' && value != '\\') {
      text += static_cast<char>(value);
    } else {
      text += "\\x";
      text += kDigits[value >> 4];
      text += kDigits[value & 15];
    }
  }
  text += '"';
  if (size > shown.size()) text += "... (" + std::to_string(size) + " bytes)";
  return text;
}

std::string text_of(const Failure& failure) {
  if (failure.code == Code::kOk) return {};
  std::string text(name_of(failure.opcode));
  const std::size_t shown = std::min<std::size_t>(failure.key_size, Failure::kKeyBytesShown);
  if (shown > 0) text += " of key " + printable(Bytes(failure.key).first(shown), failure.key_size);
  if (failure.has_place) {
    text += " at node " + std::to_string(failure.place.node.value) + " shard " + std::to_string(failure.place.shard.value);
  }
  text += ": ";
  text += reason_text(failure);
  return text;
}

}  // namespace lath
