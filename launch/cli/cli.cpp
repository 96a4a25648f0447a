#include "launch/cli/cli.hpp"

#include <cstdio>

#include "launch/config/config.hpp"

namespace lath {

namespace {

// The cluster that was named, by a flag, the environment or the configuration file; "": none was.
std::string named_cluster(const CliContext& context) {
  if (!context.where.empty()) return context.where;
  if (!context.cluster_file.empty()) return "file:" + context.cluster_file;
  const auto settings = read_config({}, process_environment());  // where they are wrong, opening the store says so
  return settings && !settings->config.cluster_file.empty() ? "file:" + settings->config.cluster_file : "";
}

}  // namespace

CliSession::~CliSession() {
  lath_session_close(session_);
  lath_close(store_);
}

bool CliSession::open(const CliContext& context) {
  lath_options options = LATH_OPTIONS_INIT;
  if (!context.key_file.empty()) options.key_file = context.key_file.c_str();
  options.open_timeout_ns = context.timeout_ns();
  const std::string named = named_cluster(context);
  lath_status status = lath_open(named.empty() ? "file:lath.json" : named.c_str(), &options, &store_);
  if (status == LATH_E_NOT_FOUND && named.empty()) {
    std::fprintf(stderr, "lath: %s That is the default: --cluster-file FILE or LATH_CLUSTER_FILE names another (%s)\n",
                 lath_last_error(nullptr), lath_status_string(status));
    return false;
  }
  if (status == LATH_OK) status = lath_session_open(store_, nullptr, &session_);
  if (status != LATH_OK) cli_failed(status, nullptr);
  return status == LATH_OK;
}

int cli_failed(lath_status status, lath_session* session) {
  std::fflush(stdout);  // whole lines, in their order, where both go to one file; main() tells what could not be written
  std::fprintf(stderr, "lath: %s (%s)\n", lath_last_error(session), lath_status_string(status));
  return status == LATH_E_NOT_FOUND ? 3 : 1;
}

}  // namespace lath
