// What one peer's batches have come: every number under below(), and those that the map names. Says which batch is new, so that
// none is merged twice, and what to acknowledge.
#pragma once

#include <bit>
#include <cstdint>

#include "replication/batch_number.hpp"

namespace lath {

class IncomingStream {
 public:
  enum class Verdict {
    kNew,       // merge it, then mark() it
    kRepeated,  // acknowledge it again
    kStale,     // of a past life or stream: say nothing
    kBeyond,    // further ahead than the map reaches: acknowledge what there is
  };

  Verdict judge(std::uint64_t incarnation, std::uint64_t number) {
    if (incarnation < incarnation_) return Verdict::kStale;
    if (incarnation > incarnation_ || stream_of(number) > stream_of(below_)) {
      incarnation_ = incarnation;
      below_ = first_number(stream_of(number));
      beyond_ = 0;
    }
    if (stream_of(number) < stream_of(below_)) return Verdict::kStale;
    if (number < below_) return Verdict::kRepeated;
    if (number == below_) return Verdict::kNew;
    const std::uint64_t bit = number - below_ - 1;
    if (bit >= kMapBits) return Verdict::kBeyond;
    return (beyond_ >> bit & 1) != 0 ? Verdict::kRepeated : Verdict::kNew;
  }

  void mark(std::uint64_t number) {
    if (number != below_) {
      beyond_ |= std::uint64_t{1} << (number - below_ - 1);
      return;
    }
    const unsigned run = static_cast<unsigned>(std::countr_one(beyond_));
    below_ += 1 + run;
    // The map starts behind below(): its lowest bit, known to be clear, falls out as well.
    beyond_ = run + 1 >= kMapBits ? 0 : beyond_ >> (run + 1);
  }

  std::uint64_t incarnation() const { return incarnation_; }
  std::uint64_t below() const { return below_; }
  std::uint64_t beyond() const { return beyond_; }

 private:
  static constexpr unsigned kMapBits = 64;

  std::uint64_t incarnation_ = 0;
  std::uint64_t below_ = first_number(0);
  std::uint64_t beyond_ = 0;  // bit i: below_ + 1 + i has come
};

}  // namespace lath
