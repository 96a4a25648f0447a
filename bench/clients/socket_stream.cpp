#include "bench/clients/socket_stream.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>

#include "bench/clients/program.hpp"

namespace lath::bench {

namespace {

constexpr std::size_t kInBytes = 256 * 1024;

int connected(int socket, const sockaddr* address, socklen_t size, const std::string& where) {
  if (socket < 0 || ::connect(socket, address, size) != 0) die("cannot connect to " + where + ": " + std::strerror(errno));
  return socket;
}

int connect_unix(const std::string& path, const std::string& where) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) die("the path of " + where + " is too long for a socket");
  std::memcpy(address.sun_path, path.data(), path.size());
  return connected(::socket(AF_UNIX, SOCK_STREAM, 0), reinterpret_cast<const sockaddr*>(&address), sizeof address, where);
}

int connect_tcp(const std::string& port, const std::string& where) {
  sockaddr_in address = {};
  std::uint16_t number = 0;
  if (std::from_chars(port.data(), port.data() + port.size(), number).ec != std::errc()) die(where + " names no port");
  address.sin_family = AF_INET;
  address.sin_port = htons(number);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int made = connected(::socket(AF_INET, SOCK_STREAM, 0), reinterpret_cast<const sockaddr*>(&address), sizeof address, where);
  const int on = 1;
  if (::setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0) die("TCP_NODELAY: " + std::string(std::strerror(errno)));
  return made;
}

}  // namespace

SocketStream::SocketStream(const std::string& where) : in_(kInBytes) {
  if (where.starts_with("unix:"))
    socket_ = connect_unix(where.substr(5), where);
  else if (where.starts_with("tcp:"))
    socket_ = connect_tcp(where.substr(4), where);
  else
    die("'" + where + "' is neither unix:PATH nor tcp:PORT");
}

SocketStream::~SocketStream() {
  ::close(socket_);
}

void SocketStream::append_number(std::size_t number) {
  char text[24];
  const auto [end, error] = std::to_chars(text, text + sizeof text, number);
  if (error != std::errc()) die("a number is longer than its room");
  out_.append(text, end);
}

void SocketStream::flush() {
  std::size_t sent = 0;
  while (sent < out_.size()) {
    const ssize_t count = ::send(socket_, out_.data() + sent, out_.size() - sent, MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) die("sending to the server: " + std::string(std::strerror(errno)));
    sent += static_cast<std::size_t>(count);
  }
  out_.clear();
}

std::string_view SocketStream::line() {
  std::size_t looked = first_;
  for (;;) {
    const void* found = std::memchr(in_.data() + looked, '\n', last_ - looked);
    if (found != nullptr) {
      const std::size_t end = static_cast<std::size_t>(static_cast<const char*>(found) - in_.data());
      const std::string_view text(in_.data() + first_, end - first_ - 1);
      first_ = end + 1;
      return text;
    }
    looked = last_ - first_;
    receive();  // moves what there is to the front
  }
}

std::string_view SocketStream::bytes(std::size_t count) {
  while (last_ - first_ < count + 2) receive();
  const std::string_view text(in_.data() + first_, count);
  first_ += count + 2;
  return text;
}

void SocketStream::receive() {
  std::memmove(in_.data(), in_.data() + first_, last_ - first_);
  last_ -= first_;
  first_ = 0;
  if (last_ == in_.size()) in_.resize(2 * in_.size());
  for (;;) {
    const ssize_t count = ::recv(socket_, in_.data() + last_, in_.size() - last_, 0);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) die(count == 0 ? "the server closed the connection" : "receiving: " + std::string(std::strerror(errno)));
    last_ += static_cast<std::size_t>(count);
    return;
  }
}

}  // namespace lath::bench
