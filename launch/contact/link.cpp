#include "launch/contact/link.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "lath/limits.hpp"

namespace lath {

namespace {

constexpr TimeNs kAgainNs = 100'000'000;  // a process that ends is gone by then

// Small enough that the socket's empty buffer takes it at once.
bool send_whole(const Descriptor& socket, Bytes bytes) {
  return send(socket.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
}

}  // namespace

// A node that has just ended closes its connections without a word, as one does that was shown another key; but then nobody listens there
// any more.
Result<ContactLink> ContactLink::open(const HostPort& node, const ClusterKey& key, const Clock& clock, Until until) {
  auto link = greet(node, key, clock, until);
  const TimeNs again = clock.now_ns() + kAgainNs;
  if (link || link.error().code != Code::kDenied || again >= until.deadline) return link;
  Until pause = until;
  pause.deadline = again;
  static_cast<void>(wait_for(-1, 0, clock, pause));
  return greet(node, key, clock, until);
}

Result<ContactLink> ContactLink::greet(const HostPort& node, const ClusterKey& key, const Clock& clock, Until until) {
  auto socket = connect_to(node, clock, until);
  if (!socket) return socket.error();
  const ContactGreeter greeter(key);
  if (!send_whole(*socket, greeter.hello())) return Error{Code::kUnreachable, to_text(node) + ": " + std::strerror(errno)};
  std::array<std::byte, kContactAnswerBytes> answer;
  for (std::size_t have = 0; have < answer.size();) {
    if (!wait_for(socket->number(), POLLIN, clock, until))
      return Error{Code::kTimeout,
                   to_text(node) + " accepted the connection but did not answer in time: is it a Lath contact port?"};
    const ssize_t got = recv(socket->number(), answer.data() + have, answer.size() - have, 0);
    if (got > 0) {
      have += static_cast<std::size_t>(got);
    } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
      return Error{
          Code::kDenied,
          to_text(node) + " closed the connection without an answer: the key is not this cluster's, or it is no Lath contact port"};
    }
  }
  auto seals = greeter.accept(answer);
  if (!seals) return Error{seals.error().code, to_text(node) + ": " + seals.error().text};
  ContactLink link(std::move(*socket), *seals);
  // The node believes a client only by a frame: a greeting may be another's, recorded.
  if (!link.ask()) return Error{Code::kUnreachable, to_text(node) + ": the node closed the contact connection"};
  return link;
}

Result<void> ContactLink::read_available() {
  constexpr std::size_t kRoomBytes = 64 * 1024;
  for (std::size_t rounds = 0; rounds < 16; ++rounds) {  // then others get their turn
    const std::size_t have = in_.size();
    in_.resize(have + kRoomBytes);
    const ssize_t got = recv(socket_.number(), in_.data() + have, kRoomBytes, 0);
    in_.resize(have + static_cast<std::size_t>(got > 0 ? got : 0));
    if (got > 0) received_ += static_cast<std::uint64_t>(got);
    if (got > 0 || (got < 0 && errno == EINTR)) continue;
    if (got < 0 && errno == EAGAIN) return {};
    return Error{Code::kUnreachable, got == 0 ? "the node closed the contact connection" : std::strerror(errno)};
  }
  return {};
}

Result<std::optional<std::vector<std::byte>>> ContactLink::next() {
  const Bytes left = Bytes(in_).subspan(taken_);
  std::uint32_t length = 0;
  if (left.size() < sizeof length) return std::optional<std::vector<std::byte>>{};
  std::memcpy(&length, left.data(), sizeof length);
  if (length > kContactFrameBytesMax)
    return Error{Code::kInvalid, "a contact frame of " + std::to_string(length) + " bytes is over the limit"};
  if (left.size() < kContactLengthBytes + length) return std::optional<std::vector<std::byte>>{};
  auto plain = seals_.receive.unseal(left.subspan(kContactLengthBytes, length));
  if (!plain || plain->empty()) return Error{Code::kDenied, "a contact frame that is not the node's"};
  taken_ += kContactLengthBytes + length;
  if (taken_ == in_.size() || taken_ > kContactFrameBytesMax) {
    in_.erase(in_.begin(), in_.begin() + static_cast<std::ptrdiff_t>(taken_));
    taken_ = 0;
  }
  return std::optional<std::vector<std::byte>>(std::move(*plain));
}

bool ContactLink::ask() {
  const auto kind = static_cast<std::byte>(ContactKind::kNews);
  std::vector<std::byte> sealed;
  seals_.send.seal({&kind, 1}, sealed);
  return send_whole(socket_, sealed);
}

}  // namespace lath
