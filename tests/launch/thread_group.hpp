// A group whose members are threads of the test.
#pragma once

#include <barrier>
#include <cstring>
#include <functional>
#include <thread>
#include <vector>

#include "launch/open_store.hpp"

namespace lath::testing {

class ThreadGroup {
 public:
  explicit ThreadGroup(int count) : count_(count), barrier_(count) {}

  class Member final : public GroupBootstrap {
   public:
    Member(ThreadGroup& group, int rank) : group_(group), rank_(rank) {}
    int rank() const override { return rank_; }
    int count() const override { return group_.count_; }
    Result<void> broadcast(std::span<std::byte> bytes, int root) override {
      if (rank_ == root) group_.shared_.assign(bytes.begin(), bytes.end());
      group_.barrier_.arrive_and_wait();
      std::memcpy(bytes.data(), group_.shared_.data(), bytes.size());
      group_.barrier_.arrive_and_wait();
      return {};
    }
    Result<void> allgather(std::span<const std::byte> mine, std::span<std::byte> all) override {
      if (rank_ == 0) group_.shared_.resize(all.size());
      group_.barrier_.arrive_and_wait();
      std::memcpy(group_.shared_.data() + static_cast<std::size_t>(rank_) * mine.size(), mine.data(), mine.size());
      group_.barrier_.arrive_and_wait();
      std::memcpy(all.data(), group_.shared_.data(), all.size());
      group_.barrier_.arrive_and_wait();
      return {};
    }

   private:
    ThreadGroup& group_;
    int rank_;
  };

 private:
  int count_;
  std::barrier<> barrier_;
  std::vector<std::byte> shared_;
};

inline void run_group(int count, const std::function<void(GroupBootstrap&)>& body) {
  ThreadGroup group(count);
  std::vector<std::thread> threads;
  for (int rank = 0; rank < count; ++rank) {
    threads.emplace_back([&group, &body, rank] {
      ThreadGroup::Member member(group, rank);
      body(member);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace lath::testing
