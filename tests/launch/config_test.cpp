#include "launch/config/config.hpp"

#include <gtest/gtest.h>

#include <array>
#include <limits>

#include "tests/temporary_folder.hpp"

namespace lath {
namespace {

using testing::TemporaryFolder;
using Texts = std::vector<std::string>;

std::string error_of(const Texts& arguments, const Texts& environment = {}) {
  const auto request = read_config(arguments, environment);
  return request ? "no error" : request.error().text;
}

TEST(Config, flags_go_over_the_environment_over_the_file_over_the_default) {
  const TemporaryFolder folder;
  const std::string file = folder.write("lath.toml", "shards = 2\nmemory = \"2GiB\"\ngossip-us = 7\ninterface = \"lo\"\n");
  const auto request =
      read_config(Texts{"--config", file, "--shards", "4"}, Texts{"LATH_SHARDS=3", "LATH_MEMORY=3GiB", "PATH=/bin"});
  ASSERT_TRUE(request) << request.error().text;
  EXPECT_EQ(request->config.shards, 4U);
  EXPECT_EQ(request->config.memory_bytes, 3ULL << 30);
  EXPECT_EQ(request->config.gossip_us, 7U);
  EXPECT_EQ(request->config.interface, "lo");
  EXPECT_EQ(request->config.drain_timeout_ms, 10000U);
  EXPECT_EQ(request->config.start_timeout_ms, 60000U);
  EXPECT_TRUE(request->warnings.empty());
}

TEST(Config, the_file_may_be_named_by_the_environment) {
  const TemporaryFolder folder;
  const auto request = read_config(Texts{}, Texts{"LATH_CONFIG=" + folder.write("a.toml", "shards = 5\n")});
  ASSERT_TRUE(request) << request.error().text;
  EXPECT_EQ(request->config.shards, 5U);
}

TEST(Config, unknown_names_warn_by_name) {
  const TemporaryFolder folder;
  const std::string file = folder.write("lath.toml", "shrads = 2\n[table]\nx = 1\n");
  const auto request = read_config(Texts{"--config", file}, Texts{"LATH_SHRADS=3", "LATH_UCX_TLS=tcp", "LATH_SEED=1"});
  ASSERT_TRUE(request) << request.error().text;
  ASSERT_EQ(request->warnings.size(), 3U);
  EXPECT_NE(request->warnings[0].find("'shrads'"), std::string::npos);
  EXPECT_NE(request->warnings[1].find("'table'"), std::string::npos);
  EXPECT_NE(request->warnings[2].find("LATH_SHRADS"), std::string::npos);
}

TEST(Config, names_that_the_scripts_and_tests_read_are_not_warned_of_and_others_are) {
  const auto request = read_config(Texts{}, Texts{"LATH_SEED=1", "LATH_TORTURE_SECONDS=9", "LATH_SKIP_DEPS=1", "LATH_UCX_TLS=tcp",
                                                  "LATH_BUILD=x", "LATH_BENCH_KEYS=1", "LATH_TEST_X=1"});
  ASSERT_TRUE(request) << request.error().text;
  ASSERT_EQ(request->warnings.size(), 3U);
  EXPECT_NE(request->warnings[0].find("LATH_BUILD"), std::string::npos);
  EXPECT_NE(request->warnings[1].find("LATH_BENCH_KEYS"), std::string::npos);
  EXPECT_NE(request->warnings[2].find("LATH_TEST_X"), std::string::npos);
}

TEST(Config, a_malformed_value_is_one_error_that_names_setting_value_and_what_is_expected) {
  for (const auto& [flag, value, expected] :
       std::vector<std::array<std::string, 3>>{{"shards", "0", "from 1 to 512"},
                                               {"shards", "10000", "from 1 to 512"},
                                               {"shards", "-1", "from 1 to 512"},
                                               {"memory", "lots", "size"},
                                               {"memory", "99999999999TiB", "size"},
                                               {"memory", "1KiB", "16MiB"},
                                               {"contact", "here", "HOST:PORT"},
                                               {"contact", "host:70000", "65535"},
                                               {"replication", "0x1", "NODESxSHARDS"},
                                               {"replication", "9x9", "NODESxSHARDS"},
                                               {"replication-prefix", "2x1", "PREFIX"},
                                               {"replication-prefix", "hot/=2", "NODESxSHARDS"},
                                               {"gossip-us", "1ms", "whole number"},
                                               {"log-level", "loud", "debug"},
                                               {"log-ucx", "quiet", "debug"},
                                               {"drain-timeout-ms", "-1", "whole number"}}) {
    const std::string text = error_of({"--" + flag + "=" + value});
    EXPECT_NE(text.find("'" + flag + "'"), std::string::npos) << text;
    EXPECT_NE(text.find("'" + value + "'"), std::string::npos) << text;
    EXPECT_NE(text.find(expected), std::string::npos) << text;
  }
  EXPECT_NE(error_of({}, {"LATH_SHARDS=many"}).find("LATH_SHARDS"), std::string::npos);
}

TEST(Config, a_malformed_or_missing_file_is_named) {
  const TemporaryFolder folder;
  EXPECT_NE(error_of({"--config", folder.file("none.toml")}).find("none.toml"), std::string::npos);
  EXPECT_NE(error_of({"--config", "/"}).find("it is a folder"), std::string::npos);
  const std::string broken = error_of({"--config", folder.write("broken.toml", "shards = = 2\n")});
  EXPECT_NE(broken.find("broken.toml"), std::string::npos);
  EXPECT_NE(broken.find("line 1"), std::string::npos) << broken;
  const std::string numeric = error_of({"--config", folder.write("numeric.toml", "cluster-file = 5\n")});
  EXPECT_NE(numeric.find("'cluster-file'"), std::string::npos) << numeric;
  EXPECT_NE(numeric.find("expected a path"), std::string::npos) << numeric;
  const std::string typed = error_of({"--config", folder.write("typed.toml", "shards = [1, 2]\n")});
  EXPECT_NE(typed.find("'shards'"), std::string::npos) << typed;
}

TEST(Config, unknown_and_repeated_flags_are_refused) {
  EXPECT_NE(error_of({"--shrads=2"}).find("--shrads"), std::string::npos) << error_of({"--shrads=2"});
  EXPECT_NE(error_of({"stray"}).find("stray"), std::string::npos);
  EXPECT_NE(error_of({"--shards=2", "--shards=3"}).find("--shards"), std::string::npos);
  EXPECT_NE(error_of({"--shards"}), "no error");
}

TEST(Config, prefixes_may_be_repeated_in_every_source) {
  const auto flags = read_config(Texts{"--replication-prefix", "hot/=3x1", "--replication-prefix", "a=b=1x2"}, Texts{});
  ASSERT_TRUE(flags) << flags.error().text;
  EXPECT_EQ(flags->config.replication_prefixes, (Texts{"hot/=3x1", "a=b=1x2"}));
  const auto environment = read_config(Texts{}, Texts{"LATH_REPLICATION_PREFIX=hot/=3x1;b=1x1"});
  ASSERT_TRUE(environment) << environment.error().text;
  EXPECT_EQ(environment->config.replication_prefixes, (Texts{"hot/=3x1", "b=1x1"}));
}

TEST(Config, what_is_printed_can_be_read_and_is_the_same) {
  const TemporaryFolder folder;
  auto request = read_config(Texts{"--cluster-file", "a \"b\"\\c.json", "--shards=3", "--replication=2x2",
                                   "--replication-prefix=x=1x1", "--contact=[::1]:7"},
                             Texts{});
  ASSERT_TRUE(request) << request.error().text;
  const std::string printed = describe_config(request->config);
  EXPECT_NE(printed.find("# Shards of this node"), std::string::npos);
  const auto again = read_config(Texts{"--config", folder.write("printed.toml", printed)}, Texts{});
  ASSERT_TRUE(again) << again.error().text;
  EXPECT_TRUE(again->warnings.empty());
  EXPECT_EQ(describe_config(again->config), printed);
  EXPECT_EQ(again->config.cluster_file, "a \"b\"\\c.json");
}

TEST(Config, help_and_version_need_no_valid_environment) {
  const auto help = read_config(Texts{"--help"}, Texts{"LATH_SHARDS=many"});
  ASSERT_TRUE(help);
  ASSERT_TRUE(help->help);
  EXPECT_NE(help->help->find("--replication-prefix"), std::string::npos);
  const auto version = read_config(Texts{"--version"}, Texts{});
  ASSERT_TRUE(version);
  EXPECT_TRUE(version->version);
}

TEST(Config, addresses_and_sizes_are_read_as_people_write_them) {
  EXPECT_EQ(*parse_size("4096"), 4096U);
  EXPECT_EQ(*parse_size("2 GiB"), 2ULL << 30);
  EXPECT_EQ(*parse_size("1MB"), 1'000'000U);
  EXPECT_EQ(*parse_size("16777215TiB"), 16777215ULL << 40);
  for (const char* past : {"16777216TiB", "99999999TiB", "99999999999999999999", "99999999999999999999GiB"})
    EXPECT_EQ(*parse_size(past), std::numeric_limits<std::uint64_t>::max()) << past;
  for (const char* bad : {"99999999999999999999XB", "1XB", "GiB"}) EXPECT_FALSE(parse_size(bad)) << bad;
  EXPECT_FALSE(parse_size(""));
  EXPECT_FALSE(parse_size("-1"));
  EXPECT_EQ(to_text(*parse_host_port("[::1]:80")), "[::1]:80");
  EXPECT_EQ(parse_host_port("a:0")->host, "a");
  for (const char* bad : {"", ":", "a", "a:", ":1", "a:b", "::1:80", "a b:1", "[]:1", "a:65536"})
    EXPECT_FALSE(parse_host_port(bad)) << bad;
}

}  // namespace
}  // namespace lath
