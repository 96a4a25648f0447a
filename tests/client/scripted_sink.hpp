// A network and shards that do exactly what a test says: takes a session's frames, and makes the replies that the test wants. And a
// view source that the test turns.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "client/session.hpp"
#include "topology/cluster_view.hpp"
#include "wire/reply.hpp"
#include "wire/writer.hpp"

namespace lath::test {

inline NodeEntry node_entry(std::uint32_t node, std::uint64_t incarnation = 1, NodeState state = NodeState::kAlive) {
  NodeEntry entry;
  entry.id = NodeId{node};
  entry.incarnation = incarnation;
  entry.state = state;
  entry.host = "host" + std::to_string(node);
  entry.shard_addresses = {{std::byte{1}}};
  return entry;
}

class TurnedViews final : public ViewSource {
 public:
  TurnedViews(std::uint32_t nodes, std::uint32_t replicas) : placement_(Replication{.nodes = replicas, .shards = 1}) {
    for (std::uint32_t i = 0; i < nodes; ++i) view_.merge(node_entry(i));
    publish();
  }
  void merge(const NodeEntry& entry) {
    view_.merge(entry);
    publish();
  }
  void place(Placement placement) {
    placement_ = std::move(placement);
    publish();
  }
  std::shared_ptr<const ClusterView> current() const override { return current_; }
  std::uint64_t version() const override { return version_; }
  void ask_for_news() override { ++asked; }

  int asked = 0;

 private:
  void publish() {
    current_ = ClusterView::make(view_, placement_);
    ++version_;
  }

  Placement placement_;
  View view_;
  std::shared_ptr<const ClusterView> current_;
  std::uint64_t version_ = 0;
};

struct SentFrame {
  std::uint32_t stream = 0;
  Place place;
  RequestHeader header;
  std::vector<std::byte> bytes;
  std::vector<Operation> operations;  // point into bytes
};

class ScriptedSink final : public FrameSink {
 public:
  Sent send(std::uint32_t stream, Place place, Bytes frame) override {
    if (answer != Sent::kAccepted) return answer;
    if (busy_node == static_cast<int>(place.node.value)) return Sent::kBusy;
    if (closed_node == static_cast<int>(place.node.value)) return Sent::kClosed;
    SentFrame& sent = frames.emplace_back();
    sent.stream = stream;
    sent.place = place;
    sent.bytes.assign(frame.begin(), frame.end());
    Reader reader(sent.bytes);
    LATH_ASSERT(read_request_header(reader, sent.header));
    // As a shard would: what a brief header leaves out is what the last whole one of the stream said.
    RequestHeader& said = said_[stream];
    if (sent.header.brief) {
      LATH_ASSERT(sent.header.context == said.context);
      sent.header.session = said.session;
      sent.header.epoch = said.epoch;
      sent.header.ack_nodes = said.ack_nodes;
    } else if (sent.header.context != 0) {
      said = sent.header;
    }
    sent.operations.resize(sent.header.count);
    for (Operation& operation : sent.operations) LATH_ASSERT(read_operation(reader, operation));
    LATH_ASSERT(reader.at_end());
    return Sent::kAccepted;
  }
  bool is_connected(Place) const override { return has_another; }
  void forget(std::uint32_t stream) override { forgotten.push_back(stream); }

  SentFrame take() {
    LATH_ASSERT(!frames.empty());
    SentFrame frame = std::move(frames.front());
    frames.pop_front();
    return frame;
  }

  Sent answer = Sent::kAccepted;
  int closed_node = -1;
  int busy_node = -1;
  bool has_another = false;  // connection to a place whose own is closed
  std::deque<SentFrame> frames;
  std::vector<std::uint32_t> forgotten;

 private:
  std::map<std::uint32_t, RequestHeader> said_;  // by stream
};

struct ScriptedAnswer {
  Code status = Code::kOk;
  std::string payload;
};

inline std::vector<std::byte> reply_to(const RequestHeader& request, const std::vector<ScriptedAnswer>& answers,
                                       std::uint16_t first = 0) {
  FrameBuffer frame;
  begin_reply(frame, {.count = static_cast<std::uint16_t>(answers.size()), .sequence = request.sequence, .first = first});
  for (const ScriptedAnswer& answer : answers) {
    const std::size_t begun = begin_answer(frame);
    frame.append(as_bytes(answer.payload));
    end_answer(frame, begun, answer.status);
  }
  return {frame.bytes().begin(), frame.bytes().end()};
}

template <class T>
std::string word(T value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

}  // namespace lath::test
