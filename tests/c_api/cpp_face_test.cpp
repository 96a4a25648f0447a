// lath.hpp, as an application would use it.
#include <gtest/gtest.h>

#include "lath/lath.hpp"

namespace {

TEST(CppFace, reads_back_what_it_wrote_and_tells_errors_as_text) {
  auto store = lath::cpp::Store::open("test:");
  ASSERT_TRUE(store) << store.error();
  auto session = store->session();
  ASSERT_TRUE(session) << session.error();
  const std::string value(3000, 'v');
  ASSERT_TRUE(session->put("greeting", value));
  EXPECT_EQ(session->get("greeting").value_or(""), value);
  ASSERT_TRUE(session->counter_add("steps", 2));
  EXPECT_EQ(session->counter_get("steps").value_or(0), 2);
  ASSERT_TRUE(session->set_add("s", "b"));
  ASSERT_TRUE(session->set_add("s", "a"));
  EXPECT_EQ(*session->set_members("s"), (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(session->flush());
  const auto missing = session->counter_get("none");
  EXPECT_EQ(missing.code(), LATH_E_NOT_FOUND);
  EXPECT_NE(missing.error().find("\"none\""), std::string::npos);
  EXPECT_EQ(lath::cpp::Store::open("nowhere").code(), LATH_E_INVALID);
}

TEST(CppFace, batches_and_requests_close_themselves) {
  auto store = lath::cpp::Store::open("test:");
  auto session = store->session();
  {
    auto batch = session->batch();
    ASSERT_TRUE(batch);
    for (int i = 0; i < 128; ++i) ASSERT_TRUE(batch->max("slowest", i * 0.5));
    ASSERT_TRUE(batch->run());
    auto begun = batch->run_nb();
    ASSERT_TRUE(begun);
    EXPECT_TRUE(begun->wait());
    auto request = session->put_nb("k", "v");
    ASSERT_TRUE(request);
    ASSERT_TRUE(request->wait());
    auto dropped = session->put_nb("k", "w");
    ASSERT_TRUE(dropped);
  }
  EXPECT_EQ(session->max("slowest").value_or(0), 63.5);
}

TEST(CppFace, any_operation_of_the_c_api_can_be_called_begun_and_put_into_a_batch) {
  auto store = lath::cpp::Store::open("test:");
  auto session = store->session();
  const std::string key = "run 7";
  std::int64_t steps = 0;
  ASSERT_TRUE(session->call(lath_map_counter_add, key, "steps", 2));
  auto begun = session->begin(lath_map_counter_get_nb, key, std::string_view("steps"), &steps);
  ASSERT_TRUE(begun) << begun.error();
  ASSERT_TRUE(begun->wait());
  EXPECT_EQ(steps, 2);
  auto batch = session->batch();
  ASSERT_TRUE(batch->add(lath_batch_map_gset_add, key, "hosts", "n1"));
  ASSERT_TRUE(batch->add(lath_batch_flush, 0U));
  ASSERT_TRUE(batch->run());
  char room[64];
  std::size_t size = 0;
  EXPECT_TRUE(session->call(lath_map_gset_members, key, "hosts", room, sizeof room, &size));
  EXPECT_EQ(lath_list_count(room, size), 1U);
  EXPECT_EQ(*session->map_fields(key), (std::vector<std::string>{"hosts", "steps"}));
  EXPECT_EQ(session->call(lath_map_get, key, "hosts", room, sizeof room, &size).code(), LATH_E_WRONG_TYPE);
  EXPECT_EQ(session->begin(lath_put_nb, "", "v").code(), LATH_E_INVALID);
}

TEST(CppFace, nullptr_is_a_pointer_and_no_string) {
  auto store = lath::cpp::Store::open("test:");
  auto session = store->session();
  ASSERT_TRUE(session->call(lath_mv_put, "k", nullptr, 0U, "v"));
  EXPECT_TRUE(session->call(lath_wait, "k", 0U, nullptr));
  static_assert(!lath::cpp::detail::is_text<std::nullptr_t>);
}

}  // namespace
