// The command line: reads and changes keys of a running cluster, shows its nodes, measures it, and examines this machine.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <sstream>

#include "launch/cli/cli.hpp"
#include "launch/cli/operands.hpp"
#include "launch/standard_streams.hpp"

namespace {

// Says what was wrong by its name: CLI11 alone would only say that a command is missing.
int refuse(const CLI::App& app, const CLI::ParseError& error) {
  if (error.get_exit_code() == 0) {  // --help and --version
    std::ostringstream told;
    const int exit_status = app.exit(error, told);
    std::fputs(told.str().c_str(), stdout);  // CLI11 itself would flush, and lose the reason where that fails
    return exit_status;
  }
  const auto unknown = app.remaining(true);
  if (unknown.empty())
    std::fprintf(stderr, "lath: %s; see lath --help\n", error.what());
  else
    std::fprintf(stderr, "lath: unknown command or argument '%s'; see lath --help\n", unknown.front().c_str());
  return error.get_exit_code();
}

constexpr double kTimeoutSecondsMin = 1e-6;
constexpr double kTimeoutSecondsMax = 1e9;  // over 30 years; in nanoseconds it fits 64 bits

// What a command printed and nobody got is a failure, whatever the store has answered.
int finish(int exit_status) {
  return lath::finish_standard_output("lath") || exit_status != 0 ? exit_status : 1;
}

}  // namespace

int main(int argc, char** argv) {
  lath::hold_standard_streams();
  lath::outlive_file_size_limit();
  lath::CliContext context;
  CLI::App app{"lath: reads and changes a Lath cluster", "lath"};
  app.set_help_flag("--help", "print this");  // long alone: -h may be the beginning of a value
  app.set_version_flag("--version", lath_version());
  const auto not_empty = [](const std::string& text) { return text.empty() ? "it is empty" : ""; };
  CLI::Option* file = app.add_option("--cluster-file", context.cluster_file,
                                     "the file that the nodes wrote (default: $LATH_CLUSTER_FILE, else cluster-file in the file "
                                     "that $LATH_CONFIG names, else lath.json)");
  file->check(not_empty);
  app.add_option("--store", context.where, "instead of a cluster file: embedded: or tcp://HOST:PORT")
      ->check(not_empty)
      ->excludes(file);
  app.add_option("--key-file", context.key_file,
                 "the cluster's key (default: $LATH_KEY_FILE, else key-file in the file that $LATH_CONFIG names, else the cluster "
                 "file's name with .key)")
      ->check(not_empty);
  app.add_option("--timeout", context.timeout_seconds, "seconds to wait for an answer")
      ->capture_default_str()
      ->check(CLI::Range(kTimeoutSecondsMin, kTimeoutSecondsMax))
      ->check(lath::no_nan);
  app.add_flag("--json", context.json, "print JSON");
  app.require_subcommand(1);
  app.fallthrough();
  lath::add_value_commands(app, context);
  lath::add_number_commands(app, context);
  lath::add_collection_commands(app, context);
  lath::add_cluster_commands(app, context);
  lath::add_bench_command(app, context);
  lath::add_doctor_command(app, context);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return finish(refuse(app, error));
  }
  return finish(context.exit_status);
}
