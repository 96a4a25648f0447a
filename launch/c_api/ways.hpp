// An operation's three functions, written once: waited for, begun (_nb) and put into a batch. `build` makes a build for run.hpp from
// `at`, which says where the operation applies, and from the operation's own parameters. The public headers declare all of them by
// hand, for people; tests/tidy/exports.sh holds the two together.
#pragma once

#include "launch/c_api/operations.hpp"
#include "launch/c_api/run.hpp"

// ", a, b" of (a, b), and nothing of ().
#define LATH_AND(...) __VA_OPT__(, ) __VA_ARGS__

#define LATH_THREE_WAYS(name, where, parameters, at_where, build)                                             \
  lath_status lath_##name(lath_session* session LATH_AND where LATH_AND parameters, uint64_t timeout_ns) {    \
    [[maybe_unused]] const auto at = at_where;                                                                \
    return run(session, __func__, timeout_ns, build);                                                         \
  }                                                                                                           \
  lath_status lath_##name##_nb(lath_session* session LATH_AND where LATH_AND parameters, uint64_t timeout_ns, \
                               lath_request* request) {                                                       \
    [[maybe_unused]] const auto at = at_where;                                                                \
    return start(session, __func__, timeout_ns, request, build);                                              \
  }                                                                                                           \
  lath_status lath_batch_##name(lath_batch* batch LATH_AND where LATH_AND parameters) {                       \
    [[maybe_unused]] const auto at = at_where;                                                                \
    return add(batch, __func__, build);                                                                       \
  }                                                                                                           \
  static_assert(true, "a semicolon follows")

// Of a key.
#define LATH_KEY_OPERATION(name, parameters, build) \
  LATH_THREE_WAYS(name, (const void* key, size_t key_size), parameters, (KeyArgument{key, key_size}), build)

// Of one field of a key's map; its functions are called lath_map_...
#define LATH_FIELD_OPERATION(name, parameters, build)                                                               \
  LATH_THREE_WAYS(map_##name, (const void* key, size_t key_size, const void* field, size_t field_size), parameters, \
                  (FieldArgument{{key, key_size}, {field, field_size}}), build)

// Of both.
#define LATH_OPERATION(name, parameters, build) \
  LATH_KEY_OPERATION(name, parameters, build);  \
  LATH_FIELD_OPERATION(name, parameters, build)
