#include "launch/cli/cli.hpp"

#include <cstdio>
#include <cstdlib>

namespace lath {

namespace {

std::string where_of(const CliContext& context) {
  if (!context.where.empty()) return context.where;
  if (!context.cluster_file.empty()) return "file:" + context.cluster_file;
  const char* from_environment = std::getenv("LATH_CLUSTER_FILE");
  return std::string("file:") + (from_environment != nullptr && *from_environment != '\0' ? from_environment : "lath.json");
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
  const std::string where = where_of(context);
  lath_status status = lath_open(where.c_str(), &options, &store_);
  if (status == LATH_OK) status = lath_session_open(store_, nullptr, &session_);
  if (status != LATH_OK) cli_failed(status, nullptr);
  return status == LATH_OK;
}

int cli_failed(lath_status status, lath_session* session) {
  std::fprintf(stderr, "lath: %s (%s)\n", lath_last_error(session), lath_status_string(status));
  return status == LATH_E_NOT_FOUND ? 3 : 1;
}

}  // namespace lath
