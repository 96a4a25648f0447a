#include "transport/ucx_context.hpp"

#include <dlfcn.h>
#include <signal.h>
#include <ucp/api/ucp.h>
#include <ucs/debug/debug.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "base/process_lock.hpp"
#include "base/random.hpp"
#include "transport/ucx_needs.hpp"
#include "transport/ucx_rdma.hpp"
#include "transport/ucx_setting.hpp"
#include "transport/ucx_survey.hpp"

namespace lath {

namespace {

struct Default {
  const char* key;
  const char* value;
  bool shared_memory_only;  // UCX warns about a setting that no transport in use knows
};

constexpr std::array kDefaults = {
    // With peer error handling UCX leaves shared memory out, unless this is set (for all of it: one of its kinds is not enough).
    Default{.key = "MM_ERROR_HANDLING", .value = "y", .shared_memory_only = true},
    // TCP tells by itself that a peer is gone, and shared memory needs no traffic for it (process_mark.hpp).
    Default{.key = "KEEPALIVE_INTERVAL", .value = "inf", .shared_memory_only = false},
    // Of use to RDMA alone, and UCX hooks the process's mmap() and munmap() for it: a child that is forked while another thread is inside
    // one of them inherits the hooks' lock, and hangs where it opens a context that wants them.
    Default{.key = "RCACHE_ENABLE", .value = "n", .shared_memory_only = false},
};
// Of RDMA nothing else tells; UCX's own default is 20 s.
constexpr std::array kRdmaDefaults = {
    kDefaults[0],  // of shared memory
    Default{.key = "KEEPALIVE_INTERVAL", .value = "1s", .shared_memory_only = false},
    Default{.key = "RCACHE_ENABLE", .value = "try", .shared_memory_only = false},  // UCX's own
};

// How many contexts there are, and of which process: a child of fork() inherits the count. Whoever asks or tells holds OfProcess::kUcx.
class OpenContexts {
 public:
  void add() {
    if (count_++ == 0) process_ = getpid();
  }
  void remove() { --count_; }
  bool are_inherited() const { return count_ > 0 && process_ != getpid(); }

