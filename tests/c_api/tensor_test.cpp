// Tensors through the C API: every order and part of an array comes back as it was put, small and large.
#include <array>
#include <cstring>
#include <numeric>

#include "c_api_fixture.hpp"
#include "lath/lath.hpp"

namespace lath::test {

namespace {

// An array of T in the caller's memory with the strides of a box that is larger than the tensor by `gap` along each dimension.
template <class T>
struct Box {
  Box(lath_dtype dtype, std::vector<std::uint64_t> dims, lath_order order, std::uint64_t gap) : sizes(std::move(dims)) {
    tensor = LATH_TENSOR_INIT;
    tensor.dtype = dtype;
    tensor.order = order;
    tensor.dim_count = static_cast<std::uint32_t>(sizes.size());
    std::uint64_t all = 1;
    for (std::size_t step = 0; step < sizes.size(); ++step) {
      const std::size_t axis = order == LATH_ROW_MAJOR ? sizes.size() - 1 - step : step;
      tensor.dims[axis] = sizes[axis];
      strides.resize(sizes.size());
      strides[axis] = all;
      if (gap > 0) tensor.strides[axis] = all;
      all *= sizes[axis] + gap;
    }
    elements.assign(all, T(77));
    tensor.data = elements.data();
  }
  std::size_t count() const { return std::accumulate(sizes.begin(), sizes.end(), std::size_t{1}, std::multiplies<>()); }
  // visit(element, its number in row-major order)
  template <class Visitor>
  void each(Visitor&& visit) {
    for (std::size_t number = 0; number < count(); ++number) {
      std::size_t rest = number;
      std::size_t at = 0;
      for (std::size_t axis = sizes.size(); axis > 0; --axis) {
        at += rest % sizes[axis - 1] * strides[axis - 1];
        rest /= sizes[axis - 1];
      }
      visit(elements[at], number);
    }
  }
  void fill() {
    each([](T& element, std::size_t number) { element = static_cast<T>(number * 7 + 3); });
  }
  std::size_t wrong() {
    std::size_t wrong = 0;
    each([&](const T& element, std::size_t number) { wrong += element == static_cast<T>(number * 7 + 3) ? 0U : 1U; });
    return wrong;
  }
  std::size_t untouched() const { return static_cast<std::size_t>(std::count(elements.begin(), elements.end(), T(77))); }

