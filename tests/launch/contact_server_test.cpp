// A contact port and those who are connected to it: what they may say, how many they may be, what they are told.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <latch>
#include <mutex>
#include <thread>

#include "contact_fixture.hpp"

namespace {
std::atomic<bool> descriptors_are_used_up{false};
std::atomic<std::size_t> reads{0};
}  // namespace

extern "C" ssize_t recv(int socket, void* room, size_t size, int flags) {
  ++reads;
  return static_cast<ssize_t>(syscall(SYS_recvfrom, socket, room, size, flags, nullptr, nullptr));
}

// The kernel's accept4, which finds no descriptor where a test says so. The real limit (RLIMIT_NOFILE) would also take the
// pipes from the sanitizer with which it looks at an object before it believes its type.
extern "C" int accept4(int socket, sockaddr* address, socklen_t* length, int flags) {
  if (!descriptors_are_used_up) return static_cast<int>(syscall(SYS_accept4, socket, address, length, flags));
  errno = EMFILE;
  return -1;
}

namespace lath {
namespace {

using namespace std::chrono_literals;
using testing::Contact;
using testing::kSecond;
using testing::RunningServer;
using testing::view_of;

TEST_F(Contact, after_the_greeting_garbage_and_long_frames_end_the_connection) {
  RunningServer server(key_);
  for (const bool has_proved : {false, true}) {
    for (const std::uint32_t length : {0U, 17U, 1000U, 0xffffffffU}) {
      Greeted client = greeted(server.bound());
      std::vector<std::byte> bytes;
      if (has_proved) bytes = question(client.seals);
      const auto* prefix = reinterpret_cast<const std::byte*>(&length);
      bytes.insert(bytes.end(), prefix, prefix + sizeof length);
      bytes.insert(bytes.end(), 64, std::byte{0x5a});
      send(client.socket.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      EXPECT_EQ(bytes_until_closed(client.socket), 0U);
    }
  }
  EXPECT_EQ(server.counters().malformed, 4U);
  EXPECT_EQ(server.counters().denied, 4U) << "who greeted, and could not go on";
  EXPECT_EQ(server.counters().welcomed, 4U);
}

TEST_F(Contact, a_client_that_repeats_a_frame_is_dropped) {
  RunningServer server(key_);
  Greeted client = greeted(server.bound());
  const auto frame = question(client.seals);
  send(client.socket.number(), frame.data(), frame.size(), MSG_NOSIGNAL);
  send(client.socket.number(), frame.data(), frame.size(), MSG_NOSIGNAL);
  bytes_until_closed(client.socket);
  EXPECT_EQ(server.counters().malformed, 1U);
}

TEST_F(Contact, connections_over_the_limit_are_refused_and_counted) {
  RunningServer server(key_, "127.0.0.1", 8);
  server.tell(view_of(1, 1));
  std::vector<std::unique_ptr<ContactClient>> clients;
  for (int i = 0; i < 8; ++i) {
    auto client = connect({server.bound()}, key_);
    ASSERT_TRUE(client) << client.error().text;
    clients.push_back(std::move(*client));
  }
  const auto refused = connect({server.bound()}, key_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kFull);
  EXPECT_EQ(server.counters().refused_full, 1U);
  EXPECT_EQ(server.clients(), 8U);
  EXPECT_NE(refused.error().text.find("as many clients as it may"), std::string::npos) << refused.error().text;
  clients.clear();
  ASSERT_TRUE(eventually([&] { return bool(connect({server.bound()}, key_)); }));
}

TEST_F(Contact, who_holds_connections_without_the_key_keeps_nobody_out_and_gets_few) {
  RunningServer server(key_, "127.0.0.1", 512);
  server.tell(view_of(1, 1));
  std::vector<Descriptor> held;
  for (std::size_t i = 0; i < kContactGreetingsMax + 10; ++i) held.push_back(raw(server.bound()));
  ASSERT_TRUE(eventually([&] { return server.counters().accepted == held.size(); }));
  server.with(
      [](ContactServer& idle) { EXPECT_EQ(idle.connections(), kContactGreetingsMax) << "however many clients there may be"; });
  const auto client = connect({server.bound()}, key_);
  ASSERT_TRUE(client) << client.error().text;
  EXPECT_EQ(server.counters().refused_full, 0U);
  EXPECT_EQ(server.counters().timed_out, 11U);
  EXPECT_EQ(bytes_until_closed(held.front()), 0U) << "the oldest has gone";
}

// As the ranks of a job do: more at once than may have proved nothing yet.
TEST_F(Contact, a_mass_start_is_let_in_whole) {
  RunningServer server(key_, "127.0.0.1", 1024);
  server.tell(view_of(1, 1));
  constexpr std::size_t kAtOnce = kContactGreetingsMax + 32;
  std::vector<Descriptor> silent;  // half of those places are taken by somebody else
  for (std::size_t i = 0; i < kContactGreetingsMax / 2; ++i) silent.push_back(raw(server.bound()));
  std::latch begin(kAtOnce);
  std::vector<std::unique_ptr<ContactClient>> clients;
  std::mutex mutex;
  std::vector<std::thread> threads;
  threads.reserve(kAtOnce);
  for (std::size_t each = 0; each < kAtOnce; ++each) {
    threads.emplace_back([&] {
      begin.arrive_and_wait();
      auto client = connect({server.bound()}, key_);
      const std::lock_guard lock(mutex);
      EXPECT_TRUE(client) << client.error().text;
      if (client) clients.push_back(std::move(*client));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(clients.size(), kAtOnce);
  EXPECT_EQ(server.clients(), kAtOnce);
}

// The node was not running meanwhile: what the clients sent lies there, and is looked at before anybody has to go.
TEST_F(Contact, who_has_proved_the_key_while_the_node_stood_still_stays) {
  RunningServer server(key_, "127.0.0.1", 1024);
  server.tell(view_of(1, 1));
  std::vector<Greeted> clients;
  for (std::size_t i = 0; i < kContactGreetingsMax; ++i) clients.push_back(greeted(server.bound()));
  Descriptor next;
  server.with([&](ContactServer&) {
    for (Greeted& client : clients) {
      const auto frame = question(client.seals);
      EXPECT_GT(send(client.socket.number(), frame.data(), frame.size(), MSG_NOSIGNAL), 0);
    }
    next = raw(server.bound());
    server.skip(kSecond);
  });
  EXPECT_TRUE(eventually([&] { return server.clients() == kContactGreetingsMax; }));
  EXPECT_EQ(server.counters().timed_out, 0U);
}

// An application in which a node is embedded needs descriptors too.
TEST_F(Contact, it_takes_a_part_of_the_descriptors) {
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit few{64, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &few), 0);
  RunningServer server(key_, "127.0.0.1", 512);
  setrlimit(RLIMIT_NOFILE, &before);
  std::vector<Greeted> clients;
  for (std::size_t i = 0; i < 40; ++i) clients.push_back(client_by_hand(server.bound()));
  ASSERT_TRUE(eventually([&] { return server.counters().refused_full == 16; }));
  EXPECT_EQ(server.clients(), 24U) << "half of 64, without a quarter for those who come";
  std::vector<Descriptor> held;
  for (std::size_t i = 0; i < 20; ++i) held.push_back(raw(server.bound()));
  ASSERT_TRUE(eventually([&] { return server.counters().accepted == 60; }));
  server.with([](ContactServer& full) { EXPECT_EQ(full.connections(), 32U); });
}

TEST_F(Contact, without_a_descriptor_for_a_client_it_waits_instead_of_spinning) {
  RunningServer server(key_);
  descriptors_are_used_up = true;
  const Descriptor client = raw(server.bound());  // waits in the kernel's queue
  ASSERT_TRUE(eventually([&] { return server.counters().no_descriptor > 0; }));
  std::this_thread::sleep_for(500ms);
  EXPECT_LE(server.counters().no_descriptor, 2U) << "it looks once a second";
  EXPECT_EQ(server.counters().accepted, 0U);
  descriptors_are_used_up = false;
  EXPECT_TRUE(eventually([&] { return server.counters().accepted == 1; }));
}

TEST_F(Contact, who_greets_while_others_end_is_welcomed) {
  RunningServer server(key_);
  server.tell(view_of(1, 1));
  Descriptor ending = raw(server.bound());
  const Descriptor staying = raw(server.bound());
  ASSERT_TRUE(eventually([&] { return server.counters().accepted == 2; }));
  Descriptor greeting;
  const ContactGreeter greeter(key_);
  server.with([&](ContactServer&) {  // all of it in one turn
    ending.close();
    greeting = raw(server.bound());
    ASSERT_GT(send(greeting.number(), greeter.hello().data(), greeter.hello().size(), MSG_NOSIGNAL), 0);
    std::this_thread::sleep_for(50ms);
  });
  EXPECT_TRUE(wait_for(greeting.number(), POLLIN, clock_, clock_.now_ns() + 5 * kSecond));
}

// What the fixture counts at the end holds for those that are reset at each step, too.
TEST_F(Contact, who_resets_the_connection_is_counted_once) {
  RunningServer server(key_, "127.0.0.1", 1);
  server.tell(view_of(1, 1));
  const auto reset = [](const Descriptor& socket) {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    EXPECT_EQ(setsockopt(socket.number(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once), 0);
  };
  const Greeted staying = client_by_hand(server.bound());
  ASSERT_TRUE(eventually([&] { return server.clients() == 1; }));
  for (int i = 0; i < 3; ++i) {
    reset(raw(server.bound()));
    reset(greeted(server.bound()).socket);
    const Descriptor hasty = raw(server.bound());
    const ContactGreeter greeter(key_);
    send(hasty.number(), greeter.hello().data(), greeter.hello().size(), MSG_NOSIGNAL);
    reset(hasty);
    reset(client_by_hand(server.bound()).socket);  // one too many
  }
  EXPECT_TRUE(eventually([&] {
    const ContactCounters told = server.counters();
    return told.accepted == 13 && told.abandoned + told.refused_full == 12;
  })) << server.counters().abandoned
      << " abandoned, " << server.counters().refused_full << " refused";
}

// An application in which a node is embedded may fork, and its child holds the descriptors of the connections too.
TEST_F(Contact, a_connection_that_has_ended_is_gone_while_a_child_holds_it_too) {
  auto opened = ContactServer::open({"127.0.0.1", 0}, key_);  // turned here: fork has no other threads to do with
  ASSERT_TRUE(opened) << opened.error().text;
  ContactServer& server = **opened;
  const HostPort address = server.bound();
  const Descriptor client = raw(server.bound());
  const Descriptor silent = raw(server.bound());
  const auto turn = [&] {
    std::vector<pollfd> waited;
    server.add_descriptors(waited);
    const int woken = poll(waited.data(), waited.size(), 10);
    server.turn(clock_.now_ns());
    return woken > 0;
  };
  for (int i = 0; i < 100 && server.connections() < 2; ++i) turn();
  ASSERT_EQ(server.connections(), 2U);
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    ::close(ends[1]);
    char end;
    static_cast<void>(!read(ends[0], &end, 1));  // until the parent closes its end, or ends itself
    _exit(0);
  }
  ASSERT_GT(child, 0);
  ::close(ends[0]);
  shutdown(client.number(), SHUT_RDWR);  // the child holds that end as well
  for (int i = 0; i < 100 && server.connections() == 2; ++i) turn();
  EXPECT_EQ(server.connections(), 1U);
  int woken = 0;
  for (int i = 0; i < 20; ++i) woken += turn() ? 1 : 0;
  EXPECT_LE(woken, 1) << "the kernel wakes us for a connection that is gone";
  server.turn(clock_.now_ns() + kContactHandshakeNs + kSecond);
  EXPECT_EQ(bytes_until_closed(silent), 0U) << "who is closed sees it, whoever else holds the connection";
  const Descriptor last = raw(address);
  for (int i = 0; i < 100 && server.connections() == 0; ++i) turn();
  EXPECT_EQ(server.counters().abandoned, 1U);
  opened->reset();
  EXPECT_EQ(bytes_until_closed(last), 0U) << "so does who is there when the node ends";
  EXPECT_EQ(knock_at(address, clock_, clock_.now_ns() + kSecond), Knock::kRefused) << "and nobody listens any more";
  EXPECT_TRUE(ContactServer::open(address, key_)) << "the port is free";
  ::close(ends[1]);
  EXPECT_EQ(waitpid(child, nullptr, 0), child);
}

TEST_F(Contact, many_clients_are_told_and_their_end_is_noticed) {
  RunningServer server(key_);
  server.tell(view_of(4, 4));
  {
    std::vector<std::unique_ptr<ContactClient>> clients;
    for (int i = 0; i < 40; ++i) {
      auto client = connect({server.bound()}, key_);
      ASSERT_TRUE(client) << client.error().text;
      clients.push_back(std::move(*client));
    }
    EXPECT_EQ(server.clients(), 40U);
    server.tell(view_of(5, 4));
    for (const auto& client : clients) EXPECT_TRUE(eventually([&] { return client->current()->view.size() == 5; }));
  }
  EXPECT_TRUE(eventually([&] { return server.clients() == 0; }));
  EXPECT_EQ(server.counters().gone, 40U);
}

TEST_F(Contact, who_waits_for_news_costs_no_system_call) {
  RunningServer server(key_);
  server.tell(view_of(1, 1));
  std::vector<Greeted> clients;
  for (int i = 0; i < 40; ++i) clients.push_back(client_by_hand(server.bound()));
  ASSERT_TRUE(eventually([&] { return server.clients() == 40; }));
  std::this_thread::sleep_for(50ms);  // what they were told has left
  const std::size_t before = reads;
  std::this_thread::sleep_for(200ms);  // a hundred turns
  EXPECT_EQ(reads, before);
}

TEST_F(Contact, a_client_that_takes_no_second_view_is_dropped) {
  RunningServer server(key_);
  server.tell(view_of(1, 1));
  const Greeted client = client_by_hand(server.bound());
  ASSERT_TRUE(wait_for(client.socket.number(), POLLIN, clock_, clock_.now_ns() + 5 * kSecond));
  server.skip(2 * kContactStallNs);
  std::this_thread::sleep_for(50ms);
  EXPECT_EQ(server.clients(), 1U) << "nothing is left for it to take";
  server.tell(view_of(kNodesMax, 64));  // megabytes: more than the sockets hold
  std::this_thread::sleep_for(50ms);
  EXPECT_EQ(server.clients(), 1U);
  server.skip(kContactStallNs + kSecond);
  EXPECT_TRUE(eventually([&] { return server.clients() == 0; }));
  EXPECT_EQ(server.counters().stalled, 1U);
}

TEST_F(Contact, a_reader_that_takes_nothing_costs_one_frame_and_is_dropped) {
  RunningServer server(key_);
  server.tell(view_of(kNodesMax, 64));  // megabytes: more than the sockets hold
  const Greeted client = client_by_hand(server.bound());
  ASSERT_TRUE(eventually([&] { return server.clients() == 1; }));
  std::this_thread::sleep_for(50ms);
  EXPECT_EQ(server.clients(), 1U);
  server.skip(kContactStallNs + kSecond);
  EXPECT_TRUE(eventually([&] { return server.clients() == 0; }));
  EXPECT_EQ(server.counters().stalled, 1U);
  EXPECT_EQ(server.counters().timed_out, 0U) << "it has proved the key";
}

TEST_F(Contact, a_port_in_use_is_one_clear_error_with_the_remedy) {
  RunningServer server(key_);
  const RunningServer again(key_, "127.0.0.1", 8, server.bound().port);
  EXPECT_NE(again.failure().find(to_text(server.bound())), std::string::npos) << again.failure();
  EXPECT_NE(again.failure().find("setting 'contact'"), std::string::npos);
}

TEST_F(Contact, what_is_advertised_can_be_reached) {
  EXPECT_EQ(advertised_address({"127.0.0.1", 5}, "")->host, "127.0.0.1");
  EXPECT_EQ(advertised_address({"0.0.0.0", 5}, "lo")->host, "127.0.0.1");
  EXPECT_NE(advertised_address({"0.0.0.0", 5}, "")->host, "0.0.0.0");
  EXPECT_FALSE(advertised_address({"0.0.0.0", 5}, "nothere0"));
  EXPECT_EQ(listening_address({"0.0.0.0", 5}, "lo")->host, "0.0.0.0") << "hosts.ipv6 has the other case";
  EXPECT_EQ(listening_address({"127.0.0.1", 5}, "nothere0")->host, "127.0.0.1");
  EXPECT_FALSE(listening_address({"0.0.0.0", 5}, "nothere0"));
}

}  // namespace
}  // namespace lath
