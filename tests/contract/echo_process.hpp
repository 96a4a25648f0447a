// Echo peers in processes of their own (executed: UCX does not live through fork), and what is said of this one.
#pragma once

#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <string>
#include <vector>

#include "base/assert.hpp"
#include "network.hpp"
#include "tests/hex.hpp"

extern char** environ;

namespace lath {

// transport: "ucx", "tcp" or "joint". Sends a frame to `to_call`, where that is an address, once it has told its own.
class EchoProcess final : public EchoPeer {
 public:
  explicit EchoProcess(std::string transport, const Address& to_call = {}) {
    int output[2];
    LATH_ASSERT(pipe(output) == 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO);
    posix_spawn_file_actions_addclose(&actions, output[0]);
    std::string program = LATH_CONTRACT_ECHO;
    std::string digits = testing::hex(to_call);
    char* arguments[] = {program.data(), transport.data(), to_call.empty() ? nullptr : digits.data(), nullptr};
    LATH_ASSERT(posix_spawn(&process_, program.c_str(), &actions, nullptr, arguments, environ) == 0);
    posix_spawn_file_actions_destroy(&actions);
    close(output[1]);
    address_ = take(output[0]);
    exported_ = take(output[0]);
    close(output[0]);
  }
  ~EchoProcess() override { end(); }
  Address address() const override { return address_; }
  std::vector<std::byte> exported() const override { return exported_; }
  void stop() override { LATH_ASSERT(::kill(process_, SIGSTOP) == 0); }
  void resume() override { LATH_ASSERT(::kill(process_, SIGCONT) == 0); }
  void kill() override { end(); }

 private:
  static std::vector<std::byte> take(int from) {
    std::uint32_t bytes = 0;
    LATH_ASSERT(read(from, &bytes, sizeof bytes) == sizeof bytes && bytes <= kAddressBytesMax);
    std::vector<std::byte> taken(bytes);
    for (std::size_t got = 0; got < bytes;) {
      const ssize_t count = read(from, taken.data() + got, bytes - got);
      LATH_ASSERT(count > 0);
      got += static_cast<std::size_t>(count);
    }
    return taken;
  }
  void end() {
    if (process_ <= 0) return;
    ::kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
    process_ = 0;
  }

  pid_t process_ = 0;
  Address address_;
  std::vector<std::byte> exported_;
};

inline std::size_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::size_t total = 0;
  std::size_t resident = 0;
  statm >> total >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

// The system's, put ahead by hand.
class SkippedClock final : public Clock {
 public:
  TimeNs now_ns() const override { return clock_.now_ns() + ahead_ns; }
  std::uint64_t wall_us() const override { return clock_.wall_us() + ahead_ns / 1000; }

  TimeNs ahead_ns = 0;

 private:
  SystemClock clock_;
};

}  // namespace lath
