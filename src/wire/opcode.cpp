#include "wire/opcode.hpp"

namespace lath {

std::string_view name_of(Opcode opcode) {
  switch (opcode) {
    case Opcode::kPut: return "put";
    case Opcode::kGet: return "get";
    case Opcode::kErase: return "erase";
    case Opcode::kPutLarge: return "put";
    case Opcode::kGrowCounterAdd: return "grow-counter add";
    case Opcode::kGrowCounterGet: return "grow-counter get";
    case Opcode::kCounterAdd: return "counter add";
    case Opcode::kCounterGet: return "counter get";
    case Opcode::kMaxI64Merge: return "max i64 merge";
    case Opcode::kMaxI64Get: return "max i64 get";
    case Opcode::kMinI64Merge: return "min i64 merge";
    case Opcode::kMinI64Get: return "min i64 get";
    case Opcode::kMaxF64Merge: return "max f64 merge";
    case Opcode::kMaxF64Get: return "max f64 get";
    case Opcode::kMinF64Merge: return "min f64 merge";
    case Opcode::kMinF64Get: return "min f64 get";
    case Opcode::kGrowSetAdd: return "grow-set add";
    case Opcode::kGrowSetContains: return "grow-set contains";
    case Opcode::kGrowSetMembers: return "grow-set members";
    case Opcode::kSetAdd: return "set add";
    case Opcode::kSetRemove: return "set remove";
    case Opcode::kSetContains: return "set contains";
    case Opcode::kSetMembers: return "set members";
    case Opcode::kMvPut: return "mv put";
    case Opcode::kMvGet: return "mv get";
    case Opcode::kHllAdd: return "hll add";
    case Opcode::kHllCount: return "hll count";
    case Opcode::kArrayMerge: return "array merge";
    case Opcode::kArrayGet: return "array get";
    case Opcode::kMapUpdate: return "map update";
    case Opcode::kMapRead: return "map read";
    case Opcode::kMapErase: return "map erase";
    case Opcode::kMapFields: return "map fields";
    case Opcode::kWait: return "wait";
    case Opcode::kFlush: return "flush";
    case Opcode::kShardStats: return "shard stats";
    case Opcode::kShardMemory: return "shard memory";
  }
  return "unknown";
}

}  // namespace lath
