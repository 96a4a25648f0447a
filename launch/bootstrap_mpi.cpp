#include "launch/bootstrap_mpi.hpp"

#include <mpi.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "launch/mpi_steps.hpp"

namespace lath {

namespace {

constexpr const char* kRemedy =
    "see why lathd does not run there (mpirun's output, a host that is down or stopped), or give it longer by --start-timeout-ms";

constexpr std::chrono::milliseconds kLookPause{50};        // of a call's watch, for whether it is told to end
constexpr std::chrono::milliseconds kToldToEndGrace{500};  // who is told to end is seldom the only one, and the call may return

// MPI_Init_thread and MPI_Finalize wait for all and cannot be polled: where one takes too long, or the process is told to end meanwhile, the
// process says so and ends.
class CallWatch {
 public:
  // `give_up` runs on the watch's thread, while the call is still under way.
  CallWatch(const char* call, TimeNs patience_ns, const std::function<bool()>& is_told_to_end, std::function<void()> give_up = {})
      : thread_([this, call, patience_ns, is_told_to_end, give_up = std::move(give_up)] {
          const std::string why = wait(patience_ns, is_told_to_end);
          if (why.empty()) return;
          std::fprintf(stderr, "lathd: %s: %s\n", call, why.c_str());
          if (give_up) give_up();
          _exit(EXIT_FAILURE);  // the thread that waits holds what a tidy end would need
        }) {}
  ~CallWatch() {
    {
      const std::lock_guard lock(mutex_);
      is_over_ = true;
    }
    returned_.notify_one();
    thread_.join();
  }
  CallWatch(const CallWatch&) = delete;
  CallWatch& operator=(const CallWatch&) = delete;

 private:
  // Until the call has returned: "". Else why it is waited for no longer.
  std::string wait(TimeNs patience_ns, const std::function<bool()>& is_told_to_end) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::nanoseconds(patience_ns);
    std::unique_lock lock(mutex_);
    while (std::chrono::steady_clock::now() < deadline) {
      if (returned_.wait_for(lock, kLookPause, [this] { return is_over_; })) return {};
      if (!is_told_to_end || !is_told_to_end()) continue;
      if (returned_.wait_for(lock, kToldToEndGrace, [this] { return is_over_; })) return {};
      return "told to end by a signal, while it waited for the other nodes of the launch";
    }
    return "another node of the launch did not come within " + std::to_string(patience_ns / 1'000'000) + " ms: " + kRemedy;
  }

  std::mutex mutex_;
  std::condition_variable returned_;
  bool is_over_ = false;
  std::thread thread_;
};

}  // namespace

// The collectives of MPI_COMM_WORLD, which nobody else uses.
class MpiLife::Group final : public GroupBootstrap {
 public:
  Group(TimeNs patience_ns, std::function<bool()> is_told_to_end) : steps_(patience_ns, kRemedy, std::move(is_told_to_end)) {}
  Result<void> open() { return told(steps_.use(MPI_COMM_WORLD)); }
  bool gave_up() const { return steps_.gave_up(); }

  int rank() const override { return steps_.rank(); }
  int count() const override { return steps_.count(); }
  Result<void> broadcast(std::span<std::byte> bytes, int root) override {
    return told(steps_.broadcast(bytes.data(), bytes.size(), root));
  }
  Result<void> allgather(std::span<const std::byte> mine, std::span<std::byte> all) override {
    return told(steps_.allgather(mine.data(), all.data(), mine.size()));
  }

 private:
  Result<void> told(bool well) const {
    if (well) return {};
    return Error{steps_.gave_up() ? Code::kTimeout : Code::kIo, steps_.failure()};
  }
  MpiSteps steps_;
};

MpiLife::MpiLife(TimeNs patience_ns, std::function<bool()> is_told_to_end)
    : patience_ns_(patience_ns), is_told_to_end_(std::move(is_told_to_end)) {}

MpiLife::~MpiLife() {
  end();
}

bool MpiLife::is_launched() {
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK", "PMI_SIZE"})
    if (std::getenv(name) != nullptr) return true;
  return false;
}

bool MpiLife::ends_all_with_one() {
  // It hands its parameters on to the processes. What is no number is one of its words for yes or no.
  const auto is_set = [](const char* name, bool initial) {
    const char* value = std::getenv(name);
    return value == nullptr || *value == '\0' ? initial : std::strchr("1tTyYeE", *value) != nullptr;
  };
  return std::getenv("OMPI_COMM_WORLD_SIZE") != nullptr && !is_set("OMPI_MCA_orte_enable_recovery", false) &&
         is_set("OMPI_MCA_orte_abort_on_non_zero_status", true);
}

Result<GroupBootstrap*> MpiLife::begin() {
  int granted = 0;
  int status = MPI_SUCCESS;
  {
    const CallWatch watch("MPI_Init_thread", patience_ns_, is_told_to_end_);
    status = MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &granted);
  }
  if (status != MPI_SUCCESS)
    return Error{Code::kIo,
                 "MPI_Init_thread failed with error " + std::to_string(status) +
                     ": see what mpirun has printed, and whether another MPI program starts in the same way; a node that is "
                     "alone needs no mpirun"};
  begun_ = true;
  group_ = std::make_unique<Group>(patience_ns_, is_told_to_end_);
  if (auto opened = group_->open(); !opened) return opened.error();
  return static_cast<GroupBootstrap*>(group_.get());
}

void MpiLife::end(const std::function<void()>& give_up) {
  // Who did not come to a collective does not come to MPI_Finalize; the launcher ends the others when a process ends without it.
  const bool complete = begun_ && !(group_ && group_->gave_up());
  if (complete) {
    const CallWatch watch("MPI_Finalize", patience_ns_, is_told_to_end_, give_up);
    group_.reset();
    MPI_Finalize();
  }
  group_.reset();
  begun_ = false;
}

}  // namespace lath
