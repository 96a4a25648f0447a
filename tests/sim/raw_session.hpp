// A session at its barest: numbers frames to each place, sends them again until they are answered wholly, and keeps the answers.
// Routes nothing. Speaks the protocol of docs/wire.md over any transport that a SimCluster steps.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim_cluster.hpp"
#include "wire/request.hpp"

namespace lath {

struct RawOperation {
  Opcode opcode = Opcode::kGet;
  std::string key;
  std::string argument;
};

struct RawAnswer {
  Code status = Code::kOk;
  std::string payload;
};

class RawSession final : private TransportEvents {
 public:
  struct Ticket {
    Place place;
    std::uint32_t sequence = 0;
    auto operator<=>(const Ticket&) const = default;
  };

  RawSession(SimCluster& cluster, std::uint64_t id);
  ~RawSession() override;
  RawSession(const RawSession&) = delete;
  RawSession& operator=(const RawSession&) = delete;

  Ticket send(Place place, const std::vector<RawOperation>& operations, std::uint8_t ack_nodes = 1);
  bool answered(const Ticket& ticket) const;
  bool under_way(const Ticket& ticket) const;  // the shard said so: it has the frame, and will answer some of it when it is time
  void give_up(const Ticket& ticket) { under_way_.erase(ticket); }
  bool all_answered() const { return under_way_.empty(); }
  std::vector<RawAnswer> answers(const Ticket& ticket) const { return answered_.at(ticket); }
  // Sends one operation and runs the cluster until it is answered, or the time is over: kTimeout then.
  RawAnswer call(Place place, const RawOperation& operation, TimeNs within_ns = 10'000'000'000, std::uint8_t ack_nodes = 1);
  const TransportCounters& traffic() const { return transport_->counters(); }
  std::uint64_t frames_sent_again() const { return frames_sent_again_; }
  void resend_everything() { resend_all_ = true; }  // once, at the next turn: as if every answer had been lost

 private:
  static constexpr TimeNs kResendNs = 50'000'000;

  struct UnderWay {
    FrameBuffer frame;
    std::vector<std::optional<RawAnswer>> answers;
    TimeNs resend_at = 0;
    bool told = false;
  };

  bool turn();
  TimeNs next_deadline() const;
  void transmit(const Ticket& ticket, UnderWay& sent);
  std::uint32_t oldest(Place place) const;
  void on_message(const Message& message) override;
  void on_peer_failed(PeerId peer, const Error& error) override;

  SimCluster& cluster_;
  std::uint64_t id_;
  std::unique_ptr<SimTransport> transport_;
  std::size_t driver_;
  std::map<Place, std::uint32_t> next_;
  std::map<Place, PeerId> links_;
  std::map<Ticket, UnderWay> under_way_;
  std::map<Ticket, std::vector<RawAnswer>> answered_;
  std::uint64_t frames_sent_again_ = 0;
  bool resend_all_ = false;
};

template <class T>
std::string packed(T value) {
  return std::string(reinterpret_cast<const char*>(&value), sizeof value);
}
template <class T>
T unpacked(std::string_view bytes) {
  T value{};
  if (bytes.size() == sizeof value) std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

}  // namespace lath
