// Every function with what it must refuse: a code, a text that names the thing, and a session that goes on working.
#include <cstddef>
#include <functional>
#include <string_view>

#include "c_api_fixture.hpp"
#include "declared.hpp"

namespace lath::test {

namespace {

struct KeyedCall {
  const char* name;
  std::function<lath_status(lath_session*, lath_batch*, const void*, std::size_t)> call;
};

using S = lath_session*;
using B = lath_batch*;
using K = const void*;
using N = std::size_t;

// An operation in its three ways: what it takes after the key.
#define THREE_WAYS(name, ...)                                                                                   \
  {"lath_" #name, [](S s, B, K k, N n) { return lath_##name(s, k, n __VA_OPT__(, ) __VA_ARGS__, kLong); }},     \
      {"lath_" #name "_nb",                                                                                     \
       [](S s, B, K k, N n) { return lath_##name##_nb(s, k, n __VA_OPT__(, ) __VA_ARGS__, kLong, &request); }}, \
  {                                                                                                             \
    "lath_batch_" #name, [](S, B b, K k, N n) { return lath_batch_##name(b, k, n __VA_OPT__(, ) __VA_ARGS__); } \
  }
// The same, and within a field "f".
#define KEY_AND_FIELD(name, ...) THREE_WAYS(name, __VA_ARGS__), THREE_WAYS(map_##name, "f", 1, __VA_ARGS__)

std::vector<KeyedCall> keyed_calls() {
  static std::int64_t i = 0;
  static std::uint64_t u = 0;
  static double f = 0;
  static int flag = 0;
  static std::size_t size = 0;
  static char room[64];
  static lath_siblings siblings = {room, sizeof room, 0, room, sizeof room, 0};
  static lath_request request = 0;
  static const float one = 1;
  return {
      KEY_AND_FIELD(put, "v", 1),
      KEY_AND_FIELD(get, room, 64, &size),
      THREE_WAYS(erase),
      THREE_WAYS(map_erase, "f", 1),
      THREE_WAYS(map_fields, room, 64, &size),
      KEY_AND_FIELD(counter_add, 1),
      KEY_AND_FIELD(counter_get, &i),
      KEY_AND_FIELD(grow_counter_add, 1),
      KEY_AND_FIELD(grow_counter_get, &u),
      KEY_AND_FIELD(max_i64_merge, 1),
      KEY_AND_FIELD(max_i64_get, &i),
      KEY_AND_FIELD(min_i64_merge, 1),
      KEY_AND_FIELD(min_i64_get, &i),
      KEY_AND_FIELD(max_f64_merge, 1),
      KEY_AND_FIELD(max_f64_get, &f),
      KEY_AND_FIELD(min_f64_merge, 1),
      KEY_AND_FIELD(min_f64_get, &f),
      KEY_AND_FIELD(gset_add, "e", 1),
      KEY_AND_FIELD(gset_contains, "e", 1, &flag),
      KEY_AND_FIELD(gset_members, room, 64, &size),
      KEY_AND_FIELD(set_add, "e", 1),
      KEY_AND_FIELD(set_remove, "e", 1),
      KEY_AND_FIELD(set_contains, "e", 1, &flag),
      KEY_AND_FIELD(set_members, room, 64, &size),
      THREE_WAYS(mv_put, nullptr, 0, "v", 1),
      THREE_WAYS(mv_get, &siblings),
      THREE_WAYS(hll_add, "e", 1),
      THREE_WAYS(hll_count, &u),
      THREE_WAYS(array_merge, LATH_MAX, LATH_F32, &one, 1),
      THREE_WAYS(array_get, LATH_MAX, LATH_F32, room, 16, &size),
      THREE_WAYS(wait, 0, &u),
  };
}

bool is_batched(const KeyedCall& each) {
  return std::string_view(each.name).starts_with("lath_batch_");
}

}  // namespace

TEST_F(CApi, every_keyed_call_refuses_no_session_a_missing_key_and_a_long_one) {
  const std::string long_key(LATH_KEY_BYTES_MAX + 1, 'k');
  lath_batch* batch = nullptr;
  ASSERT_EQ(lath_batch_open(session, 1, &batch), LATH_OK);
  for (const KeyedCall& each : keyed_calls()) {
    SCOPED_TRACE(each.name);
    EXPECT_EQ(each.call(nullptr, nullptr, "k", 1), LATH_E_INVALID);
    EXPECT_NE(std::string(lath_last_error(nullptr)).find(is_batched(each) ? "batch is NULL" : "session is NULL"),
              std::string::npos);
    EXPECT_EQ(each.call(session, batch, "", 0), LATH_E_INVALID);
    EXPECT_NE(error().find("key has 0 bytes; a key has 1 to 1024"), std::string::npos) << error();
    EXPECT_EQ(each.call(session, batch, nullptr, 1), LATH_E_INVALID);
    EXPECT_NE(error().find("key is NULL"), std::string::npos) << error();
    EXPECT_EQ(each.call(session, batch, long_key.data(), long_key.size()), LATH_E_TOO_LARGE);
    EXPECT_NE(error().find("1025 bytes"), std::string::npos) << error();
  }
  EXPECT_EQ(lath_batch_count(batch), 0U);
  EXPECT_EQ(lath_put(session, long_key.data(), LATH_KEY_BYTES_MAX, "v", 1, kLong), LATH_OK);
}

TEST_F(CApi, every_keyed_call_on_a_closed_session_says_so) {
  lath_session* closed = nullptr;
  ASSERT_EQ(lath_session_open(store, nullptr, &closed), LATH_OK);
  lath_batch* batch = nullptr;
  ASSERT_EQ(lath_batch_open(closed, 1, &batch), LATH_OK);
  ASSERT_EQ(lath_session_close(closed), LATH_OK);
  for (const KeyedCall& each : keyed_calls()) {
    SCOPED_TRACE(each.name);
    EXPECT_EQ(each.call(closed, batch, "k", 1), LATH_E_CLOSED);
    EXPECT_NE(std::string(lath_last_error(closed)).find("the session is closed"), std::string::npos);
  }
  EXPECT_EQ(lath_session_close(closed), LATH_E_CLOSED);
  EXPECT_EQ(lath_progress(closed), LATH_E_CLOSED);
  EXPECT_EQ(lath_flush(closed, 0, kLong), LATH_E_CLOSED);
  EXPECT_EQ(lath_batch_run(batch, kLong), LATH_E_CLOSED);
  lath_request none = 0;
  EXPECT_EQ(lath_batch_run_nb(batch, kLong, &none), LATH_E_CLOSED);
  EXPECT_EQ(lath_batch_clear(batch), LATH_E_CLOSED);
  EXPECT_EQ(lath_batch_close(batch), LATH_E_CLOSED);
  EXPECT_EQ(lath_batch_flush(batch, 0), LATH_E_CLOSED);
}

// A function that is declared must be in the table above, or be called somewhere in this file.
TEST_F(CApi, no_declared_function_is_without_bad_input) {
  std::set<std::string> tried =
      functions_in(text_of_file(std::filesystem::path(LATH_SOURCE_DIR) / "tests/c_api/bad_input_test.cpp"));
  for (const KeyedCall& each : keyed_calls()) tried.insert(each.name);
  tried.insert("lath_version");  // takes none
  const std::set<std::string> declared = declared_functions();
  EXPECT_GT(declared.size(), 180U) << "are these the headers?";
  for (const std::string& name : declared) EXPECT_TRUE(tried.contains(name)) << name << " meets no bad input here";
}

TEST_F(CApi, values_fields_and_rooms_are_checked) {
  std::size_t size = 0;
  char room[8];
  const std::string large(LATH_VALUE_BYTES_MAX + 1, 'v');
  EXPECT_EQ(lath_put(session, "k", 1, nullptr, 1, kLong), LATH_E_INVALID);
  EXPECT_EQ(error(), "put of key \"k\": value is NULL, with 1 bytes; pass the bytes, or 0");
  EXPECT_EQ(lath_put(session, nullptr, 1, "v", 1, kLong), LATH_E_INVALID);
  EXPECT_EQ(error(), "put: key is NULL, with 1 bytes; pass its bytes");
  EXPECT_EQ(lath_put(session, "k", 1, large.data(), std::size_t{LATH_LARGE_BYTES_MAX} + 1, kLong), LATH_E_TOO_LARGE);
  EXPECT_EQ(error(), "put of key \"k\": value has 1073741825 bytes; at most 1073741824 are taken");
  EXPECT_EQ(lath_put(session, "k", 1, nullptr, large.size(), kLong), LATH_E_INVALID);
  EXPECT_EQ(lath_put(session, "k", 1, large.data(), large.size(), kLong), LATH_OK);
  EXPECT_EQ(lath_get(session, "k", 1, room, 8, &size, kLong), LATH_E_TOO_SMALL);
  EXPECT_EQ(size, large.size());
  EXPECT_EQ(lath_map_put(session, "m", 1, "f", 1, large.data(), large.size(), kLong), LATH_E_TOO_LARGE);
  EXPECT_EQ(lath_put(session, "k", 1, large.data(), large.size() - 1, kLong), LATH_OK);
  EXPECT_EQ(lath_get(session, "k", 1, nullptr, 1, &size, kLong), LATH_E_INVALID);
  EXPECT_EQ(lath_get(session, "k", 1, room, 8, nullptr, kLong), LATH_E_INVALID);
  EXPECT_EQ(lath_counter_get(session, "k", 1, nullptr, kLong), LATH_E_INVALID);
  EXPECT_EQ(error(), "counter get of key \"k\": value is NULL; pass where to store it");
  EXPECT_EQ(lath_set_contains(session, "k", 1, "e", 1, nullptr, kLong), LATH_E_INVALID);
  EXPECT_EQ(lath_map_put(session, "k", 1, "", 0, "v", 1, kLong), LATH_E_INVALID);
  EXPECT_EQ(lath_map_put(session, "k", 1, large.data(), LATH_KEY_BYTES_MAX + 1, "v", 1, kLong), LATH_E_TOO_LARGE);
  EXPECT_EQ(lath_map_erase(session, "k", 1, nullptr, 3, kLong), LATH_E_INVALID);
  EXPECT_EQ(lath_mv_put(session, "k", 1, nullptr, 4, "v", 1, kLong), LATH_E_INVALID);
  EXPECT_EQ(lath_mv_put(session, "k2", 2, "garbage", 7, "v", 1, kLong), LATH_E_INVALID);
  EXPECT_EQ(lath_mv_get(session, "k", 1, nullptr, kLong), LATH_E_INVALID);
  EXPECT_EQ(lath_hll_add(session, "k", 1, nullptr, 1, kLong), LATH_E_INVALID);
  EXPECT_EQ(lath_array_merge(session, "k", 1, static_cast<lath_how>(3), LATH_F32, room, 1, kLong), LATH_E_INVALID);
  EXPECT_EQ(lath_array_merge(session, "k", 1, LATH_MAX, static_cast<lath_dtype>(4), room, 1, kLong), LATH_E_INVALID);
  EXPECT_EQ(lath_array_merge(session, "k", 1, LATH_MAX, LATH_F32, room, 0, kLong), LATH_E_INVALID);
  EXPECT_EQ(lath_array_merge(session, "k", 1, LATH_MAX, LATH_F32, room, SIZE_MAX, kLong), LATH_E_TOO_LARGE);
  EXPECT_EQ(lath_flush(session, 17, kLong), LATH_E_INVALID);
  EXPECT_EQ(lath_put_nb(session, "k", 1, "v", 1, kLong, nullptr), LATH_E_INVALID);
  EXPECT_EQ(lath_flush_nb(session, 0, kLong, nullptr), LATH_E_INVALID);
  EXPECT_EQ(lath_flush_nb(session, 17, kLong, nullptr), LATH_E_INVALID);
  EXPECT_EQ(lath_wait_all(session, nullptr, 1, nullptr, kLong), LATH_E_INVALID);
  EXPECT_EQ(lath_wait_all(session, nullptr, 0, nullptr, kLong), LATH_OK);
  EXPECT_EQ(lath_test(session, 0), LATH_E_INVALID);
  EXPECT_EQ(lath_wait_request(session, 12345, 0), LATH_E_INVALID);
  EXPECT_EQ(lath_cancel(session, UINT64_MAX), LATH_E_INVALID);
  EXPECT_EQ(lath_erase(session, "k", 1, kLong), LATH_OK) << "the session goes on";
}

TEST_F(CApi, tensors_and_their_memory_are_checked) {
  double data[6] = {};
  lath_request request = 0;
  lath_tensor tensor = LATH_TENSOR_INIT;
  tensor.data = data;
  tensor.dim_count = 2;
  tensor.dims[0] = 2;
  tensor.dims[1] = 3;
  ASSERT_EQ(lath_tensor_put(session, "t", 1, &tensor, kLong), LATH_OK) << error();
  const auto refused = [&](const std::function<void(lath_tensor&)>& change, lath_status status, const char* text) {
    lath_tensor changed = tensor;
    change(changed);
    EXPECT_EQ(lath_tensor_put(session, "t", 1, &changed, kLong), status) << text;
    EXPECT_NE(error().find(text), std::string::npos) << error();
    EXPECT_EQ(lath_tensor_put_nb(session, "t", 1, &changed, kLong, &request), status) << text;
    EXPECT_NE(error().find(text), std::string::npos) << error();
  };
  refused([](lath_tensor& t) { t.size = 8; }, LATH_E_INVALID, "start from LATH_TENSOR_INIT");
  refused([](lath_tensor& t) { t.data = nullptr; }, LATH_E_INVALID, "data is NULL");
  refused([](lath_tensor& t) { t.dtype = static_cast<lath_dtype>(14); }, LATH_E_INVALID, "dtype is 14");
  refused([](lath_tensor& t) { t.order = static_cast<lath_order>(2); }, LATH_E_INVALID, "order is 2");
  refused([](lath_tensor& t) { t.dim_count = 0; }, LATH_E_INVALID, "dim_count is 0");
  refused([](lath_tensor& t) { t.dim_count = 9; }, LATH_E_INVALID, "dim_count is 9");
  refused([](lath_tensor& t) { t.dims[1] = 0; }, LATH_E_INVALID, "dims[1] is 0");
  refused([](lath_tensor& t) { t.strides[0] = 3; }, LATH_E_INVALID, "strides[1] is 0");
  refused([](lath_tensor& t) { t.strides[0] = t.strides[1] = UINT64_MAX; }, LATH_E_INVALID, "out of any memory");
  refused([](lath_tensor& t) { t.dims[0] = UINT64_MAX; }, LATH_E_TOO_LARGE, "over 1073741696 bytes");
  refused([](lath_tensor& t) { t.dims[0] = 1 << 27; }, LATH_E_TOO_LARGE, "over 1073741696 bytes");
  EXPECT_EQ(lath_tensor_put(session, "t", 1, nullptr, kLong), LATH_E_INVALID);
  EXPECT_EQ(lath_tensor_put(session, "", 0, &tensor, kLong), LATH_E_INVALID);
  EXPECT_EQ(lath_tensor_put(nullptr, "t", 1, &tensor, kLong), LATH_E_INVALID);
  EXPECT_EQ(lath_tensor_get(nullptr, "t", 1, &tensor, kLong), LATH_E_INVALID);
  EXPECT_EQ(lath_tensor_get(session, "t", 1, nullptr, kLong), LATH_E_INVALID);
  EXPECT_EQ(lath_tensor_get(session, "", 0, &tensor, kLong), LATH_E_INVALID);
  EXPECT_EQ(lath_tensor_get_nb(session, "t", 1, nullptr, kLong, &request), LATH_E_INVALID);
  EXPECT_EQ(lath_tensor_get_nb(session, "t", 1, &tensor, kLong, nullptr), LATH_E_INVALID);
  tensor.dim_count = 9;
  EXPECT_EQ(lath_tensor_get(session, "t", 1, &tensor, kLong), LATH_E_INVALID);
  EXPECT_EQ(lath_tensor_get_nb(session, "t", 1, &tensor, kLong, &request), LATH_E_INVALID);
  void* memory = nullptr;
  EXPECT_EQ(lath_alloc(nullptr, 1, &memory), LATH_E_INVALID);
  EXPECT_EQ(lath_alloc(store, 0, &memory), LATH_E_INVALID);
  EXPECT_EQ(lath_alloc(store, 1, nullptr), LATH_E_INVALID);
  EXPECT_EQ(lath_free(nullptr, data), LATH_E_INVALID);
  EXPECT_EQ(lath_free(store, data), LATH_E_INVALID);
  EXPECT_EQ(lath_register(nullptr, data, 1), LATH_E_INVALID);
  EXPECT_EQ(lath_register(store, nullptr, 1), LATH_E_INVALID);
  EXPECT_EQ(lath_register(store, data, 0), LATH_E_INVALID);
  EXPECT_EQ(lath_register(store, data, SIZE_MAX), LATH_E_INVALID);
  EXPECT_NE(std::string(lath_last_error(nullptr)).find("beyond the address space"), std::string::npos);
  EXPECT_EQ(lath_unregister(nullptr, data), LATH_E_INVALID);
  EXPECT_EQ(lath_unregister(store, data), LATH_E_INVALID);
}

TEST_F(CApi, stores_sessions_and_batches_check_what_they_are_opened_with) {
  lath_store* other = nullptr;
  EXPECT_EQ(lath_open(nullptr, nullptr, &other), LATH_E_INVALID);
  EXPECT_EQ(lath_open("test:", nullptr, nullptr), LATH_E_INVALID);
  EXPECT_EQ(lath_open("nowhere", nullptr, &other), LATH_E_INVALID);
  EXPECT_NE(std::string(lath_last_error(nullptr)).find("\"nowhere\""), std::string::npos);
  lath_options options = LATH_OPTIONS_INIT;
  options.size = 0;
  EXPECT_EQ(lath_open("test:", &options, &other), LATH_E_INVALID);
  EXPECT_EQ(other, nullptr);
  lath_session* none = nullptr;
  EXPECT_EQ(lath_session_open(nullptr, nullptr, &none), LATH_E_INVALID);
  EXPECT_EQ(lath_session_open(store, nullptr, nullptr), LATH_E_INVALID);
  lath_session_options settings = LATH_SESSION_OPTIONS_INIT;
  for (const std::uint32_t nodes : {0U, 17U}) {
    settings.ack_nodes = nodes;
    EXPECT_EQ(lath_session_open(store, &settings, &none), LATH_E_INVALID);
    EXPECT_NE(std::string(lath_last_error(nullptr)).find("ack_nodes"), std::string::npos);
  }
  EXPECT_EQ(lath_close(store), LATH_E_INVALID) << "a session is open";
  EXPECT_NE(std::string(lath_last_error(nullptr)).find("1 of the store's sessions is open; close it first"), std::string::npos);
  lath_session* second = nullptr;
  ASSERT_EQ(lath_session_open(store, nullptr, &second), LATH_OK);
  EXPECT_EQ(lath_close(store), LATH_E_INVALID) << "two sessions are open";
  EXPECT_NE(std::string(lath_last_error(nullptr)).find("2 of the store's sessions are open; close them first"), std::string::npos);
  EXPECT_EQ(lath_session_close(second), LATH_OK);
  EXPECT_EQ(lath_close(nullptr), LATH_OK);
  EXPECT_EQ(lath_session_close(nullptr), LATH_OK);
  lath_batch* batch = nullptr;
  EXPECT_EQ(lath_batch_open(nullptr, 0, &batch), LATH_E_INVALID);
  EXPECT_EQ(lath_batch_open(session, 0, nullptr), LATH_E_INVALID);
  EXPECT_EQ(lath_batch_open(session, SIZE_MAX, &batch), LATH_E_FULL);
  EXPECT_EQ(lath_batch_put(nullptr, "k", 1, "v", 1), LATH_E_INVALID);
  EXPECT_EQ(lath_batch_count(nullptr), 0U);
  EXPECT_EQ(lath_batch_status(nullptr, 0), LATH_E_INVALID);
  ASSERT_EQ(lath_batch_open(session, 0, &batch), LATH_OK);
  EXPECT_EQ(lath_batch_put(batch, "", 0, "v", 1), LATH_E_INVALID);
  EXPECT_EQ(lath_batch_count(batch), 0U);
  lath_request request = 0;
  EXPECT_EQ(lath_batch_run_nb(nullptr, 0, &request), LATH_E_INVALID);
  EXPECT_EQ(lath_batch_run_nb(batch, 0, nullptr), LATH_E_INVALID);
  EXPECT_NE(std::string(lath_last_error(session)).find("request is NULL"), std::string::npos);
  std::size_t count = 0;
  EXPECT_EQ(lath_node_count(nullptr, &count, nullptr), LATH_E_INVALID);
  EXPECT_EQ(lath_node_count(store, nullptr, nullptr), LATH_E_INVALID);
  EXPECT_EQ(lath_node_at(store, 0, nullptr), LATH_E_INVALID);
  const auto thread_error = [] { return std::string(lath_last_error(nullptr)); };
  EXPECT_EQ(lath_places(store, "", 0, nullptr, 0, &count), LATH_E_INVALID);
  EXPECT_EQ(thread_error(), "lath_places: key has 0 bytes; a key has 1 to 1024");
  EXPECT_EQ(lath_places(store, "k", 1, nullptr, 0, nullptr), LATH_E_INVALID);
  EXPECT_EQ(thread_error(), "lath_places of key \"k\": the size (or count) out is NULL; pass where to store it");
  EXPECT_EQ(lath_shard_stats(nullptr, {0, 0}, nullptr, 0, &count, kLong), LATH_E_INVALID);
  EXPECT_EQ(lath_shard_stats(session, {0, 0}, nullptr, 0, nullptr, kLong), LATH_E_INVALID);
}

TEST_F(CApi, a_group_is_checked_and_its_errors_are_told) {
  lath_store* other = nullptr;
  lath_group group = {sizeof group,
                      0,
                      1,
                      nullptr,
                      [](void*, void*, std::size_t, int) { return 5; },
                      [](void*, const void*, void*, std::size_t) { return 0; },
                      nullptr,
                      nullptr};
  EXPECT_EQ(lath_open_group(&group, nullptr, &other), LATH_E_IO);
  EXPECT_NE(std::string(lath_last_error(nullptr)).find("broadcast failed with error 5"), std::string::npos);
  group.explain = [](void*, int error) { return error == 5 ? "rank 3 is on holiday" : "?"; };
  EXPECT_EQ(lath_open_group(&group, nullptr, &other), LATH_E_IO);
  EXPECT_NE(std::string(lath_last_error(nullptr)).find("broadcast failed: rank 3 is on holiday"), std::string::npos);
  // A program that was built before the field was there.
  group.size = offsetof(lath_group, explain);
  EXPECT_EQ(lath_open_group(&group, nullptr, &other), LATH_E_IO);
  EXPECT_NE(std::string(lath_last_error(nullptr)).find("broadcast failed with error 5"), std::string::npos);
  group.size = offsetof(lath_group, explain) - 1;
  EXPECT_EQ(lath_open_group(&group, nullptr, &other), LATH_E_INVALID);
  group.size = sizeof group;
  group.rank = 1;
  EXPECT_EQ(lath_open_group(&group, nullptr, &other), LATH_E_INVALID);
  group = {sizeof group, 0, 1, nullptr, nullptr, nullptr, nullptr, nullptr};
  EXPECT_EQ(lath_open_group(&group, nullptr, &other), LATH_E_INVALID);
  EXPECT_EQ(lath_open_group(nullptr, nullptr, &other), LATH_E_INVALID);
}

// The others of the group wait for this process.
TEST_F(CApi, what_is_wrong_with_one_call_of_a_group_is_told_in_its_collectives) {
  int gathered = 0;
  lath_group group = {sizeof group,
                      0,
                      1,
                      &gathered,
                      [](void*, void*, std::size_t, int) { return 0; },
                      [](void* context, const void*, void*, std::size_t) { return ++*static_cast<int*>(context), 0; },
                      nullptr,
                      nullptr};
  EXPECT_EQ(lath_open_group(&group, nullptr, nullptr), LATH_E_INVALID);
  EXPECT_EQ(gathered, 1);
  EXPECT_EQ(std::string(lath_last_error(nullptr)).find("lath_open_group: store is NULL"), 0U);
  group.caller = "lath_open_elsewhere";
  lath_options options = LATH_OPTIONS_INIT;
  options.size = 1;
  lath_store* other = nullptr;
  EXPECT_EQ(lath_open_group(&group, &options, &other), LATH_E_INVALID);
  EXPECT_EQ(gathered, 2);
  EXPECT_EQ(std::string(lath_last_error(nullptr)).find("lath_open_elsewhere: options->size is 1"), 0U);
}

TEST_F(CApi, packed_lists_may_be_any_bytes) {
  const unsigned char odd[12] = {2, 0, 0, 0, 1, 0, 0, 0, 'a', 255, 255, 255};
  EXPECT_EQ(members_of(odd, sizeof odd), std::vector<std::string>{"a"});
  for (std::size_t size = 0; size < sizeof odd; ++size) EXPECT_LE(members_of(odd, size).size(), 1U);
  EXPECT_EQ(lath_list_count(nullptr, 5), 0U);
  EXPECT_EQ(lath_list_count("abcd", 4), 0U) << "no list, whatever number its first bytes are";
  EXPECT_EQ(lath_list_count("\2\0\0\0\1\0\0\0a", 9), 0U) << "its second member is missing";
  EXPECT_EQ(lath_list_count("\1\0\0\0\1\0\0\0ab", 10), 0U) << "more than a list";
  EXPECT_EQ(lath_list_count("\1\0\0\0\1\0\0\0a", 9), 1U);
  EXPECT_EQ(lath_list_count("\0\0\0\0", 4), 0U) << "an empty one";
  EXPECT_EQ(lath_list_next(odd, sizeof odd, nullptr, nullptr, nullptr), 0);
  EXPECT_STREQ(lath_status_string(static_cast<lath_status>(99)), "a number that is no status of Lath");
}

TEST_F(CApi, binary_keys_are_shown_printably_and_cut) {
  std::string key(100, 'x');
  key[0] = '\x01';
  std::int64_t value = 0;
  EXPECT_EQ(lath_counter_get(session, key.data(), key.size(), &value, kLong), LATH_E_NOT_FOUND);
  EXPECT_NE(error().find("key \"\\x01xxx"), std::string::npos) << error();
  EXPECT_NE(error().find("... (100 bytes)"), std::string::npos) << error();
}

}  // namespace lath::test
