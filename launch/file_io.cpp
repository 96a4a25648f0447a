#include "launch/file_io.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "base/descriptor.hpp"
#include "base/random.hpp"

namespace lath {

namespace {

const char* file_remedy(int number) {
  switch (number) {
    case ENOSPC:
    case EDQUOT: return ": make room there, or name another place";
    case ENOENT:
    case ENOTDIR: return ": see that the path is right";
    case EACCES:
    case EPERM:
    case EROFS: return ": name a place where this user may do that";
    case EISDIR: return ": name a file";
    case EMFILE:
    case ENFILE: return ": let more files be open at once (ulimit -n)";
    default: return ": see that what it lies on is well (df, dmesg), or name another place";
  }
}

Error failed(const std::string& what, const std::string& path) {
  const int number = errno;
  return {number == ENOENT ? Code::kNotFound : Code::kIo,
          "cannot " + what + " '" + path + "': " + std::strerror(number) + file_remedy(number)};
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

// In one call: where a part alone was taken, the disk or the file's size has reached its limit, and at the latter a second call would end
// the process by SIGXFSZ.
Result<void> write_whole(int descriptor, const std::string& text, const std::string& path) {
  ssize_t written = -1;
  do {
    written = ::write(descriptor, text.data(), text.size());
  } while (written < 0 && errno == EINTR);
  if (written < 0) return failed("write", path);
  if (static_cast<std::size_t>(written) != text.size())
    return Error{Code::kIo, "cannot write '" + path + "': only " + std::to_string(written) + " of " + std::to_string(text.size()) +
                                " bytes could be written: make room there, let files be larger (ulimit -f), or name another place"};
  if (fsync(descriptor) != 0) return failed("sync", path);
  return {};
}

// By a second name, which is refused where there is a file; by a rename that is, where the file system has no second names. Over NFS a link
// whose answer was lost is asked for again, and refused for the sake of the first: then the file has two names.
Result<bool> give_name(int file, const std::string& beside, const std::string& path) {
  if (link(beside.c_str(), path.c_str()) == 0) return true;
  struct stat status {};
  if (errno == EEXIST) return fstat(file, &status) == 0 && status.st_nlink == 2;
  if (renameat2(AT_FDCWD, beside.c_str(), AT_FDCWD, path.c_str(), RENAME_NOREPLACE) == 0) return true;
  if (errno == EEXIST) return false;
  return failed("name", path);
}

}  // namespace

Result<std::string> read_file(const std::string& path, std::size_t bytes_max) {
  // A pipe would be waited for until somebody writes to it, and a terminal until somebody types.
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file) return failed("open", path);
  struct stat status {};
  if (fstat(file.number(), &status) != 0) return failed("look at", path);
  if (S_ISFIFO(status.st_mode)) return Error{Code::kInvalid, "'" + path + "' is a pipe: name a regular file"};
  return read_descriptor(file.number(), path, bytes_max);
}

Result<std::string> read_stream(const std::string& path, std::size_t bytes_max) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return failed("open", path);
  return read_descriptor(file.number(), path, bytes_max);
}

Result<std::string> read_descriptor(int descriptor, const std::string& name, std::size_t bytes_max) {
  std::string text;
  for (;;) {
    const std::size_t have = text.size();
    text.resize(have + 4096);
    const ssize_t got = read(descriptor, text.data() + have, 4096);
    text.resize(have + static_cast<std::size_t>(got > 0 ? got : 0));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed("read", name);
    if (got == 0) return text;
    if (text.size() > bytes_max)
      return Error{Code::kTooLarge,
                   "'" + name + "' is over " + std::to_string(bytes_max) + " bytes, the most that is taken from there"};
  }
}

Result<bool> create_file(const std::string& path, const std::string& text, FileFor whom) {
  // Of its own: hosts that share the folder have processes of one number.
  const std::string beside = path + ".new." + std::to_string(entropy());
  const mode_t mode = whom == FileFor::kOwner ? 0600 : 0644;
  const Descriptor file(open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode));
  if (!file) return failed("make", path);
  Result<void> written;
  // A umask may have taken the owner's own rights away.
  if (whom == FileFor::kOwner && fchmod(file.number(), mode) != 0) written = failed("set the mode of", path);
  if (written) written = write_whole(file.number(), text, path);
  auto named = written ? give_name(file.number(), beside, path) : Result<bool>(written.error());
  unlink(beside.c_str());
  if (!named || !*named) return named;
  const Descriptor folder(open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder) fsync(folder.number());  // the name survives a crash of the host where the file system can do that
  return true;
}

Result<void> remove_file(const std::string& path) {
  if (unlink(path.c_str()) == 0 || errno == ENOENT) return {};
  return Error{Code::kIo, "cannot remove '" + path + "': " + std::strerror(errno) + ": remove it by hand"};
}

std::string link_target(const std::string& path) {
  std::error_code none;
  return std::filesystem::read_symlink(path, none).string();
}

}  // namespace lath