 private:
  std::size_t count_ = 0;
  pid_t process_ = 0;
};
OpenContexts open_contexts;

bool may_use_shared_memory(const UcxLimits& limits) {
  const std::optional<std::string> chosen = limits.transports ? limits.transports : ucx_setting("TLS");
  if (!chosen) return true;
  const std::string_view transports = *chosen;
  if (transports.starts_with('^')) return true;
  for (const std::string_view name : {"all", "posix", "sysv", "sm", "shm", "mm", "xpmem"}) {
    if (transports.find(name) != std::string_view::npos) return true;
  }
  return false;
}

Result<void> set(ucp_config_t* config, const std::string& key, const std::string& value) {
  const ucs_status_t status = ucp_config_modify(config, key.c_str(), value.c_str());
  if (status == UCS_OK) return {};
  return Error{Code::kInvalid, "UCX refuses the setting " + key + "=" + value + " (" + ucs_status_string(status) +
                                   "): change or unset LATH_UCX_" + key};
}

// UCX ignores LATH_UCX_MM_ERROR_HANDLING by itself, so what the user set is passed on as well.
Result<void> apply_defaults(ucp_config_t* config, const UcxLimits& limits) {
  for (const Default& preset : has_rdma_devices() ? kRdmaDefaults : kDefaults) {
    if (preset.shared_memory_only && !may_use_shared_memory(limits)) continue;
    const std::optional<std::string> chosen = ucx_setting(preset.key);
    if (auto done = set(config, preset.key, chosen.value_or(preset.value)); !done) return done;
    if (chosen) ucx_log_passed_on(std::string("LATH_UCX_") + preset.key);
  }
  return {};
}

// What the user set stays, by whichever of its names.
Result<void> apply_rdma_choices(ucp_config_t* config, const UcxLimits& limits) {
  const auto ports = rdma_port_kinds();
  for (const UcxChoice& choice : ucx_rdma_choices(ports, limits.transports ? limits.transports : ucx_setting("TLS"),
                                                  limits.devices ? limits.devices : ucx_setting("NET_DEVICES"))) {
    if (ucx_setting(choice.key) || ucx_setting(choice.narrower)) continue;
    if (auto done = set(config, choice.key, choice.value); !done) return done;
  }
  if (ports.empty()) return {};
  for (const UcxPassedOn& each : ucx_rdma_settings_to_pass_on(environ)) {
    if (auto done = set(config, each.key, each.value); !done) return done;
    ucx_log_passed_on(each.variable);
  }
  return {};
}

Result<void> apply_limits(ucp_config_t* config, const UcxLimits& limits) {
  const auto apply = [&](const char* key, const std::optional<std::string>& value) -> Result<void> {
    if (!value) return {};
    const ucs_status_t status = ucp_config_modify(config, key, value->c_str());
    if (status == UCS_OK) return {};
    return Error{Code::kInvalid, std::string("UCX refuses ") + key + "=" + *value + " (" + ucs_status_string(status) +
                                     "): see what ucx_info -d lists, and LATH_UCX_" + key};
  };
  const Result<void> applied = apply("TLS", limits.transports);
  return applied ? apply("NET_DEVICES", limits.devices) : applied;
}

bool is_ucx_handler(int signal_number) {
  struct sigaction current = {};
  if (sigaction(signal_number, nullptr, &current) != 0 || current.sa_handler == SIG_DFL || current.sa_handler == SIG_IGN)
    return false;
  Dl_info found = {};
  if (dladdr(reinterpret_cast<void*>(current.sa_handler), &found) == 0 || found.dli_fname == nullptr) return false;
  return std::string_view(found.dli_fname).find("libucs") != std::string_view::npos;
}

void give_signals_back() {
  if (ucx_setting("HANDLE_ERRORS")) return;
  for (const int signal_number : {SIGILL, SIGSEGV, SIGBUS, SIGFPE}) {
    if (is_ucx_handler(signal_number)) ucs_debug_disable_signal(signal_number);
  }
}

std::string transports_hint() {
  const std::optional<std::string> chosen = ucx_setting("TLS");
  if (!chosen) return "run ucx_info -d to see what this machine offers";
  return "the transports are limited to '" + *chosen + "': change LATH_UCX_TLS or UCX_TLS to some that ucx_info -d lists";
}

}  // namespace

bool has_rdma_devices() {
  std::error_code error;
  return !std::filesystem::is_empty("/sys/class/infiniband", error) && !error;
}

Result<std::unique_ptr<UcxContext>> UcxContext::open(const UcxLimits& limits) {
  const ProcessLock alone(OfProcess::kUcx);
  give_signals_back();
  if (const auto enough = check_ucx_needs(); !enough) return enough.error();
  std::unique_ptr<UcxContext> context(new UcxContext);
  const UcxLogOpening opening;
  ucp_config_t* config = nullptr;
  ucs_status_t status = ucp_config_read("LATH", nullptr, &config);
  if (status != UCS_OK) {
    return Error{Code::kInvalid, std::string("UCX cannot read its settings (") + ucs_status_string(status) +
                                     "): look for a wrong value among the variables LATH_UCX_* and UCX_*"};
  }
  Result<void> applied = apply_defaults(config, limits);
  if (applied) applied = apply_rdma_choices(config, limits);
  if (applied) applied = apply_limits(config, limits);
  if (!applied) {
    ucp_config_release(config);
    return applied.error();
  }
  ucp_params_t params = {};
  params.field_mask = UCP_PARAM_FIELD_FEATURES | UCP_PARAM_FIELD_MT_WORKERS_SHARED | UCP_PARAM_FIELD_NAME;
  params.features = UCP_FEATURE_AM | UCP_FEATURE_RMA | UCP_FEATURE_WAKEUP;
  params.mt_workers_shared = 1;
  params.name = "lath";
  status = ucp_init(&params, config, &context->handle_);
  ucp_config_release(config);
  if (status != UCS_OK) {
    context->handle_ = nullptr;
    return Error{Code::kIo, "UCX cannot start (" + opening.reason(ucs_status_string(status)) + "): " + transports_hint()};
  }
  open_contexts.add();
  const auto resources = ucx_resources_of(context->handle_);
  if (!resources) return resources.error();
  context->has_rdma_ = std::ranges::any_of(*resources, &is_rdma);
  context->shares_messages_ = std::ranges::any_of(*resources, &shares_memory);
  if (Result<void> opened = context->open_probe_region(); !opened) return opened.error();
  return context;
}

// The first allocation also tells whether small pieces are shared.
Result<void> UcxContext::open_probe_region() {
  Result<std::unique_ptr<Region>> region = allocate(sizeof probe_content_);
  if (!region) return region.error();
  probe_region_ = std::move(*region);
  // Of this context alone: an address that means another's memory is noticed.
  probe_content_ = Random(entropy()).next();
  std::memcpy(probe_region_->bytes().data(), &probe_content_, sizeof probe_content_);
  return {};
}

UcxContext::~UcxContext() {
  const ProcessLock alone(OfProcess::kUcx);
  probe_region_.reset();
  if (handle_ == nullptr || kept_) return;
  ucp_cleanup(handle_);
  open_contexts.remove();
}

Result<void> UcxContext::check_newcomers_are_heard() {
  const ProcessLock alone(OfProcess::kUcx);
  if (!open_contexts.are_inherited()) return {};
  return Error{
      Code::kInvalid,
      "this process was made by fork() while its parent had a store open, and UCX's thread, by which a node hears of newcomers, "
      "is the parent's alone: open a file: or tcp: store here, or let the parent fork before it opens one"};
}

}  // namespace lath
