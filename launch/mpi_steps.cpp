#include "launch/mpi_steps.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <climits>
#include <cstring>
#include <thread>
#include <utility>
#include <vector>

namespace lath {

namespace {

constexpr int kGatherTag = 1;  // on a communicator of our own
constexpr std::size_t kRanksNamedMax = 8;
constexpr std::uint64_t kGraceNs = 1'000'000'000;     // for rank 0 to be the first to speak: it knows who is missing
constexpr std::uint64_t kPatienceNsMax = 1ULL << 61;  // 73 years: an addition to the clock cannot overflow
constexpr std::chrono::microseconds kPauseMax{200};   // between tests; nodes that start share their cores with others that do

std::string seconds(std::uint64_t ns) {
  return ns % 1'000'000'000 == 0 ? std::to_string(ns / 1'000'000'000) + " s" : std::to_string(ns / 1'000'000) + " ms";
}

std::string name_ranks(const std::vector<int>& ranks) {
  if (ranks.empty()) return "the other ranks";
  std::string text = ranks.size() == 1 ? "rank " : "ranks ";
  for (std::size_t i = 0; i < std::min(ranks.size(), kRanksNamedMax); ++i) text += (i > 0 ? ", " : "") + std::to_string(ranks[i]);
  if (ranks.size() > kRanksNamedMax) text += " and " + std::to_string(ranks.size() - kRanksNamedMax) + " more";
  return text;
}

}  // namespace

// What MPI reads and writes until a step is done. After a wait that was too long it still may, so the step is then kept for ever.
struct MpiSteps::Step {
  std::vector<std::byte> mine;
  std::vector<std::byte> all;
  MPI_Comm made = MPI_COMM_NULL;
  std::vector<MPI_Request> requests;
  std::vector<int> from;  // whose part each request is, where one rank's it is

  MPI_Request* request(int rank) {
    from.push_back(rank);
    return &requests.emplace_back(MPI_REQUEST_NULL);
  }
  // The ranks that the requests which are left wait for.
  std::vector<int> missing() const {
    std::vector<int> ranks;
    for (std::size_t i = 0; i < requests.size(); ++i)
      if (requests[i] != MPI_REQUEST_NULL && from[i] != MPI_ANY_SOURCE) ranks.push_back(from[i]);
    return ranks;
  }
};

MpiSteps::MpiSteps(std::uint64_t patience_ns, std::string remedy, std::function<bool()> is_told_to_end)
    : patience_ns_(std::min(patience_ns, kPatienceNsMax)), remedy_(std::move(remedy)), is_told_to_end_(std::move(is_told_to_end)) {}

MpiSteps::~MpiSteps() {
  if (owned_ && !gave_up_) MPI_Comm_free(&communicator_);
}

