#include "client/failure.hpp"

#include <algorithm>
#include <string_view>

#include "lath/limits.hpp"

namespace lath {

namespace {

std::string wrong_type_text(const Failure& failure) {
  const bool of_field = failure.subject.in_field() && failure.held.key == Tag::kMap;
  const Tag held = of_field ? failure.held.field : failure.held.key;
  const Tag wanted = failure.subject.in_field() && !of_field ? Tag::kMap : failure.wanted;
  const std::string what = of_field ? "the field" : "the key";
  std::string text = what + " holds ";
  text += name_of(held).empty() ? "another type" : name_of(held);
  if (!name_of(wanted).empty())
    text += ", and " + std::string(name_of(failure.subject.opcode)) + " is for " + std::string(name_of(wanted));
  return text + "; use the calls of its type, or erase " + what + " first";
}

std::string_view used_up_text(Opcode opcode) {
  switch (opcode) {
    case Opcode::kCounterAdd:
    case Opcode::kGrowCounterAdd: return "the shard's share of the counter would pass 2^64 - 1; erase it to count anew";
    case Opcode::kArrayMerge: return "the shard has merged into the array 2^64 - 1 times, and counts them; erase it to begin anew";
    default: return "the shard has written to it 2^64 - 1 times, and numbers them; erase it to begin anew";
  }
}

std::string invalid_text(const Failure& failure) {
  std::string few_nodes = "the key is on fewer nodes than the session's ack_nodes, " + std::to_string(failure.ack_nodes) +
                          "; open the session with fewer, or replicate to more nodes";
  if (failure.subject.opcode == Opcode::kMvPut) {
    const std::string context = "the context is none that mv get gave";
    return failure.ack_nodes > 1 ? context + ", or " + few_nodes : context + "; pass it as it was given, or none";
  }
  if (failure.subject.opcode == Opcode::kFlush) return "no key is on so many nodes; ask for fewer, or for 0: every replica";
  if (is_update(failure.subject.opcode) && failure.ack_nodes > 1) return few_nodes;
  return "the shard refused its argument as malformed: another version, or a defect of ours";
}

std::string_view crowded_text(Opcode opcode) {
  switch (opcode) {
    case Opcode::kWait: return "the shard has 65536 waiters; end some, or spread the keys that are waited for";
    case Opcode::kPutLarge:
      return "the shard is moving 256 large values, or 65536 frames there wait for other nodes; wait for some first, and see lath "
             "doctor";
    case Opcode::kGet:
      return "the shard holds 4096 large values for those who are reading them; ask again when some have been read";
    default:
      return "65536 frames at the shard wait until other nodes hold what they wrote; wait for some first, and see lath doctor for "
             "a "
             "node that does not answer";
  }
}
static_assert(kWaitersMax == 65536 && kDeferredMax == 65536 && kLargePullsMax == 256 && kLargeOffersMax == 4096);

std::string answered_text(const Failure& failure) {
  switch (failure.code) {
    case Code::kInvalid: return invalid_text(failure);
    case Code::kNotFound: return failure.subject.in_field() ? "the key or the field holds nothing" : "it holds nothing";
    case Code::kWrongType: return wrong_type_text(failure);
    case Code::kTooLarge:
      return is_update(failure.subject.opcode) ? "it would hold more than a key may (1 MiB); spread it over several keys"
                                               : "the answers to one frame are over 40 MiB; read fewer keys at once";
    case Code::kFull:
      return "the node's memory is full; give it more (--memory; or what its log names, where its system gave it less), add nodes "
             "or erase keys; what was erased while a node is lost stays until it is back (tombstones in lath stats)";
    case Code::kInternal: return "a defect of ours, at the shard; its node's log may say more";
    default: return "the shard answered with status " + std::to_string(static_cast<int>(failure.code)) + ", which has no text";
  }
}
static_assert(kCellBytesMax == 1024 * 1024 && kAnswersBytesMax == 40 * 1024 * 1024);

std::string expected_text(const Failure& failure) {
  std::string text = "; expected: on ";
  text += failure.nodes == 0 ? "every replica" : failure.nodes == 1 ? "1 node" : std::to_string(failure.nodes) + " nodes";
  if (failure.others > 0)
    text += " (" + std::to_string(failure.others) +
            (failure.others == 1 ? " shard more is not done either)" : " shards more are not done either)");
  return text + "; see lath nodes and lath doctor";
}

std::string lagging_text(const LaggingNodes& lagging) {
  if (lagging.count == 0) return "not all nodes have";
  std::string text = lagging.count == 1 ? "node " : "nodes ";
  const std::size_t named = std::min<std::size_t>(lagging.count, LaggingNodes::kNamedMax);
  for (std::size_t index = 0; index < named; ++index) {
    if (index > 0) text += index + 1 == lagging.count ? " and " : ", ";
    text += std::to_string(lagging.named[index].value);
  }
  if (lagging.count > named) text += " and " + std::to_string(lagging.count - named) + " more";
  return text + (lagging.count == 1 ? " has" : " have");
}

// The shard lives, and what was waited for has not happened.
std::string parked_text(const Failure& failure) {
  switch (failure.subject.opcode) {
    case Opcode::kWait:
      return failure.since == 0 ? "the key did not come to hold anything in time"
                                : "the key did not move past version " + std::to_string(failure.since) + " in time";
    case Opcode::kFlush:
      return lagging_text(failure.lagging) + " not acknowledged in time what the session wrote there" + expected_text(failure);
    default:
      return "it is applied there, and was not on " + std::to_string(failure.ack_nodes) +
             " nodes in time, the session's ack_nodes; see lath nodes and lath doctor";
  }
}

std::string reason_text(const Failure& failure) {
  const std::string then = is_update(failure.subject.opcode) ? "; it may have been applied" : "";
  switch (failure.reason) {
    case Reason::kAnswered: return answered_text(failure);
    case Reason::kUsedUp: return std::string(used_up_text(failure.subject.opcode));
    case Reason::kCrowded: return std::string(crowded_text(failure.subject.opcode));
    case Reason::kNoView: return "no node of the cluster is alive by the view of this session; see lath nodes and lath doctor";
    case Reason::kAllFailed:
      if (failure.subject.opcode == Opcode::kFlush) {
        return "the shard was lost; whether other nodes hold what the session wrote there is not known: write again what must not "
               "be lost";
      }
      if (is_keyless(failure.subject.opcode))
        return "the shard does not answer: its node has ended, or cannot be reached from here; see lath nodes and lath doctor";
      return failure.code == Code::kUnknown
                 ? "the replica was lost after the request had left, and no other could be reached; it may have been applied"
                 : "none of its replicas could be reached; nothing was applied; see lath nodes and lath doctor";
    case Reason::kReplicaLost: return "the replica was lost after the request had left; it may have been applied, once";
    case Reason::kNoAgreement:
      return "every shard asked says that the key is another's; the nodes' views do not come to agree; see lath doctor";
    case Reason::kParked: return parked_text(failure);
    case Reason::kReplicasMute:
      return "since the view changed, a node that may hold older parts of it does not say so; nothing was applied; see "
             "lath nodes for one that does not answer; the whole key can be erased";
    case Reason::kUpdatesLate:
      return failure.has_place
                 ? "it has not answered in time an update that the session began before; see lath nodes and lath doctor"
                 : "an update that the session began before found no replica in time; see lath nodes and lath doctor";
    case Reason::kNoAnswer:
      if (failure.subject.opcode == Opcode::kFlush) {
        return "it has not said in time who holds what the session wrote there" + expected_text(failure);
      }
      return "no answer in time" + then + "; allow more time, or see lath doctor";
    case Reason::kNeverSent:
      if (failure.subject.opcode == Opcode::kFlush) {
        return "the shard took no question in time who holds what the session wrote there" + expected_text(failure);
      }
      return "the shard took no request in time; nothing was applied; allow more time, or see lath doctor";
    case Reason::kTooMany: return "the session has 4096 requests under way; wait for some first";
    case Reason::kRoom: return "the buffer is too small; the size out says what is needed";
    case Reason::kOddAnswer: return "the shard's answer does not fit the operation: another version, or a defect of ours";
    case Reason::kNoSuchPlace: return "the view has no such shard; see lath nodes";
    case Reason::kFewNodes:
      return "keys that the session wrote to are by their replication on fewer nodes (lathd's --replication-prefix); ask for "
             "fewer, or "
             "for 0: every replica";
    case Reason::kNoTensor: return "the key's bytes are no tensor; read them by lath_get";
    case Reason::kNoMemory:
      return "the node is within its memory limit, but for a second its system gave it no memory, or its replicas did not take "
             "what "
             "it holds already; see lath doctor and the node's log";
  }
  return {};
}
static_assert(kRequestsUnderWayMax == 4096);

}  // namespace

ShownBytes::ShownBytes(Bytes whole) : size(static_cast<std::uint16_t>(std::min(whole.size(), kKeyBytesMax))) {
  std::copy_n(whole.begin(), std::min(whole.size(), kBytesMax), first.begin());
}

std::string ShownBytes::text() const {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text = "\"";
  for (const std::byte byte : Bytes(first).first(std::min<std::size_t>(size, kBytesMax))) {
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
  if (size > kBytesMax) text += "... (" + std::to_string(size) + " bytes)";
  return text;
}

std::string Subject::text(std::string_view called) const {
  std::string text = in_field() && opcode != Opcode::kMapErase ? "map " : "";
  text += called.empty() ? name_of(opcode) : called;
  if (in_field()) text += " of field " + field.text();
  if (key.size > 0) text += " of key " + key.text();
  return text;
}

Failure::Failure(Code why, Reason led_to_it, const Operation& operation) : code(why), reason(led_to_it) {
  FieldOperation inner;
  if (read_field_operation(operation, inner)) {
    subject = Subject(inner.opcode, operation.key, inner.field);
    wanted = type_wanted_by(inner.opcode, inner.argument);
  } else {
    subject = Subject(operation.opcode, operation.key, {});
    wanted = type_wanted_by(operation.opcode, operation.argument);
  }
  Reader argument(operation.argument);
  if (operation.opcode == Opcode::kWait) argument.read(since);
  if (operation.opcode == Opcode::kFlush) argument.read(nodes);
}

std::string text_of(const Failure& failure) {
  if (failure.code == Code::kOk) return {};
  std::string text = failure.subject.text(failure.reason == Reason::kNoTensor ? "tensor get" : "");
  if (failure.has_place) {
    text += " at node " + std::to_string(failure.place.node.value) + " shard " + std::to_string(failure.place.shard.value);
  }
  return text + ": " + reason_text(failure);
}

}  // namespace lath
