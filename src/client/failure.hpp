// Why a request ended badly: kept as plain fields, and put into words only when somebody asks.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/message.hpp"
#include "lath/ids.hpp"
#include "lath/result.hpp"
#include "wire/opcode.hpp"

namespace lath {

// What led to the code, where the code alone leaves a question.
enum class Reason : std::uint8_t {
  kAnswered,     // the shard said so
  kNoView,       // no node is alive by our view
  kAllFailed,    // the connection to every replica failed, or could not be made
  kReplicaLost,  // after the request had left
  kNoAgreement,  // every shard asked said that the key is another's
  kNoAnswer,     // in time
  kNeverSent,    // in time: the shard took nothing
  kCancelled,    // by the caller
  kTooMany,      // requests under way
  kRoom,         // the caller's
  kOddAnswer,    // a payload that does not fit the operation
  kNoSuchPlace,  // the view has no such shard
};

struct Failure {
  static constexpr std::size_t kKeyBytesShown = 48;

  Code code = Code::kOk;  // kOk: nothing has failed
  Reason reason = Reason::kAnswered;
  Opcode opcode = Opcode::kGet;
  std::uint16_t key_size = 0;
  bool has_place = false;
  Place place;
  std::uint64_t order = 0;  // of the request, among those of its session
  std::array<std::byte, kKeyBytesShown> key{};

  Failure() = default;
  Failure(Code code, Reason reason, Opcode opcode, Bytes whole_key, std::uint64_t order);
  void set_place(Place at) {
    place = at;
    has_place = true;
  }
};

// "counter add of key "steps" at node 2 shard 1: the node was lost after the request had left; it may have been applied".
std::string text_of(const Failure& failure);
// The key as text: what cannot be printed as \xNN, cut at kKeyBytesShown.
std::string printable(Bytes shown, std::size_t size);

}  // namespace lath
