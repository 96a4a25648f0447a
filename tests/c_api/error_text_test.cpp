// What lath_last_error says: which key and field, at which shard, what is there, what was expected, and what to do.
#include <cmath>
#include <limits>

#include "c_api_fixture.hpp"

namespace lath::test {

namespace {

#define TEXT(text) text, sizeof(text) - 1

class ErrorText : public CApi {
 protected:
  // The text without the place, which depends on a hash.
  std::string said() {
    std::string text = error();
    const std::size_t at = text.find(" at node ");
    const std::size_t end = text.find(": ", at);
    return at == std::string::npos || end == std::string::npos ? text : text.erase(at, end - at);
  }
  std::int64_t value = 0;
};

TEST_F(ErrorText, a_wrong_type_is_told_with_the_type_that_is_held_and_the_one_expected) {
  ASSERT_EQ(lath_counter_add(session, TEXT("x"), 1, kLong), LATH_OK);
  char room[8];
  std::size_t size = 0;
  EXPECT_EQ(lath_get(session, TEXT("x"), room, sizeof room, &size, kLong), LATH_E_WRONG_TYPE);
  EXPECT_EQ(said(),
            "get of key \"x\": the key holds a counter, and get is for bytes; use the calls of its type, or erase the key first");
  EXPECT_NE(error().find("\"x\" at node "), std::string::npos) << error();
  EXPECT_EQ(lath_set_add(session, TEXT("x"), TEXT("e"), kLong), LATH_E_WRONG_TYPE);
  EXPECT_NE(said().find("holds a counter, and set add is for a set"), std::string::npos) << said();
  EXPECT_EQ(lath_map_put(session, TEXT("x"), TEXT("f"), TEXT("v"), kLong), LATH_E_WRONG_TYPE);
  EXPECT_NE(said().find("map put of field \"f\" of key \"x\": the key holds a counter, and put is for a map"), std::string::npos)
      << said();
}

// Reads that a session answers from the shard's memory without asking it are calls like any.
TEST_F(ErrorText, of_two_calls_that_fail_one_after_the_other_the_last_is_told) {
  char room[8];
  std::size_t size = 0;
  for (const char* key : {"A", "B"}) ASSERT_EQ(lath_put(session, key, 1, "xxxx", 4, kLong), LATH_OK);
  for (int i = 0; i < 300; ++i) {
    for (const char* key : {"A", "B"}) ASSERT_EQ(lath_get(session, key, 1, room, sizeof room, &size, kLong), LATH_OK);
  }
  for (const std::string key : {"A", "B", "A"}) {
    EXPECT_EQ(lath_get(session, key.data(), 1, room, 1, &size, kLong), LATH_E_TOO_SMALL);
    EXPECT_EQ(said(), "get of key \"" + key + "\": the buffer is too small; the size out says what is needed");
  }
  EXPECT_EQ(lath_counter_get(session, TEXT("A"), &value, kLong), LATH_E_WRONG_TYPE);
  EXPECT_EQ(said().find("counter get of key \"A\""), 0U) << said();
  EXPECT_EQ(lath_get(session, TEXT("B"), room, 1, &size, kLong), LATH_E_TOO_SMALL);
  EXPECT_EQ(said().find("get of key \"B\""), 0U) << said();
}

TEST_F(ErrorText, a_field_of_a_wrong_type_is_told_as_the_fields) {
  ASSERT_EQ(lath_map_counter_add(session, TEXT("m"), TEXT("f"), 1, kLong), LATH_OK);
  EXPECT_EQ(lath_map_max_i64_get(session, TEXT("m"), TEXT("f"), &value, kLong), LATH_E_WRONG_TYPE);
  EXPECT_EQ(
      said(),
      "map max i64 get of field \"f\" of key \"m\": the field holds a counter, and max i64 get is for a maximum of i64; use the "
      "calls of its type, or erase the field first");
  EXPECT_EQ(lath_map_counter_get(session, TEXT("m"), TEXT("none"), &value, kLong), LATH_E_NOT_FOUND);
  EXPECT_EQ(said(), "map counter get of field \"none\" of key \"m\": the key or the field holds nothing");
}

TEST_F(ErrorText, arrays_of_another_kind_name_both_kinds) {
  const double one = 1;
  ASSERT_EQ(lath_array_merge(session, TEXT("a"), LATH_SUM, LATH_F64, &one, 1, kLong), LATH_OK);
  std::int32_t other = 1;
  EXPECT_EQ(lath_array_merge(session, TEXT("a"), LATH_MAX, LATH_I32, &other, 1, kLong), LATH_E_WRONG_TYPE);
  EXPECT_NE(said().find("holds an array of f64 by sum, and array merge is for an array of i32 by max"), std::string::npos)
      << said();
}

TEST_F(ErrorText, the_type_is_told_in_every_way_and_where_nodes_are_waited_for) {
  lath_session_options options = LATH_SESSION_OPTIONS_INIT;
  options.ack_nodes = 2;
  lath_session* careful = nullptr;
  ASSERT_EQ(lath_session_open(store, &options, &careful), LATH_OK);
  ASSERT_EQ(lath_put(careful, TEXT("x"), TEXT("v"), kLong), LATH_OK);
  EXPECT_EQ(lath_counter_add(careful, TEXT("x"), 1, kLong), LATH_E_WRONG_TYPE);
  EXPECT_NE(std::string(lath_last_error(careful)).find("holds bytes"), std::string::npos) << lath_last_error(careful);
  lath_request request = 0;
  ASSERT_EQ(lath_hll_add_nb(careful, TEXT("x"), TEXT("e"), kLong, &request), LATH_OK);
  EXPECT_EQ(lath_wait_request(careful, request, kLong), LATH_E_WRONG_TYPE);
  EXPECT_NE(std::string(lath_last_error(careful)).find("is for a distinct count"), std::string::npos) << lath_last_error(careful);
  lath_batch* batch = nullptr;
  ASSERT_EQ(lath_batch_open(careful, 1, &batch), LATH_OK);
  ASSERT_EQ(lath_batch_map_fields(batch, TEXT("x"), nullptr, 0, &options.size), LATH_OK);
  EXPECT_EQ(lath_batch_run(batch, kLong), LATH_E_WRONG_TYPE);
  EXPECT_NE(std::string(lath_last_error(careful)).find("is for a map"), std::string::npos) << lath_last_error(careful);
  EXPECT_EQ(lath_session_close(careful), LATH_OK);
}

TEST_F(ErrorText, more_nodes_than_a_key_is_on_are_named) {
  lath_session_options options = LATH_SESSION_OPTIONS_INIT;
  options.ack_nodes = 3;
  lath_session* greedy = nullptr;
  ASSERT_EQ(lath_session_open(store, &options, &greedy), LATH_OK);
  EXPECT_EQ(lath_put(greedy, TEXT("x"), TEXT("v"), kLong), LATH_E_INVALID);
  EXPECT_NE(std::string(lath_last_error(greedy)).find("fewer nodes than the session's ack_nodes, 3"), std::string::npos)
      << lath_last_error(greedy);
  EXPECT_EQ(lath_session_close(greedy), LATH_OK);
  ASSERT_EQ(lath_put(session, TEXT("x"), TEXT("v"), kLong), LATH_OK);
  EXPECT_EQ(lath_flush(session, 3, kLong), LATH_E_INVALID);
  EXPECT_EQ(said(), "flush: no key is on so many nodes; ask for fewer, or for 0: every replica");
}

TEST_F(ErrorText, what_is_used_up_is_told_as_that_and_an_erase_helps) {
  ASSERT_EQ(lath_grow_counter_add(session, TEXT("up"), std::numeric_limits<std::uint64_t>::max(), kLong), LATH_OK);
  EXPECT_EQ(lath_grow_counter_add(session, TEXT("up"), 1, kLong), LATH_E_TOO_LARGE);
  EXPECT_EQ(said(), "grow-counter add of key \"up\": the shard's share of the counter would pass 2^64 - 1; erase it to count anew");
  EXPECT_EQ(lath_erase(session, TEXT("up"), kLong), LATH_OK);
  EXPECT_EQ(lath_grow_counter_add(session, TEXT("up"), 1, kLong), LATH_OK);
}

TEST_F(ErrorText, nan_is_named_before_anything_is_sent) {
  const double nan = std::nan("");
  EXPECT_EQ(lath_max_f64_merge(session, TEXT("x"), nan, kLong), LATH_E_INVALID);
  EXPECT_EQ(error(), "max f64 merge of key \"x\": value is NaN; merge numbers alone");
  EXPECT_EQ(lath_map_min_f64_merge(session, TEXT("m"), TEXT("f"), -nan, kLong), LATH_E_INVALID);
  EXPECT_EQ(error(), "map min f64 merge of field \"f\" of key \"m\": value is NaN; merge numbers alone");
  const float floats[3] = {1, 2, std::nanf("")};
  EXPECT_EQ(lath_array_merge(session, TEXT("x"), LATH_SUM, LATH_F32, floats, 3, kLong), LATH_E_INVALID);
  EXPECT_EQ(error(), "array merge of key \"x\": element 2 (from 0) is NaN; merge numbers alone");
  const std::int64_t bits = -1;
  EXPECT_EQ(lath_array_merge(session, TEXT("x"), LATH_SUM, LATH_I64, &bits, 1, kLong), LATH_OK) << "no NaN among integers";
}

TEST_F(ErrorText, a_context_that_is_none_is_named) {
  EXPECT_EQ(lath_mv_put(session, TEXT("x"), TEXT("garbage"), TEXT("v"), kLong), LATH_E_INVALID);
  EXPECT_EQ(said(), "mv put of key \"x\": the context is none that mv get gave; pass it as it was given, or none");
}

}  // namespace

}  // namespace lath::test
