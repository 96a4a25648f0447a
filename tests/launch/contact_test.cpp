// The contact port over loopback, its server driven by a thread as the control thread drives it.
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <atomic>
#include <cerrno>
#include <functional>
#include <mutex>
#include <thread>

#include "launch/contact/client.hpp"
#include "launch/contact/server.hpp"
#include "tests/control/views.hpp"

namespace lath {
namespace {

using namespace std::chrono_literals;
using testing::node_entry;
using testing::view_of;

constexpr TimeNs kSecond = 1'000'000'000;
constexpr std::uint64_t kCookie = 0xfeedULL;

// Runs a server until the end; what the server's thread must do is handed in between its turns. Its time can be turned forward.
class RunningServer {
 public:
  explicit RunningServer(const ClusterKey& key, const std::string& host = "127.0.0.1", std::size_t connections_max = 64,
                         std::uint16_t port = 0) {
    auto opened = ContactServer::open({host, port}, key, connections_max);
    if (!opened) {
      failure_ = opened.error().text;
      return;
    }
    server_ = std::move(*opened);
    thread_ = std::thread([this] { run(); });
  }
  ~RunningServer() {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
  }
  HostPort bound() const { return server_->bound(); }
  const std::string& failure() const { return failure_; }
  void tell(const View& view, std::uint64_t cookie = kCookie) {
    with([&](ContactServer& server) { server.publish(contact_messages({cookie, NodeId{0}, {"2x1", "hot/=3x1"}}, view, 5)); });
  }
  void skip(TimeNs by) { skipped_ += by; }
  void with(const std::function<void(ContactServer&)>& body) {
    const std::lock_guard lock(mutex_);
    body(*server_);
  }
  ContactCounters counters() {
    const std::lock_guard lock(mutex_);
    return server_->counters();
  }
  std::size_t clients() {
    const std::lock_guard lock(mutex_);
    return server_->clients();
  }

 private:
  void run() {
    std::vector<pollfd> waited;
    while (!stopping_) {
      waited.clear();
      with([&](ContactServer& server) { server.add_descriptors(waited); });
      poll(waited.data(), waited.size(), 2);
      with([&](ContactServer& server) { server.turn(clock_.now_ns() + skipped_); });
    }
  }

  SystemClock clock_;
  std::atomic<TimeNs> skipped_{0};
  std::string failure_;
  std::unique_ptr<ContactServer> server_;
  std::mutex mutex_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

class Contact : public ::testing::Test {
 protected:
  Contact() {
    EXPECT_TRUE(start_crypto());
    key_ = make_cluster_key();
  }
  Result<std::unique_ptr<ContactClient>> connect(const std::vector<HostPort>& nodes, const ClusterKey& key,
                                                 TimeNs within = 5 * kSecond) {
    return ContactClient::open({nodes, key, std::nullopt, clock_.now_ns() + within}, clock_);
  }
  Descriptor raw(const HostPort& address) {
    auto socket = connect_to(address, clock_, clock_.now_ns() + 5 * kSecond);
    EXPECT_TRUE(socket);
    return std::move(*socket);
  }
  // What the other side sends until it closes.
  std::size_t bytes_until_closed(const Descriptor& socket) {
    std::size_t received = 0;
    std::byte room[256];
    while (wait_for(socket.number(), POLLIN, clock_, clock_.now_ns() + 5 * kSecond)) {
      const ssize_t got = recv(socket.number(), room, sizeof room, 0);
      if (got > 0) received += static_cast<std::size_t>(got);
      if (got == 0 || (got < 0 && errno != EAGAIN)) return received;
    }
    ADD_FAILURE() << "the connection stayed open";
    return received;
  }
  bool eventually(const std::function<bool()>& holds) {
    for (int i = 0; i < 2500; ++i) {
      if (holds()) return true;
      std::this_thread::sleep_for(2ms);
    }
    return false;
  }

