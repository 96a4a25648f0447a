// The core workloads of Cooper et al., "Benchmarking cloud serving systems with YCSB" (2010): A, B, C, D and F (E scans, which none of
// the stores here does). Zipf 0.99 over scrambled ranks; D reads the latest; F reads, changes and writes. `depth` operations are under way:
// 1 is YCSB's own closed loop of one thread; more are pipelined or batched. A record is one value, read and written whole.
#pragma once

#include <array>
#include <chrono>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "bench/clients/program.hpp"
#include "bench/clients/records.hpp"
#include "bench/clients/stopwatch.hpp"
#include "bench/clients/workloads.hpp"
#include "bench/clients/zipf.hpp"

namespace lath::bench {

struct YcsbMix {
  double reads, updates, inserts, read_modify_writes;
  bool latest;
};

inline YcsbMix ycsb_mix(const std::string& letter) {
  if (letter == "a") return {0.5, 0.5, 0, 0, false};
  if (letter == "b") return {0.95, 0.05, 0, 0, false};
  if (letter == "c") return {1, 0, 0, 0, false};
  if (letter == "d") return {0.95, 0, 0.05, 0, true};
  if (letter == "f") return {0.5, 0, 0, 0.5, false};
  die("there is no YCSB workload '" + letter + "' here: a, b, c, d and f");
}

template <class Target>
class Ycsb {
 public:
  Ycsb(Target& target, const Load& load, const YcsbMix& mix)
      : target_(target), load_(load), mix_(mix), zipf_(load.keys, 0.99), random_(load.seed), records_(load.keys) {
    rooms_.resize(load.batch * load.value_bytes);
    sizes_.resize(load.batch);
    value_.resize(load.value_bytes);
    // Later runs write greater versions than earlier ones, so that a value is never older than what this run wrote.
    base_ = static_cast<std::uint64_t>(std::chrono::system_clock::now().time_since_epoch().count());
    written_.resize(load.keys);
    // Drawing takes a power of two numbers a draw; the load is the store's, not the generator's.
    drawn_.resize(1 << 18);
    for (std::uint32_t& rank : drawn_) rank = static_cast<std::uint32_t>(zipf_.draw(random_));
  }

  void run() {
    const Deadline deadline(load_.seconds);
    std::uint64_t operations = 0;
    while (!deadline.over()) {
      turn();
      operations += load_.batch;
    }
    const double rate = static_cast<double>(operations) / deadline.elapsed();
    finish(Line().add("rate", rate).add("records", records_), wrong_);
  }

 private:
  enum class What { kRead, kUpdate, kInsert, kReadModifyWrite };
  struct Begun {
    What what;
    std::uint32_t number;
  };

  What chosen() {
    double left = unit(random_);
    if ((left -= mix_.reads) <= 0) return What::kRead;
    if ((left -= mix_.updates) <= 0) return What::kUpdate;
    if ((left -= mix_.inserts) <= 0) return What::kInsert;
    return What::kReadModifyWrite;
  }

  std::uint32_t drawn() {
    const std::uint32_t rank = drawn_[next_draw_++ % drawn_.size()];
    if (mix_.latest) return acknowledged_records() - 1 - rank;
    return static_cast<std::uint32_t>(mark_of(rank) % load_.keys);  // the popular ones lie apart
  }
  std::uint32_t acknowledged_records() const { return records_ - inserting_; }

  void write(std::uint32_t number) {
    write_value(number, base_ + ++version_, value_);
    target_.begin_put(key_of(number), value_);
  }

  // Begins `depth` operations, runs them, checks what was read, and then writes what was read to be changed.
  void turn() {
    begun_.clear();
    const std::uint64_t before = version_;
    for (std::size_t i = 0; i < load_.batch; ++i) {
      const What what = chosen();
      const std::uint32_t number = what == What::kInsert ? records_ : drawn();
      begun_.push_back({what, number});
      if (what == What::kRead || what == What::kReadModifyWrite) {
        target_.begin_get(key_of(number), room(i), sizes_[i]);
        continue;
      }
      if (what == What::kInsert) {
        ++records_;
        ++inserting_;
        written_.push_back(0);
      }
      write(number);
    }
    target_.run();
    for (std::size_t i = 0; i < begun_.size(); ++i)
      if (begun_[i].what == What::kRead || begun_[i].what == What::kReadModifyWrite) check_read(i);
    for (const Begun& one : begun_)
      if (one.what == What::kReadModifyWrite) write(one.number);
    target_.run();
    inserting_ = 0;
    for (const Begun& one : begun_)
      if (one.what != What::kRead) written_[one.number] = base_ + before + 1;  // one turn's writes of a key may land in any order
  }

  void check_read(std::size_t i) {
    const std::optional<std::size_t> size = sizes_[i];
    const auto version = size && *size == load_.value_bytes ? read_value(begun_[i].number, room(i)) : std::nullopt;
    if (!version || *version < written_[begun_[i].number] || *version > base_ + version_) ++wrong_;
  }

  std::span<std::byte> room(std::size_t i) { return std::span(rooms_).subspan(i * load_.value_bytes, load_.value_bytes); }

  Target& target_;
  const Load& load_;
  const YcsbMix mix_;
  GrayZipf zipf_;
  Random random_;
  std::uint32_t records_, inserting_ = 0;
  std::vector<std::byte> rooms_, value_;
  std::vector<std::optional<std::size_t>> sizes_;
  std::vector<std::uint64_t> written_;  // by this run and acknowledged: no later read may be older
  std::vector<std::uint32_t> drawn_;
  std::size_t next_draw_ = 0;
  std::vector<Begun> begun_;
  std::uint64_t base_ = 0, version_ = 0, wrong_ = 0;
};

}  // namespace lath::bench
