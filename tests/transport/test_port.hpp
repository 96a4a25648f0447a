// A port of this host that answers, is silent or is closed: what a dial may meet.
#pragma once

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <cstring>
#include <vector>

#include "base/descriptor.hpp"
#include "transport/tcp_port.hpp"

namespace lath {

// A socket at 127.0.0.2, which is of this host, and no address that a transport listens at.
class TestPort {
 public:
  enum class Kind { kAnswers, kSilent, kClosed };

  explicit TestPort(Kind kind) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    where_.ip = {127, 0, 0, 2};
    sockaddr_storage name = {};
    socklen_t size = fill_in(where_, name);
    EXPECT_EQ(bind(socket_.number(), reinterpret_cast<sockaddr*>(&name), size), 0);
    EXPECT_EQ(getsockname(socket_.number(), reinterpret_cast<sockaddr*>(&name), &size), 0);
    sockaddr_in in = {};
    std::memcpy(&in, &name, sizeof in);
    where_.port = ntohs(in.sin_port);
    if (kind == Kind::kClosed) return;
    EXPECT_EQ(listen(socket_.number(), kind == Kind::kSilent ? 0 : 16), 0);
    // With its queue full, the kernel drops what asks for more.
    for (int fill = 0; kind == Kind::kSilent && fill < 4; ++fill) {
      fillers_.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
      connect(fillers_.back().number(), reinterpret_cast<sockaddr*>(&name), size);
    }
  }

  const TcpPort& where() const { return where_; }
  bool was_visited() const {
    pollfd waiting = {.fd = socket_.number(), .events = POLLIN, .revents = 0};
    return poll(&waiting, 1, 0) == 1;
  }

 private:
  Descriptor socket_;
  std::vector<Descriptor> fillers_;
  TcpPort where_;
};

}  // namespace lath
