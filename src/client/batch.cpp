#include "client/batch.hpp"

#include <algorithm>

namespace lath {

namespace {
// The first frames of a run leave early, so that the shards work while the rest is being encoded; later ones are larger.
constexpr std::size_t kOperationsPerFrameFirst = 32;
constexpr std::size_t kReadAhead = 8;  // one-sided reads: some memory accesses' time
}  // namespace

Code Batch::add(const Operation& operation, const AnswerTarget& target) {
  if (was_run_) clear();
  const std::size_t bytes = operation.key.size() + operation.argument.size();
  if (entries_.size() >= kBatchOperationsMax || bytes_.size() + bytes > kBatchBytesMax) return Code::kFull;
  entries_.push_back({.opcode = operation.opcode,
                      .status = Code::kInProgress,
                      .key_size = static_cast<std::uint16_t>(operation.key.size()),
                      .argument_size = static_cast<std::uint32_t>(operation.argument.size()),
                      .offset = bytes_.size(),
                      .target = target});
  bytes_.append(operation.key);
  bytes_.append(operation.argument);
  return Code::kOk;
}

void Batch::clear() {
  entries_.clear();
  bytes_.clear();
  was_run_ = false;
}

Operation Batch::operation(const Entry& entry) const {
  const Bytes bytes = bytes_.bytes();
  return {entry.opcode, bytes.subspan(entry.offset, entry.key_size),
          bytes.subspan(entry.offset + entry.key_size, entry.argument_size)};
}

// false: none comes free in time, or none ever will, because requests that nobody asked about hold them all.
bool Batch::wait_for_slot(SessionDriver& driver, TimeNs deadline) {
  Session& session = driver.session();
  const auto has_slot = [&] { return session.requests_in_use() < kRequestsUnderWayMax; };
  if (has_slot()) return true;
  return left_ > 0 && driver.run_until(deadline, [&] { return has_slot() || left_ == 0; }) && has_slot();
}

Code Batch::run(SessionDriver& driver, TimeNs deadline) {
  Session& session = driver.session();
  was_run_ = true;
  left_ = 0;
  session.begin_call();
  std::size_t per_frame = kOperationsPerFrameFirst;
  std::size_t since_push = 0;
  for (std::size_t ahead = 0; ahead < std::min(kReadAhead, entries_.size()); ++ahead) driver.prefetch(operation(entries_[ahead]));
  for (Entry& entry : entries_) {
    if (const auto ahead = static_cast<std::size_t>(&entry - entries_.data()) + kReadAhead; ahead < entries_.size()) {
      driver.prefetch(operation(entries_[ahead]));
    }
    if (const std::optional<Code> code = driver.read_now(operation(entry), entry.target)) {
      entry.status = *code;
      continue;
    }
    entry.status = Code::kFull;
    if (!wait_for_slot(driver, deadline)) continue;
    entry.status = Code::kInProgress;
    ++left_;
    driver.submit(
        {.operation = operation(entry), .target = entry.target, .deadline = deadline, .completion = {&entry.status, &left_}},
        driver.now());
    if (++since_push < per_frame * session.unsent_streams()) continue;
    driver.progress();
    since_push = 0;
    per_frame = std::min(2 * per_frame, kFrameOperationsMax);
  }
  driver.run_until(deadline, [&] { return left_ == 0; });
  LATH_ASSERT(left_ == 0);  // what is out of time has ended too
  const auto failed = std::find_if(entries_.begin(), entries_.end(), [](const Entry& entry) { return entry.status != Code::kOk; });
  return failed == entries_.end() ? Code::kOk : failed->status;
}

}  // namespace lath
