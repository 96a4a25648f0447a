// Why a request ended badly: kept as plain fields, and put into words only when somebody asks.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/message.hpp"
#include "lath/ids.hpp"
#include "lath/result.hpp"
#include "wire/cell_tag.hpp"
#include "wire/reply.hpp"
#include "wire/request.hpp"

namespace lath {

// What led to the code, where the code alone leaves a question.
enum class Reason : std::uint8_t {
  kAnswered,      // the shard said so
  kUsedUp,        // the shard said so: a number of its that only rises is at its end
  kCrowded,       // the shard said so: as much as may waits there, or is moved
  kNoView,        // no node is alive by our view
  kAllFailed,     // the connection to every replica failed, or could not be made
  kReplicaLost,   // after the request had left
  kNoAgreement,   // every shard asked said that the key is another's
  kNoAnswer,      // in time
  kParked,        // until the time was over, at the shard, which said so: a wait, a flush, or an update that other nodes must hold
  kReplicasMute,  // until the time was over: the shard does not know what others may still hold of the key
  kUpdatesLate,   // of a flush: updates begun before it were not answered in time
  kNeverSent,     // in time: the shard took nothing
  kTooMany,       // requests under way
  kRoom,          // the caller's
  kOddAnswer,     // a payload that does not fit the operation
  kNoSuchPlace,   // the view has no such shard
  kNoMemory,      // the node maps none, or its replicas are behind, though its limit is not reached
  kNoTensor,      // the value is other bytes
  kFewNodes,      // of a flush: some of what the session wrote is to be on fewer
};

// The beginning of a key or a field, kept for a text.
struct ShownBytes {
  static constexpr std::size_t kBytesMax = 48;

  std::uint16_t size = 0;  // of the whole
  std::array<std::byte, kBytesMax> first{};

  ShownBytes() = default;
  explicit ShownBytes(Bytes whole);
  std::string text() const;  // in quotes: what cannot be printed as \xNN, cut at kBytesMax
};

// What an operation is and what it is on.
struct Subject {
  Opcode opcode = Opcode::kGet;  // inside a map's field: the one that stands there
  ShownBytes key;
  ShownBytes field;

  Subject() = default;
  Subject(Opcode shown, Bytes on_key, Bytes on_field) : opcode(shown), key(on_key), field(on_field) {}
  bool in_field() const { return field.size > 0; }
  std::string text(std::string_view called = {}) const;  // "map counter add of field "f" of key "m""; or it is called so
};

struct Failure {
  Code code = Code::kOk;  // kOk: nothing has failed
  Reason reason = Reason::kAnswered;
  bool has_place = false;
  std::uint8_t ack_nodes = 1;  // of the session
  Tag wanted{};                // the type of key, or field, that the operation is for
  HeldTypes held;              // what is there, where that is why
  LaggingNodes lagging;        // of a flush: who has not acknowledged
  std::uint8_t nodes = 0;      // of a flush: how many were to hold it; 0 is every replica
  std::uint32_t others = 0;    // of a flush: how many shards more failed it
  std::uint64_t since = 0;     // of a wait
  Place place;
  std::uint64_t order = 0;  // of the request, among those of its session
  Subject subject;

  Failure() = default;
  Failure(Code code, Reason reason, const Operation& operation);
  void set_place(Place at) {
    place = at;
    has_place = true;
  }
};

// Of an answer that could not be delivered.
constexpr Reason reason_of_delivery(Code code) {
  return code == Code::kTooSmall ? Reason::kRoom : code == Code::kWrongType ? Reason::kNoTensor : Reason::kOddAnswer;
}

// "counter add of key "steps" at node 2 shard 1: the replica was lost after the request had left; it may have been applied, once".
std::string text_of(const Failure& failure);

}  // namespace lath
