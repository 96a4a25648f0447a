// The recorder and the loop that the contract tests share.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <vector>

#include "network.hpp"

namespace lath {

struct Recorder final : TransportEvents {
  void on_message(const Message& message) override {
    senders.push_back(message.from);
    frames.emplace_back(message.bytes.begin(), message.bytes.end());
    if (then) then(message);
  }
  void on_peer_failed(PeerId peer, const Error& error) override {
    failed.push_back(peer);
    reasons.push_back(error);
  }
  void on_read_done(std::uint64_t token, Code code) override { reads.emplace_back(token, code); }

  std::vector<PeerId> senders;
  std::vector<std::vector<std::byte>> frames;
  std::vector<PeerId> failed;
  std::vector<Error> reasons;
  std::vector<std::pair<std::uint64_t, Code>> reads;
  std::function<void(const Message&)> then;
};

// A transport and what it delivered.
struct Party {
  explicit Party(std::unique_ptr<Transport> opened) : transport(std::move(opened)) {}
  Transport* operator->() const { return transport.get(); }
  std::unique_ptr<Transport> transport;
  Recorder seen;
};

class Contract : public ::testing::TestWithParam<NetworkMaker> {
 protected:
  Contract() : network_(GetParam()()) {}

  Party open() { return Party(network_->open()); }

  // Turns the parties' loops until `done`, or false after `seconds`.
  bool run(const std::vector<Party*>& parties, const std::function<bool()>& done, double seconds = 20) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
    while (!done()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      for (Party* party : parties) party->transport->poll(kMessagesPerPoll, party->seen);
      network_->step();
    }
    return true;
  }

  // `size` bytes that depend on `seed` and on their position.
  static std::vector<std::byte> pattern(std::size_t size, std::size_t seed) {
    std::vector<std::byte> bytes(size);
    for (std::size_t at = 0; at < size; ++at) bytes[at] = static_cast<std::byte>((at * 31 + at / 251 + seed * 17) & 0xff);
    return bytes;
  }
  static FrameBuffer frame_of(Transport& transport, Bytes bytes) {
    FrameBuffer frame = transport.acquire();
    frame.append(bytes);
    return frame;
  }
  // Sends, and turns the loops while the transport is busy. The answer is the first that is not kBusy.
  Sent send(Party& from, PeerId to, Bytes bytes, const std::vector<Party*>& parties) {
    FrameBuffer frame = frame_of(*from.transport, bytes);
    Sent sent = Sent::kBusy;
    run(parties, [&] { return (sent = from->send(to, frame)) != Sent::kBusy; });
    return sent;
  }

  std::unique_ptr<Network> network_;
};

}  // namespace lath
