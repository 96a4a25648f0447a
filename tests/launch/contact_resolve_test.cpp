// Names at the contact port, with a resolver that is slow, or busy, where a test says so.
#include <arpa/inet.h>
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <netdb.h>

#include <atomic>
#include <cstring>
#include <latch>
#include <vector>

#include "contact_fixture.hpp"
#include "launch/contact/resolve.hpp"

namespace {
std::atomic<std::latch*> resolver_waits_for{nullptr};
std::atomic<std::size_t> resolver_answers{0};
}  // namespace

extern "C" int getaddrinfo(const char* host, const char* port, const addrinfo* hints, addrinfo** found) {
  const bool by_number = hints != nullptr && (hints->ai_flags & AI_NUMERICHOST) != 0;
  if (!by_number && std::strcmp(host, "busy.test") == 0) return EAI_AGAIN;
  if (!by_number && std::strcmp(host, "slow.test") == 0) {
    resolver_waits_for.load()->wait();
    ++resolver_answers;
    return EAI_AGAIN;
  }
  static const auto next = reinterpret_cast<decltype(&getaddrinfo)>(dlsym(RTLD_NEXT, "getaddrinfo"));
  if (by_number || std::strcmp(host, "two.test") != 0) return next(host, port, hints, found);
  if (const int failure = next("127.0.0.2", port, hints, found); failure != 0) return failure;
  return next("127.0.0.1", port, hints, &(*found)->ai_next);
}

namespace lath {
namespace {

using testing::Contact;
using testing::kSecond;
using testing::RunningServer;
using testing::view_of;

TEST_F(Contact, a_name_is_resolved_and_so_is_a_number) {
  for (const char* host : {"localhost", "127.0.0.1", "::1"}) {
    const auto found = resolve({host, 80}, clock_, clock_.now_ns() + 5 * kSecond);
    ASSERT_TRUE(found) << host << ": " << found.error().text;
    EXPECT_NE(found->get(), nullptr);
  }
  const auto none = resolve({"no-such-host.invalid", 80}, clock_, clock_.now_ns() + 60 * kSecond);
  ASSERT_FALSE(none);
  EXPECT_NE(none.error().text.find("no-such-host.invalid"), std::string::npos);
  EXPECT_NE(none.error().text.find("numeric address"), std::string::npos) << none.error().text;
}

TEST_F(Contact, a_resolver_that_is_busy_is_told_as_such) {
  const auto client = connect({{"busy.test", 80}}, key_);
  ASSERT_FALSE(client);
  EXPECT_EQ(client.error().code, Code::kUnreachable);
  EXPECT_NE(client.error().text.find("'busy.test' could not be resolved just now"), std::string::npos) << client.error().text;
}

TEST_F(Contact, a_resolver_that_says_nothing_keeps_nobody_longer_than_he_has_time) {
  std::latch end(1);
  resolver_waits_for = &end;
  resolver_answers = 0;
  const TimeNs begin = clock_.now_ns();
  const auto client = connect({{"slow.test", 80}}, key_, kSecond);
  const TimeNs taken = clock_.now_ns() - begin;
  ASSERT_FALSE(client);
  EXPECT_EQ(client.error().code, Code::kTimeout);
  EXPECT_NE(client.error().text.find("'slow.test' was not resolved in time"), std::string::npos) << client.error().text;
  EXPECT_GE(taken, kSecond / 2);
  EXPECT_LT(taken, 4 * kSecond);
  EXPECT_EQ(knock_at({"slow.test", 80}, clock_, clock_.now_ns() + kSecond / 10), Knock::kNoRoute);
  RunningServer server(key_);
  server.tell(view_of(1, 1));
  EXPECT_TRUE(connect({{"slow.test", 80}, server.bound()}, key_)) << "the next is asked";
  end.count_down();
  EXPECT_TRUE(eventually([] { return resolver_answers >= 3; })) << "the threads that asked end with the resolver";
}

// As where a firewall drops what goes to a host's IPv6 address.
TEST_F(Contact, an_address_that_nothing_comes_back_from_leaves_time_for_the_next) {
  auto mute = listen_at({"127.0.0.2", 0});
  ASSERT_TRUE(mute);
  ASSERT_EQ(listen(mute->number(), 0), 0);
  const HostPort address = *bound_address(*mute);
  std::vector<Descriptor> queued;  // the kernel drops who comes when the queue is full
  for (int i = 0; i < 8 && knock_at(address, clock_, clock_.now_ns() + kSecond / 5) == Knock::kAccepted; ++i) {
    Descriptor waiting(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
    const sockaddr_in to{.sin_family = AF_INET, .sin_port = htons(address.port), .sin_addr = {htonl(0x7f000002)}, .sin_zero = {}};
    static_cast<void>(::connect(waiting.number(), reinterpret_cast<const sockaddr*>(&to), sizeof to));
    queued.push_back(std::move(waiting));
  }
  ASSERT_EQ(knock_at(address, clock_, clock_.now_ns() + kSecond / 5), Knock::kSilence);
  RunningServer server(key_, "127.0.0.1", 64, address.port);
  server.tell(view_of(1, 1));
  EXPECT_TRUE(connect_to({"two.test", address.port}, clock_, clock_.now_ns() + kSecond));
  EXPECT_TRUE(connect({{"two.test", address.port}}, key_));
}

}  // namespace
}  // namespace lath
