// A node as a service: started one a host by mpirun, or alone without it. MPI only brings the nodes together; it is finalized
// before the service lives.
#include <sys/prctl.h>
#include <sys/resource.h>

#include <csignal>
#include <cstdio>
#include <memory>

#include "base/log.hpp"
#include "launch/bootstrap_mpi.hpp"
#include "launch/config/config.hpp"
#include "launch/roster.hpp"
#include "launch/signal_watch.hpp"
#include "launch/standard_streams.hpp"
#include "transport/ucx_log.hpp"

namespace {

using namespace lath;

constexpr int kExitFailed = 1;
constexpr int kExitUsage = 2;
constexpr int kExitNotHandedOver = 3;  // it served, and left with keys that only it had

int fail(const Error& error, int status) {
  std::fprintf(stderr, "lathd: %s\n", error.text.c_str());
  return status;
}

int status_of(const Error& error) {
  return error.code == Code::kInvalid ? kExitUsage : kExitFailed;
}

Result<void> begin_log(const ConfigRequest& request, int rank) {
  log_name_thread("node " + std::to_string(rank));
  if (auto configured = log_configure(request.config.log_level, request.config.log_file); !configured) return configured;
  ucx_log_show_at(request.config.log_ucx);
  for (const std::string& warning : request.warnings) log_warn(warning);
  return {};
}

// A launcher that dies takes its pipes and its word with it: a log line must not end the node by SIGPIPE, and a node whose launcher
// was killed drains, rather than live on where nobody can stop it.
void outlive_launcher() {
  std::signal(SIGPIPE, SIG_IGN);
  if (MpiLife::is_launched()) prctl(PR_SET_PDEATHSIG, SIGHUP);
}

// The keys were counted in a warning. Those that the others do hold must not be lost with them.
int status_of_loss(bool left_alone) {
  if (left_alone || !MpiLife::ends_all_with_one()) return kExitNotHandedOver;
  log_warn("the exit status is 0, and not " + std::to_string(kExitNotHandedOver) +
           ": for any other this mpirun would end the nodes that stay (mpirun --enable-recovery does not)");
  return 0;
}

int serve(const ConfigRequest& request) {
  outlive_launcher();
  SystemClock clock;
  SignalWatch signals(clock);
  if (const auto started = signals.start(); !started) return fail(started.error(), kExitFailed);
  MpiLife mpi(request.config.start_timeout_ms * 1'000'000, [&signals] { return signals.asked(); });
  AloneBootstrap alone;
  const auto begun = MpiLife::is_launched() ? mpi.begin() : Result<GroupBootstrap*>(&alone);
  if (!begun) return fail(begun.error(), kExitFailed);
  GroupBootstrap& group = **begun;
  const bool speaks = group.rank() == 0;
  // One clear error, not one a node; but where some are missing, the first may be.
  const auto give_up = [&](const Error& error) {
    return speaks || error.code == Code::kTimeout ? fail(error, status_of(error)) : status_of(error);
  };

  const Config& config = request.config;
  if (const auto agreed = agree(group, "the log", begin_log(request, group.rank())); !agreed) return give_up(agreed.error());
  auto roster = Roster::prepare(group, config, clock);
  if (!roster) return give_up(roster.error());
  auto node = Node::start(group, config, roster->key(), clock);
  if (!node) {
    roster->withdraw();
    return give_up(node.error());
  }
  mpi.end([&] { roster->withdraw(); });
  // Whoever waits for the file may end mpirun as soon as it is there, so nothing of MPI may be under way any more.
  if (const auto written = roster->write(**node); !written) {
    (*node)->stop(0);
    roster->withdraw();
    return fail(written.error(), kExitFailed);
  }
  if (speaks) std::printf("lathd: %s ready%s\n", roster->summary(**node).c_str(), roster->summary_of_file().c_str());
  finish_standard_output("lathd: warning");  // the service is there, also where nobody hears of it

  const int signal = signals.wait();
  log_info(std::string(signal == SIGINT   ? "SIGINT"
                       : signal == SIGHUP ? "SIGHUP"
                                          : "SIGTERM") +
           ": draining (a second signal, after a second or more, ends at once)");
  const bool handed_over = (*node)->stop(config.drain_timeout_ms * 1'000'000);
  roster->leave(**node);
  log_info("stopped");
  return handed_over ? 0 : status_of_loss((*node)->left_alone());
}

// Endpoints take ten descriptors each, clients one: the usual soft limit of 1024 is for programs that call select(2), which we do not.
void use_all_descriptors() {
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);  // where it is refused, the old limit is what there is, and what runs short says so
}

// What was asked for instead of a service.
void answer(const ConfigRequest& request) {
  if (request.help) {
    std::fputs(request.help->c_str(), stdout);
  } else if (request.version) {
    std::printf("lathd %s\n", LATH_VERSION_TEXT);
  } else {
    for (const std::string& warning : request.warnings) std::fprintf(stderr, "lathd: warning: %s\n", warning.c_str());
    std::fputs(describe_config(request.config).c_str(), stdout);
  }
}

}  // namespace

int main(int argc, char** argv) {
  hold_standard_streams();
  outlive_file_size_limit();
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const auto request = read_config(arguments, process_environment());
  if (!request) return fail(request.error(), kExitUsage);
  use_all_descriptors();
  if (!request->help && !request->version && !request->print_config) return serve(*request);
  answer(*request);
  return finish_standard_output("lathd") ? 0 : kExitFailed;
}
