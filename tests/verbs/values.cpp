// A client that has a value of every type: writes its part of each, or reads what parts 1 and 2 have made, a tensor of 16 MiB among them.
// usage: verbs_values WHERE write 1|2 | read
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "lath/lath.hpp"

namespace {

using lath::cpp::Session;
using lath::cpp::Status;

constexpr std::uint64_t kPatientNs = 60'000'000'000;
constexpr std::chrono::seconds kAgreed{60};  // by then what was written on one node is on the others
constexpr std::size_t kRows = 2048;
constexpr std::size_t kColumns = 1024;  // of doubles: 16 MiB

void require(const std::string& what, const Status& status) {
  if (status) return;
  std::fprintf(stderr, "verbs_values: %s: %s\n", what.c_str(), status.error().c_str());
  std::exit(1);
}

double element_at(std::size_t at) {
  return static_cast<double>(at * 7 % 1'000'003);
}
lath_tensor tensor_at(std::vector<double>& elements) {
  lath_tensor tensor = LATH_TENSOR_INIT;
  tensor.data = elements.data();
  tensor.dtype = LATH_F64;
  tensor.dim_count = 2;
  tensor.dims[0] = kRows;
  tensor.dims[1] = kColumns;
  return tensor;
}

void write(Session& session, int part) {
  const std::string name = "part " + std::to_string(part);
  require("counter", session.counter_add("counter", part * 10));
  require("counter", session.counter_add("counter", -part));
  require("max", session.max("max", part * 1.5));
  require("min", session.min("min", part * -1.5));
  require("set", session.set_add("set", name));
  require("set", session.set_add("set", "removed"));
  require("set", session.set_remove("set", "removed"));
  require("map", session.map_put("map", name, "value " + std::to_string(part)));
  require("map counter", session.call(lath_map_counter_add, "map", "count", std::int64_t{part}));
  require("hll", session.hll_add("hll", name));
  require("gset", session.call(lath_gset_add, "gset", name));
  require("grow counter", session.call(lath_grow_counter_add, "grow", static_cast<std::uint64_t>(part)));
  const std::vector<double> addends(100, part);
  require("array", session.sum_merge("array", addends));
  if (part != 1) return;
  require("bytes", session.put("bytes", std::string(1000, 'b')));
  require("register", session.call(lath_mv_put, "register", std::string_view(), "first"));
  require("register", session.call(lath_mv_put, "register", std::string_view(), "second"));
  require("erased", session.put("erased", "gone"));
  require("erased", session.erase("erased"));
  std::vector<double> elements(kRows * kColumns);
  for (std::size_t at = 0; at < elements.size(); ++at) elements[at] = element_at(at);
  require("tensor", session.tensor_put("tensor", tensor_at(elements)));
}

// Until it holds: what the other node has written comes with its next batch.
void expect(const char* what, const std::function<bool()>& holds) {
  const auto until = std::chrono::steady_clock::now() + kAgreed;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > until) {
      std::fprintf(stderr, "verbs_values: %s is not what was written\n", what);
      std::exit(1);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}
template <class Found, class Value>
bool is(const Found& found, const Value& value) {
  return found && *found == value;
}

void read(Session& session) {
  const std::vector<std::string> both = {"part 1", "part 2"};
  expect("bytes", [&] { return is(session.get("bytes"), std::string(1000, 'b')); });
  expect("counter", [&] { return is(session.counter_get("counter"), 27); });
  expect("max", [&] { return is(session.max("max"), 3.0); });
  expect("min", [&] { return is(session.min("min"), -3.0); });
  expect("set", [&] { return is(session.set_members("set"), both); });
  expect("map", [&] { return is(session.map_get("map", "part 1"), "value 1") && is(session.map_get("map", "part 2"), "value 2"); });
  expect("hll", [&] { return is(session.hll_count("hll"), 2U); });
  expect("map counter", [&] {
    std::int64_t count = 0;
    return session.call(lath_map_counter_get, "map", "count", &count) && count == 3;
  });
  expect("gset", [&] {
    int yes = 0;
    return session.call(lath_gset_contains, "gset", "part 1", &yes) && yes == 1 &&
           session.call(lath_gset_contains, "gset", "part 2", &yes) && yes == 1;
  });
  expect("grow counter", [&] {
    std::uint64_t count = 0;
    return session.call(lath_grow_counter_get, "grow", &count) && count == 3;
  });
  expect("erased", [&] { return session.get("erased").code() == LATH_E_NOT_FOUND; });
  std::vector<double> elements(kRows * kColumns);
  lath_tensor tensor = tensor_at(elements);
  require("tensor", session.tensor_get("tensor", tensor));
  for (std::size_t at = 0; at < elements.size(); ++at) {
    if (elements[at] == element_at(at)) continue;
    std::fprintf(stderr, "verbs_values: element %zu of the tensor differs\n", at);
    std::exit(1);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3 && argc != 4) return 2;
  lath_options options = LATH_OPTIONS_INIT;
  options.open_timeout_ns = kPatientNs;
  auto store = lath::cpp::Store::open(argv[1], &options);
  if (!store) {
    std::fprintf(stderr, "verbs_values: %s\n", store.error().c_str());
    return 1;
  }
  auto session = store->session();
  if (!session) {
    std::fprintf(stderr, "verbs_values: %s\n", session.error().c_str());
    return 1;
  }
  session->set_timeout(kPatientNs);
  if (std::strcmp(argv[2], "read") == 0)
    read(*session);
  else
    write(*session, argc == 4 ? std::atoi(argv[3]) : 1);
  return 0;
}
