#include "transport/tcp_connection.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace lath {

namespace {

// A host that has vanished is found by the kernel: where something is under way, once it has acknowledged nothing for as long as is
// kTcpSilenceMsMax, and where nothing is, by probes of the kernel's own in about the same time.
constexpr int kIdleSeconds = 4;
constexpr int kBetweenSeconds = 2;
constexpr int kProbes = 2;

void set(int socket, int level, int option, int value) {
  setsockopt(socket, level, option, &value, sizeof value);  // a socket works without it too
}

}  // namespace

TcpConnection::TcpConnection(Descriptor socket) : socket_(std::move(socket)) {
  set(descriptor(), IPPROTO_TCP, TCP_NODELAY, 1);
  set(descriptor(), IPPROTO_TCP, TCP_USER_TIMEOUT, kTcpSilenceMsMax);
  set(descriptor(), IPPROTO_TCP, TCP_KEEPIDLE, kIdleSeconds);
  set(descriptor(), IPPROTO_TCP, TCP_KEEPINTVL, kBetweenSeconds);
  set(descriptor(), IPPROTO_TCP, TCP_KEEPCNT, kProbes);
  set(descriptor(), SOL_SOCKET, SO_KEEPALIVE, 1);
}

bool TcpConnection::fail(int number) {
  if (error_.empty()) error_ = std::system_category().message(number);
  return false;
}

bool TcpConnection::send(TcpKind kind, FrameBuffer& frame, CreditAmount credit, FramePool& pool) {
  if (!error_.empty()) return false;
  if (frame.capacity() == 0) {  // a header needs its headroom
    frame.extend(1);
    frame.clear();
  }
  const TcpHeader header = {.bytes = static_cast<std::uint32_t>(frame.size()),
                            .credit_bytes = static_cast<std::uint32_t>(credit.bytes),
                            .mark = TcpHeader::kMark,
                            .credit_messages = static_cast<std::uint8_t>(credit.messages),
                            .kind = kind};
  std::memcpy(frame.headroom(sizeof header), &header, sizeof header);
  unsent_.push_back(std::move(frame));
  if (unsent_.size() > 1 || flush(pool)) return true;
  frame = std::move(unsent_.back());
  unsent_.clear();
  return false;
}

bool TcpConnection::flush(FramePool& pool) {
  while (!unsent_.empty()) {
    FrameBuffer& first = unsent_.front();
    const std::size_t whole = sizeof(TcpHeader) + first.size();
    const std::byte* start = first.headroom(sizeof(TcpHeader));
    const ssize_t count = ::send(descriptor(), start + sent_of_first_, whole - sent_of_first_, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0) {
      if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return true;
      return fail(errno);
    }
    sent_of_first_ += static_cast<std::size_t>(count);
    if (sent_of_first_ < whole) return true;
    sent_of_first_ = 0;
    pool.give(std::move(first));
    unsent_.pop_front();
  }
  return true;
}

std::optional<TcpHeader> TcpConnection::header_of(Bytes bytes) const {
  const auto header = tcp_decode_header(bytes);
  return header && header->bytes <= body_bytes_max_ ? header : std::nullopt;
}

// For the rest of a frame whose beginning is there, and for as much as a read may bring.
void TcpConnection::make_room(TcpRooms& rooms) {
  if (begin_ == end_) begin_ = end_ = 0;
  const bool is_greeted = body_bytes_max_ > kTcpHelloBytes;
  if (room_.empty()) room_ = is_greeted ? rooms.take() : std::vector<std::byte>(sizeof(TcpHeader) + kTcpHelloBytes);
  std::size_t wanted = room_.size();
  if (const auto header = header_of(received())) wanted = std::max(wanted, sizeof(TcpHeader) + header->bytes);
  if (begin_ > 0 && begin_ + wanted > room_.size()) {
    std::memmove(room_.data(), room_.data() + begin_, end_ - begin_);
    end_ -= std::exchange(begin_, 0);
  }
  if (wanted > room_.size()) room_.resize(wanted);
}

void TcpConnection::return_room(TcpRooms& rooms) {
  if (begin_ != end_ || room_.empty()) return;
  begin_ = end_ = 0;
  rooms.give(std::exchange(room_, {}));
}

bool TcpConnection::receive(TcpRooms& rooms) {
  make_room(rooms);
  if (end_ == room_.size()) return true;  // full of frames that nobody has taken
  const ssize_t count = recv(descriptor(), room_.data() + end_, room_.size() - end_, MSG_DONTWAIT);
  if (count < 0) return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? true : fail(errno);
  if (count == 0) return fail(ECONNRESET);
  end_ += static_cast<std::size_t>(count);
  return true;
}

bool TcpConnection::has_frame() const {
  const auto header = header_of(received());
  return header && received().size() >= sizeof(TcpHeader) + header->bytes;
}

bool TcpConnection::is_at_end() const {
  char byte = 0;
  const ssize_t count = recv(descriptor(), &byte, sizeof byte, MSG_PEEK | MSG_DONTWAIT);
  return count == 0 || (count < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

std::optional<TcpConnection::Frame> TcpConnection::next() {
  const Bytes bytes = received();
  if (foreign_ || bytes.size() < sizeof(TcpHeader)) return std::nullopt;
  const auto header = header_of(bytes);
  if (!header) {
    foreign_ = true;
    return std::nullopt;
  }
  if (bytes.size() < sizeof(TcpHeader) + header->bytes) return std::nullopt;
  begin_ += sizeof(TcpHeader) + header->bytes;
  return Frame{.header = *header, .body = bytes.subspan(sizeof(TcpHeader), header->bytes)};
}

void TcpConnection::finish() {
  shutdown(descriptor(), SHUT_WR);
}

}  // namespace lath
