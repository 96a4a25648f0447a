// Redis and memcached as the benches see a store: one operation at a time, or many pipelined (begun, then run). Redis speaks RESP,
// memcached its meta protocol. Neither needs to allocate per operation here, so the server is what is measured.
#pragma once

#include <charconv>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bench/clients/program.hpp"
#include "bench/clients/records.hpp"
#include "bench/clients/socket_stream.hpp"

namespace lath::bench {

inline std::size_t counted(std::string_view digits, std::string_view whole) {
  std::size_t value = 0;
  if (std::from_chars(digits.data(), digits.data() + digits.size(), value).ec != std::errc())
    die("the server answered '" + std::string(whole) + "'");
  return value;
}

struct RedisProtocol {
  static void put(SocketStream& stream, std::string_view key, std::span<const std::byte> value) {
    stream.append("*3\r\n$3\r\nSET\r\n$8\r\n");
    stream.append(key);
    stream.append("\r\n$");
    stream.append_number(value.size());
    stream.append("\r\n");
    stream.append(value);
    stream.append("\r\n");
  }
  static void get(SocketStream& stream, std::string_view key) {
    stream.append("*2\r\n$3\r\nGET\r\n$8\r\n");
    stream.append(key);
    stream.append("\r\n");
  }
  static void check_put(SocketStream& stream) {
    const std::string_view answer = stream.line();
    if (answer != "+OK") die("redis answered '" + std::string(answer) + "' to a SET");
  }
  static std::optional<std::size_t> found(SocketStream& stream) {
    const std::string_view answer = stream.line();
    if (answer == "$-1") return std::nullopt;
    if (!answer.starts_with('$')) die("redis answered '" + std::string(answer) + "' to a GET");
    return counted(answer.substr(1), answer);
  }
};

struct MemcachedProtocol {
  static void put(SocketStream& stream, std::string_view key, std::span<const std::byte> value) {
    stream.append("ms ");
    stream.append(key);
    stream.append(" ");
    stream.append_number(value.size());
    stream.append("\r\n");
    stream.append(value);
    stream.append("\r\n");
  }
  static void get(SocketStream& stream, std::string_view key) {
    stream.append("mg ");
    stream.append(key);
    stream.append(" v\r\n");
  }
  static void check_put(SocketStream& stream) {
    const std::string_view answer = stream.line();
    if (answer != "HD") die("memcached answered '" + std::string(answer) + "' to a set");
  }
  static std::optional<std::size_t> found(SocketStream& stream) {
    const std::string_view answer = stream.line();
    if (answer == "EN") return std::nullopt;
    if (!answer.starts_with("VA ")) die("memcached answered '" + std::string(answer) + "' to a get");
    return counted(answer.substr(3), answer);
  }
};

template <class Protocol>
class TextTarget {
 public:
  explicit TextTarget(const std::string& where) : stream_(where) {}

  void put(std::uint64_t key, std::span<const std::byte> value) {
    begin_put(key, value);
    run();
  }
  // Bytes of the value, which is in `room`; nullopt where there is none.
  std::optional<std::size_t> get(std::uint64_t key, std::span<std::byte> room) {
    std::optional<std::size_t> size;
    begin_get(key, room, size);
    run();
    return size;
  }

  void begin_put(std::uint64_t key, std::span<const std::byte> value) {
    Protocol::put(stream_, text(key), value);
    awaited_.push_back({});
  }
  void begin_get(std::uint64_t key, std::span<std::byte> room, std::optional<std::size_t>& size) {
    Protocol::get(stream_, text(key));
    awaited_.push_back({room, &size});
  }
  void run() {
    stream_.flush();
    for (const Awaited& one : awaited_) {
      if (one.size == nullptr) {
        Protocol::check_put(stream_);
        continue;
      }
      *one.size = Protocol::found(stream_);
      if (!*one.size) continue;
      if (**one.size > one.room.size()) die("a value is longer than any that was put");
      const std::string_view value = stream_.bytes(**one.size);
      std::memcpy(one.room.data(), value.data(), value.size());
    }
    awaited_.clear();
  }

 private:
  struct Awaited {
    std::span<std::byte> room;
    std::optional<std::size_t>* size = nullptr;  // of a put: none
  };
  static std::string_view text(const std::uint64_t& key) { return {reinterpret_cast<const char*>(&key), sizeof key}; }

  SocketStream stream_;
  std::vector<Awaited> awaited_;
};

using RedisTarget = TextTarget<RedisProtocol>;
using MemcachedTarget = TextTarget<MemcachedProtocol>;

}  // namespace lath::bench
