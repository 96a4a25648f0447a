// The operations of the protocol. Numbers are never reused; docs/wire.md says what each argument and answer holds.
#pragma once

#include <cstdint>
#include <string_view>

namespace lath {

enum class Opcode : std::uint8_t {
  kPut = 1,
  kGet = 2,
  kErase = 3,

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

// Changes a cell; the others only read, wait or report.
bool is_update(Opcode opcode);
// May be applied twice, or at two replicas, without changing what it meant.
bool is_idempotent(Opcode opcode);
// Answered later than the operations around it.
bool is_deferred(Opcode opcode);
bool is_known(Opcode opcode);
// Takes an empty key, and concerns the shard.
bool is_keyless(Opcode opcode);
std::string_view name_of(Opcode opcode);

}  // namespace lath
