// What does a hash table over MPI one-sided operations cost, written the way an HPC code would today? Rank 0 exposes slots of (key,
// value) in a window and sits in a barrier; rank 1 claims a slot by MPI_Compare_and_swap, writes by MPI_Accumulate with MPI_REPLACE, and
// reads by MPI_Get and a flush; collisions go to the next slot. It has no types, stamps, replicas or growth. Many operations share a
// flush. On one host Open MPI does all this by loads and stores in shared memory, so a get should cost about one miss (100 ns).
// usage: mpirun -n 2 --bind-to none lath_bench_mpi_table --work get,put,get-batches,put-batches ...
#include <mpi.h>

#include <bit>

#include "bench/clients/program.hpp"
#include "bench/clients/workloads.hpp"

namespace lath::bench {
namespace {

struct TableSlot {
  std::uint64_t key, value;
};

class MpiTable {
 public:
  explicit MpiTable(std::uint64_t slots) : mask_(slots - 1) {
    int rank = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    void* base = nullptr;
    const std::size_t bytes = rank == 0 ? slots * sizeof(TableSlot) : 0;
    MPI_Win_allocate(static_cast<MPI_Aint>(bytes), 1, MPI_INFO_NULL, MPI_COMM_WORLD, &base, &window_);
    std::memset(base, 0, bytes);
    MPI_Barrier(MPI_COMM_WORLD);
    MPI_Win_lock_all(MPI_MODE_NOCHECK, window_);
  }
  ~MpiTable() {
    MPI_Win_unlock_all(window_);
    MPI_Win_free(&window_);
  }
  MpiTable(const MpiTable&) = delete;
  MpiTable& operator=(const MpiTable&) = delete;

  void put(std::uint64_t key, std::span<const std::byte> value) {
    begin_put(key, value);
    run();
  }
  std::optional<std::size_t> get(std::uint64_t key, std::span<std::byte> room) {
    std::optional<std::size_t> size;
    begin_get(key, room, size);
    run();
    return size;
  }

  void begin_put(std::uint64_t key, std::span<const std::byte> value) {
    std::uint64_t word = 0;
    std::memcpy(&word, value.data(), sizeof word);
    begun_.push_back({.at = home(key), .key = key, .value = values_.size()});
    values_.push_back(word);
  }
  void begin_get(std::uint64_t key, std::span<std::byte> room, std::optional<std::size_t>& size) {
    begun_.push_back({.at = home(key), .key = key, .room = room.data(), .size = &size});
  }

  // All that was begun goes on together, a slot further at each collision. What MPI reads stays where it is until the last flush.
  void run() {
    while (!begun_.empty()) {
      for (Operation& one : begun_) start(one);
      MPI_Win_flush(0, window_);
      std::size_t left = 0;
      for (Operation& one : begun_) {
        if (ended(one)) continue;
        one.at = (one.at + 1) & mask_;
        begun_[left++] = one;
      }
      begun_.resize(left);
    }
    if (!values_.empty()) MPI_Win_flush(0, window_);
    values_.clear();
  }

 private:
  struct Operation {
    std::uint64_t at, key;
    std::size_t value = 0;  // of a put: where in values_
    TableSlot found{};
    std::byte* room = nullptr;  // of a get
    std::optional<std::size_t>* size = nullptr;
  };

  std::uint64_t home(std::uint64_t key) const { return (key * 0x9e3779b97f4a7c15ULL >> 32) & mask_; }

  void start(Operation& one) {
    const auto place = static_cast<MPI_Aint>(one.at * sizeof(TableSlot));
    if (one.room != nullptr)
      MPI_Get(&one.found, 2, MPI_UINT64_T, 0, place, 2, MPI_UINT64_T, window_);
    else
      MPI_Compare_and_swap(&one.key, &kNone, &one.found.key, MPI_UINT64_T, 0, place, window_);
  }

  bool ended(const Operation& one) {
    const bool here = one.found.key == one.key;
    if (one.room != nullptr) {
      if (!here) return one.found.key == kNone;  // there is no such key
      std::memcpy(one.room, &one.found.value, sizeof one.found.value);
      *one.size = sizeof one.found.value;
      return true;
    }
    if (!here && one.found.key != kNone) return false;
    const auto place = static_cast<MPI_Aint>(one.at * sizeof(TableSlot) + sizeof one.key);
    MPI_Accumulate(&values_[one.value], 1, MPI_UINT64_T, 0, place, 1, MPI_UINT64_T, MPI_REPLACE, window_);
    return true;
  }

  static constexpr std::uint64_t kNone = 0;
  const std::uint64_t mask_;
  MPI_Win window_ = MPI_WIN_NULL;
  std::vector<Operation> begun_;
  std::vector<std::uint64_t> values_;
};

// `works`: names with commas between; one line of JSON each.
void ask(MpiTable& table, const std::string& works, const Load& load) {
  std::vector<std::byte> value(load.value_bytes);
  for (std::uint32_t number = 0; number < load.keys; ++number) {
    write_value(number, 1, value);
    table.put(key_of(number), value);
  }
  for (std::size_t at = 0; at < works.size();) {
    const std::size_t comma = std::min(works.find(',', at), works.size());
    const std::string work = works.substr(at, comma - at);
    if (!run_work(table, work, load)) die("a table over MPI has no work '" + work + "'");
    at = comma + 1;
  }
}

}  // namespace
}  // namespace lath::bench

int main(int count, char** texts) {
  using namespace lath::bench;
  MPI_Init(&count, &texts);
  const Arguments arguments(count, texts,
                            {{"work", "get"}, {"keys", "1000000"}, {"seconds", "0.3"}, {"batch", "128"}, {"group", "1"}});
  int rank = 0, ranks = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  if (ranks != 2) die("start two ranks: one holds the table, one asks");
  pin(rank);
  Load load{.keys = static_cast<std::uint32_t>(arguments.number("keys"))};
  load.seconds = arguments.real("seconds");
  load.batch = arguments.number("batch");
  load.group = arguments.number("group");
  {
    MpiTable table(std::bit_ceil(std::uint64_t{load.keys} * 2));
    if (rank == 1) ask(table, arguments.text("work"), load);
    MPI_Barrier(MPI_COMM_WORLD);
  }
  MPI_Finalize();
}
