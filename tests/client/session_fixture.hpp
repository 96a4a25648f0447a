// A session over scripted shards, with its time turned by hand.
#pragma once

#include <gtest/gtest.h>

#include <map>

#include "scripted_sink.hpp"

namespace lath::test {

inline constexpr TimeNs kMs = 1'000'000;

class SessionTest : public testing::Test {
 protected:
  SessionTest() { use(1, 1); }
  void use(std::uint32_t nodes, std::uint32_t replicas, std::optional<NodeId> local = {}) {
    views = std::make_unique<TurnedViews>(nodes, replicas);
    use(SessionSettings{.ack_nodes = 1, .local = local});
  }
  void use(const SessionSettings& settings) { session = std::make_unique<Session>(settings, *views, Random(7)); }
  RequestId submit(Opcode opcode, std::string_view key, std::string_view argument = {}, AnswerTarget target = {},
                   TimeNs timeout = 10'000 * kMs) {
    return session->submit(
        {.operation = {opcode, as_bytes(key), as_bytes(argument)}, .target = target, .deadline = now + timeout, .completion = {}},
        now);
  }
  RequestId put(std::string_view key) { return submit(Opcode::kPut, key, "v"); }
  RequestId add(std::string_view key, std::int64_t by = 1) { return submit(Opcode::kCounterAdd, key, word(by)); }
  void turn(TimeNs later = 0) {
    now += later;
    session->turn(now, sink);
  }
  void reply(const SentFrame& frame, const std::vector<ScriptedAnswer>& answers, std::uint16_t first = 0) {
    session->handle(frame.stream, reply_to(frame.header, answers, first), now);
  }
  std::size_t count_sent_now() {
    const std::size_t before = sink.frames.size();
    turn();
    return sink.frames.size() - before;
  }
  std::string error_text() const { return text_of(session->last_failure()); }

  TimeNs now = 1000 * kMs;
  std::unique_ptr<TurnedViews> views;
  std::unique_ptr<Session> session;
  ScriptedSink sink;
};

}  // namespace lath::test
