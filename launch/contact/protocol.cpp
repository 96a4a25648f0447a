#include "launch/contact/protocol.hpp"

#include "control/view_codec.hpp"
#include "lath/limits.hpp"
#include "wire/writer.hpp"

namespace lath {

namespace {

template <class T>
void append(std::vector<std::byte>& out, T value) {
  const auto* bytes = reinterpret_cast<const std::byte*>(&value);
  out.insert(out.end(), bytes, bytes + sizeof value);
}

void append_text(std::vector<std::byte>& out, std::string_view text) {
  append(out, static_cast<std::uint16_t>(text.size()));
  const Bytes bytes = as_bytes(text);
  out.insert(out.end(), bytes.begin(), bytes.end());
}

bool read_text(Reader& reader, std::size_t size_max, std::string& out) {
  std::uint16_t size = 0;
  Bytes bytes;
  if (!reader.read(size) || size > size_max || !reader.read_bytes(size, bytes)) return false;
  out = as_text(bytes);
  return true;
}

}  // namespace

void write_texts(const std::vector<std::string>& texts, std::vector<std::byte>& out) {
  append(out, static_cast<std::uint16_t>(texts.size()));
  for (const std::string& text : texts) append_text(out, text);
}

bool read_texts(Reader& reader, std::vector<std::string>& out, std::size_t size_max) {
  std::uint16_t count = 0;
  if (!reader.read(count) || count > kPlacementTextsMax) return false;
  out.clear();
  for (std::size_t i = 0; i < count; ++i) {
    std::string text;
    if (!read_text(reader, size_max, text)) return false;
    out.push_back(std::move(text));
  }
  return true;
}

ContactMessages contact_messages(const ContactCluster& cluster, const View& view, std::uint64_t incarnation) {
  ContactMessages messages(1);
  std::vector<std::byte>& first = messages[0];
  append(first, ContactKind::kCluster);
  append(first, kWireVersion);
  append(first, cluster.cookie);
  append(first, cluster.node.value);
  write_texts(cluster.placement, first);
  for (const FrameBuffer& part : encode_view(view, ControlSender{cluster.node, incarnation, view.epoch()})) {
    std::vector<std::byte> message;
    message.reserve(part.size() + 1);
    append(message, ContactKind::kViewPart);
    const Bytes bytes = part.bytes();
    message.insert(message.end(), bytes.begin(), bytes.end());
    messages.push_back(std::move(message));
  }
  return messages;
}

// No word of `lath stats`, which comes in by the same port.
Error contact_full() {
  return {
      Code::kFull,
      "it has as many clients as it may: let the processes of a host share a store, end some, or name other nodes' contact ports"};
}

Result<ContactCluster> read_contact_cluster(Bytes message) {
  Reader reader(message);
  std::uint8_t wire_version = 0;
  ContactCluster cluster;
  if (reader.read(wire_version) && wire_version != kWireVersion) {
    return Error{Code::kVersion, "the cluster speaks version " + std::to_string(wire_version) + " of the protocol, this program " +
                                     std::to_string(kWireVersion) + ": use programs of one Lath version"};
  }
  reader.read(cluster.cookie);
  reader.read(cluster.node.value);
  if (!read_texts(reader, cluster.placement) || !reader.at_end()) return Error{Code::kInvalid, "the node's answer is malformed"};
  return cluster;
}

}  // namespace lath
