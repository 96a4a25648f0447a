// Every operation in each of its three ways, on real shards: what three updates wrote, three reads find.
#include <utility>

#include "c_api_fixture.hpp"
#include "declared.hpp"

namespace lath::test {

namespace {

class EveryOperation : public CApi {
 protected:
  // A way of its own for each function, which is remembered.
  template <class Call>
  lath_status waited_for(const std::string& name, Call&& call) {
    called.insert(name);
    return call();
  }
  template <class Begin>
  lath_status begun(const std::string& name, Begin&& begin) {
    called.insert(name);
    lath_request request = 0;
    const lath_status status = begin(&request);
    return status == LATH_OK ? lath_wait_request(session, request, kLong) : status;
  }
  template <class Add>
  lath_status batched(const std::string& name, Add&& add) {
    called.insert(name);
    lath_batch* batch = nullptr;
    EXPECT_EQ(lath_batch_open(session, 1, &batch), LATH_OK);
    lath_status status = add(batch);
    if (status == LATH_OK) status = lath_batch_run(batch, kLong);
    EXPECT_EQ(lath_batch_close(batch), LATH_OK);
    return status;
  }

  std::set<std::string> called;
  std::int64_t i = 0;
  std::uint64_t u = 0;
  double f = 0;
  int flag = -1;
  char room[512];
  std::size_t size = 0;
};

// "abc" with its size.
#define TEXT(text) text, sizeof(text) - 1

// Runs `check` after each way; it also resets what it looks at.
#define EACH_WAY(check, name, ...)                                                                                             \
  do {                                                                                                                         \
    SCOPED_TRACE(#name);                                                                                                       \
    EXPECT_EQ(waited_for("lath_" #name, [&] { return lath_##name(session, __VA_ARGS__, kLong); }), LATH_OK) << error();        \
    check;                                                                                                                     \
    EXPECT_EQ(begun("lath_" #name "_nb", [&](lath_request* r) { return lath_##name##_nb(session, __VA_ARGS__, kLong, r); }),   \
              LATH_OK)                                                                                                         \
        << error();                                                                                                            \
    check;                                                                                                                     \
    EXPECT_EQ(batched("lath_batch_" #name, [&](lath_batch* batch) { return lath_batch_##name(batch, __VA_ARGS__); }), LATH_OK) \
        << error();                                                                                                            \
    check;                                                                                                                     \
  } while (false)

// Under a key of that name, and in a field of that name.
#define UPDATE_BOTH(name, at, ...)                \
  EACH_WAY((void)0, name, TEXT(at), __VA_ARGS__); \
  EACH_WAY((void)0, map_##name, TEXT("map"), TEXT(at), __VA_ARGS__)
#define READ_BOTH(check, name, at, ...)         \
  EACH_WAY(check, name, TEXT(at), __VA_ARGS__); \
  EACH_WAY(check, map_##name, TEXT("map"), TEXT(at), __VA_ARGS__)

TEST_F(EveryOperation, makes_its_round_trip_in_three_ways) {
  UPDATE_BOTH(put, "bytes", TEXT("hello"));
  READ_BOTH(EXPECT_EQ(std::string(room, std::exchange(size, 0)), "hello"), get, "bytes", room, sizeof room, &size);
  UPDATE_BOTH(counter_add, "counter", -2);
  READ_BOTH(EXPECT_EQ(std::exchange(i, 0), -6), counter_get, "counter", &i);
  UPDATE_BOTH(grow_counter_add, "grow", 2);
  READ_BOTH(EXPECT_EQ(std::exchange(u, 0), 6U), grow_counter_get, "grow", &u);
  UPDATE_BOTH(max_i64_merge, "max i64", -7);
  READ_BOTH(EXPECT_EQ(std::exchange(i, 0), -7), max_i64_get, "max i64", &i);
  UPDATE_BOTH(min_i64_merge, "min i64", 7);
  READ_BOTH(EXPECT_EQ(std::exchange(i, 0), 7), min_i64_get, "min i64", &i);
  UPDATE_BOTH(max_f64_merge, "max f64", 2.5);
  READ_BOTH(EXPECT_EQ(std::exchange(f, 0), 2.5), max_f64_get, "max f64", &f);
  UPDATE_BOTH(min_f64_merge, "min f64", -2.5);
  READ_BOTH(EXPECT_EQ(std::exchange(f, 0), -2.5), min_f64_get, "min f64", &f);

  const auto list = [this] { return members_of(room, std::exchange(size, 0)); };
  using Members = std::vector<std::string>;
  UPDATE_BOTH(gset_add, "gset", TEXT("a"));
  READ_BOTH(EXPECT_EQ(std::exchange(flag, -1), 1), gset_contains, "gset", TEXT("a"), &flag);
  READ_BOTH(EXPECT_EQ(list(), Members{"a"}), gset_members, "gset", room, sizeof room, &size);
  UPDATE_BOTH(set_add, "set", TEXT("a"));
  UPDATE_BOTH(set_add, "set", TEXT("b"));
  UPDATE_BOTH(set_remove, "set", TEXT("a"));
  READ_BOTH(EXPECT_EQ(std::exchange(flag, -1), 0), set_contains, "set", TEXT("a"), &flag);
  READ_BOTH(EXPECT_EQ(list(), Members{"b"}), set_members, "set", room, sizeof room, &size);

  EACH_WAY((void)0, map_erase, TEXT("map"), TEXT("grow"));
  const Members fields{"bytes", "counter", "gset", "max f64", "max i64", "min f64", "min i64", "set"};
  EACH_WAY(EXPECT_EQ(list(), fields), map_fields, TEXT("map"), room, sizeof room, &size);
  EACH_WAY((void)0, erase, TEXT("map"));
  EXPECT_EQ(lath_map_fields(session, TEXT("map"), room, sizeof room, &size, kLong), LATH_E_NOT_FOUND);

  char context[256];
  lath_siblings siblings = {context, sizeof context, 0, room, sizeof room, 0};
  EACH_WAY((void)0, mv_put, TEXT("mv"), nullptr, 0, TEXT("v"));
  EACH_WAY(EXPECT_EQ(members_of(room, std::exchange(siblings.list_size, 0)), (Members{"v", "v", "v"})), mv_get, TEXT("mv"),
           &siblings);
  EACH_WAY((void)0, hll_add, TEXT("hll"), TEXT("word"));
  EACH_WAY(EXPECT_EQ(std::exchange(u, 0), 1U), hll_count, TEXT("hll"), &u);
  const float parts[2] = {1.5, -1};
  float sums[2] = {};
  EACH_WAY((void)0, array_merge, TEXT("array"), LATH_SUM, LATH_F32, parts, 2);
  EACH_WAY(EXPECT_EQ(std::exchange(sums[0], 0), 4.5) << size, array_get, TEXT("array"), LATH_SUM, LATH_F32, sums, 2, &size);
  EACH_WAY(EXPECT_GT(std::exchange(u, 0), 0U), wait, TEXT("array"), 0, &u);
  EACH_WAY((void)0, flush, 2);

  for (const std::string& operation : declared_operations()) {
    for (const std::string& name : {"lath_" + operation, "lath_" + operation + "_nb", "lath_batch_" + operation}) {
      EXPECT_TRUE(declared_functions().contains(name)) << name << " is not declared: an operation has three ways";
      EXPECT_TRUE(called.contains(name)) << name << " is declared, and makes no round trip here";
    }
  }
  EXPECT_EQ(called.size(), 3 * declared_operations().size());
}

TEST_F(EveryOperation, flush_in_a_batch_that_fills_the_session_comes_after_the_updates_before_it) {
  lath_batch* batch = nullptr;
  ASSERT_EQ(lath_batch_open(session, 0, &batch), LATH_OK);
  for (std::uint32_t at = 0; at < LATH_REQUESTS_MAX + 100; ++at) {
    ASSERT_EQ(lath_batch_counter_add(batch, &at, sizeof at, 1), LATH_OK);
    if (at % 1000 != 0) continue;
    ASSERT_EQ(lath_batch_flush(batch, 2), LATH_OK);
  }
  EXPECT_EQ(lath_batch_run(batch, kLong), LATH_OK) << error();
}

}  // namespace

}  // namespace lath::test
