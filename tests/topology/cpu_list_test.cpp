// Lists of CPUs: what Linux writes is read, anything else is refused within bounds.
#include "topology/cpu_list.hpp"

#include <gtest/gtest.h>

#include <string>

namespace lath {
namespace {

std::string read_back(const std::string& text) {
  const Result<CpuSet> cpus = cpus_from(text);
  return cpus ? text_of(*cpus) : cpus.error().text;
}

TEST(CpuList, is_read_as_linux_writes_it) {
  EXPECT_EQ(*cpus_from("0-3,8"), (CpuSet{0, 1, 2, 3, 8}));
  EXPECT_EQ(*cpus_from(""), CpuSet{});
  for (const char* text : {"", "0", "0-1", "0-3,8", "1,3,5", "0-63,128-191", "65535"}) EXPECT_EQ(read_back(text), text);
}

TEST(CpuList, is_put_in_order_without_repeats) {
  EXPECT_EQ(read_back("8,0-3,2-4"), "0-4,8");
  EXPECT_EQ(read_back("1,1,1"), "1");
}

TEST(CpuList, says_what_is_wrong) {
  for (const char* text : {"a", ",", "1,", ",1", "-1", " 1", "99999999999"}) {
    EXPECT_NE(read_back(text).find("a number is missing or too large"), std::string::npos) << text;
  }
  EXPECT_NE(read_back("1-").find("a range has no end"), std::string::npos);
  EXPECT_NE(read_back("3-1").find("a range runs backwards"), std::string::npos);
  EXPECT_NE(read_back("0-65536").find("no CPU has a number over 65535"), std::string::npos);
  EXPECT_NE(read_back("4294967295").find("no CPU has a number over 65535"), std::string::npos);
  for (const char* text : {"1 2", "1;2", "1-2-3", "1 "}) {
    EXPECT_NE(read_back(text).find("a comma is missing"), std::string::npos) << text;
  }
  std::string repeated = "0-65535";
  for (int i = 0; i < 3; ++i) repeated += ",0-65535";
  EXPECT_NE(read_back(repeated).find("over and over"), std::string::npos);
}

TEST(CpuList, intersects_and_subtracts) {
  EXPECT_EQ(intersection({0, 1, 2}, {1, 2, 3}), (CpuSet{1, 2}));
  EXPECT_EQ(difference({0, 1, 2}, {1, 2, 3}), (CpuSet{0}));
}

}  // namespace
}  // namespace lath
