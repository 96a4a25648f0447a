#include "transport/process_mark.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <string>

namespace lath {

namespace {

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

std::string text_of(const std::string& path) {
  const File file(std::fopen(path.c_str(), "re"), &std::fclose);
  if (file == nullptr) return {};
  char text[1024];
  return std::string(text, std::fread(text, 1, sizeof text, file.get()));
}

struct Status {
  char state = 'X';
  std::uint64_t started = 0;
};

// proc(5): the state is the third word, the start the 22nd. The second is the command in parentheses, of any characters.
std::optional<Status> status_of(const std::string& process) {
  const std::string text = text_of("/proc/" + process + "/stat");
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  Status status;
  unsigned long long started = 0;
  const int read =
      std::sscanf(text.c_str() + name_end + 1, " %c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %llu",
                  &status.state, &started);
  if (read != 2) return std::nullopt;
  status.started = started;
  return status;
}

std::string boot_id() {
  return text_of("/proc/sys/kernel/random/boot_id");
}

// FNV-1a.
std::uint64_t hash_of(const std::string& text) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char character : text) hash = (hash ^ static_cast<unsigned char>(character)) * 0x100000001b3ULL;
  return hash;
}

// 0 is for what is unknown.
std::uint64_t machine_here() {
  struct stat numbers = {};
  const std::string boot = boot_id();
  if (boot.empty() || stat("/proc/self/ns/pid", &numbers) != 0) return 0;
  return hash_of(boot + std::to_string(numbers.st_ino));
}

}  // namespace

std::uint64_t memory_domain_here() {
  std::string text = boot_id();
  for (const char* what : {"/proc/self/ns/ipc", "/dev/shm"}) {
    struct stat numbers = {};
    if (stat(what, &numbers) != 0) continue;  // the other side will not see it either
    text += " " + std::to_string(numbers.st_dev) + ":" + std::to_string(numbers.st_ino);
  }
  return hash_of(text) | 1;
}

ProcessMark ProcessMark::own() {
  const auto status = status_of("self");
  if (!status) return {};
  return {.machine = machine_here(), .started = status->started, .number = static_cast<std::uint64_t>(getpid())};
}

bool has_ended(const ProcessMark& process, const ProcessMark& own) {
  if (process.machine == 0 || process.machine != own.machine || process == own) return false;
  const auto status = status_of(std::to_string(process.number));
  if (!status) return access("/proc/self/stat", R_OK) == 0;  // else it is not the process that cannot be seen
  return status->started != process.started || status->state == 'Z' || status->state == 'X';
}

}  // namespace lath
