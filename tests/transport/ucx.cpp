// What only the UCX transport promises: regions, signals, a warm path without allocation.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <functional>
#include <thread>

#include "allocation_count.hpp"
#include "tests/few_descriptors.hpp"
#include "transport/ucx_context.hpp"
#include "transport/ucx_transport.hpp"

namespace lath {

using testing::FewDescriptors;

namespace {

struct Echo final : TransportEvents {
  explicit Echo(Transport& own) : transport(own) {}
  void on_message(const Message& message) override {
    ++received;
    if (!answers) return;
    FrameBuffer frame = transport.acquire();
    frame.append(message.bytes);
    ASSERT_EQ(transport.send(message.from, frame), Sent::kAccepted);
  }
  void on_peer_failed(PeerId, const Error&) override { ++failed; }
  Transport& transport;
  bool answers = false;
  std::size_t received = 0;
  std::size_t failed = 0;
};

}  // namespace

TEST(UcxContext, gives_zeroed_aligned_regions) {
  setenv("LATH_UCX_TLS", "posix,sysv,self", 1);
  const auto context = UcxContext::open();
  ASSERT_TRUE(context) << context.error().text;
  for (const std::size_t size : {1u, 4096u, 5000u, 3u << 20}) {
    const auto region = (*context)->allocate(size);
    ASSERT_TRUE(region) << region.error().text;
    const std::span<std::byte> bytes = (*region)->bytes();
    EXPECT_GE(bytes.size(), size);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(bytes.data()) % 4096, 0u);
    EXPECT_TRUE(std::all_of(bytes.begin(), bytes.end(), [](std::byte byte) { return byte == std::byte{0}; }));
    std::fill(bytes.begin(), bytes.end(), std::byte{1});
  }
  EXPECT_EQ((*context)->allocate(0).error().code, Code::kInvalid);
}

TEST(UcxContext, says_what_to_do_when_memory_does_not_suffice) {
  setenv("LATH_UCX_TLS", "posix,self", 1);
  const auto context = UcxContext::open();
  ASSERT_TRUE(context) << context.error().text;
  // Should the check ever be lost, this keeps the test from filling the machine's memory.
  rlimit files = {};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &files), 0);
  const rlimit bounded = {.rlim_cur = 1 << 30, .rlim_max = files.rlim_max};
  signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &bounded), 0);
  const auto region = (*context)->allocate(std::size_t{1} << 46);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &files), 0);
  ASSERT_FALSE(region);
  EXPECT_EQ(region.error().code, Code::kFull);
  EXPECT_NE(region.error().text.find("MiB of memory left"), std::string::npos) << region.error().text;
  EXPECT_NE(region.error().text.find("--memory"), std::string::npos) << region.error().text;
}

TEST(UcxContext, wrong_settings_are_named) {
  setenv("LATH_UCX_TLS", "no_such_transport", 1);
  const auto context = UcxContext::open();
  ASSERT_FALSE(context);
  EXPECT_NE(context.error().text.find("no_such_transport"), std::string::npos) << context.error().text;
}

TEST(UcxContext, leaves_the_signals_to_the_application) {
  setenv("LATH_UCX_TLS", "posix,self", 1);
  const auto context = UcxContext::open();
  ASSERT_TRUE(context);
  if (std::getenv("UCX_HANDLE_ERRORS") != nullptr) unsetenv("UCX_HANDLE_ERRORS");
  const auto again = UcxContext::open();
  ASSERT_TRUE(again);
  struct sigaction probe = {};
  probe.sa_handler = [](int) {};
  for (const int number : {SIGILL, SIGFPE, SIGBUS}) {
    struct sigaction before = {};
    struct sigaction now = {};
    ASSERT_EQ(sigaction(number, &probe, &before), 0);
    ASSERT_EQ(sigaction(number, nullptr, &now), 0);
    EXPECT_EQ(now.sa_handler, probe.sa_handler) << "an application can install its own";
    ASSERT_EQ(sigaction(number, &before, nullptr), 0);
  }
}

TEST(UcxTransport, too_few_descriptors_are_an_error_and_not_the_end_of_the_process) {
  setenv("LATH_UCX_TLS", "all", 1);
  const SystemClock clock;
  const auto context = UcxContext::open();
  ASSERT_TRUE(context);
  bool refused = false;
  for (rlim_t spare = 0; spare < 40; ++spare) {
    const FewDescriptors few(spare);
    ASSERT_TRUE(few.held());
    const auto transport = UcxTransport::open(**context, 1, clock);
    if (transport) continue;
    refused = true;
    EXPECT_NE(transport.error().text.find("ulimit -n"), std::string::npos) << transport.error().text;
  }
  EXPECT_TRUE(refused);
}