bool MpiSteps::use(MPI_Comm communicator) {
  communicator_ = communicator;
  return ok(MPI_Comm_set_errhandler(communicator_, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler") &&
         ok(MPI_Comm_rank(communicator_, &rank_), "MPI_Comm_rank") && ok(MPI_Comm_size(communicator_, &count_), "MPI_Comm_size");
}

bool MpiSteps::use_duplicate_of(MPI_Comm communicator) {
  if (!ok(MPI_Comm_rank(communicator, &rank_), "MPI_Comm_rank") || !ok(MPI_Comm_size(communicator, &count_), "MPI_Comm_size"))
    return false;
  auto step = std::make_unique<Step>();
  if (!ok(MPI_Comm_idup(communicator, &step->made, step->request(MPI_ANY_SOURCE)), "MPI_Comm_idup")) return false;
  if (!finish(step, "MPI_Comm_idup")) return false;
  owned_ = true;
  return use(step->made);
}

bool MpiSteps::broadcast(void* bytes, std::size_t count, int root) {
  if (!failure_.empty()) return false;
  if (count > INT_MAX) return ok(MPI_ERR_COUNT, "MPI_Ibcast");
  auto step = std::make_unique<Step>();
  step->all.resize(std::max<std::size_t>(count, 1));
  if (rank_ == root && count > 0) std::memcpy(step->all.data(), bytes, count);
  const int from = rank_ == root ? MPI_ANY_SOURCE : root;
  if (!ok(MPI_Ibcast(step->all.data(), static_cast<int>(count), MPI_BYTE, root, communicator_, step->request(from)), "MPI_Ibcast"))
    return false;
  if (!finish(step, "MPI_Ibcast")) return false;
  if (rank_ != root && count > 0) std::memcpy(bytes, step->all.data(), count);
  return true;
}

// Not MPI_Iallgather, which does not tell for whom it waits: to rank 0, and from there to all.
bool MpiSteps::allgather(const void* mine, void* all, std::size_t bytes_each) {
  if (!failure_.empty()) return false;
  if (bytes_each > INT_MAX / static_cast<std::size_t>(count_)) return ok(MPI_ERR_COUNT, "MPI_Irecv");
  return gather_to_first(mine, static_cast<std::byte*>(all), bytes_each) &&
         broadcast(all, bytes_each * static_cast<std::size_t>(count_), 0);
}

bool MpiSteps::gather_to_first(const void* mine, std::byte* all, std::size_t bytes_each) {
  if (bytes_each == 0) return true;
  const int each = static_cast<int>(bytes_each);
  auto step = std::make_unique<Step>();
  if (rank_ != 0) {
    step->mine.resize(bytes_each);
    std::memcpy(step->mine.data(), mine, bytes_each);
    return ok(MPI_Isend(step->mine.data(), each, MPI_BYTE, 0, kGatherTag, communicator_, step->request(0)), "MPI_Isend") &&
           finish(step, "MPI_Isend");
  }
  step->all.resize(bytes_each * static_cast<std::size_t>(count_));
  step->requests.reserve(static_cast<std::size_t>(count_));  // MPI is handed their addresses
  std::memcpy(step->all.data(), mine, bytes_each);
  for (int rank = 1; rank < count_; ++rank) {
    std::byte* part = step->all.data() + bytes_each * static_cast<std::size_t>(rank);
    if (ok(MPI_Irecv(part, each, MPI_BYTE, rank, kGatherTag, communicator_, step->request(rank)), "MPI_Irecv")) continue;
    static_cast<void>(step.release());  // the receives before it are under way
    return false;
  }
  if (!finish(step, "MPI_Irecv")) return false;
  std::memcpy(all, step->all.data(), step->all.size());
  return true;
}

bool MpiSteps::ok(int status, const char* call) {
  if (status == MPI_SUCCESS) return true;
  std::array<char, MPI_MAX_ERROR_STRING> text{};
  int length = 0;
  MPI_Error_string(status, text.data(), &length);
  failure_ = std::string(call) + ": " + std::string(text.data(), static_cast<std::size_t>(length));
  return false;
}

bool MpiSteps::finish(std::unique_ptr<Step>& step, const char* call) {
  using SteadyClock = std::chrono::steady_clock;
  const std::uint64_t patience_ns = patience_ns_ + (rank_ == 0 ? 0 : kGraceNs);
  const auto deadline = SteadyClock::now() + std::chrono::nanoseconds(patience_ns);
  const int count = static_cast<int>(step->requests.size());
  std::vector<int> done(step->requests.size());
  std::chrono::microseconds pause{1};
  while (true) {
    int done_count = 0;
    const int status = MPI_Testsome(count, step->requests.data(), &done_count, done.data(), MPI_STATUSES_IGNORE);
    if (!ok(status, call)) break;
    if (std::ranges::all_of(step->requests, [](MPI_Request each) { return each == MPI_REQUEST_NULL; })) return true;
    const bool told_to_end = is_told_to_end_ && is_told_to_end_();
    if (told_to_end || SteadyClock::now() >= deadline) {
      gave_up_ = true;
      const std::vector<int> missing = step->missing();
      if (told_to_end) {
        failure_ = std::string(call) + ": told to end by a signal, while it waited for " + name_ranks(missing);
        break;
      }
      // Rank 0 knows who is missing; to the others it looks as if it were rank 0.
      failure_ = std::string(call) + ": " + name_ranks(missing) + (rank_ != 0 && !missing.empty() ? ", or who it waits for," : "") +
                 " did not come within " + seconds(patience_ns) + ": " + remedy_;
      break;
    }
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, kPauseMax);
  }
  static_cast<void>(step.release());
  return false;
}

}  // namespace lath
