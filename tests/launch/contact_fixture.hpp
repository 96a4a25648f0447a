// The contact port over loopback, its server driven by a thread as the control thread drives it.
#pragma once

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

namespace lath::testing {

inline constexpr TimeNs kSecond = 1'000'000'000;
inline constexpr std::uint64_t kCookie = 0xfeedULL;

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
    if (server_ != nullptr) expect_each_counted_once();
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
  void expect_each_counted_once() {
    const ContactCounters& told = server_->counters();
    EXPECT_EQ(told.accepted, told.welcomed + told.denied + told.version + told.abandoned + told.timed_out + told.refused_full +
                                 server_->unproved());
    EXPECT_EQ(told.welcomed, told.gone + server_->clients());
  }
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
  // A client by hand, up to the node's answer: it has said nothing that a recording could not say.
  struct Greeted {
    Descriptor socket;
    ContactSeals seals;
    std::vector<std::byte> answer;
  };
  Greeted greeted(const HostPort& address) {
    Greeted client{raw(address), {}, std::vector<std::byte>(kContactAnswerBytes)};
    const ContactGreeter greeter(key_);
    EXPECT_GT(send(client.socket.number(), greeter.hello().data(), greeter.hello().size(), MSG_NOSIGNAL), 0);
    for (std::size_t have = 0; have < client.answer.size();) {
      if (!wait_for(client.socket.number(), POLLIN, clock_, clock_.now_ns() + 5 * kSecond)) break;
      const ssize_t got = recv(client.socket.number(), client.answer.data() + have, client.answer.size() - have, 0);
      if (got <= 0) break;
      have += static_cast<std::size_t>(got);
    }
    const auto seals = greeter.accept(client.answer);
    EXPECT_TRUE(seals);
    if (seals) client.seals = *seals;
    return client;
  }
  static std::vector<std::byte> question(ContactSeals& seals) {
    std::vector<std::byte> frame;
    const auto news = static_cast<std::byte>(ContactKind::kNews);
    seals.send.seal({&news, 1}, frame);
    return frame;
  }
  // One that has proved the key.
  Greeted client_by_hand(const HostPort& address) {
    Greeted client = greeted(address);
    const auto frame = question(client.seals);
    EXPECT_GT(send(client.socket.number(), frame.data(), frame.size(), MSG_NOSIGNAL), 0);
    return client;
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
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return false;
  }

  SystemClock clock_;
  ClusterKey key_;
};

}  // namespace lath::testing
