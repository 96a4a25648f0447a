// The C API of sets, maps, siblings, distinct counts and arrays.
#include "lath/lath.h"
#include "launch/c_api/ways.hpp"

using namespace lath;
using namespace lath::c_api;

// clang-format off: it takes (int64_t* value) for a product
LATH_OPERATION(gset_add, (const void* element, size_t element_size),
               with_bytes(Opcode::kGrowSetAdd, at, "element", {element, element_size}));
LATH_OPERATION(gset_contains, (const void* element, size_t element_size, int* contains),
               contains_element(Opcode::kGrowSetContains, at, {element, element_size}, contains));
LATH_OPERATION(gset_members, (void* list, size_t capacity, size_t* size),
               into_room(Opcode::kGrowSetMembers, at, "list", {list, capacity, size}));

LATH_OPERATION(set_add, (const void* element, size_t element_size),
               with_bytes(Opcode::kSetAdd, at, "element", {element, element_size}));
LATH_OPERATION(set_remove, (const void* element, size_t element_size),
               with_bytes(Opcode::kSetRemove, at, "element", {element, element_size}));
LATH_OPERATION(set_contains, (const void* element, size_t element_size, int* contains),
               contains_element(Opcode::kSetContains, at, {element, element_size}, contains));
LATH_OPERATION(set_members, (void* list, size_t capacity, size_t* size),
               into_room(Opcode::kSetMembers, at, "list", {list, capacity, size}));

LATH_KEY_OPERATION(map_fields, (void* list, size_t capacity, size_t* size),
                   into_room(Opcode::kMapFields, at, "list", {list, capacity, size}));

LATH_KEY_OPERATION(mv_put, (const void* context, size_t context_size, const void* value, size_t value_size),
                   replace_siblings(at, {context, context_size}, {value, value_size}));
LATH_KEY_OPERATION(mv_get, (lath_siblings * siblings), into_siblings(at, siblings));

LATH_KEY_OPERATION(hll_add, (const void* element, size_t element_size), add_hash_of(at, {element, element_size}));
LATH_KEY_OPERATION(hll_count, (uint64_t * count), into_word(Opcode::kHllCount, at, "count", count));

LATH_KEY_OPERATION(array_merge, (lath_how how, lath_dtype dtype, const void* elements, size_t count),
                   merge_elements(at, {how, dtype}, elements, count));
LATH_KEY_OPERATION(array_get, (lath_how how, lath_dtype dtype, void* elements, size_t capacity, size_t* count),
                   into_elements(at, {how, dtype}, {elements, capacity, count}));

// clang-format on
