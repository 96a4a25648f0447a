// Logs, one line an event, with node and shard in each. Off the hot path only. spdlog stays behind this header.
#pragma once

#include <string>
#include <string_view>

#include "lath/result.hpp"

namespace lath {

enum class LogLevel { kDebug, kInfo, kWarn, kError, kOff };

// Where the lines of one thread come from ("node 3 shard 1"). Set once by each thread that we start.
void log_name_thread(std::string_view name);

// While it lives, the lines of this thread, which is an application's, come from `name`, which outlives it.
class LogScope {
 public:
  explicit LogScope(std::string_view name);
  ~LogScope();
  LogScope(const LogScope&) = delete;
  LogScope& operator=(const LogScope&) = delete;

 private:
  std::string_view before_;
};

// level and file ("" is standard error) for the whole process; a library embedded in an application starts at kWarn.
Result<void> log_configure(LogLevel level, const std::string& file);
Result<LogLevel> log_level_from(std::string_view text);  // debug, info, warn, error, off

void log_line(LogLevel level, std::string_view text);
inline void log_debug(std::string_view text) {
  log_line(LogLevel::kDebug, text);
}
inline void log_info(std::string_view text) {
  log_line(LogLevel::kInfo, text);
}
inline void log_warn(std::string_view text) {
  log_line(LogLevel::kWarn, text);
}
inline void log_error(std::string_view text) {
  log_line(LogLevel::kError, text);
}

}  // namespace lath
