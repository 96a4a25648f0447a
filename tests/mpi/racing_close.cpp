// Threads open sessions, write, and look at the view, while another closes the store under them: each is told, and nothing is used after its
// end. usage: racing_close ROUNDS
#include <lath/lath.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

namespace {

constexpr int kThreads = 3;
std::atomic<int> wrong = 0;

void expect(bool right, const char* what, lath_status status) {
  if (right) return;
  std::fprintf(stderr, "%s: %s: %s\n", what, lath_status_string(status), lath_last_error(nullptr));
  ++wrong;
}

bool is_told(lath_status status) {
  return status == LATH_E_INVALID && std::string(lath_last_error(nullptr)).find("the store is closed") != std::string::npos;
}

// Until it is told that the store is closed.
void use(lath_store* store, std::atomic<unsigned>& sessions) {
  for (;;) {
    std::size_t nodes = 0;
    const lath_status counted = lath_node_count(store, &nodes, nullptr);
    expect(counted == LATH_OK || is_told(counted), "count", counted);
    lath_session* session = nullptr;
    const lath_status opened = lath_session_open(store, nullptr, &session);
    if (opened != LATH_OK) return expect(is_told(opened), "session", opened);
    ++sessions;
    const lath_status added = lath_counter_add(session, "k", 1, 1, LATH_SECONDS(20));
    expect(added == LATH_OK, "add", added);
    const lath_status closed = lath_session_close(session);
    expect(closed == LATH_OK, "close of a session", closed);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 5;
  std::atomic<unsigned> sessions = 0;
  for (int round = 0; round < rounds; ++round) {
    lath_options options = LATH_OPTIONS_INIT;
    options.memory_bytes = 16U << 20;
    options.shards = 1;
    lath_store* store = nullptr;
    const lath_status opened = lath_open("embedded:", &options, &store);
    expect(opened == LATH_OK, "open", opened);
    if (opened != LATH_OK) return 1;
    const unsigned before = sessions;
    std::vector<std::thread> threads;
    for (int thread = 0; thread < kThreads; ++thread) threads.emplace_back([&] { use(store, sessions); });
    while (sessions < before + kThreads) std::this_thread::yield();
    lath_status closed = LATH_E_INVALID;  // while sessions are open
    while (closed == LATH_E_INVALID) closed = lath_close(store);
    expect(closed == LATH_OK, "close", closed);
    for (std::thread& thread : threads) thread.join();
    const lath_status again = lath_close(store);
    expect(is_told(again), "second close", again);
  }
  std::printf("%d rounds, %u sessions, %d wrong\n", rounds, sessions.load(), wrong.load());
  return wrong == 0 ? 0 : 1;
}
