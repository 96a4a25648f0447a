#include "launch/bootstrap_mpi.hpp"

#include <mpi.h>

#include <array>
#include <climits>
#include <cstdlib>
#include <string>

#include "base/assert.hpp"

namespace lath {

namespace {

Result<void> checked(int status, const char* what) {
  if (status == MPI_SUCCESS) return {};
  std::array<char, MPI_MAX_ERROR_STRING> text{};
  int length = 0;
  MPI_Error_string(status, text.data(), &length);
  return Error{Code::kIo, std::string(what) + ": " + std::string(text.data(), static_cast<std::size_t>(length))};
}

}  // namespace

// The collectives of a duplicate of MPI_COMM_WORLD, on which MPI's errors are returned.
class MpiLife::Group final : public GroupBootstrap {
 public:
  static Result<std::unique_ptr<Group>> open() {
    std::unique_ptr<Group> group(new Group);
    if (auto made = checked(MPI_Comm_dup(MPI_COMM_WORLD, &group->communicator_), "MPI_Comm_dup"); !made) return made.error();
    if (auto set = checked(MPI_Comm_set_errhandler(group->communicator_, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler"); !set)
      return set.error();
    if (auto read = checked(MPI_Comm_rank(group->communicator_, &group->rank_), "MPI_Comm_rank"); !read) return read.error();
    if (auto read = checked(MPI_Comm_size(group->communicator_, &group->count_), "MPI_Comm_size"); !read) return read.error();
    return group;
  }
  ~Group() override {
    if (communicator_ != MPI_COMM_NULL) MPI_Comm_free(&communicator_);
  }
  Group(const Group&) = delete;
  Group& operator=(const Group&) = delete;

  int rank() const override { return rank_; }
  int count() const override { return count_; }
  Result<void> broadcast(std::span<std::byte> bytes, int root) override {
    LATH_ASSERT(bytes.size() <= INT_MAX);
    return checked(MPI_Bcast(bytes.data(), static_cast<int>(bytes.size()), MPI_BYTE, root, communicator_), "MPI_Bcast");
  }
  Result<void> allgather(std::span<const std::byte> mine, std::span<std::byte> all) override {
    LATH_ASSERT(mine.size() <= INT_MAX);
    const int each = static_cast<int>(mine.size());
    return checked(MPI_Allgather(mine.data(), each, MPI_BYTE, all.data(), each, MPI_BYTE, communicator_), "MPI_Allgather");
  }

 private:
  Group() = default;

  MPI_Comm communicator_ = MPI_COMM_NULL;
  int rank_ = 0;
  int count_ = 1;
};

MpiLife::MpiLife() = default;

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
  if (auto started = checked(MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &granted), "MPI_Init_thread"); !started)
    return started.error();
  begun_ = true;
  auto group = Group::open();
  if (!group) return group.error();
  group_ = std::move(*group);
  return static_cast<GroupBootstrap*>(group_.get());
}

void MpiLife::end() {
  group_.reset();
  if (begun_) MPI_Finalize();
  begun_ = false;
}

}  // namespace lath
