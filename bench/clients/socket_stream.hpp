// A blocking socket to a server that speaks lines and counted bytes, with one buffer each way: what is appended leaves at the flush,
// in as few system calls as it takes.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lath::bench {

class SocketStream {
 public:
  // "unix:PATH" or "tcp:PORT" (of 127.0.0.1, without Nagle's delay).
  explicit SocketStream(const std::string& where);
  ~SocketStream();
  SocketStream(const SocketStream&) = delete;
  SocketStream& operator=(const SocketStream&) = delete;

  void append(std::string_view text) { out_.append(text); }
  void append(std::span<const std::byte> bytes) { out_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size()); }
  void append_number(std::size_t number);
  void flush();

  // A line without its end, and `count` bytes with the line's end behind them. Valid until the next call.
  std::string_view line();
  std::string_view bytes(std::size_t count);

 private:
  void receive();

  int socket_ = -1;
  std::string out_;
  std::vector<char> in_;
  std::size_t first_ = 0, last_ = 0;  // of what has arrived and was not taken
};

}  // namespace lath::bench
