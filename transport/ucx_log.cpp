#include "transport/ucx_log.hpp"

#include <dlfcn.h>
#include <execinfo.h>
#include <ucs/debug/log_def.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdarg>
#include <cstdio>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "base/process_lock.hpp"

namespace lath {

namespace {

constexpr int kFramesMax = 48;  // UCX's own calls are under twenty deep
constexpr std::size_t kLineBytesMax = 1024;

std::atomic<LogLevel> running_level{LogLevel::kDebug};
thread_local UcxLogOpening* innermost_opening = nullptr;  // of this thread

std::string_view file_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);  // npos + 1 is 0: the whole
}

enum class Module { kOurs, kUcx, kSystem, kOther };

Module module_of(void* address, const void* our_base) {
  Dl_info found = {};
  if (dladdr(address, &found) == 0 || found.dli_fname == nullptr) return Module::kOther;
  if (found.dli_fbase == our_base) return Module::kOurs;
  const std::string_view name = file_name(found.dli_fname);
  // libucp, libuct and its plug-ins, libucs, libucm.
  if (name.starts_with("libuc")) return Module::kUcx;
  if (name.starts_with("libc.so") || name.starts_with("libc-") || name.starts_with("libpthread")) return Module::kSystem;
  return Module::kOther;
}

// Who called UCX: the first on the stack beyond UCX itself. Its own threads, which nobody called, are counted as ours.
bool is_ours() {
  static const void* const our_base = [] {
    Dl_info own = {};
    return dladdr(reinterpret_cast<void*>(&ucx_log_show_at), &own) != 0 ? own.dli_fbase : nullptr;
  }();
  std::array<void*, kFramesMax> frames = {};
  const int count = backtrace(frames.data(), kFramesMax);
  bool in_ucx = false;  // the innermost frames are this handler's
  for (int i = 0; i < count; ++i) {
    const Module module = module_of(frames[static_cast<std::size_t>(i)], our_base);
    in_ucx = in_ucx || module == Module::kUcx;
    if (!in_ucx || module == Module::kUcx) continue;
    if (module == Module::kSystem) continue;  // a signal's return, a sort's comparison, or the start of a thread
    return module == Module::kOurs;
  }
  return true;
}

std::mutex passed_on_mutex;
// Never destroyed: UCX may write while the process ends.
std::set<std::string, std::less<>>& passed_on() {
  static auto* const variables = new std::set<std::string, std::less<>>;
  return *variables;
}

// "unused env variables: A,B (set ...)" without those that are passed on; "" where none is left.
std::string without_passed_on(std::string_view line) {
  const std::size_t begin = line.find(": ") + 2;
  const std::size_t end = line.find(" (set ");
  if (!line.starts_with("unused env variable") || end == std::string_view::npos || end < begin) return std::string(line);
  std::string left;
  const std::lock_guard lock(passed_on_mutex);
  for (std::size_t at = begin; at < end;) {
    const std::string_view name = line.substr(at, std::min(line.find(',', at), end) - at);
    at += name.size() + 1;
    if (!passed_on().contains(name)) left += (left.empty() ? "" : ",") + std::string(name);
  }
  return left.empty() ? left : std::string(line.substr(0, begin)) + left + std::string(line.substr(end));
}

LogLevel level_of(ucs_log_level_t level) {
  if (level > UCS_LOG_LEVEL_WARN) return level <= UCS_LOG_LEVEL_INFO ? LogLevel::kInfo : LogLevel::kDebug;
  if (innermost_opening != nullptr && level == UCS_LOG_LEVEL_WARN) return LogLevel::kWarn;
  return running_level.load(std::memory_order_relaxed);
}

ucs_log_func_rc_t take_line(const char* file, unsigned line, const char* /*function*/, ucs_log_level_t level,
                            const ucs_log_component_config_t* /*component*/, const char* format, va_list arguments) {
  // Whatever ends the process belongs on standard error, whoever the caller was.
  if (level == UCS_LOG_LEVEL_FATAL || level >= UCS_LOG_LEVEL_PRINT || !is_ours()) return UCS_LOG_FUNC_RC_CONTINUE;
  std::array<char, kLineBytesMax> text = {};
  va_list copy;
  va_copy(copy, arguments);
  std::vsnprintf(text.data(), text.size(), format, copy);  // a longer line is cut
  va_end(copy);
  if (innermost_opening != nullptr && level == UCS_LOG_LEVEL_ERROR) innermost_opening->hear(text.data());
  const std::string shown = without_passed_on(text.data());
  if (shown.empty()) return UCS_LOG_FUNC_RC_STOP;
  log_line(level_of(level), "UCX: " + shown + " (" + std::string(file_name(file)) + ":" + std::to_string(line) + ")");
  return UCS_LOG_FUNC_RC_STOP;
}

unsigned captures = 0;  // OfProcess::kUcx holds it: a store may be opened by one thread while another closes its own

}  // namespace

void ucx_log_passed_on(const std::string& variable) {
  const std::lock_guard lock(passed_on_mutex);
  passed_on().insert(variable);
}

void ucx_log_show_at(LogLevel level) {
  running_level.store(level, std::memory_order_relaxed);
}

UcxLogCapture::UcxLogCapture() {
  const ProcessLock alone(OfProcess::kUcx);
  if (captures++ == 0) ucs_log_push_handler(&take_line);
}

UcxLogCapture::~UcxLogCapture() {
  const ProcessLock alone(OfProcess::kUcx);
  if (--captures == 0) ucs_log_pop_handler();
}

UcxLogOpening::UcxLogOpening() : outer_(std::exchange(innermost_opening, this)) {}

UcxLogOpening::~UcxLogOpening() {
  innermost_opening = outer_;
}

void UcxLogOpening::hear(std::string_view error) {
  if (first_error_.empty()) first_error_ = error;
}

std::string UcxLogOpening::reason(std::string_view status) const {
  return std::string(status) + (first_error_.empty() ? "" : "; UCX says: " + first_error_);
}

}  // namespace lath
