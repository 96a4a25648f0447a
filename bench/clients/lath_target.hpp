// Lath as the benches see a store, through the C API alone: one operation at a time, batches (begun, then run, or several under way), or a
// window of requests under way without a batch. A status that is neither LATH_OK nor LATH_E_NOT_FOUND ends the program.
#pragma once

#include <lath/lath.h>

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "bench/clients/program.hpp"
#include "bench/clients/records.hpp"

namespace lath::bench {

inline constexpr std::uint64_t kTimeoutNs = 20'000'000'000;

class LathTarget {
 public:
  explicit LathTarget(const std::string& where) : owned_(true) {
    if (lath_open(where.c_str(), nullptr, &store_) != LATH_OK) die(where + ": " + lath_last_error(nullptr));
    open_session();
  }
  // A session of a store that others opened, and close.
  explicit LathTarget(lath_store* store) : store_(store) { open_session(); }
  ~LathTarget() {
    lath_session_close(session_);
    if (owned_) lath_close(store_);
  }
  LathTarget(const LathTarget&) = delete;
  LathTarget& operator=(const LathTarget&) = delete;

  lath_session* session() { return session_; }
  lath_store* store() { return store_; }

  void put(const std::uint64_t& key, std::span<const std::byte> value) {
    check(lath_put(session_, &key, sizeof key, value.data(), value.size(), kTimeoutNs));
  }
  std::optional<std::size_t> get(const std::uint64_t& key, std::span<std::byte> room) {
    std::size_t size = 0;
    const lath_status status = lath_get(session_, &key, sizeof key, room.data(), room.size(), &size, kTimeoutNs);
    if (status == LATH_E_NOT_FOUND) return std::nullopt;
    check(status);
    return size;
  }

  void begin_put(const std::uint64_t& key, std::span<const std::byte> value) {
    check(lath_batch_put(lane_->batch, &key, sizeof key, value.data(), value.size()));
    lane_->asked.push_back(nullptr);
  }
  void begin_get(const std::uint64_t& key, std::span<std::byte> room, std::optional<std::size_t>& size) {
    size = 0;
    check(lath_batch_get(lane_->batch, &key, sizeof key, room.data(), room.size(), &*size));
    lane_->asked.push_back(&size);
  }
  void run() {
    if (lane_->asked.empty()) return;
    if (lath_batch_run(lane_->batch, kTimeoutNs) != LATH_OK) look_at_each();
    lane_->asked.clear();
  }

  // Several batches under way: what is begun goes into the lane's, which launch() sends and land() waits for.
  static constexpr std::size_t kLanes = 8;
  void use(std::size_t lane) { lane_ = &lanes_[lane]; }
  void launch() {
    if (!lane_->asked.empty()) check(lath_batch_run_nb(lane_->batch, kTimeoutNs, &lane_->request));
  }
  void land() {
    if (lane_->request == 0) return;
    if (lath_wait_request(session_, lane_->request, kTimeoutNs) != LATH_OK) look_at_each();
    lane_->request = 0;
    lane_->asked.clear();
  }

  // Without a batch. The caller waits for what it began before it begins more than LATH_REQUESTS_MAX.
  lath_request start_put(const std::uint64_t& key, std::span<const std::byte> value) {
    lath_request request = 0;
    check(lath_put_nb(session_, &key, sizeof key, value.data(), value.size(), kTimeoutNs, &request));
    return request;
  }
  lath_request start_get(const std::uint64_t& key, std::span<std::byte> room, std::size_t& size) {
    lath_request request = 0;
    check(lath_get_nb(session_, &key, sizeof key, room.data(), room.size(), &size, kTimeoutNs, &request));
    return request;
  }
  void wait(std::span<lath_request> requests) {
    check(lath_wait_all(session_, requests.data(), requests.size(), nullptr, kTimeoutNs));
  }

 private:
  void open_session() {
    if (lath_session_open(store_, nullptr, &session_) != LATH_OK) die(lath_last_error(nullptr));
    for (Lane& lane : lanes_) check(lath_batch_open(session_, 128, &lane.batch));
  }
  void check(lath_status status) {
    if (status != LATH_OK) die(std::string(lath_status_string(status)) + ": " + lath_last_error(session_));
  }
  void look_at_each() {
    for (std::size_t i = 0; i < lane_->asked.size(); ++i) {
      const lath_status status = lath_batch_status(lane_->batch, i);
      if (status == LATH_E_NOT_FOUND && lane_->asked[i] != nullptr)
        lane_->asked[i]->reset();
      else
        check(status);
    }
  }

  bool owned_ = false;
  lath_store* store_ = nullptr;
  lath_session* session_ = nullptr;
  struct Lane {
    lath_batch* batch = nullptr;
    lath_request request = 0;                        // 0: not under way
    std::vector<std::optional<std::size_t>*> asked;  // one an operation of the batch; of a put: none
  };
  Lane lanes_[kLanes];
  Lane* lane_ = lanes_;
};

}  // namespace lath::bench
