#include "launch/bootstrap_mpi.hpp"

#include <mpi.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>
#include <thread>

#include "launch/mpi_steps.hpp"

namespace lath {

namespace {

constexpr const char* kRemedy =
    "see why lathd does not run there (mpirun's output, a host that is down or stopped), or give it longer by --start-timeout-ms";

// MPI_Init_thread and MPI_Finalize wait for all and cannot be polled: where one takes too long, the process says so and ends.
class CallWatch {
 public:
  CallWatch(const char* call, TimeNs patience_ns)
      : thread_([this, call, patience_ns] {
          std::unique_lock lock(mutex_);
          if (returned_.wait_for(lock, std::chrono::nanoseconds(patience_ns), [this] { return is_over_; })) return;
          std::fprintf(stderr, "lathd: %s: another node of the launch did not come within %llu ms: %s\n", call,
                       static_cast<unsigned long long>(patience_ns / 1'000'000), kRemedy);
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
  std::mutex mutex_;
  std::condition_variable returned_;
  bool is_over_ = false;
  std::thread thread_;
};

}  // namespace

// The collectives of MPI_COMM_WORLD, which nobody else uses.
class MpiLife::Group final : public GroupBootstrap {
 public:
  explicit Group(TimeNs patience_ns) : steps_(patience_ns, kRemedy) {}
  Result<void> open() { return told(steps_.use(MPI_COMM_WORLD)); }
  bool timed_out() const { return steps_.timed_out(); }

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
    return Error{steps_.timed_out() ? Code::kTimeout : Code::kIo, steps_.failure()};
  }
  MpiSteps steps_;
};

MpiLife::MpiLife(TimeNs patience_ns) : patience_ns_(patience_ns) {}

MpiLife::~MpiLife() {
  end();
}

bool MpiLife::is_launched() {
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK", "PMI_SIZE"})
    if (std::getenv(name) != nullptr) return true;
  return false;
}

Result<GroupBootstrap*> MpiLife::begin() {
  int granted = 0;
  int status = MPI_SUCCESS;
  {
    const CallWatch watch("MPI_Init_thread", patience_ns_);
    status = MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &granted);
  }
  if (status != MPI_SUCCESS) return Error{Code::kIo, "MPI_Init_thread failed with error " + std::to_string(status)};
  begun_ = true;
  group_ = std::make_unique<Group>(patience_ns_);
  if (auto opened = group_->open(); !opened) return opened.error();
  return static_cast<GroupBootstrap*>(group_.get());
}

void MpiLife::end() {
  // Who did not come to a collective does not come to MPI_Finalize; the launcher ends the others when a process ends without it.
  const bool complete = begun_ && !(group_ && group_->timed_out());
  if (complete) {
    const CallWatch watch("MPI_Finalize", patience_ns_);
    group_.reset();
    MPI_Finalize();
  }
  group_.reset();
  begun_ = false;
}

}  // namespace lath
