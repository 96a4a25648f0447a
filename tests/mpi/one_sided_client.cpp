// A client whose node is stopped, killed or grows while it reads one-sidedly. usage: mpi_one_sided_client WHERE NODE_PID
// Checks: that reads are answered without messages and rightly; that 50 ms after SIGSTOP nothing is; that SIGCONT brings them back;
// that they go on while the table grows; that after SIGKILL nothing is answered, ever.
#include <lath/lath.h>
#include <signal.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>

#include "launch/c_api/handles.hpp"

namespace {

constexpr std::uint64_t kKeys = 5000;
constexpr std::uint64_t kPatientNs = 10'000'000'000;

lath_session* session = nullptr;

[[noreturn]] void fail(const char* what) {
  std::fprintf(stderr, "mpi_one_sided_client: %s: %s\n", what, lath_last_error(session));
  std::exit(1);
}
void check(bool holds, const char* what) {
  if (!holds) fail(what);
}

std::string value_of(std::uint64_t key, std::uint64_t version) {
  return std::to_string(key) + ":" + std::to_string(version) + std::string(key % 50, 'v');
}
void put(std::uint64_t key, std::uint64_t version) {
  const std::string value = value_of(key, version);
  check(lath_put(session, &key, sizeof key, value.data(), value.size(), kPatientNs) == LATH_OK, "put");
}
lath_status get(std::uint64_t key, std::string& value, std::uint64_t timeout_ns) {
  value.assign(200, '\0');
  std::size_t size = 0;
  const lath_status status = lath_get(session, &key, sizeof key, value.data(), value.size(), &size, timeout_ns);
  value.resize(status == LATH_OK ? size : 0);
  return status;
}
std::uint64_t answered() {
  return session->driver->one_sided().counters().answered;
}

// Reads all keys, each as it was last put; returns how many were answered without a message.
std::uint64_t read_all(std::uint64_t version) {
  const std::uint64_t before = answered();
  std::string value;
  for (std::uint64_t key = 0; key < kKeys; ++key) {
    check(get(key, value, kPatientNs) == LATH_OK, "get");
    check(value == value_of(key, version), "a wrong value");
  }
  return answered() - before;
}
void sleep_ms(int ms) {
  std::this_thread::sleep_for(std::chrono::milliseconds(ms));
}

// Until most reads need no message: the probe has passed, and the memory is attached.
void warm(std::uint64_t version) {
  for (int round = 0; round < 100; ++round) {
    if (read_all(version) > kKeys * 9 / 10) return;
    sleep_ms(20);
  }
  fail("reads are not one-sided");
}
void expect_nothing(int milliseconds) {
  const std::uint64_t before = answered();
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(milliseconds);
  std::string value;
  for (std::uint64_t key = 0; std::chrono::steady_clock::now() < until; key = (key + 1) % kKeys) {
    check(get(key, value, 5'000'000) != LATH_OK, "an answer of a node that does not run");
  }
  check(answered() == before, "a one-sided answer of a node that does not run");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const auto node = static_cast<pid_t>(std::strtol(argv[2], nullptr, 10));
  lath_store* store = nullptr;
  if (lath_open(argv[1], nullptr, &store) != LATH_OK || lath_session_open(store, nullptr, &session) != LATH_OK) fail("open");
  for (std::uint64_t key = 0; key < kKeys; ++key) put(key, 1);
  warm(1);

  // Each is seen at once by who put it.
  for (std::uint64_t key = 0; key < kKeys; ++key) {
    put(key, 2);
    std::string value;
    check(get(key, value, kPatientNs) == LATH_OK && value == value_of(key, 2), "an own write was not seen");
  }

  check(kill(node, SIGSTOP) == 0, "SIGSTOP");
  sleep_ms(60);
  expect_nothing(300);
  check(kill(node, SIGCONT) == 0, "SIGCONT");
  warm(2);

  // Into new segments and new extents.
  const std::uint64_t before = session->driver->one_sided().counters().extents_attached;
  for (std::uint64_t more = 0; more < 50'000; ++more) {
    const std::uint64_t key = 1'000'000 + more;
    const std::string value = std::string(60, 'x') + std::to_string(key);
    check(lath_put(session, &key, sizeof key, value.data(), value.size(), kPatientNs) == LATH_OK, "put");
    std::string read;
    const std::uint64_t old = 1'000'000 + more * 7919 % (more + 1);
    check(get(old, read, kPatientNs) == LATH_OK && read == std::string(60, 'x') + std::to_string(old),
          "a wrong value while growing");
  }
  check(session->driver->one_sided().counters().extents_attached > before, "no new extent was attached");
  warm(2);

  check(kill(node, SIGKILL) == 0, "SIGKILL");
  sleep_ms(60);
  expect_nothing(1500);
  const lath::OneSidedCounters& counted = session->driver->one_sided().counters();
  std::printf("one-sided: %llu answered, %llu tried again, %llu void, %llu outside\n",
              static_cast<unsigned long long>(counted.answered), static_cast<unsigned long long>(counted.tried_again),
              static_cast<unsigned long long>(counted.given_up[static_cast<std::size_t>(lath::ReadVerdict::kVoid)]),
              static_cast<unsigned long long>(counted.given_up[static_cast<std::size_t>(lath::ReadVerdict::kOutside)]));
  return 0;
}
