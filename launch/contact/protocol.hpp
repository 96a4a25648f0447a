// What goes over a contact connection once it is sealed. The client begins with a kNews, by which the node knows that it holds the key.
// The node sends one kCluster, then its whole view in parts (each a kView frame of the control protocol), and the same again with each new
// view. The client may ask for news again; it says nothing else, and its end of the connection is how the node knows that it is gone.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/message.hpp"
#include "lath/ids.hpp"
#include "lath/limits.hpp"
#include "lath/result.hpp"
#include "topology/membership.hpp"
#include "wire/reader.hpp"

namespace lath {

enum class ContactKind : std::uint8_t {
  kCluster = 1,   // from the node
  kViewPart = 2,  // from the node
  kNews = 3,      // from the client: send your view
  kFull = 4,      // from the node, instead of the first: it has as many clients as it may
};

struct ContactCluster {
  std::uint64_t cookie = 0;
  NodeId node;                         // that answers
  std::vector<std::string> placement;  // its texts: the same everywhere
};

using ContactMessages = std::vector<std::vector<std::byte>>;  // plain, in order

// What a client is told of a cluster.
ContactMessages contact_messages(const ContactCluster& cluster, const View& view, std::uint64_t incarnation);
Result<ContactCluster> read_contact_cluster(Bytes message);  // without its kind

Error contact_full();  // what kFull means to whoever is told so

// A placement's texts, also as rank 0 tells them to the others at the bootstrap.
void write_texts(const std::vector<std::string>& texts, std::vector<std::byte>& out);
bool read_texts(Reader& reader, std::vector<std::string>& out, std::size_t size_max = kPlacementTextBytesMax);

}  // namespace lath
