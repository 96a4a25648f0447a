#include "launch/contact/crypto.hpp"

#include <sodium.h>

#include <algorithm>
#include <cstring>

namespace lath {

namespace {

using Key32 = std::array<unsigned char, 32>;

constexpr std::array<char, 8> kMark = {'L', 'A', 'T', 'H', 'C', 'O', 'N', '1'};
constexpr std::size_t kNonceBytes = crypto_secretbox_NONCEBYTES;
constexpr std::size_t kProofBytes = 40;  // version (2), role (1), zeros (5), public key (32)
static_assert(kNonceBytes == 24 && crypto_secretbox_MACBYTES == kContactTagBytes && crypto_secretbox_KEYBYTES == kClusterKeyBytes);
static_assert(crypto_scalarmult_BYTES == 32 && crypto_scalarmult_SCALARBYTES == 32);

const unsigned char* raw(const std::byte* bytes) {
  return reinterpret_cast<const unsigned char*>(bytes);
}
unsigned char* raw(std::byte* bytes) {
  return reinterpret_cast<unsigned char*>(bytes);
}

// Who made a proof, so that nobody's can be sent back to it as the other side's.
enum class Role : std::uint8_t { kClient = 1, kNode = 2 };

// Writes nonce and box at `out`.
void write_proof(const ClusterKey& key, Role role, const Key32& public_key, std::byte* out) {
  std::array<unsigned char, kProofBytes> plain{};
  std::memcpy(plain.data(), &kContactVersion, sizeof kContactVersion);
  plain[sizeof kContactVersion] = static_cast<unsigned char>(role);
  std::memcpy(plain.data() + 8, public_key.data(), public_key.size());
  randombytes_buf(out, kNonceBytes);
  crypto_secretbox_easy(raw(out) + kNonceBytes, plain.data(), plain.size(), raw(out), raw(key.data()));
}

struct Proof {
  std::uint16_t version = 0;
  Role role{};  // of ours only: other versions may have something else there
  Key32 public_key{};
};

std::optional<Proof> read_proof(const ClusterKey& key, const std::byte* bytes) {
  std::array<unsigned char, kProofBytes> plain{};
  if (crypto_secretbox_open_easy(plain.data(), raw(bytes) + kNonceBytes, kProofBytes + kContactTagBytes, raw(bytes),
                                 raw(key.data())) != 0) {
    return std::nullopt;
  }
  Proof proof;
  std::memcpy(&proof.version, plain.data(), sizeof proof.version);
  proof.role = static_cast<Role>(plain[sizeof proof.version]);
  std::memcpy(proof.public_key.data(), plain.data() + 8, proof.public_key.size());
  return proof;
}

struct Handshake {
  const ClusterKey& key;
  const Key32& secret;       // ours
  const Key32& peer_public;  // theirs
  const Key32& client_public;
  const Key32& server_public;
};

// First the client's sending key, then the server's. nullopt for a public key that makes no secret.
std::optional<std::array<Key32, 2>> derive(const Handshake& handshake) {
  std::array<unsigned char, 96> input{};
  if (crypto_scalarmult(input.data(), handshake.secret.data(), handshake.peer_public.data()) != 0) return std::nullopt;
  std::copy(handshake.client_public.begin(), handshake.client_public.end(), input.begin() + 32);
  std::copy(handshake.server_public.begin(), handshake.server_public.end(), input.begin() + 64);
  std::array<unsigned char, 64> output{};
  crypto_generichash(output.data(), output.size(), input.data(), input.size(), raw(handshake.key.data()), handshake.key.size());
  std::array<Key32, 2> keys{};
  std::copy_n(output.begin(), 32, keys[0].begin());
  std::copy_n(output.begin() + 32, 32, keys[1].begin());
  sodium_memzero(input.data(), input.size());
  sodium_memzero(output.data(), output.size());
  return keys;
}

std::array<unsigned char, kNonceBytes> numbered_nonce(std::uint64_t number) {
  std::array<unsigned char, kNonceBytes> nonce{};
  std::memcpy(nonce.data(), &number, sizeof number);
  return nonce;
}

}  // namespace

Result<void> start_crypto() {
  if (sodium_init() < 0) return Error{Code::kIo, "libsodium found no source of randomness"};
  return {};
}

ClusterKey make_cluster_key() {
  ClusterKey key{};
  randombytes_buf(key.data(), key.size());
  return key;
}

std::string to_hex(const ClusterKey& key) {
  std::array<char, kClusterKeyBytes * 2 + 1> text{};
  sodium_bin2hex(text.data(), text.size(), raw(key.data()), key.size());
  return text.data();
}

std::optional<ClusterKey> key_from_hex(std::string_view text) {
  ClusterKey key{};
  std::size_t length = 0;
  const char* end = nullptr;
  if (sodium_hex2bin(raw(key.data()), key.size(), text.data(), text.size(), nullptr, &length, &end) != 0) return std::nullopt;
  if (length != key.size() || end != text.data() + text.size()) return std::nullopt;
  return key;
}

void ContactSeal::seal(Bytes plain, std::vector<std::byte>& out) {
  const auto length = static_cast<std::uint32_t>(plain.size() + kContactTagBytes);
  const std::size_t begun = out.size();
  out.resize(begun + kContactLengthBytes + length);
  std::memcpy(out.data() + begun, &length, sizeof length);
  const auto nonce = numbered_nonce(next_++);
  crypto_secretbox_easy(raw(out.data() + begun + kContactLengthBytes), raw(plain.data()), plain.size(), nonce.data(), key_.data());
}

std::optional<std::vector<std::byte>> ContactSeal::unseal(Bytes sealed) {
  if (sealed.size() < kContactTagBytes) return std::nullopt;
  std::vector<std::byte> plain(sealed.size() - kContactTagBytes);
  const auto nonce = numbered_nonce(next_);
  if (crypto_secretbox_open_easy(raw(plain.data()), raw(sealed.data()), sealed.size(), nonce.data(), key_.data()) != 0)
    return std::nullopt;
  ++next_;
  return plain;
}

ContactGreeter::ContactGreeter(const ClusterKey& key) : key_(key) {
  randombytes_buf(secret_.data(), secret_.size());
  crypto_scalarmult_base(public_.data(), secret_.data());
  std::memcpy(hello_.data(), kMark.data(), kMark.size());
  write_proof(key_, Role::kClient, public_, hello_.data() + kMark.size());
}

ContactGreeter::~ContactGreeter() {
  sodium_memzero(secret_.data(), secret_.size());
}

Result<ContactSeals> ContactGreeter::accept(Bytes answer) const {
  const Error denied{Code::kDenied, "what answered does not hold this cluster's key"};
  if (answer.size() != kContactAnswerBytes) return denied;
  const auto proof = read_proof(key_, answer.data());
  if (!proof) return denied;
  if (proof->version != kContactVersion) {
    return Error{Code::kVersion, "the node speaks version " + std::to_string(proof->version) +
                                     " of the contact protocol, this program " + std::to_string(kContactVersion) +
                                     ": use programs of one Lath version"};
  }
  if (proof->role != Role::kNode) return denied;
  const auto keys = derive({key_, secret_, proof->public_key, public_, proof->public_key});
  if (!keys) return denied;
  return ContactSeals{ContactSeal((*keys)[0]), ContactSeal((*keys)[1])};
}

bool could_be_hello(Bytes first_bytes) {
  return std::memcmp(first_bytes.data(), kMark.data(), std::min(first_bytes.size(), kMark.size())) == 0;
}

std::optional<ContactWelcome> welcome(Bytes hello, const ClusterKey& key) {
  if (hello.size() != kContactHelloBytes || !could_be_hello(hello)) return std::nullopt;
  const auto proof = read_proof(key, hello.data() + kMark.size());
  if (!proof || (proof->version == kContactVersion && proof->role != Role::kClient)) return std::nullopt;
  Key32 secret{};
  Key32 public_key{};
  randombytes_buf(secret.data(), secret.size());
  crypto_scalarmult_base(public_key.data(), secret.data());
  ContactWelcome made{};
  write_proof(key, Role::kNode, public_key, made.answer.data());
  if (proof->version != kContactVersion) return made;
  const auto keys = derive({key, secret, proof->public_key, proof->public_key, public_key});
  sodium_memzero(secret.data(), secret.size());
  if (!keys) return std::nullopt;
  made.seals = ContactSeals{ContactSeal((*keys)[1]), ContactSeal((*keys)[0])};
  return made;
}

}  // namespace lath
