// The contact port's bytes are those of docs/wire.md: a client that was made from the document alone is understood.
#include <gtest/gtest.h>
#include <sodium.h>

#include <algorithm>
#include <cstring>

#include "launch/contact/crypto.hpp"
#include "launch/contact/protocol.hpp"
#include "tests/damage.hpp"
#include "tests/hex.hpp"

namespace lath {
namespace {

using testing::hex;

using Raw = std::vector<unsigned char>;

Raw box(const Raw& plain, const Raw& nonce, const unsigned char* key) {
  Raw sealed(plain.size() + 16);
  crypto_secretbox_easy(sealed.data(), plain.data(), plain.size(), nonce.data(), key);
  return sealed;
}

Raw numbered(unsigned char number) {
  Raw nonce(24);
  nonce[0] = number;
  return nonce;
}

Bytes bytes_of(const Raw& raw) {
  return std::as_bytes(std::span(raw));
}

TEST(ContactCodec, the_message_of_a_cluster_has_these_bytes) {
  const auto messages = contact_messages({0x1122334455667788ULL, NodeId{3}, {"2x1", "hot/=3x1"}}, View{}, 77);
  ASSERT_EQ(messages.size(), 2U);
  EXPECT_EQ(hex(messages[0]),
            "01"
            "03"
            "8877665544332211"
            "03000000"
            "0200"
            "0300"
            "327831"
            "0800"
            "686f742f3d337831");
  EXPECT_EQ(hex(Bytes(messages[1]).first(9)),
            "02"
            "0305"
            "0000"
            "03000000");
  const auto read = read_contact_cluster(Bytes(messages[0]).subspan(1));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->cookie, 0x1122334455667788ULL);
  EXPECT_EQ(read->node, NodeId{3});
  EXPECT_EQ(read->placement, (std::vector<std::string>{"2x1", "hot/=3x1"}));
}

TEST(ContactCodec, every_prefix_of_the_message_of_a_cluster_is_refused) {
  const auto messages = contact_messages({7, NodeId{3}, {"2x1"}}, View{}, 77);
  testing::for_each_prefix(Bytes(messages[0]).subspan(1),
                           [](Bytes prefix) { EXPECT_FALSE(read_contact_cluster(prefix)) << prefix.size(); });
}

TEST(ContactCodec, every_flipped_byte_of_the_message_of_a_cluster_is_refused_or_another_cluster) {
  const ContactCluster cluster{7, NodeId{3}, {"2x1", "hot/=3x1"}};
  const auto messages = contact_messages(cluster, View{}, 77);
  std::size_t refused = 0;
  testing::for_each_flipped_byte(Bytes(messages[0]).subspan(1), [&](Bytes damaged) {
    const auto read = read_contact_cluster(damaged);
    if (!read)
      ++refused;
    else
      EXPECT_TRUE(read->cookie != cluster.cookie || read->node != cluster.node || read->placement != cluster.placement);
  });
  EXPECT_GE(refused, 255U * 7U) << "of another version, count or size nothing fits";
}

TEST(ContactCodec, frames_have_these_bytes) {
  std::array<unsigned char, 32> key;
  key.fill(0x42);
  ContactSeal seal(key);
  const std::byte news{3};
  std::vector<std::byte> sent;
  seal.seal({&news, 1}, sent);
  EXPECT_EQ(hex(sent), "110000002ff1107fe7d82a194fccac7e3e6326ba37");
  sent.clear();
  seal.seal({&news, 1}, sent);
  EXPECT_EQ(hex(sent), "11000000a6ca11130d13d4d3adf15161d134008968");
}

TEST(ContactCodec, a_greeting_made_from_the_document_is_understood) {
  ASSERT_TRUE(start_crypto());
  const ClusterKey cluster_key = make_cluster_key();
  const auto* key = reinterpret_cast<const unsigned char*>(cluster_key.data());
  Raw secret(32), ours(32), nonce(24);
  randombytes_buf(secret.data(), secret.size());
  randombytes_buf(nonce.data(), nonce.size());
  crypto_scalarmult_base(ours.data(), secret.data());
  Raw proof = {2, 0, 1, 0, 0, 0, 0, 0};
  proof.insert(proof.end(), ours.begin(), ours.end());
  Raw hello = {'L', 'A', 'T', 'H', 'C', 'O', 'N', '1'};
  hello.insert(hello.end(), nonce.begin(), nonce.end());
  const Raw sealed = box(proof, nonce, key);
  hello.insert(hello.end(), sealed.begin(), sealed.end());

  auto welcomed = welcome(bytes_of(hello), cluster_key);
  ASSERT_TRUE(welcomed && welcomed->seals);
  const auto* answer = reinterpret_cast<const unsigned char*>(welcomed->answer.data());
  Raw answered(40);
  ASSERT_EQ(welcomed->answer.size(), 24U + 56U);
  ASSERT_EQ(crypto_secretbox_open_easy(answered.data(), answer + 24, 56, answer, key), 0);
  EXPECT_EQ(Raw(answered.begin(), answered.begin() + 8), (Raw{2, 0, 2, 0, 0, 0, 0, 0}));

  Raw secrets(96);
  ASSERT_EQ(crypto_scalarmult(secrets.data(), secret.data(), answered.data() + 8), 0);
  std::copy(ours.begin(), ours.end(), secrets.begin() + 32);
  std::copy(answered.begin() + 8, answered.end(), secrets.begin() + 64);
  Raw keys(64);
  crypto_generichash(keys.data(), keys.size(), secrets.data(), secrets.size(), key, 32);
  for (const unsigned char number : Raw{0, 1}) {
    const auto heard = welcomed->seals->receive.unseal(bytes_of(box({3}, numbered(number), keys.data())));
    ASSERT_TRUE(heard);
    EXPECT_EQ(hex(*heard), "03");
    std::vector<std::byte> told;
    const std::byte word{0x5a};
    welcomed->seals->send.seal({&word, 1}, told);
    const Raw expected = box({0x5a}, numbered(number), keys.data() + 32);
    EXPECT_EQ(hex(told), "11000000" + hex(bytes_of(expected)));
  }
}

}  // namespace
}  // namespace lath
