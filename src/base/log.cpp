#include "base/log.hpp"

#include <fcntl.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "base/process_lock.hpp"

namespace lath {

namespace {

// Names for this thread's lines, not state that anything reads back.
thread_local std::string thread_name = "app";
thread_local std::string_view scope_name;  // empty: the thread's

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug: return spdlog::level::debug;
    case LogLevel::kInfo: return spdlog::level::info;
    case LogLevel::kWarn: return spdlog::level::warn;
    case LogLevel::kError: return spdlog::level::err;
    case LogLevel::kOff: break;
  }
  return spdlog::level::off;
}

// spdlog keeps its loggers in a registry of its own; ours is found there by name and never becomes the application's default.
std::shared_ptr<spdlog::logger> logger() {
  const ProcessLock lock(OfProcess::kLoggers);
  static const std::shared_ptr<spdlog::logger> fallback = [] {
    auto made = std::make_shared<spdlog::logger>("lath-stderr", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
    made->set_level(spdlog::level::warn);
    made->set_pattern("%Y-%m-%dT%H:%M:%S.%e %l %v");
    return made;
  }();
  const auto configured = spdlog::get("lath");
  return configured ? configured : fallback;
}

// Opening it would wait for a reader.
bool is_pipe_without_reader(const std::string& file) {
  std::error_code ignored;  // what cannot be looked at is no pipe
  if (!std::filesystem::is_fifo(file, ignored)) return false;
  const int tried = open(file.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
  if (tried < 0) return errno == ENXIO;
  close(tried);
  return false;
}

}  // namespace

void log_name_thread(std::string_view name) {
  thread_name = name;
}

LogScope::LogScope(std::string_view name) : before_(std::exchange(scope_name, name)) {}

LogScope::~LogScope() {
  scope_name = before_;
}

Result<void> log_configure(LogLevel level, const std::string& file) {
  const std::filesystem::path folder = std::filesystem::path(file).parent_path();
  std::error_code ignored;  // what cannot be looked at is no folder to write in
  // spdlog would make the folders of a path that was mistyped.
  if (!folder.empty() && !std::filesystem::is_directory(folder, ignored))
    return Error{Code::kIo, "cannot open the log file '" + file + "': there is no folder '" + folder.string() + "': make it first"};
  if (is_pipe_without_reader(file))
    return Error{Code::kIo, "cannot open the log file '" + file + "': it is a pipe that nobody reads: name a regular file"};
  try {
    spdlog::sink_ptr sink;
    if (file.empty())
      sink = std::make_shared<spdlog::sinks::stderr_color_sink_mt>();
    else
      sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(file);
    auto made = std::make_shared<spdlog::logger>("lath", std::move(sink));
    made->set_level(spdlog_level(level));
    made->set_pattern("%Y-%m-%dT%H:%M:%S.%e %l %v");
    made->flush_on(spdlog::level::info);
    // spdlog's own report names neither the program nor a way out, and is repeated.
    made->set_error_handler([told = std::make_shared<std::once_flag>()](const std::string& what) {
      std::call_once(*told, [&] {
        std::fprintf(stderr, "lath: lines of the log are lost: %s: make room there, or name another place with --log-file\n",
                     what.c_str());
      });
    });
    const ProcessLock lock(OfProcess::kLoggers);
    spdlog::drop("lath");
    spdlog::register_logger(made);
  } catch (const spdlog::spdlog_ex& failure) {
    return Error{Code::kIo, "cannot open the log file '" + file + "': " + failure.what() + ": name a file that may be written"};
  }
  return {};
}

Result<LogLevel> log_level_from(std::string_view text) {
  if (text == "debug") return LogLevel::kDebug;
  if (text == "info") return LogLevel::kInfo;
  if (text == "warn") return LogLevel::kWarn;
  if (text == "error") return LogLevel::kError;
  if (text == "off") return LogLevel::kOff;
  return Error{Code::kInvalid, "unknown log level '" + std::string(text) + "': use debug, info, warn, error or off"};
}

void log_line(LogLevel level, std::string_view text) {
  logger()->log(spdlog_level(level), "{}: {}", scope_name.empty() ? thread_name : scope_name, text);
}

}  // namespace lath
