// A client of contact ports: finds a node that answers, follows the view, and says why it cannot.
#include <gtest/gtest.h>

#include "contact_fixture.hpp"
#include "launch/cluster_file.hpp"
#include "launch/contact/key_file.hpp"
#include "launch/open_store.hpp"
#include "tests/temporary_folder.hpp"

namespace lath {
namespace {

using namespace std::chrono_literals;
using testing::Contact;
using testing::kCookie;
using testing::kSecond;
using testing::node_entry;
using testing::RunningServer;
using testing::view_of;

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

TEST_F(Contact, a_node_that_ends_while_it_is_asked_is_unreachable_and_not_of_another_key) {
  auto listener = listen_at({"127.0.0.1", 0});
  ASSERT_TRUE(listener);
  const HostPort address = *bound_address(*listener);
  std::thread ending([&] {
    pollfd waited = {listener->number(), POLLIN, 0};
    poll(&waited, 1, 5000);
    const Descriptor accepted(accept(listener->number(), nullptr, nullptr));
    listener->close();
  });
  const auto client = connect({address}, key_);
  ending.join();
  ASSERT_FALSE(client);
  EXPECT_EQ(client.error().code, Code::kUnreachable) << client.error().text;
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

TEST_F(Contact, a_placement_that_this_client_does_not_know_is_an_error_and_no_view) {
  RunningServer server(key_);
  server.with([](ContactServer& odd) { odd.publish(contact_messages({kCookie, NodeId{0}, {"0x0"}}, view_of(1, 1), 5)); });
  const auto client = connect({server.bound()}, key_, 2 * kSecond);
  ASSERT_FALSE(client);
  EXPECT_NE(client.error().text.find("0x0"), std::string::npos) << client.error().text;
}

// A node that is stopped keeps its connections, and its kernel takes what is sent to it.
TEST_F(Contact, a_client_whose_node_answers_no_question_asks_another) {
  RunningServer stopped(key_);
  RunningServer other(key_);
  View view = view_of(1, 1);
  for (std::uint32_t id = 1; id < 3; ++id) {
    NodeEntry entry = node_entry(id, 1);
    entry.contact = to_text(id == 1 ? stopped.bound() : other.bound());
    view.merge(entry);
  }
  stopped.tell(view);
  const auto client = connect({stopped.bound()}, key_);
  ASSERT_TRUE(client) << client.error().text;
  view.merge(node_entry(7, 1));
  other.tell(view);
  const TimeNs begin = clock_.now_ns();
  stopped.with([&](ContactServer&) {
    (*client)->ask_for_news();
    EXPECT_TRUE(eventually([&] { return (*client)->current()->view.size() == 4; }));
  });
  EXPECT_LT(clock_.now_ns() - begin, 5 * kSecond) << "the one that is stopped is not looked for first";
}

// The node of the client goes, and what listens at its address then says nothing: the client is in the middle of trying it.
TEST_F(Contact, the_end_of_a_client_waits_for_no_node) {
  auto server = std::make_unique<RunningServer>(key_);
  server->tell(view_of(1, 1));
  const HostPort address = server->bound();
  auto client = connect({address}, key_);
  ASSERT_TRUE(client) << client.error().text;
  server.reset();
  const auto mute = listen_at(address);
  ASSERT_TRUE(mute) << mute.error().text;
  ASSERT_TRUE(wait_for(mute->number(), POLLIN, clock_, clock_.now_ns() + 5 * kSecond));
  std::this_thread::sleep_for(50ms);
  const TimeNs begin = clock_.now_ns();
  client->reset();
  EXPECT_LT(clock_.now_ns() - begin, kSecond) << "not the three seconds that a node is waited for";
}

TEST_F(Contact, of_nodes_that_are_gone_and_one_that_is_full_the_full_one_counts) {
  auto gone = listen_at({"127.0.0.1", 0});
  ASSERT_TRUE(gone);
  const HostPort nobody = *bound_address(*gone);
  gone->close();
  RunningServer full(key_, "127.0.0.1", 0);
  const auto client = connect({nobody, full.bound(), nobody}, key_);
  ASSERT_FALSE(client);
  EXPECT_EQ(client.error().code, Code::kFull) << client.error().text;
  EXPECT_EQ(client.error().text.find("lath stats"), std::string::npos) << "which cannot get in either";
}

// The file of a cluster that lives must not be called stale.
TEST_F(Contact, a_full_cluster_is_told_as_such_through_its_file) {
  const testing::TemporaryFolder folder;
  const std::string path = folder.file("cluster.json");
  const auto made = read_or_make_key_file(key_file_of(path));
  ASSERT_TRUE(made) << made.error().text;
  RunningServer full(made->key, "127.0.0.1", 0);
  ASSERT_TRUE(write_cluster_file(path, {kCookie, {{NodeId{0}, "a", full.bound()}}}));
  const auto store = open_store("file:" + path, OpenOptions{});
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, Code::kFull) << store.error().text;
  EXPECT_EQ(store.error().text.find("remove it"), std::string::npos) << store.error().text;
}

}  // namespace
}  // namespace lath
