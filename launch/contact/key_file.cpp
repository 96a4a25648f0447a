#include "launch/contact/key_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "base/descriptor.hpp"
#include "launch/file_io.hpp"

namespace lath {

namespace {

constexpr const char* kNameAnother = ": name one that this user can read by the option key_file (lath --key-file, LATH_KEY_FILE)";

Error refused(const std::string& path, const std::string& why) {
  return {Code::kDenied, "the key file '" + path + "' " + why};
}

}  // namespace

std::string key_file_of(const std::string& cluster_file) {
  return cluster_file + ".key";
}

Result<ClusterKey> read_key_file(const std::string& path) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file) {
    if (errno == ENOENT)
      return Error{Code::kNotFound,
                   "there is no key file '" + path + "': copy the cluster's there, or name it with the option key_file"};
    if (errno == EACCES) return refused(path, "may not be read by this user: run as the user who started the cluster");
    return Error{Code::kIo, "cannot open the key file '" + path + "': " + std::strerror(errno) + kNameAnother};
  }
  struct stat status {};
  if (fstat(file.number(), &status) != 0)
    return Error{Code::kIo, "cannot look at the key file '" + path + "': " + std::strerror(errno) + kNameAnother};
  if (!S_ISREG(status.st_mode))
    return refused(path, "is not a regular file: name the one that lathd made, which lies beside the cluster file");
  if (status.st_uid != geteuid() && status.st_uid != 0)
    return refused(path, "belongs to user " + std::to_string(status.st_uid) + ", not to this one (" + std::to_string(geteuid()) +
                             "): copy it to a file of this user's, mode 0600, or run as that user");
  if ((status.st_mode & 077) != 0)
    return refused(path, "may be read or written by others: chmod 600 it, and make a new key if they did");
  std::array<char, 2 * kClusterKeyBytes + 2> text{};
  const ssize_t got = read(file.number(), text.data(), text.size());
  if (got < 0) return Error{Code::kIo, "cannot read the key file '" + path + "': " + std::strerror(errno) + kNameAnother};
  std::string_view digits(text.data(), static_cast<std::size_t>(got));
  while (digits.ends_with('\n') || digits.ends_with('\r')) digits.remove_suffix(1);
  const auto key = key_from_hex(digits);
  if (!key) return refused(path, "does not hold a key: expected 64 hexadecimal digits; copy the cluster's there again");
  return *key;
}

Result<KeyFile> read_or_make_key_file(const std::string& path) {
  auto present = read_key_file(path);
  if (present) return KeyFile{*present, false};
  if (present.error().code != Code::kNotFound) return present.error();
  const KeyFile made{make_cluster_key(), true};
  const auto created = create_file(path, to_hex(made.key) + "\n", FileFor::kOwner);
  if (!created)
    return Error{Code::kIo,
                 "the key file: " + created.error().text + " (by --key-file, or by --cluster-file, beside which it lies)"};
  if (*created) return made;
  present = read_key_file(path);  // another was quicker: its key is the cluster's
  if (!present && present.error().code == Code::kNotFound)
    return Error{Code::kIo, "the key file '" + path + "' is a link to what is not there: remove it, or name another by --key-file"};
  if (!present) return present.error();
  return KeyFile{*present, false};
}

Result<void> remove_key_file(const std::string& path, const ClusterKey& key) {
  const auto present = read_key_file(path);
  if (!present && present.error().code == Code::kNotFound) return {};
  if (!present) return present.error();
  return *present == key ? remove_file(path) : Result<void>();
}

}  // namespace lath
