#include "launch/contact/key_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "launch/descriptor.hpp"
#include "launch/file_io.hpp"

namespace lath {

namespace {

constexpr const char* kNameAnother = ": name one that this user can read by the option key_file (lath --key-file, LATH_KEY_FILE)";

Error refused(const std::string& path, const std::string& why) {
  return {Code::kDenied, "the key file '" + path + "' " + why};
}

// Why it could not be written; "": it was.
std::string write_key(int descriptor, const std::string& text) {
  // Because a umask may have taken the owner's own rights away.
  if (fchmod(descriptor, 0600) != 0) return std::strerror(errno);
  const ssize_t written = write(descriptor, text.data(), text.size());
  if (written < 0) return std::strerror(errno);
  // The kernel gives no reason for a part; that the disk, or the file's size, has reached its limit is the usual one.
  if (static_cast<std::size_t>(written) != text.size())
    return "only " + std::to_string(written) + " of " + std::to_string(text.size()) + " bytes could be written (is the disk full?)";
  return fsync(descriptor) == 0 ? "" : std::strerror(errno);
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
  const Descriptor file(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file) {
    return Error{Code::kIo,
                 "cannot make the key file '" + path + "': " + std::strerror(errno) +
                     ": name a place where files can be made with --key-file, or with --cluster-file, beside which it lies"};
  }
  const KeyFile made{make_cluster_key(), true};
  const std::string text = to_hex(made.key) + "\n";
  if (const std::string why = write_key(file.number(), text); !why.empty()) {
    unlink(path.c_str());
    return Error{Code::kIo,
                 "cannot write the key file '" + path + "': " + why + ": make room there, or name another place with --key-file"};
  }
  return made;
}

Result<void> remove_key_file(const std::string& path, const ClusterKey& key) {
  const auto present = read_key_file(path);
  if (!present && present.error().code == Code::kNotFound) return {};
  if (!present) return present.error();
  return *present == key ? remove_file(path) : Result<void>();
}

}  // namespace lath
