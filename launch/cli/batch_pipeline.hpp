// Two batches of lath bench: one is filled, and read, while the other is under way.
#pragma once

#include <lath/lath.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace lath {

// A key's value is a function of the key, so that any answer can be checked.
inline std::uint64_t bench_value_of(std::uint64_t key) {
  return key * 0x9e3779b97f4a7c15ULL + 1;
}

class BatchPipeline {
 public:
  // As many operations as may be under way at once bound what two batches may hold.
  static bool fits(std::uint64_t operations) { return 2 * (operations + 2) <= LATH_REQUESTS_MAX; }

  BatchPipeline() = default;
  ~BatchPipeline() {
    for (Half& half : halves_) lath_batch_close(half.batch);
  }
  BatchPipeline(const BatchPipeline&) = delete;
  BatchPipeline& operator=(const BatchPipeline&) = delete;

  lath_status open(lath_session* session, std::uint64_t operations, std::uint64_t timeout_ns) {
    session_ = session;
    timeout_ns_ = timeout_ns;
    for (Half& half : halves_) {
      if (const lath_status status = lath_batch_open(session, operations, &half.batch); status != LATH_OK) return status;
      half.keys.resize(operations);
      half.answers.resize(operations);
      half.sizes.resize(operations);
    }
    return LATH_OK;
  }

  // Ends the older batch, and begins it again with gets of keys that draw() gives.
  template <class Draw>
  lath_status gets(Draw&& draw) {
    Half& half = halves_[turn_ ^= 1];
    lath_status status = take(half);
    for (std::size_t i = 0; i < half.keys.size() && status == LATH_OK; ++i) {
      half.keys[i] = draw();
      status =
          lath_batch_get(half.batch, &half.keys[i], sizeof half.keys[i], &half.answers[i], sizeof half.answers[i], &half.sizes[i]);
    }
    return status == LATH_OK ? lath_batch_run_nb(half.batch, timeout_ns_, &half.request) : status;
  }

  lath_status end() {
    const lath_status status = take(halves_[turn_ ^ 1]);
    return status == LATH_OK ? take(halves_[turn_]) : status;
  }
  std::uint64_t wrong() const { return wrong_; }

 private:
  struct Half {
    lath_batch* batch = nullptr;
    lath_request request = 0;
    std::vector<std::uint64_t> keys, answers;
    std::vector<std::size_t> sizes;
  };

  lath_status take(Half& half) {
    if (half.request == 0) return LATH_OK;
    const lath_status status = lath_wait_request(session_, half.request, timeout_ns_);
    half.request = 0;
    for (std::size_t i = 0; i < half.keys.size(); ++i)
      if (half.answers[i] != bench_value_of(half.keys[i])) ++wrong_;
    return status;
  }

  lath_session* session_ = nullptr;
  std::uint64_t timeout_ns_ = 0;
  std::array<Half, 2> halves_;
  std::size_t turn_ = 0;
  std::uint64_t wrong_ = 0;
};

}  // namespace lath
