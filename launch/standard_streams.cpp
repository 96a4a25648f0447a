#include "launch/standard_streams.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <initializer_list>

namespace lath {

void hold_standard_streams() {
  for (const int number : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(number, F_GETFD) != -1 || errno != EBADF) continue;
    // The lowest number that is free is this one, as those below it are taken. The wrong way round: whoever uses it gets EBADF.
    static_cast<void>(open("/dev/null", number == STDIN_FILENO ? O_WRONLY : O_RDONLY));
  }
}

void outlive_file_size_limit() {
  std::signal(SIGXFSZ, SIG_IGN);
}

bool finish_standard_output(const char* program) {
  errno = 0;  // stays where an earlier write failed, and this one has nothing left to do: its reason is gone
  const bool flushed = std::fflush(stdout) == 0;
  if (flushed && std::ferror(stdout) == 0) return true;
  std::fprintf(stderr, "%s: cannot write to standard output%s%s: not all of it has arrived\n", program, errno != 0 ? ": " : "",
               errno != 0 ? std::strerror(errno) : "");
  return false;
}

}  // namespace lath
