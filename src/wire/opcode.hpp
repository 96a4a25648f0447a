// The operations of the protocol. Numbers are never reused; docs/wire.md says what each argument and answer holds.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace lath {

enum class Opcode : std::uint8_t {
  kPut = 1,
  kGet = 2,
  kErase = 3,
  kPutLarge = 4,  // the shard pulls the value; alone in its frame, and answered when it is whole

  kGrowCounterAdd = 10,
  kGrowCounterGet = 11,
  kCounterAdd = 12,
  kCounterGet = 13,

  kMaxI64Merge = 20,
  kMaxI64Get = 21,
  kMinI64Merge = 22,
  kMinI64Get = 23,
  kMaxF64Merge = 24,
  kMaxF64Get = 25,
  kMinF64Merge = 26,
  kMinF64Get = 27,

  kGrowSetAdd = 30,
  kGrowSetContains = 31,
  kGrowSetMembers = 32,
  kSetAdd = 34,
  kSetRemove = 35,
  kSetContains = 36,
  kSetMembers = 37,

  kMvPut = 40,
  kMvGet = 41,
  kHllAdd = 44,
  kHllCount = 45,
  kArrayMerge = 48,
  kArrayGet = 49,

  kMapUpdate = 52,  // an update inside one field
  kMapRead = 53,    // a read inside one field
  kMapErase = 54,   // of one field
  kMapFields = 55,

  kWait = 60,         // answered once the key has moved past a version
  kFlush = 61,        // answered once this session's writes at the shard are on w nodes; its key is empty
  kShardStats = 62,   // its key is empty
  kShardMemory = 63,  // where the shard's table lies, for one-sided readers; its key is empty
};

// Sets of opcodes, so that asking is a shift: every operation of every frame is asked about.
struct OpcodeSet {
  std::uint64_t bits = 0;  // numbers end below 64; docs/wire.md

  constexpr OpcodeSet(std::initializer_list<Opcode> members) {
    for (const Opcode member : members) bits |= std::uint64_t{1} << static_cast<unsigned>(member);
  }
  constexpr bool holds(Opcode opcode) const {
    const auto number = static_cast<unsigned>(opcode);
    return number < 64 && (bits >> number & 1U) != 0;
  }
};

inline constexpr OpcodeSet kUpdates{Opcode::kPut,         Opcode::kPutLarge,    Opcode::kErase,       Opcode::kGrowCounterAdd,
                                    Opcode::kCounterAdd,  Opcode::kMaxI64Merge, Opcode::kMinI64Merge, Opcode::kMaxF64Merge,
                                    Opcode::kMinF64Merge, Opcode::kGrowSetAdd,  Opcode::kSetAdd,      Opcode::kSetRemove,
                                    Opcode::kMvPut,       Opcode::kHllAdd,      Opcode::kArrayMerge,  Opcode::kMapUpdate,
                                    Opcode::kMapErase};
inline constexpr OpcodeSet kReads{
    Opcode::kGet,        Opcode::kGrowCounterGet, Opcode::kCounterGet,      Opcode::kMaxI64Get,      Opcode::kMinI64Get,
    Opcode::kMaxF64Get,  Opcode::kMinF64Get,      Opcode::kGrowSetContains, Opcode::kGrowSetMembers, Opcode::kSetContains,
    Opcode::kSetMembers, Opcode::kMvGet,          Opcode::kHllCount,        Opcode::kArrayGet,       Opcode::kMapRead,
    Opcode::kMapFields};
// Array merge: a sum may not; its argument says which, and the caller would have to look. Map update: the field's operation.
inline constexpr OpcodeSet kNotIdempotent{Opcode::kGrowCounterAdd, Opcode::kCounterAdd, Opcode::kMvPut, Opcode::kArrayMerge,
                                          Opcode::kMapUpdate};
inline constexpr OpcodeSet kDeferredOnes{Opcode::kWait, Opcode::kFlush};
inline constexpr OpcodeSet kKeyless{Opcode::kFlush, Opcode::kShardStats, Opcode::kShardMemory};

// Changes a cell; the others only read, wait or report.
constexpr bool is_update(Opcode opcode) {
  return kUpdates.holds(opcode);
}
// May be applied twice, or at two replicas, without changing what it meant.
constexpr bool is_idempotent(Opcode opcode) {
  return !kNotIdempotent.holds(opcode);
}
// Answered later than the operations around it.
constexpr bool is_deferred(Opcode opcode) {
  return kDeferredOnes.holds(opcode);
}
// Its answer's time says nothing about the way to the shard, nor whether it is alive.
constexpr bool is_answered_late(Opcode opcode) {
  return is_deferred(opcode) || opcode == Opcode::kPutLarge;
}
// Takes an empty key, and concerns the shard.
constexpr bool is_keyless(Opcode opcode) {
  return kKeyless.holds(opcode);
}
constexpr bool is_known(Opcode opcode) {
  return is_update(opcode) || kReads.holds(opcode) || is_deferred(opcode) || is_keyless(opcode);
}
std::string_view name_of(Opcode opcode);

}  // namespace lath
