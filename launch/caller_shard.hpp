// The shard of one session whose thread is the shard: its operations are calls. Given back to the node when the session closes.
#pragma once

#include <functional>
#include <utility>

#include "client/local_shard.hpp"
#include "shard/attended_loop.hpp"

namespace lath {

class CallerShard final : public LocalShard {
 public:
  CallerShard(AttendedLoop& loop, Place place, std::function<void()> give_back)
      : loop_(loop), place_(place), give_back_(std::move(give_back)) {}
  ~CallerShard() override { give_back_(); }
  CallerShard(const CallerShard&) = delete;
  CallerShard& operator=(const CallerShard&) = delete;

  Place place() const override { return place_; }
  Code execute(const Operation& operation, const AnswerTarget& target) override {
    Code code = Code::kInProgress;
    loop_.execute(operation, [&](const Answer& answer) {
      code = answer.status == Code::kOk ? deliver(target, answer.payload) : answer.status;
    });
    return code;
  }
  void prefetch(Bytes key) override { loop_.prefetch(key); }
  bool turn() override { return loop_.turn(); }

 private:
  AttendedLoop& loop_;
  Place place_;
  std::function<void()> give_back_;
};

}  // namespace lath
