#include "traced_child.hpp"

#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <map>

namespace lath::warm {

namespace {

// A call that nothing else makes, with an argument that says which mark it is: an unused command of a harmless call.
constexpr long kMarkCall = SYS_getpriority;
constexpr long kMarkBegin = 0x6c617468;
constexpr long kMarkEnd = 0x6c617469;

// One stop later. False: the child is no more, or stopped for another reason that ended it.
bool next_stop(pid_t child, int& status) {
  return ptrace(PTRACE_SYSCALL, child, nullptr, nullptr) == 0 && waitpid(child, &status, 0) == child;
}

}  // namespace

void mark_begin() {
  syscall(kMarkCall, kMarkBegin, 0);
}
void mark_end() {
  syscall(kMarkCall, kMarkEnd, 0);
}

std::string Traced::text() const {
  std::map<long, std::size_t> counts;
  for (const long call : calls) ++counts[call];
  std::string text;
  for (const auto& [call, count] : counts) {
    text += (text.empty() ? "" : ", ") + std::to_string(call) + " x " + std::to_string(count);
  }
  return text;
}

Traced trace_child(const std::function<int()>& body) {
  Traced traced;
  const pid_t child = fork();
  if (child < 0) return traced;
  if (child == 0) {
    if (ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) _exit(100);
    raise(SIGSTOP);
    _exit(body());
  }
  int status = 0;
  if (waitpid(child, &status, 0) != child || !WIFSTOPPED(status)) return traced;
  ptrace(PTRACE_SETOPTIONS, child, nullptr, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
  bool counts = false;
  bool enters = true;
  while (next_stop(child, status)) {
    if (WIFEXITED(status) || WIFSIGNALED(status)) {
      traced.ended_well = WIFEXITED(status) && WEXITSTATUS(status) == 0;
      break;
    }
    if (WSTOPSIG(status) != (SIGTRAP | 0x80)) continue;  // a signal, which is not passed on
    if (enters) {
      user_regs_struct registers{};
      ptrace(PTRACE_GETREGS, child, nullptr, &registers);
      const auto call = static_cast<long>(registers.orig_rax);
      const auto argument = static_cast<long>(registers.rdi);
      if (call == kMarkCall && argument == kMarkEnd) counts = false;
      if (counts) traced.calls.push_back(call);
      if (call == kMarkCall && argument == kMarkBegin) counts = true;
    }
    enters = !enters;
  }
  return traced;
}

}  // namespace lath::warm
