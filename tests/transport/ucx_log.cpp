// UCX's own lines: ours come out of our log, at a level of the user's choice; others' stay where they were.
#include "transport/ucx_log.hpp"

#include <gtest/gtest.h>
#include <ucs/debug/log_def.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "transport/ucx_context.hpp"

extern "C" unsigned foreign_complaint(void);

namespace lath {

namespace {

class UcxLog : public ::testing::Test {
 protected:
  void SetUp() override {
    setenv("LATH_UCX_TLS", "tcp,self", 1);
    unsetenv("LATH_UCX_NET_DEVICES");
    file_ = std::filesystem::temp_directory_path() / ("ucx_log_test." + std::to_string(getpid()));
  }
  void TearDown() override { std::filesystem::remove(file_); }

  void log_at(LogLevel level) { ASSERT_TRUE(log_configure(level, file_)); }
  std::string logged() const {
    std::ostringstream text;
    text << std::ifstream(file_).rdbuf();
    return text.str();
  }
  static void complain() {
    ucs_log_dispatch("/build/tcp_ep.c", 9, "recv", UCS_LOG_LEVEL_ERROR, &ucs_global_opts.log_component, "peer %d is gone", 3);
  }

 private:
  std::filesystem::path file_;
};

// What `act` has the process write to its standard output and error.
template <class Act>
std::string printed_by(Act act) {
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();
  act();
  std::fflush(nullptr);
  return ::testing::internal::GetCapturedStdout() + ::testing::internal::GetCapturedStderr();
}

}  // namespace

TEST_F(UcxLog, complaints_about_settings_keep_their_level) {
  log_at(LogLevel::kWarn);
  setenv("LATH_UCX_NET_DEVICES", "nosuch0,lo", 1);
  EXPECT_EQ(printed_by([] { ASSERT_TRUE(UcxContext::open()); }), "");
  EXPECT_NE(logged().find("warning app: UCX: "), std::string::npos) << logged();
  EXPECT_NE(logged().find("nosuch0"), std::string::npos) << logged();
}

TEST_F(UcxLog, complaints_about_peers_appear_where_the_user_wants_them) {
  log_at(LogLevel::kInfo);
  const auto context = UcxContext::open();
  ASSERT_TRUE(context);
  log_name_thread("node 4 shard 2");
  EXPECT_EQ(printed_by(complain), "");
  EXPECT_EQ(logged(), "") << "an expected event is worth a line for those who debug alone";
  ucx_log_show_at(LogLevel::kWarn);
  EXPECT_EQ(printed_by(complain), "");
  EXPECT_NE(logged().find("warning node 4 shard 2: UCX: peer 3 is gone (tcp_ep.c:9)"), std::string::npos) << logged();
}

TEST_F(UcxLog, why_something_cannot_be_opened_is_told_by_the_error_alone) {
  log_at(LogLevel::kInfo);
  setenv("LATH_UCX_NET_DEVICES", "nosuch0", 1);
  setenv("LATH_UCX_TLS", "tcp", 1);
  const auto context = UcxContext::open();
  ASSERT_FALSE(context);
  EXPECT_NE(context.error().text.find("UCX says: "), std::string::npos) << context.error().text;
  EXPECT_EQ(logged().find(" error "), std::string::npos) << logged();
}

TEST_F(UcxLog, limits_go_over_what_the_environment_says) {
  log_at(LogLevel::kWarn);
  setenv("LATH_UCX_NET_DEVICES", "lo", 1);
  ASSERT_TRUE(UcxContext::open({.transports = {}, .devices = "nosuch0,lo"}));
  EXPECT_NE(logged().find("nosuch0"), std::string::npos) << logged();
  EXPECT_FALSE(UcxContext::open({.transports = "tcp", .devices = "nosuch0"}));
  const auto without_tcp = UcxContext::open({.transports = "^tcp", .devices = "all"});
  ASSERT_TRUE(without_tcp);
  EXPECT_TRUE((*without_tcp)->shares_messages()) << "the environment allows TCP alone";
}

TEST_F(UcxLog, a_log_that_is_off_is_silent) {
  log_at(LogLevel::kOff);
  setenv("LATH_UCX_NET_DEVICES", "nosuch0,lo", 1);
  EXPECT_EQ(printed_by([] {
              const auto context = UcxContext::open();
              complain();
            }),
            "");
  EXPECT_EQ(logged(), "");
}

TEST_F(UcxLog, lines_of_somebody_elses_ucx_stay_theirs) {
  log_at(LogLevel::kDebug);
  const auto context = UcxContext::open();
  ASSERT_TRUE(context);
  const std::string before = logged();
  EXPECT_NE(printed_by(foreign_complaint).find("a complaint of theirs"), std::string::npos);
  EXPECT_EQ(logged(), before);
}

TEST_F(UcxLog, without_a_context_nothing_is_taken) {
  log_at(LogLevel::kDebug);
  const unsigned handlers = ucs_log_num_handlers();
  ASSERT_TRUE(UcxContext::open());
  EXPECT_EQ(ucs_log_num_handlers(), handlers);
  EXPECT_NE(printed_by(complain).find("peer 3 is gone"), std::string::npos);
}

}  // namespace lath
