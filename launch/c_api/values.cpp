// The C API of bytes, counters, extremes, waiting and flushing, under keys and in fields of maps.
#include "lath/lath.h"
#include "launch/c_api/ways.hpp"

using namespace lath;
using namespace lath::c_api;

// clang-format off: it takes (int64_t* value) for a product
LATH_OPERATION(put, (const void* value, size_t value_size), with_value(at, {value, value_size}));
LATH_OPERATION(get, (void* value, size_t capacity, size_t* size), into_room(Opcode::kGet, at, "value", {value, capacity, size}));
LATH_KEY_OPERATION(erase, (), plain(Opcode::kErase, at));
LATH_FIELD_OPERATION(erase, (), plain(Opcode::kMapErase, at));

LATH_OPERATION(counter_add, (int64_t by), with_word(Opcode::kCounterAdd, at, "by", by));
LATH_OPERATION(counter_get, (int64_t * value), into_word(Opcode::kCounterGet, at, "value", value));
LATH_OPERATION(grow_counter_add, (uint64_t by), with_word(Opcode::kGrowCounterAdd, at, "by", by));
LATH_OPERATION(grow_counter_get, (uint64_t * value), into_word(Opcode::kGrowCounterGet, at, "value", value));

LATH_OPERATION(max_i64_merge, (int64_t value), with_word(Opcode::kMaxI64Merge, at, "value", value));
LATH_OPERATION(max_i64_get, (int64_t * value), into_word(Opcode::kMaxI64Get, at, "value", value));
LATH_OPERATION(min_i64_merge, (int64_t value), with_word(Opcode::kMinI64Merge, at, "value", value));
LATH_OPERATION(min_i64_get, (int64_t * value), into_word(Opcode::kMinI64Get, at, "value", value));
LATH_OPERATION(max_f64_merge, (double value), with_word(Opcode::kMaxF64Merge, at, "value", value));
LATH_OPERATION(max_f64_get, (double* value), into_word(Opcode::kMaxF64Get, at, "value", value));
LATH_OPERATION(min_f64_merge, (double value), with_word(Opcode::kMinF64Merge, at, "value", value));
LATH_OPERATION(min_f64_get, (double* value), into_word(Opcode::kMinF64Get, at, "value", value));

LATH_KEY_OPERATION(wait, (uint64_t since, uint64_t* version), until_past(at, since, version));
LATH_THREE_WAYS(flush, (), (uint32_t nodes), EveryShard{}, held_by(at, nodes));

// clang-format on