// Opens all the transports at once, each in a thread of its own; how many were refused.
std::size_t refused_of(std::vector<std::unique_ptr<UcxTransport>>& opened,
                       const std::function<UcxContext&(std::size_t)>& context_of) {
  const SystemClock clock;
  std::atomic<std::size_t> refused = 0;
  std::vector<std::thread> threads;
  threads.reserve(opened.size());
  for (std::size_t index = 0; index < opened.size(); ++index) {
    threads.emplace_back([&, index] {
      auto transport = UcxTransport::open(context_of(index), 1, clock);
      if (transport) {
        opened[index] = std::move(*transport);
      } else {
        ++refused;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  opened.clear();
  return refused;
}

TEST(UcxTransport, threads_that_open_at_once_do_not_race_past_the_limit_of_descriptors) {
  setenv("LATH_UCX_TLS", "all", 1);
  const auto context = UcxContext::open();
  ASSERT_TRUE(context);
  constexpr rlim_t kRoomForAFew = 100;
  const FewDescriptors few(kRoomForAFew);
  ASSERT_TRUE(few.held());
  std::vector<std::unique_ptr<UcxTransport>> opened(24);
  const std::size_t refused = refused_of(opened, [&](std::size_t) -> UcxContext& { return **context; });
  EXPECT_GT(refused, 0U);
  EXPECT_LT(refused, 24U);
}

// Each store that a process opens has a context of its own, and the descriptors are the process's.
TEST(UcxTransport, nor_do_threads_that_each_have_a_context) {
  setenv("LATH_UCX_TLS", "all", 1);
  constexpr std::size_t kThreads = 12;
  for (rlim_t room = 40; room < 110; room += 7) {
    std::vector<std::unique_ptr<UcxContext>> contexts;
    for (std::size_t index = 0; index < kThreads; ++index) {
      auto context = UcxContext::open();
      ASSERT_TRUE(context) << context.error().text;
      contexts.push_back(std::move(*context));
    }
    const FewDescriptors few(room);
    ASSERT_TRUE(few.held());
    std::vector<std::unique_ptr<UcxTransport>> opened(kThreads);
    const std::size_t refused = refused_of(opened, [&](std::size_t index) -> UcxContext& { return *contexts[index]; });
    EXPECT_GT(refused, 0U) << room;
    EXPECT_LT(refused, kThreads) << room;
  }
}

TEST(UcxContext, too_few_descriptors_for_a_context_are_an_error_too) {
  setenv("LATH_UCX_TLS", "all", 1);
  bool refused = false;
  for (rlim_t spare = 0; spare < 40; ++spare) {
    const FewDescriptors few(spare);
    ASSERT_TRUE(few.held());
    const auto context = UcxContext::open();
    if (context) continue;
    refused = true;
    EXPECT_NE(context.error().text.find("ulimit -n"), std::string::npos) << context.error().text;
  }
  EXPECT_TRUE(refused);
}

TEST(UcxTransport, a_wake_up_is_read_with_the_message_that_it_announced) {
  setenv("LATH_UCX_TLS", "posix,sysv,self", 1);
  const SystemClock clock;
  const auto context = UcxContext::open();
  ASSERT_TRUE(context);
  auto a = std::move(*UcxTransport::open(**context, 1, clock));
  auto b = std::move(*UcxTransport::open(**context, 1, clock));
  Echo at_a(*a);
  Echo at_b(*b);
  const PeerId to_b = *a->connect(b->address());
  std::size_t woken = 0;
  for (std::size_t round = 1; round <= 20; ++round) {
    bool armed = false;
    for (int turn = 0; turn < 1'000'000 && !armed; ++turn) {
      b->poll(kMessagesPerPoll, at_b);
      a->poll(kMessagesPerPoll, at_a);
      armed = b->arm();
    }
    ASSERT_TRUE(armed);
    const std::vector<UcxSignals::Watched> sockets = UcxSignals::sockets_of(b->event_fd());
    ASSERT_TRUE(round == 1 || !sockets.empty()) << "UCX wakes in another way here: UcxSignals has lost its purpose";
    FrameBuffer frame = a->acquire();
    frame.extend(8);
    ASSERT_EQ(a->send(to_b, frame), Sent::kAccepted);
    // The first message waits for the greeting.
    for (int turn = 0; turn < 1'000'000 && at_b.received < round; ++turn) {
      char byte = 0;
      for (const UcxSignals::Watched& watched : sockets)
        woken += recv(watched.socket, &byte, sizeof byte, MSG_PEEK | MSG_DONTWAIT) > 0 ? 1U : 0U;
      a->poll(kMessagesPerPoll, at_a);
      b->poll(kMessagesPerPoll, at_b);
    }
    ASSERT_EQ(at_b.received, round);
    for (const UcxSignals::Watched& watched : sockets) {
      char byte = 0;
      EXPECT_EQ(recv(watched.socket, &byte, sizeof byte, MSG_PEEK | MSG_DONTWAIT), -1) << "round " << round;
    }
  }
  EXPECT_GT(woken, 0U) << "no sender has woken anybody: this test has lost its subject";
}

// UCX watches a transport that no connection uses by a thread of its own, and the wake-ups there are that thread's to read.
TEST(UcxTransport, the_wake_ups_of_newcomers_are_left_to_ucx) {
  const SystemClock clock;
  setenv("LATH_UCX_TLS", "posix,sysv,tcp,self", 1);
  const auto context = UcxContext::open();
  ASSERT_TRUE(context);
  setenv("LATH_UCX_TLS", "tcp,self", 1);
  const auto distant_context = UcxContext::open();
  ASSERT_TRUE(distant_context);
  auto server = std::move(*UcxTransport::open(**context, 1, clock));
  auto distant = std::move(*UcxTransport::open(**distant_context, 1, clock));
  const Address address = server->address();
  std::atomic<bool> talked = false;
  std::atomic<bool> served = false;  // no sooner: the last of what is said wants its answer
  std::thread serving([&] {
    Echo at_server(*server);
    at_server.answers = true;
    while (!served) {
      server->poll(kMessagesPerPoll, at_server);
      server->arm();  // as one does who sleeps between any two messages
    }
  });
  // Whether there was an answer in time.
  const auto ping = [&](UcxTransport& own, PeerId to, Echo& events) {
    const std::size_t before = events.received;
    FrameBuffer frame = own.acquire();
    frame.extend(8);
    const TimeNs until = clock.now_ns() + 3'000'000'000;
    if (own.send(to, frame) == Sent::kClosed) return false;
    while (events.received == before && clock.now_ns() < until) own.poll(kMessagesPerPoll, events);
    return events.received > before;
  };
  std::thread talking([&] {
    Echo at_distant(*distant);
    const PeerId peer = *distant->connect(address);
    while (!talked) EXPECT_TRUE(ping(*distant, peer, at_distant));
  });
  bool answered = true;
  const TimeNs enough = clock.now_ns() + 10'000'000'000;  // where three threads that spin share two cores with others
  for (int round = 0; round < 1000 && answered && clock.now_ns() < enough; ++round) {
    auto near = std::move(*UcxTransport::open(**context, 1, clock));
    Echo at_near(*near);
    answered = ping(*near, *near->connect(address), at_near);
    EXPECT_TRUE(answered) << "newcomer " << round;
    near.reset();
    const TimeNs until = clock.now_ns() + 3'000'000'000;
    while (!UcxSignals::sockets_of(server->event_fd()).empty() && clock.now_ns() < until) std::this_thread::yield();
    EXPECT_TRUE(UcxSignals::sockets_of(server->event_fd()).empty()) << "UCX watches on: this test has lost its subject";
  }
  talked = true;
  talking.join();
  served = true;
  serving.join();
}

TEST(UcxTransport, a_warm_path_allocates_nothing) {
  setenv("LATH_UCX_TLS", "posix,sysv,self", 1);
  const SystemClock clock;
  const auto context = UcxContext::open();
  ASSERT_TRUE(context);
  auto a = std::move(*UcxTransport::open(**context, 1, clock));
  auto b = std::move(*UcxTransport::open(**context, 1, clock));
  Echo at_a(*a);
  Echo at_b(*b);
  at_b.answers = true;
  const PeerId to_b = *a->connect(b->address());
  const auto ping = [&](std::size_t size) {
    const std::size_t before = at_a.received;
    FrameBuffer frame = a->acquire();
    frame.extend(size);
    ASSERT_EQ(a->send(to_b, frame), Sent::kAccepted);
    for (int turns = 0; turns < 1'000'000 && at_a.received == before; ++turns) {
      b->poll(kMessagesPerPoll, at_b);
      a->poll(kMessagesPerPoll, at_a);
    }
    ASSERT_EQ(at_a.received, before + 1);
  };
  for (int round = 0; round < 500; ++round) ping(round % 2 == 0 ? 8 : 4000);
  const std::uint64_t before = allocations_so_far();
  for (int round = 0; round < 5000; ++round) ping(round % 2 == 0 ? 8 : 4000);
  EXPECT_EQ(allocations_so_far(), before);
  EXPECT_LE(a->sends_pending(), 1u);
}

TEST(UcxTransport, failed_and_closed_connections_leave_nothing) {
  setenv("LATH_UCX_TLS", "tcp,self", 1);
  const SystemClock clock;
  const auto context = UcxContext::open();
  ASSERT_TRUE(context);
  auto a = std::move(*UcxTransport::open(**context, 1, clock));
  Echo at_a(*a);
  for (int round = 0; round < 20; ++round) {
    auto b = std::move(*UcxTransport::open(**context, 1, clock));
    Echo at_b(*b);
    const auto to_b = a->connect(b->address());
    ASSERT_TRUE(to_b);
    FrameBuffer frame = a->acquire();
    frame.extend(1);
    ASSERT_EQ(a->send(*to_b, frame), Sent::kAccepted);
    for (int turns = 0; turns < 1'000'000 && at_b.received == 0; ++turns) {
      a->poll(8, at_a);
      b->poll(8, at_b);
    }
    b.reset();
    const TimeNs until = clock.now_ns() + 5'000'000'000;
    while (clock.now_ns() < until && (a->connections() > 0 || at_a.failed <= static_cast<std::size_t>(round))) a->poll(8, at_a);
    EXPECT_EQ(a->connections(), 0u);
    EXPECT_EQ(at_a.failed, static_cast<std::size_t>(round) + 1);
    EXPECT_EQ(to_b->index, 0u);
  }
  EXPECT_EQ(a->sends_pending(), 0u);
}

}  // namespace lath
