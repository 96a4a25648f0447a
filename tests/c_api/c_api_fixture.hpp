// A store whose shards are turned by the session's own polls, and the C API on top of it.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "../client/sim_shards.hpp"
#include "lath/lath.h"
#include "launch/open_store.hpp"
#include "transport/waiting.hpp"

namespace lath::test {

inline constexpr std::uint64_t kLong = 10'000'000'000;

class PumpedStore final : public OpenStore {
 public:
  ViewSource& views() override { return cluster_; }
  Result<std::unique_ptr<Transport>> make_transport() override {
    return std::unique_ptr<Transport>(std::make_unique<PumpedTransport>(cluster_));
  }
  RegionProvider& memory() override { return cluster_.network.memory(); }
  WaitPolicy wait_policy() const override { return {}; }
  OneSidedMode one_sided() const override { return OneSidedMode::kOn; }
  std::optional<NodeId> local_node() const override { return std::nullopt; }

 private:
  SimShards cluster_{1, 2, 2};
};

class CApi : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(lath_open("test:", nullptr, &store), LATH_OK);
    ASSERT_EQ(lath_session_open(store, nullptr, &session), LATH_OK);
  }
  void TearDown() override {
    EXPECT_EQ(lath_session_close(session), LATH_OK);
    EXPECT_EQ(lath_close(store), LATH_OK);
  }
  std::string error() { return lath_last_error(session); }

  lath_store* store = nullptr;
  lath_session* session = nullptr;
};

inline std::vector<std::string> members_of(const void* list, std::size_t size) {
  std::vector<std::string> members;
  std::size_t position = 0;
  const void* member = nullptr;
  std::size_t member_size = 0;
  while (lath_list_next(list, size, &position, &member, &member_size) == 1)
    members.emplace_back(static_cast<const char*>(member), member_size);
  return members;
}

}  // namespace lath::test
