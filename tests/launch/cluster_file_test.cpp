#include "launch/cluster_file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <sstream>

#include "lath/limits.hpp"
#include "launch/file_io.hpp"
#include "tests/temporary_folder.hpp"

namespace lath {
namespace {

using testing::TemporaryFolder;

ClusterFile two_nodes() {
  return {0x0123456789abcdefULL, {{NodeId{0}, "alpha", {"10.0.0.1", 4001}}, {NodeId{1}, "beta", {"fe80::1", 4002}}}};
}

std::string text_of(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

TEST(ClusterFile, reads_what_was_written_and_leaves_nothing_beside_it) {
  const TemporaryFolder folder;
  const std::string path = folder.file("a name with spaces.json");
  ASSERT_TRUE(write_cluster_file(path, two_nodes()));
  const auto again = write_cluster_file(path, two_nodes());
  ASSERT_FALSE(again) << "over another cluster's";
  EXPECT_NE(again.error().text.find("another cluster has just written"), std::string::npos) << again.error().text;
  const auto read = read_cluster_file(path);
  ASSERT_TRUE(read) << read.error().text;
  EXPECT_EQ(*read, two_nodes());
  EXPECT_EQ(folder.entries(), 1U);
}

TEST(ClusterFile, a_missing_one_names_the_remedy) {
  const auto read = read_cluster_file("/nowhere/demo.json");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Code::kNotFound);
  EXPECT_NE(read.error().text.find("lathd"), std::string::npos);
}

TEST(ClusterFile, foreign_or_malformed_ones_are_refused_by_name) {
  const TemporaryFolder folder;
  for (const std::string text :
       {"", "{", "[]", "3", "{\"a\": 1}", "\xff\xfe\x00", "{\"format\": 7}", "{\"format\":\"lath-cluster\",\"version\":1}",
        "{\"format\":\"lath-cluster\",\"version\":1,\"cluster\":\"zz\",\"nodes\":[]}",
        "{\"format\":\"lath-cluster\",\"version\":1,\"cluster\":\"1f\",\"nodes\":[]}",
        "{\"format\":\"lath-cluster\",\"version\":1,\"cluster\":\"1f\",\"nodes\":[{\"node\":-1,\"host\":\"a\",\"contact\":\"b:1\"}]"
        "}",
        "{\"format\":\"lath-cluster\",\"version\":1,\"cluster\":\"1f\",\"nodes\":[{\"node\":0,\"host\":\"a\",\"contact\":\"b:0\"}]"
        "}"}) {
    const auto read = read_cluster_file(folder.write("foreign.json", text));
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, Code::kInvalid) << text;
    EXPECT_NE(read.error().text.find("foreign.json"), std::string::npos);
  }
}

TEST(ClusterFile, every_truncation_is_refused) {
  const TemporaryFolder folder;
  const std::string path = folder.file("c.json");
  ASSERT_TRUE(write_cluster_file(path, two_nodes()));
  const std::string whole = text_of(path);
  for (std::size_t size = 0; size + 2 < whole.size(); ++size)
    EXPECT_FALSE(read_cluster_file(folder.write("cut.json", whole.substr(0, size))));
}

TEST(ClusterFile, another_version_is_told_as_such) {
  const TemporaryFolder folder;
  const auto read = read_cluster_file(folder.write("v.json", "{\"format\":\"lath-cluster\",\"version\":99,\"nodes\":[]}"));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Code::kVersion);
  EXPECT_NE(read.error().text.find("99"), std::string::npos);
}

TEST(ClusterFile, one_that_is_far_too_large_is_not_read_whole) {
  const TemporaryFolder folder;
  EXPECT_EQ(read_cluster_file(folder.write("large.json", std::string(2 * kClusterFileBytesMax, ' '))).error().code,
            Code::kTooLarge);
}

TEST(ClusterFile, is_removed_only_by_its_own_cluster) {
  const TemporaryFolder folder;
  const std::string path = folder.file("c.json");
  ASSERT_TRUE(write_cluster_file(path, two_nodes()));
  const auto gone = [&](std::uint64_t cluster) {
    const auto removed = remove_cluster_file(path, cluster);
    EXPECT_TRUE(removed) << removed.error().text;
    return removed && *removed;
  };
  EXPECT_FALSE(gone(1));
  EXPECT_EQ(folder.entries(), 1U);
  EXPECT_TRUE(gone(two_nodes().cluster));
  EXPECT_EQ(folder.entries(), 0U);
  EXPECT_TRUE(gone(two_nodes().cluster)) << "somebody was quicker";
}

TEST(ClusterFile, that_cannot_be_removed_is_an_error_with_its_name_and_the_reason) {
  const TemporaryFolder folder;
  const std::string path = folder.file("c.json");
  ASSERT_EQ(mkdir(path.c_str(), 0700), 0);
  const auto removed = remove_cluster_file(path, two_nodes().cluster);
  ASSERT_FALSE(removed);
  EXPECT_NE(removed.error().text.find(path), std::string::npos) << removed.error().text;
  EXPECT_FALSE(remove_file(path));
}

}  // namespace
}  // namespace lath
