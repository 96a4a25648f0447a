// What UCX transports say to each other, whole and damaged. The golden bytes are those of docs/wire.md.
#include "transport/ucx_wire.hpp"

#include <gtest/gtest.h>

#include <span>
#include <string>
#include <utility>

#include "tests/damage.hpp"
#include "tests/hex.hpp"
#include "ucx_messages.hpp"

namespace lath::testing {

namespace {

std::vector<FrameBuffer> every_ucx_message() {
  std::vector<FrameBuffer> messages;
  for (const UcxKind kind : {UcxKind::kHello, UcxKind::kHelloAck, UcxKind::kGoodbye, UcxKind::kFarewell})
    messages.push_back(ucx_greeting_message(kind));
  for (const UcxKind bare : {UcxKind::kProbe, UcxKind::kProbeClosed}) messages.push_back(ucx_message(ucx_header(bare)));
  messages.push_back(ucx_message(ucx_header(UcxKind::kData), std::as_bytes(std::span("frame", 5))));
  messages.push_back(ucx_credit_message());
  messages.push_back(ucx_probe_message());
  return messages;
}

// A frame, and what is sent without a body, may be of any size.
bool has_a_body_of_its_own(const FrameBuffer& message) {
  const UcxKind kind = ucx_decode_header(message.bytes())->kind();
  return is_greeting(kind) || kind == UcxKind::kCredit || kind == UcxKind::kProbeOpen;
}

}  // namespace

TEST(UcxWire, a_header_has_these_bytes) {
  EXPECT_EQ(hex(ucx_message(ucx_header(UcxKind::kData)).bytes()),
            "b1"      // the third version of this protocol, and the kind: data
            "02"      // messages of credit that come back
            "0403"    // their bytes
            "0605"    // the receiver's index of the connection
            "0807");  // and the lower half of its generation
}

TEST(UcxWire, kinds_have_these_numbers) {
  const std::vector<std::pair<UcxKind, unsigned>> numbers = {
      {UcxKind::kData, 1},  {UcxKind::kHello, 2},     {UcxKind::kHelloAck, 3},    {UcxKind::kCredit, 4},  {UcxKind::kGoodbye, 5},
      {UcxKind::kProbe, 6}, {UcxKind::kProbeOpen, 7}, {UcxKind::kProbeClosed, 8}, {UcxKind::kFarewell, 9}};
  for (const auto& [kind, number] : numbers) EXPECT_EQ(static_cast<unsigned>(kind), number);
}

TEST(UcxWire, a_greeting_has_these_bytes) {
  EXPECT_EQ(hex(ucx_greeting_message(UcxKind::kFarewell).bytes()),
            "b902040306050807"  // header: farewell
            "8877665544332211"  // the cluster's cookie
            "02010000"          // the sender's index of the connection
            "04030100"          // and its generation, whole
            "40000000"          // credit that it grants: 64 messages
            "00001000"          // of 1 MiB together
            "06000000"          // bytes of the sender's address
            "0a6643fe"          // their checksum
            "776f726b6572");    // "worker"
}

TEST(UcxWire, a_credit_and_a_probe_have_these_bytes) {
  EXPECT_EQ(hex(ucx_credit_message().bytes()),
            "b402040306050807"  // header: credit
            "00000100");        // bytes of credit that come back beyond the header's
  EXPECT_EQ(hex(ucx_probe_message().bytes()),
            "b702040306050807"  // header: probe open
            "a100000000000000"  // what is to be found there
            "024c4352"          // an export: mark, "LCR" and a version
            "fbd288fe"          // checksum of what follows
            "0500000000000000"  // which of the process's regions
            "0010000000000000"  // where it lies
            "4000000000000000"  // its bytes
            "6b6579");          // UCX's key
}

TEST(UcxWire, every_prefix_of_every_message_is_refused_or_a_message_itself) {
  for (const FrameBuffer& message : every_ucx_message()) {
    const auto anew = ucx_encoded_anew(ExactCopy(message.bytes()).bytes());
    ASSERT_TRUE(anew) << hex(message.bytes());
    EXPECT_EQ(hex(anew->bytes()), hex(message.bytes()));
    for_each_prefix(message.bytes(), [&](Bytes prefix) {
      const auto taken = ucx_encoded_anew(prefix);
      EXPECT_EQ(taken.has_value(), !has_a_body_of_its_own(message) && prefix.size() >= sizeof(UcxHeader)) << hex(prefix);
    });
  }
}

TEST(UcxWire, every_flipped_byte_of_every_message_is_noticed_or_says_something_else) {
  for (const FrameBuffer& message : every_ucx_message()) {
    for_each_flipped_byte(message.bytes(), [](Bytes damaged) {
      const auto anew = ucx_encoded_anew(damaged);
      if (!anew) return;
      EXPECT_EQ(hex(anew->bytes()), hex(damaged));
    });
  }
}

TEST(UcxWire, a_message_of_another_version_or_over_its_limit_is_none_of_ours) {
  const FrameBuffer longest = ucx_message(ucx_header(UcxKind::kData), std::vector<std::byte>(kFrameBytesMax));
  EXPECT_TRUE(ucx_decode_header(longest.bytes()));
  EXPECT_FALSE(ucx_decode_header(ucx_message(ucx_header(UcxKind::kData), std::vector<std::byte>(kFrameBytesMax + 1)).bytes()));
  UcxHeader header;
  for (unsigned first = 0; first < 256; ++first) {
    header.mark_and_kind = static_cast<std::uint8_t>(first);
    EXPECT_EQ(ucx_decode_header(ucx_message(header).bytes()).has_value(), first >> 4 == 0xb) << first;
  }
}

// UCX does not survive a damaged address or key, so that no flipped byte of one may pass; of a greeting, none behind what may be any number.
TEST(UcxWire, addresses_and_keys_survive_damage) {
  const Address address = ucx_wrap_address(std::as_bytes(std::span("worker", 6)));
  EXPECT_EQ(hex(address),
            "024c4358"        // mark, "LCX" and a version
            "0a6643fe"        // checksum of what follows
            "776f726b6572");  // "worker"
  ASSERT_TRUE(ucx_unwrap_address(address));
  for_each_prefix(address, [](Bytes prefix) { EXPECT_FALSE(ucx_unwrap_address(prefix)) << prefix.size(); });
  for_each_flipped_byte(address, [](Bytes damaged) { EXPECT_FALSE(ucx_unwrap_address(damaged)) << hex(damaged); });
  const FrameBuffer probe = ucx_probe_message();
  const Bytes exported = ucx_decode_probe(probe.bytes().subspan(sizeof(UcxHeader)))->exported;
  ASSERT_TRUE(ucx_unwrap_export(exported));
  for_each_prefix(exported, [](Bytes prefix) { EXPECT_FALSE(ucx_unwrap_export(prefix)) << prefix.size(); });
  for_each_flipped_byte(exported, [](Bytes damaged) { EXPECT_FALSE(ucx_unwrap_export(damaged)) << hex(damaged); });
  const FrameBuffer greeting = ucx_greeting_message(UcxKind::kHello);
  const std::string numbers = hex(greeting.bytes()).substr(0, 2 * (sizeof(UcxHeader) + 24));
  for_each_flipped_byte(greeting.bytes(), [&](Bytes damaged) {
    if (!hex(damaged).starts_with(numbers)) return;
    EXPECT_FALSE(ucx_decode_greeting(damaged.subspan(sizeof(UcxHeader)))) << hex(damaged);
  });
}

TEST(UcxWire, a_greeting_that_grants_nothing_is_refused) {
  UcxGreeting greeting = {.cookie = 1, .sender = {}, .credit_messages = 6, .credit_bytes = 7, .worker = {}};
  for (std::uint32_t* const granted : {&greeting.credit_messages, &greeting.credit_bytes}) {
    const std::uint32_t kept = std::exchange(*granted, 0);
    FrameBuffer frame;
    ucx_encode(greeting, frame);
    EXPECT_FALSE(ucx_decode_greeting(frame.bytes())) << "nothing could ever be sent";
    *granted = kept;
  }
}

}  // namespace lath::testing
