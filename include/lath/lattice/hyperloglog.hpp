// HyperLogLog: how many distinct hashes were added, within about 0.8 % (one standard error), in 16 KiB. 2^14 registers, each the
// greatest rank (leading zeros + 1) among the hashes that fall to it, so the merge is an element-wise maximum. Flajolet et al.
// 2007; the estimator is Otmar Ertl's "New cardinality estimation algorithms for HyperLogLog sketches", 2017, algorithm 6, which
// needs no bias table and no switch between ranges.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <optional>
#include <utility>
#include <vector>

#include "lath/result.hpp"

namespace lath {

class HyperLogLog {
 public:
  static constexpr unsigned kIndexBits = 14;
  static constexpr unsigned kRankBits = 64 - kIndexBits;
  static constexpr std::size_t kRegisters = std::size_t{1} << kIndexBits;
  static constexpr std::uint8_t kRankMax = kRankBits + 1;  // all bits below the index are 0

  // A delta: one register's rank. HyperLogLog::of(delta) is its lattice form, raise(delta) merges it in place.
  struct Register {
    std::uint16_t index = 0;
    std::uint8_t rank = 0;
    bool operator==(const Register&) const = default;
  };

  // None (bottom) or all of the registers, each at most kRankMax.
  static Result<HyperLogLog> from_registers(std::vector<std::uint8_t> registers) {
    if (!registers.empty() && registers.size() != kRegisters) return Error{Code::kInvalid, "a HyperLogLog has 16384 registers"};
    HyperLogLog made;
    if (registers.empty() || std::ranges::max(registers) == 0) return made;
    if (std::ranges::max(registers) > kRankMax) return Error{Code::kInvalid, "HyperLogLog rank over 51"};
    made.registers_ = std::move(registers);
    return made;
  }
  static HyperLogLog of(Register delta) {
    HyperLogLog made;
    made.raise(delta);
    return made;
  }

  // Empty at bottom, else kRegisters.
  const std::vector<std::uint8_t>& registers() const { return registers_; }
  bool is_bottom() const { return registers_.empty(); }

  // The register that a hash falls to. The hash must be uniform over 64 bits.
  static Register register_of(std::uint64_t hash) {
    const std::uint64_t rest = hash << kIndexBits;
    const int rank = rest == 0 ? kRankMax : std::countl_zero(rest) + 1;
    return {static_cast<std::uint16_t>(hash >> kRankBits), static_cast<std::uint8_t>(rank)};
  }

  // Whether it grew; register_of(hash) is then the delta.
  bool add(std::uint64_t hash) { return raise(register_of(hash)); }
  std::optional<Register> add_for_delta(std::uint64_t hash) {
    const Register delta = register_of(hash);
    return raise(delta) ? std::optional<Register>(delta) : std::nullopt;
  }

  // No hash gives an index or a rank out of range: those change nothing.
  bool raise(Register delta) {
    if (delta.index >= kRegisters || delta.rank == 0 || delta.rank > kRankMax) return false;
    if (registers_.empty()) registers_.resize(kRegisters);
    if (registers_[delta.index] >= delta.rank) return false;
    registers_[delta.index] = delta.rank;
    return true;
  }

  bool merge(const HyperLogLog& other) {
    if (other.registers_.empty()) return false;
    if (registers_.empty()) {
      registers_ = other.registers_;
      return true;
    }
    // No branch, and no pointer reread through a byte store, so that the loop is vectorised.
    std::uint8_t* const mine = registers_.data();
    const std::uint8_t* const theirs = other.registers_.data();
    std::uint8_t grown = 0;
    for (std::size_t index = 0; index < kRegisters; ++index) {
      const std::uint8_t greater = std::max(mine[index], theirs[index]);
      grown = static_cast<std::uint8_t>(grown | (greater ^ mine[index]));
      mine[index] = greater;
    }
    return grown != 0;
  }

  // 2^64 - 1 where the registers say "beyond every count" (only crafted ones do).
  std::uint64_t estimate() const {
    if (registers_.empty()) return 0;
    std::array<std::uint32_t, kRankMax + 1> with_rank{};
    for (const std::uint8_t rank : registers_) ++with_rank[rank];
    constexpr double m = kRegisters;
    double z = m * tau(1.0 - with_rank[kRankMax] / m);
    for (unsigned rank = kRankBits; rank >= 1; --rank) z = 0.5 * (z + with_rank[rank]);
    z += m * sigma(with_rank[0] / m);
    const double estimate = m * m / (2.0 * std::numbers::ln2 * z);
    return estimate < 0x1p63 ? static_cast<std::uint64_t>(std::llround(estimate)) : ~std::uint64_t{0};
  }

  bool operator==(const HyperLogLog&) const = default;

 private:
  // x + sum over k >= 1 of x^(2^k) 2^(k-1), for x in [0, 1): the empty registers' part. Converges within about 20 steps.
  static double sigma(double x) {
    double sum = x;
    double weight = 1.0;
    for (double before = -1.0; sum != before; weight += weight) {
      before = sum;
      x *= x;
      sum += x * weight;
    }
    return sum;
  }

  // (1 - x - sum over k >= 1 of (1 - x^(2^-k))^2 2^-k) / 3, for x in [0, 1]: the full registers' part.
  static double tau(double x) {
    if (x <= 0.0 || x >= 1.0) return 0.0;
    double sum = 1.0 - x;
    double weight = 1.0;
    for (double before = -1.0; sum != before;) {
      before = sum;
      x = std::sqrt(x);
      weight *= 0.5;
      sum -= (1.0 - x) * (1.0 - x) * weight;
    }
    return sum / 3.0;
  }

  std::vector<std::uint8_t> registers_;
};

}  // namespace lath