  std::vector<std::uint64_t> sizes;
  std::vector<std::uint64_t> strides;
  std::vector<T> elements;
  lath_tensor tensor;
};

}  // namespace

TEST_F(CApi, tensors_come_back_in_every_order_with_every_gap) {
  const std::vector<std::vector<std::uint64_t>> shapes = {
      {5}, {3, 4}, {1, 7, 1}, {40'000}, {130, 90}, {30, 20, 25}, {2, 3, 2, 3, 2, 3, 2, 60}};
  for (const auto& shape : shapes) {
    for (const lath_order put_order : {LATH_ROW_MAJOR, LATH_COLUMN_MAJOR}) {
      for (const std::uint64_t put_gap : {std::uint64_t{0}, std::uint64_t{2}}) {
        if (put_gap > 0 && shape.size() > 4) continue;
        Box<std::int64_t> from(LATH_I64, shape, put_order, put_gap);
        from.fill();
        ASSERT_EQ(lath_tensor_put(session, "t", 1, &from.tensor, kLong), LATH_OK) << error();
        for (const lath_order get_order : {LATH_ROW_MAJOR, LATH_COLUMN_MAJOR}) {
          for (const std::uint64_t get_gap : {std::uint64_t{0}, std::uint64_t{1}}) {
            if (get_gap > 0 && shape.size() > 4) continue;
            Box<std::int64_t> into(LATH_I64, shape, get_order, get_gap);
            const std::size_t gaps = into.elements.size() - into.count();
            ASSERT_EQ(lath_tensor_get(session, "t", 1, &into.tensor, kLong), LATH_OK) << error();
            EXPECT_EQ(into.wrong(), 0U) << shape.size() << " dims, " << put_order << put_gap << get_order << get_gap;
            EXPECT_GE(into.untouched(), gaps) << "what is between is left as it is";
          }
        }
      }
    }
  }
}

TEST_F(CApi, elements_of_every_size_are_tensors) {
  Box<std::uint8_t> bytes(LATH_U8, {300, 400}, LATH_ROW_MAJOR, 0);
  bytes.fill();
  ASSERT_EQ(lath_tensor_put(session, "b", 1, &bytes.tensor, kLong), LATH_OK) << error();
  Box<std::uint8_t> back(LATH_U8, {300, 400}, LATH_COLUMN_MAJOR, 3);
  ASSERT_EQ(lath_tensor_get(session, "b", 1, &back.tensor, kLong), LATH_OK) << error();
  EXPECT_EQ(back.wrong(), 0U);
  Box<float> floats(LATH_F32, {100, 300}, LATH_ROW_MAJOR, 1);
  floats.fill();
  ASSERT_EQ(lath_tensor_put(session, "f", 1, &floats.tensor, kLong), LATH_OK) << error();
  Box<float> floats_back(LATH_F32, {100, 300}, LATH_ROW_MAJOR, 0);
  ASSERT_EQ(lath_tensor_get(session, "f", 1, &floats_back.tensor, kLong), LATH_OK) << error();
  EXPECT_EQ(floats_back.wrong(), 0U);
}

TEST_F(CApi, a_tensor_tells_its_shape_to_who_asks_and_to_who_expects_another) {
  for (const std::uint64_t rows : {std::uint64_t{4}, std::uint64_t{4000}}) {
    Box<double> from(LATH_F64, {rows, 6}, LATH_COLUMN_MAJOR, 0);
    from.fill();
    ASSERT_EQ(lath_tensor_put(session, "t", 1, &from.tensor, kLong), LATH_OK) << error();
    lath_tensor asked = LATH_TENSOR_INIT;
    ASSERT_EQ(lath_tensor_get(session, "t", 1, &asked, kLong), LATH_OK) << error();
    EXPECT_EQ(asked.dtype, LATH_F64);
    EXPECT_EQ(asked.order, LATH_COLUMN_MAJOR);
    ASSERT_EQ(asked.dim_count, 2U);
    EXPECT_EQ(asked.dims[0], rows);
    EXPECT_EQ(asked.dims[1], 6U);
    Box<double> other(LATH_F64, {6, rows}, LATH_ROW_MAJOR, 0);
    EXPECT_EQ(lath_tensor_get(session, "t", 1, &other.tensor, kLong), LATH_E_TOO_SMALL);
    EXPECT_EQ(other.tensor.dims[0], rows);
    EXPECT_EQ(other.untouched(), 6 * rows);
    Box<std::int64_t> of_integers(LATH_I64, {rows, 6}, LATH_ROW_MAJOR, 0);
    EXPECT_EQ(lath_tensor_get(session, "t", 1, &of_integers.tensor, kLong), LATH_E_TOO_SMALL);
    EXPECT_EQ(of_integers.tensor.dtype, LATH_F64);
  }
  lath_tensor asked = LATH_TENSOR_INIT;
  EXPECT_EQ(lath_tensor_get(session, "none", 4, &asked, kLong), LATH_E_NOT_FOUND);
}

TEST_F(CApi, bytes_that_are_no_tensor_are_of_the_wrong_type) {
  Box<double> room(LATH_F64, {4}, LATH_ROW_MAJOR, 0);
  for (const std::size_t size : {std::size_t{0}, std::size_t{5}, std::size_t{1000}, std::size_t{200'000}}) {
    const std::string bytes(size, 'x');
    ASSERT_EQ(lath_put(session, "k", 1, bytes.data(), bytes.size(), kLong), LATH_OK);
    EXPECT_EQ(lath_tensor_get(session, "k", 1, &room.tensor, kLong), LATH_E_WRONG_TYPE) << size;
    EXPECT_NE(error().find("no tensor"), std::string::npos) << error();
    EXPECT_EQ(error().find("tensor get of key "), 0U) << error();
  }
  ASSERT_EQ(lath_counter_add(session, "c", 1, 1, kLong), LATH_OK);
  EXPECT_EQ(lath_tensor_get(session, "c", 1, &room.tensor, kLong), LATH_E_WRONG_TYPE);
  EXPECT_EQ(lath_tensor_put(session, "c", 1, &room.tensor, kLong), LATH_E_WRONG_TYPE);
}

TEST_F(CApi, tensors_are_put_and_got_without_waiting) {
  for (const std::uint64_t rows : {4U, 3000U}) {  // small, and moved by its pieces
    Box<double> written(LATH_F64, {rows, 20}, LATH_ROW_MAJOR, 0);
    written.each([](double& element, std::size_t number) { element = static_cast<double>(number); });
    Box<double> read(LATH_F64, {rows, 20}, LATH_COLUMN_MAJOR, 1);
    lath_tensor shape = LATH_TENSOR_INIT;
    lath_request requests[2] = {};
    ASSERT_EQ(lath_tensor_put_nb(session, "t", 1, &written.tensor, kLong, &requests[0]), LATH_OK) << error();
    ASSERT_EQ(lath_wait_request(session, requests[0], kLong), LATH_OK) << error();
    ASSERT_EQ(lath_tensor_get_nb(session, "t", 1, &read.tensor, kLong, &requests[0]), LATH_OK) << error();
    ASSERT_EQ(lath_tensor_get_nb(session, "t", 1, &shape, kLong, &requests[1]), LATH_OK) << error();
    ASSERT_EQ(lath_wait_all(session, requests, 2, nullptr, kLong), LATH_OK) << error();
    read.each([](double& element, std::size_t number) { ASSERT_EQ(element, static_cast<double>(number)); });
    EXPECT_EQ(shape.dim_count, 2U);
    EXPECT_EQ(shape.dims[0], rows);
    Box<double> other(LATH_F64, {rows + 1, 20}, LATH_ROW_MAJOR, 0);
    ASSERT_EQ(lath_tensor_get_nb(session, "t", 1, &other.tensor, kLong, &requests[0]), LATH_OK);
    EXPECT_EQ(lath_wait_request(session, requests[0], kLong), LATH_E_TOO_SMALL);
    EXPECT_EQ(other.tensor.dims[0], rows);
    ASSERT_EQ(lath_tensor_get_nb(session, "t", 1, &read.tensor, kLong, &requests[0]), LATH_OK);
    EXPECT_EQ(lath_cancel(session, requests[0]), LATH_OK);
  }
  lath_tensor nowhere = LATH_TENSOR_INIT;
  lath_request request = 0;
  EXPECT_EQ(lath_tensor_put_nb(session, "t", 1, &nowhere, kLong, &request), LATH_E_INVALID);
  EXPECT_EQ(lath_tensor_get_nb(session, "t", 1, nullptr, kLong, &request), LATH_E_INVALID);
  EXPECT_EQ(lath_tensor_get_nb(session, "t", 1, &nowhere, kLong, nullptr), LATH_E_INVALID);
  ASSERT_EQ(lath_tensor_get_nb(session, "none", 4, &nowhere, kLong, &request), LATH_OK);
  EXPECT_EQ(lath_wait_request(session, request, kLong), LATH_E_NOT_FOUND);
  ASSERT_EQ(lath_tensor_get_nb(session, "t", 1, &nowhere, kLong, &request), LATH_OK);  // the session closes meanwhile
}

TEST_F(CApi, large_values_are_put_and_got_without_waiting_and_cancelled) {
  const std::string value(3'000'000, 'v');
  std::vector<char> room(value.size());
  std::size_t size = 0;
  lath_request requests[2] = {};
  ASSERT_EQ(lath_put_nb(session, "k", 1, value.data(), value.size(), kLong, &requests[0]), LATH_OK) << error();
  ASSERT_EQ(lath_wait_request(session, requests[0], kLong), LATH_OK) << error();
  ASSERT_EQ(lath_get_nb(session, "k", 1, room.data(), room.size(), &size, kLong, &requests[0]), LATH_OK);
  ASSERT_EQ(lath_put_nb(session, "l", 1, value.data(), value.size(), kLong, &requests[1]), LATH_OK);
  ASSERT_EQ(lath_wait_all(session, requests, 2, nullptr, kLong), LATH_OK) << error();
  EXPECT_EQ(size, value.size());
  EXPECT_TRUE(std::equal(value.begin(), value.end(), room.begin()));
  ASSERT_EQ(lath_get_nb(session, "k", 1, room.data(), room.size(), &size, kLong, &requests[0]), LATH_OK);
  ASSERT_EQ(lath_cancel(session, requests[0]), LATH_OK);
  lath_batch* batch = nullptr;
  ASSERT_EQ(lath_batch_open(session, 1, &batch), LATH_OK);
  ASSERT_EQ(lath_batch_get(batch, "k", 1, room.data(), room.size(), &size), LATH_OK);
  EXPECT_EQ(lath_batch_run(batch, kLong), LATH_OK) << error();
  EXPECT_EQ(size, value.size());
  EXPECT_EQ(lath_batch_close(batch), LATH_OK);
}

TEST_F(CApi, a_batch_that_is_run_again_knows_what_is_registered_by_then) {
  std::vector<char> value(500'000, 'r');
  lath_batch* batch = nullptr;
  ASSERT_EQ(lath_batch_open(session, 1, &batch), LATH_OK);
  ASSERT_EQ(lath_register(store, value.data(), value.size()), LATH_OK) << error();
  ASSERT_EQ(lath_batch_put(batch, "k", 1, value.data(), value.size()), LATH_OK);
  ASSERT_EQ(lath_batch_run(batch, kLong), LATH_OK) << error();
  ASSERT_EQ(lath_unregister(store, value.data()), LATH_OK);
  ASSERT_EQ(lath_batch_run(batch, kLong), LATH_OK) << error();
  EXPECT_EQ(lath_batch_close(batch), LATH_OK);
}

TEST_F(CApi, a_batch_puts_small_and_large_values_and_may_do_so_again) {
  constexpr std::size_t kValues = 40;
  std::vector<std::string> values;
  for (std::size_t i = 0; i < kValues; ++i) values.emplace_back(i % 3 == 0 ? 100'000 + i : 10 + i, static_cast<char>('a' + i % 26));
  const auto key_of = [](std::size_t i) { return "key " + std::to_string(i); };
  lath_batch* batch = nullptr;
  ASSERT_EQ(lath_batch_open(session, kValues, &batch), LATH_OK);
  for (std::size_t i = 0; i < kValues; ++i) {
    const std::string key = key_of(i);
    ASSERT_EQ(lath_batch_put(batch, key.data(), key.size(), values[i].data(), values[i].size()), LATH_OK) << error();
  }
  ASSERT_EQ(lath_batch_flush(batch, 0), LATH_OK);
  const auto expect_all = [&] {
    std::string room(200'000, ' ');
    for (std::size_t i = 0; i < kValues; ++i) {
      std::size_t size = 0;
      const std::string key = key_of(i);
      ASSERT_EQ(lath_get(session, key.data(), key.size(), room.data(), room.size(), &size, kLong), LATH_OK) << error();
      EXPECT_EQ(room.substr(0, size), values[i]) << i;
    }
  };
  ASSERT_EQ(lath_batch_run(batch, kLong), LATH_OK) << error();
  expect_all();
  for (std::string& value : values) std::fill(value.begin(), value.end(), 'z');  // of the large ones: the small ones were copied
  ASSERT_EQ(lath_batch_run(batch, kLong), LATH_OK) << error();
  for (std::size_t i = 0; i < kValues; ++i) {
    if (i % 3 != 0) std::fill(values[i].begin(), values[i].end(), static_cast<char>('a' + i % 26));
  }
  expect_all();
  lath_request request = 0;
  ASSERT_EQ(lath_batch_run_nb(batch, kLong, &request), LATH_OK) << error();
  EXPECT_EQ(lath_wait_request(session, request, kLong), LATH_OK) << error();
  expect_all();
  ASSERT_EQ(lath_batch_run_nb(batch, kLong, &request), LATH_OK) << error();
  EXPECT_EQ(lath_cancel(session, request), LATH_OK);
  EXPECT_EQ(lath_batch_run(batch, 0), LATH_E_TIMEOUT);
  EXPECT_EQ(lath_batch_close(batch), LATH_OK);
}

TEST_F(CApi, a_batch_that_was_begun_gets_large_values_and_may_be_given_up) {
  const std::string value(3'000'000, 'v');
  ASSERT_EQ(lath_put(session, "k", 1, value.data(), value.size(), kLong), LATH_OK) << error();
  ASSERT_EQ(lath_put(session, "s", 1, "small", 5, kLong), LATH_OK);
  std::vector<char> room(value.size());
  char small[8] = {};
  std::size_t size = 0;
  std::size_t small_size = 0;
  lath_batch* batch = nullptr;
  lath_request request = 0;
  ASSERT_EQ(lath_batch_open(session, 4, &batch), LATH_OK);
  const auto begin = [&] {
    ASSERT_EQ(lath_batch_get(batch, "s", 1, small, sizeof small, &small_size), LATH_OK);
    ASSERT_EQ(lath_batch_get(batch, "k", 1, room.data(), room.size(), &size), LATH_OK);
    ASSERT_EQ(lath_batch_put(batch, "t", 1, "other", 5), LATH_OK);
    ASSERT_EQ(lath_batch_run_nb(batch, kLong, &request), LATH_OK) << error();
  };
  const auto expect_untouched = [&] {
    std::fill(room.begin(), room.end(), 'z');
    for (int turn = 0; turn < 50; ++turn) EXPECT_EQ(lath_put(session, "t", 1, "other", 5, kLong), LATH_OK);
    EXPECT_EQ(std::count(room.begin(), room.end(), 'z'), 3'000'000);
  };
  begin();
  ASSERT_EQ(lath_wait_request(session, request, kLong), LATH_OK) << error();
  EXPECT_EQ(size, value.size());
  EXPECT_TRUE(std::equal(value.begin(), value.end(), room.begin()));
  EXPECT_EQ(small_size, 5U);
  for (int turns = 0; turns < 12; ++turns) {
    begin();
    for (int turn = 0; turn < turns; ++turn) lath_wait_request(session, request, 0);
    const bool ended = lath_cancel(session, request) != LATH_OK;  // by one of the questions
    if (!ended) expect_untouched();
  }
  begin();
  lath_wait_request(session, request, 0);
  EXPECT_EQ(lath_batch_close(batch), LATH_OK);
  expect_untouched();
}

TEST_F(CApi, memory_is_given_registered_and_taken_back) {
  void* memory = nullptr;
  ASSERT_EQ(lath_alloc(store, 1 << 20, &memory), LATH_OK);
  std::memset(memory, 'm', 1 << 20);
  EXPECT_EQ(lath_put(session, "k", 1, static_cast<char*>(memory) + 100, 500'000, kLong), LATH_OK) << error();
  std::vector<char> room(500'000);
  EXPECT_EQ(lath_register(store, room.data(), room.size()), LATH_OK);
  EXPECT_EQ(lath_register(store, room.data() + 10, 1), LATH_E_INVALID);
  EXPECT_EQ(lath_register(store, memory, 1), LATH_E_INVALID);
  std::size_t size = 0;
  EXPECT_EQ(lath_get(session, "k", 1, room.data(), room.size(), &size, kLong), LATH_OK);
  EXPECT_EQ(std::count(room.begin(), room.end(), 'm'), 500'000);
  EXPECT_EQ(lath_put(session, "k", 1, room.data(), room.size(), kLong), LATH_OK);
  EXPECT_EQ(lath_free(store, room.data()), LATH_E_INVALID) << "it is the caller's";
  EXPECT_EQ(lath_unregister(store, memory), LATH_E_INVALID) << "it is the library's";
  EXPECT_EQ(lath_unregister(store, room.data()), LATH_OK);
  EXPECT_EQ(lath_unregister(store, room.data()), LATH_E_INVALID);
  EXPECT_EQ(lath_free(store, memory), LATH_OK);
  EXPECT_EQ(lath_free(store, memory), LATH_E_INVALID);
  EXPECT_EQ(lath_free(store, nullptr), LATH_OK);
}

TEST(Memory, that_was_not_freed_is_given_back_when_the_store_is_closed) {
  lath_store* store = nullptr;
  ASSERT_EQ(lath_open("test:", nullptr, &store), LATH_OK);
  void* memory = nullptr;
  ASSERT_EQ(lath_alloc(store, 1 << 20, &memory), LATH_OK);
  std::vector<char> mine(1000);
  ASSERT_EQ(lath_register(store, mine.data(), mine.size()), LATH_OK);
  ASSERT_EQ(lath_close(store), LATH_OK);
  EXPECT_EQ(lath_free(store, memory), LATH_E_INVALID) << "the store is closed";
  lath_store* first = store;
  for (int again = 0; again < 1'000; ++again) {  // a closed store's handle is used again, some time
    ASSERT_EQ(lath_open("test:", nullptr, &store), LATH_OK);
    const bool same = store == first;
    if (same) {
      EXPECT_EQ(lath_free(store, memory), LATH_E_INVALID) << "it is none of this store's";
      EXPECT_EQ(lath_unregister(store, mine.data()), LATH_E_INVALID);
    }
    ASSERT_EQ(lath_close(store), LATH_OK);
    if (same) return;
  }
  FAIL() << "the handle was not used again";
}

TEST(CppFace, tensors_are_put_and_got) {
  auto store = cpp::Store::open("test:");
  ASSERT_TRUE(store);
  auto session = (*store).session();
  ASSERT_TRUE(session);
  Box<double> from(LATH_F64, {30, 40}, LATH_ROW_MAJOR, 0);
  from.fill();
  ASSERT_TRUE((*session).tensor_put("t", from.tensor));
  const auto shape = (*session).tensor_shape("t");
  ASSERT_TRUE(shape);
  EXPECT_EQ((*shape).dims[1], 40U);
  Box<double> into(LATH_F64, {30, 40}, LATH_COLUMN_MAJOR, 0);
  ASSERT_TRUE((*session).tensor_get("t", into.tensor));
  EXPECT_EQ(into.wrong(), 0U);
}

}  // namespace lath::test
