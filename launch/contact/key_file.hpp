// The file of the cluster's key: 64 hexadecimal digits, readable by its owner alone. Whoever can read it can use the cluster.
#pragma once

#include <string>

#include "lath/result.hpp"
#include "launch/contact/crypto.hpp"

namespace lath {

std::string key_file_of(const std::string& cluster_file);  // where it lies by default

// kNotFound, or an error where others may read it, its owner is another, or it holds no key.
Result<ClusterKey> read_key_file(const std::string& path);

struct KeyFile {
  ClusterKey key{};
  bool made = false;  // now, by us: to be removed at the end
};
// Reads it, or makes it, exclusively and with mode 0600 whatever the umask.
Result<KeyFile> read_or_make_key_file(const std::string& path);
// If it holds that key. Where there is none, or another's, all is well.
Result<void> remove_key_file(const std::string& path, const ClusterKey& key);

}  // namespace lath