  SystemClock clock_;
  ClusterKey key_;
};

TEST_F(Contact, the_right_key_gets_the_view_and_each_new_one) {
  RunningServer server(key_);
  View view = view_of(3, 2);
  server.tell(view);
  const auto client = connect({server.bound()}, key_);
  ASSERT_TRUE(client) << client.error().text;
  EXPECT_EQ((*client)->cookie(), kCookie);
  EXPECT_EQ((*client)->current()->view, view);
  EXPECT_EQ((*client)->current()->placement.texts().size(), 2U);
  const std::uint64_t version = (*client)->version();
  view.merge(node_entry(7, 1));
  server.tell(view);
  ASSERT_TRUE(eventually([&] { return (*client)->version() > version; }));
  EXPECT_EQ((*client)->current()->view, view);
}

TEST_F(Contact, works_over_ipv6_where_the_host_has_it) {
  RunningServer server(key_, "::1");
  if (!server.failure().empty()) {
    EXPECT_NE(server.failure().find("[::1]:0"), std::string::npos);  // the host has no IPv6: the error names the address
    return;
  }
  server.tell(view_of(1, 1));
  EXPECT_TRUE(connect({server.bound()}, key_));
}

TEST_F(Contact, a_wrong_key_gets_no_byte_and_a_clear_error) {
  RunningServer server(key_);
  server.tell(view_of(1, 1));
  const ClusterKey wrong = make_cluster_key();
  const Descriptor socket = raw(server.bound());
  const ContactGreeter greeter(wrong);
  ASSERT_GT(send(socket.number(), greeter.hello().data(), greeter.hello().size(), MSG_NOSIGNAL), 0);
  EXPECT_EQ(bytes_until_closed(socket), 0U);
  const auto client = connect({server.bound()}, wrong);
  ASSERT_FALSE(client);
  EXPECT_EQ(client.error().code, Code::kDenied);
  EXPECT_NE(client.error().text.find("key"), std::string::npos);
  EXPECT_EQ(server.counters().denied, 2U);
  EXPECT_EQ(server.counters().welcomed, 0U);
}

TEST_F(Contact, every_flipped_byte_of_a_greeting_gets_no_byte) {
  RunningServer server(key_);
  const ContactGreeter greeter(key_);
  for (std::size_t i = 0; i < kContactHelloBytes; ++i) {
    std::vector<std::byte> hello(greeter.hello().begin(), greeter.hello().end());
    hello[i] ^= std::byte{0x10};
    const Descriptor socket = raw(server.bound());
    send(socket.number(), hello.data(), hello.size(), MSG_NOSIGNAL);
    EXPECT_EQ(bytes_until_closed(socket), 0U);
  }
  EXPECT_EQ(server.counters().denied, kContactHelloBytes);
}

TEST_F(Contact, garbage_is_counted_and_closed_and_others_are_served) {
  RunningServer server(key_);
  server.tell(view_of(2, 1));
  Random random(1);
  for (std::size_t i = 0; i < 50; ++i) {
    std::vector<std::byte> garbage(1 + random.below(400));
    for (std::byte& byte : garbage) byte = static_cast<std::byte>(random.next());
    const Descriptor socket = raw(server.bound());
    send(socket.number(), garbage.data(), garbage.size(), MSG_NOSIGNAL);
    EXPECT_EQ(bytes_until_closed(socket), 0U);
  }
  EXPECT_EQ(server.counters().denied, 50U);
  EXPECT_TRUE(connect({server.bound()}, key_));
}

TEST_F(Contact, half_a_greeting_is_dropped_when_its_time_is_up) {
  RunningServer server(key_);
  const ContactGreeter greeter(key_);
  const Descriptor slow = raw(server.bound());
  const Descriptor silent = raw(server.bound());
  send(slow.number(), greeter.hello().data(), kContactHelloBytes - 1, MSG_NOSIGNAL);
  ASSERT_TRUE(eventually([&] { return server.counters().accepted == 2; }));
  server.skip(kContactHandshakeNs + kSecond);
  EXPECT_EQ(bytes_until_closed(slow), 0U);
  EXPECT_EQ(bytes_until_closed(silent), 0U);
  EXPECT_EQ(server.counters().timed_out, 2U);
}

TEST_F(Contact, whoever_leaves_in_the_middle_of_a_greeting_is_counted) {
  RunningServer server(key_);
  const ContactGreeter greeter(key_);
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, kContactHelloBytes - 1}) {
    const Descriptor socket = raw(server.bound());
    send(socket.number(), greeter.hello().data(), size, MSG_NOSIGNAL);
    shutdown(socket.number(), SHUT_WR);  // half closed: it could still be answered
    EXPECT_EQ(bytes_until_closed(socket), 0U);
  }
  EXPECT_EQ(server.counters().abandoned, 3U);
  EXPECT_EQ(server.counters().denied, 0U);
}

TEST_F(Contact, after_the_greeting_garbage_and_long_frames_end_the_connection) {
  RunningServer server(key_);
  for (const std::uint32_t length : {0U, 17U, 1000U, 0xffffffffU}) {
    const Descriptor socket = raw(server.bound());
    const ContactGreeter greeter(key_);
    std::vector<std::byte> bytes(greeter.hello().begin(), greeter.hello().end());
    const auto* prefix = reinterpret_cast<const std::byte*>(&length);
    bytes.insert(bytes.end(), prefix, prefix + sizeof length);
    bytes.insert(bytes.end(), 64, std::byte{0x5a});
    send(socket.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    EXPECT_LE(bytes_until_closed(socket), kContactAnswerBytes);
  }
  EXPECT_EQ(server.counters().malformed, 4U);
}

TEST_F(Contact, a_client_that_repeats_a_frame_is_dropped) {
  RunningServer server(key_);
  const Descriptor socket = raw(server.bound());
  const ContactGreeter greeter(key_);
  send(socket.number(), greeter.hello().data(), greeter.hello().size(), MSG_NOSIGNAL);
  std::array<std::byte, kContactAnswerBytes> answer;
  ASSERT_TRUE(wait_for(socket.number(), POLLIN, clock_, clock_.now_ns() + 5 * kSecond));
  ASSERT_EQ(recv(socket.number(), answer.data(), answer.size(), MSG_WAITALL), static_cast<ssize_t>(answer.size()));
  auto seals = greeter.accept(answer);
  ASSERT_TRUE(seals);
  std::vector<std::byte> frame;
  const auto news = static_cast<std::byte>(ContactKind::kNews);
  seals->send.seal({&news, 1}, frame);
  send(socket.number(), frame.data(), frame.size(), MSG_NOSIGNAL);
  send(socket.number(), frame.data(), frame.size(), MSG_NOSIGNAL);
  bytes_until_closed(socket);
  EXPECT_EQ(server.counters().malformed, 1U);
}

TEST_F(Contact, connections_over_the_limit_are_refused_and_counted) {
  RunningServer server(key_, "127.0.0.1", 8);
  std::vector<Descriptor> held;
  for (int i = 0; i < 8; ++i) held.push_back(raw(server.bound()));
  ASSERT_TRUE(eventually([&] { return server.counters().accepted == 8; }));
  EXPECT_EQ(bytes_until_closed(raw(server.bound())), 0U);
  EXPECT_EQ(server.counters().refused_full, 1U);
  held.clear();
  server.tell(view_of(1, 1));
  ASSERT_TRUE(eventually([&] { return bool(connect({server.bound()}, key_)); }));
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

TEST_F(Contact, a_reader_that_takes_nothing_costs_one_frame_and_is_dropped) {
  RunningServer server(key_);
  server.tell(view_of(kNodesMax, 64));  // megabytes: more than the sockets hold
  const Descriptor socket = raw(server.bound());
  const ContactGreeter greeter(key_);
  send(socket.number(), greeter.hello().data(), greeter.hello().size(), MSG_NOSIGNAL);
  ASSERT_TRUE(eventually([&] { return server.clients() == 1; }));
  std::this_thread::sleep_for(50ms);
  EXPECT_EQ(server.clients(), 1U);
  server.skip(kContactStallNs + kSecond);
  EXPECT_TRUE(eventually([&] { return server.clients() == 0; }));
  EXPECT_EQ(server.counters().timed_out, 1U);
}

TEST_F(Contact, a_large_view_arrives_whole) {
  RunningServer server(key_);
  const View view = view_of(kNodesMax, 16);
  server.tell(view);
  const auto client = connect({server.bound()}, key_);
  ASSERT_TRUE(client) << client.error().text;
  EXPECT_EQ((*client)->current()->view.epoch(), view.epoch());
}

TEST_F(Contact, a_client_goes_on_with_another_node_when_its_own_goes) {
  auto first = std::make_unique<RunningServer>(key_);
  RunningServer second(key_);
  View view = view_of(1, 1);
  NodeEntry other = node_entry(1, 1);
  other.contact = to_text(second.bound());
  view.merge(other);
  first->tell(view);
  const auto client = connect({first->bound()}, key_);
  ASSERT_TRUE(client) << client.error().text;
  view.merge(node_entry(5, 1));
  second.tell(view);
  first.reset();
  ASSERT_TRUE(eventually([&] { return (*client)->current()->view.size() == 3; }));
  EXPECT_EQ(second.clients(), 1U);
}

TEST_F(Contact, asking_for_news_gets_the_view_again) {
  RunningServer server(key_);
  server.tell(view_of(1, 1));
  const auto client = connect({server.bound()}, key_);
  ASSERT_TRUE(client);
  for (int i = 0; i < 1000; ++i) (*client)->ask_for_news();
  server.tell(view_of(2, 1));
  EXPECT_TRUE(eventually([&] { return (*client)->current()->view.size() == 2; }));
  EXPECT_EQ(server.counters().malformed, 0U);
}

TEST_F(Contact, another_cluster_at_the_address_is_not_taken_for_ours) {
  RunningServer server(key_);
  server.tell(view_of(1, 1), 111);
  const auto client = ContactClient::open({{server.bound()}, key_, 222, clock_.now_ns() + 5 * kSecond}, clock_);
  ASSERT_FALSE(client);
  EXPECT_NE(client.error().text.find("another cluster"), std::string::npos);
}

TEST_F(Contact, a_port_in_use_is_one_clear_error_with_the_remedy) {
  RunningServer server(key_);
  const RunningServer again(key_, "127.0.0.1", 8, server.bound().port);
  EXPECT_NE(again.failure().find(to_text(server.bound())), std::string::npos) << again.failure();
  EXPECT_NE(again.failure().find("--contact"), std::string::npos);
}

TEST_F(Contact, what_never_answers_is_a_timeout_and_what_is_not_there_unreachable) {
  auto listener = listen_at({"127.0.0.1", 0});
  ASSERT_TRUE(listener);
  const auto silent = connect({*bound_address(*listener)}, key_, kSecond / 5);
  ASSERT_FALSE(silent);
  EXPECT_EQ(silent.error().code, Code::kTimeout);
  const HostPort closed = *bound_address(*listener);
  listener->close();
  const auto absent = connect({closed}, key_, kSecond);
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().code, Code::kUnreachable);
  EXPECT_NE(absent.error().text.find(to_text(closed)), std::string::npos);
}

// The first accepts and says nothing, as a process that is stopped does.
TEST_F(Contact, a_node_that_says_nothing_keeps_nobody_from_the_next) {
  auto mute = listen_at({"127.0.0.1", 0});
  ASSERT_TRUE(mute);
  RunningServer server(key_);
  server.tell(view_of(1, 1));
  const auto client = connect({*bound_address(*mute), server.bound()}, key_, 2'900'000'000);
  ASSERT_TRUE(client) << client.error().text;
  EXPECT_EQ(server.clients(), 1U);
}

TEST_F(Contact, a_node_that_stalls_is_asked_again) {
  auto gone = listen_at({"127.0.0.1", 0});
  ASSERT_TRUE(gone);
  const HostPort nobody = *bound_address(*gone);
  gone->close();
  RunningServer server(key_);
  server.tell(view_of(1, 1));
  std::atomic<bool> stalls{false};
  std::thread stall([&] {
    server.with([&](ContactServer&) {
      stalls = true;
      std::this_thread::sleep_for(900ms);
    });
  });
  while (!stalls) std::this_thread::yield();
  const auto client = connect({server.bound(), nobody}, key_, 10 * kSecond);
  stall.join();
  ASSERT_TRUE(client) << client.error().text;
}

TEST_F(Contact, what_is_advertised_can_be_reached) {
  EXPECT_EQ(advertised_address({"127.0.0.1", 5}, "")->host, "127.0.0.1");
  EXPECT_EQ(advertised_address({"0.0.0.0", 5}, "lo")->host, "127.0.0.1");
  EXPECT_NE(advertised_address({"0.0.0.0", 5}, "")->host, "0.0.0.0");
  EXPECT_FALSE(advertised_address({"0.0.0.0", 5}, "nothere0"));
}

}  // namespace
}  // namespace lath
