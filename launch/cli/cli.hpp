// The pieces of the `lath` command: each file adds its subcommands to the application and says what they do when they are chosen.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "lath/lath.h"

namespace CLI {
class App;
}

namespace lath {

inline constexpr std::size_t kStatsBytesMax = 64 * 1024;  // of one place's list of counters, as lath_stats gives it

// What all subcommands share: where the cluster is, how long to wait, how to print.
struct CliContext {
  std::string cluster_file;  // "" is the setting, else lath.json
  std::string where;         // "" is file:<cluster file>
  std::string key_file;
  double timeout_seconds = 10;
  bool json = false;
  int exit_status = 0;

  std::uint64_t timeout_ns() const { return static_cast<std::uint64_t>(timeout_seconds * 1e9); }
};

// An open store with one session, closed at the end. ok() is false after open() has told standard error why.
class CliSession {
 public:
  CliSession() = default;
  CliSession(const CliSession&) = delete;
  CliSession& operator=(const CliSession&) = delete;
  ~CliSession();

  bool open(const CliContext& context);
  lath_session* session() { return session_; }
  lath_store* store() { return store_; }

 private:
  lath_store* store_ = nullptr;
  lath_session* session_ = nullptr;
};

// Prints what went wrong, and gives the exit status: 1 where the store answered with an error, 3 for not found.
int cli_failed(lath_status status, lath_session* session);

void add_value_commands(CLI::App& app, CliContext& context);       // put get erase wait
void add_number_commands(CLI::App& app, CliContext& context);      // counter grow-counter max min hll
void add_collection_commands(CLI::App& app, CliContext& context);  // set gset map mv
void add_cluster_commands(CLI::App& app, CliContext& context);     // nodes ring stats
void add_bench_command(CLI::App& app, CliContext& context);
void add_doctor_command(CLI::App& app, CliContext& context);

}  // namespace lath
