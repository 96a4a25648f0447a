// How a contact connection is authenticated and protected, by libsodium. Both sides hold the cluster's 32-byte key.
//
// The client speaks first: mark, nonce, and a secretbox under the cluster's key of its version, its role and a fresh X25519 key. Whoever
// neither holds the key nor has a recording of one who does gets no byte back. A recorded greeting is answered when it is sent again, but
// proves nothing: its sender lacks the secret of the key in it. So a client has proved that it holds the cluster's key once a frame of it
// has opened, and not before. The server answers in the other role, so that neither's bytes can be sent back as the other's. From the
// shared secret, both fresh keys and the cluster's key come two keys, one a direction; a recording cannot be read later, even by one who
// steals the key.
// Every frame after that is a secretbox with its number as nonce: none can be changed, dropped, repeated or put in another order.
// No I/O here.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/message.hpp"
#include "lath/result.hpp"

namespace lath {

inline constexpr std::size_t kClusterKeyBytes = 32;
using ClusterKey = std::array<std::byte, kClusterKeyBytes>;

inline constexpr std::uint16_t kContactVersion = 2;
inline constexpr std::size_t kContactHelloBytes = 8 + 24 + 16 + 40;  // mark, nonce, tag, (version, role, zeros, public key)
inline constexpr std::size_t kContactAnswerBytes = 24 + 16 + 40;     // nonce, tag, (version, role, zeros, public key)
inline constexpr std::size_t kContactTagBytes = 16;                  // what sealing adds to a frame
inline constexpr std::size_t kContactLengthBytes = 4;                // in front of each sealed frame

Result<void> start_crypto();  // once a process, before anything here; again does no harm
ClusterKey make_cluster_key();
std::string to_hex(const ClusterKey& key);
std::optional<ClusterKey> key_from_hex(std::string_view text);

// One direction of a connection.
class ContactSeal {
 public:
  ContactSeal() = default;
  explicit ContactSeal(const std::array<unsigned char, 32>& key) : key_(key) {}
  void seal(Bytes plain, std::vector<std::byte>& out);         // appends length, tag and ciphertext
  std::optional<std::vector<std::byte>> unseal(Bytes sealed);  // a frame without its length; nullopt: not from our peer

 private:
  std::array<unsigned char, 32> key_{};
  std::uint64_t next_ = 0;
};

struct ContactSeals {
  ContactSeal send;
  ContactSeal receive;
};

// The client's side of the greeting.
class ContactGreeter {
 public:
  explicit ContactGreeter(const ClusterKey& key);
  ~ContactGreeter();  // its secret is wiped: with it and a recording, a thief of the key could read the connection
  ContactGreeter(const ContactGreeter&) = delete;
  ContactGreeter& operator=(const ContactGreeter&) = delete;
  Bytes hello() const { return hello_; }
  Result<ContactSeals> accept(Bytes answer) const;

 private:
  ClusterKey key_;
  std::array<unsigned char, 32> secret_{};
  std::array<unsigned char, 32> public_{};
  std::array<std::byte, kContactHelloBytes> hello_{};
};

// The server's: nullopt for whatever was not made with the key, or was not made by a client.
struct ContactWelcome {
  std::array<std::byte, kContactAnswerBytes> answer;
  std::optional<ContactSeals> seals;  // nullopt: the client speaks another version; the answer tells it
};
bool could_be_hello(Bytes first_bytes);  // false: not even the mark
std::optional<ContactWelcome> welcome(Bytes hello, const ClusterKey& key);

}  // namespace lath
