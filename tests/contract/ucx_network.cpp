// UCX with its transports limited to one kind, and echo peers in processes of their own (executed: UCX does not live through fork).
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <vector>

#include "base/assert.hpp"
#include "network.hpp"
#include "transport/ucx_context.hpp"
#include "transport/ucx_transport.hpp"

extern char** environ;

namespace lath {

namespace {

class EchoProcess final : public EchoPeer {
 public:
  EchoProcess() {
    int output[2];
    LATH_ASSERT(pipe(output) == 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO);
    posix_spawn_file_actions_addclose(&actions, output[0]);
    std::string program = LATH_CONTRACT_ECHO;
    char* arguments[] = {program.data(), nullptr};
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

std::size_t resident_bytes() {
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

class UcxNetwork final : public Network {
 public:
  UcxNetwork(const char* transports, Reach reach, UcxThreads threads = UcxThreads::kOne) : reach_(reach), threads_(threads) {
    setenv("LATH_UCX_TLS", transports, 1);
    Result<std::unique_ptr<UcxContext>> opened = UcxContext::open();
    LATH_ASSERT(opened.has_value());
    context_ = std::move(*opened);
  }
  std::unique_ptr<Transport> open(std::uint64_t cookie) override {
    Result<std::unique_ptr<UcxTransport>> opened = UcxTransport::open(*context_, cookie, clock_, threads_);
    LATH_ASSERT(opened.has_value());
    return std::move(*opened);
  }
  std::unique_ptr<EchoPeer> start_echo() override { return std::make_unique<EchoProcess>(); }
  void skip(TimeNs by_ns) override { clock_.ahead_ns += by_ns; }
  std::size_t bytes_under_way() const override { return resident_bytes(); }
  RegionProvider& memory() override { return *context_; }
  Reach reach() const override { return reach_; }

 private:
  const Reach reach_;
  const UcxThreads threads_;
  SkippedClock clock_;
  std::unique_ptr<UcxContext> context_;
};

}  // namespace

std::unique_ptr<Network> make_ucx_shared_memory() {
  return std::make_unique<UcxNetwork>("posix,sysv,cma,self", Reach::kMapped);
}

std::unique_ptr<Network> make_ucx_in_turn() {
  return std::make_unique<UcxNetwork>("posix,sysv,cma,self", Reach::kMapped, UcxThreads::kInTurn);
}

std::unique_ptr<Network> make_ucx_tcp() {
  return std::make_unique<UcxNetwork>("tcp,self", Reach::kNone);
}

}  // namespace lath
