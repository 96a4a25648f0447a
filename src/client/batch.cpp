#include "client/batch.hpp"

#include "client/batch_run.hpp"

namespace lath {

namespace {
// The first frames of a run leave early, so that the shards work while the rest is being encoded; later ones are larger. They do not
// where the shards have work, nor where sending a frame takes as long as encoding many.
std::size_t first_frame(const SessionDriver& driver) {
  constexpr std::size_t kOperations = 32;
  if (driver.keeps_last_shard_busy()) return kFrameOperationsMax;
  return std::min(driver.frame_cost().operations(kOperations), kFrameOperationsMax);
}

constexpr std::size_t kReadAhead = 8;        // one-sided reads: some memory accesses' time
constexpr std::size_t kRecordsOfABatch = 2;  // its own, and that of its members
}  // namespace

BatchRun::BatchRun(OperationGroup& group, std::span<const LargeMember> large, SessionDriver& driver, const Terms& terms)
    : group_(group), large_(large), driver_(driver), session_(driver.session()), terms_(terms), per_frame_(first_frame(driver)) {}

void BatchRun::begin_all() {
  const std::size_t size = group_.size();
  for (std::size_t ahead = 0; ahead < std::min(kReadAhead, size); ++ahead) {
    prefetch(ahead);
    if (driver_.is_shard()) prefetch_here(ahead);
  }
  std::size_t index = 0;
  while (index < size && !is_late()) {
    if (driver_.is_shard() && execute_here(index)) {
      ++index;
      continue;
    }
    if (goes_together(index)) {
      index = begin_together(index);
      continue;
    }
    if (!read_apart(index)) begin_alone(index);
    ++index;
  }
  seal();
  for (; index < size; ++index) session_.refuse_member(group_, index, Code::kTimeout, terms_.batch);
}

Call BatchRun::call_of(std::size_t index) {
  OperationGroup::Member& member = group_.member(index);
  return {.operation = group_.operation(index),
          .target = group_.target(index),
          .deadline = terms_.deadline,
          .completion = {.status = &member.status, .left = &group_.left, .batch = terms_.batch},
          .order = group_.first_order + index};
}

void BatchRun::prefetch(std::size_t index) const {
  if (reads_apart(index)) driver_.prefetch(group_.operation(index));
}

void BatchRun::prefetch_here(std::size_t index) const {
  driver_.prefetch_here(group_.key(group_.member(index)));
}

// What fails is sent like any, and fails there: so that what is told of the batch's failures is the same.
bool BatchRun::execute_here(std::size_t index) {
  if (index + kReadAhead < group_.size()) prefetch_here(index + kReadAhead);
  OperationGroup::Member& member = group_.member(index);
  if (member.opcode == Opcode::kPutLarge) return false;
  if (!driver_.execute_well_here(group_.operation(index), group_.target(index))) return false;
  member.status = Code::kOk;
  return true;
}

bool BatchRun::read_apart(std::size_t index) {
  if (!reads_apart(index)) return false;
  if (index + kReadAhead < group_.size()) prefetch(index + kReadAhead);
  OperationGroup::Member& member = group_.member(index);
  const std::optional<Code> code = driver_.read_now(group_.operation(index), group_.target(index));
  if (code) member.status = *code;
  return code.has_value();
}

// For one more operation, and for the record of those that go together where none is open. false: it does not come free in time, or never
// will, because requests that nobody asked about hold it all.
bool BatchRun::make_room(Way way) {
  const auto has_room = [&] {
    const std::size_t records = way == Way::kTogether && !members_ ? 2 : 1;
    return session_.requests_in_use() + records <= kRequestsUnderWayMax;
  };
  if (has_room()) return true;
  seal();  // it may end, then
  since_push_ = 0;
  return group_.left > 0 && driver_.run_until(terms_.deadline, [&] { return has_room() || group_.left == 0; }) && has_room();
}

void BatchRun::begin_alone(std::size_t index) {
  if (!make_room(Way::kAlone)) return session_.refuse_member(group_, index, is_late() ? Code::kTimeout : Code::kFull, terms_.batch);
  // Of a flush: what comes before it is waited for, and what comes behind it is not.
  seal();
  group_.member(index).status = Code::kInProgress;
  ++group_.left;
  if (group_.member(index).opcode == Opcode::kPutLarge)
    begin_large(index);
  else
    driver_.submit(call_of(index), driver_.now());
  sent(1);
}

void BatchRun::begin_large(std::size_t index) {
  while (large_.front().index < index) large_ = large_.subspan(1);  // those before were refused
  driver_.put_large(call_of(index), large_.front().value, driver_.now());
}

// Those from `index` on, as far as they go the same way and a frame's size allows. Returns where that ended.
std::size_t BatchRun::begin_together(std::size_t index) {
  if (!make_room(Way::kTogether)) {
    begin_alone(index);
    return index + 1;
  }
  if (!members_) members_ = session_.open_members(group_, index, terms_.deadline, terms_.batch);
  const std::size_t frames = per_frame_ * std::max<std::size_t>(session_.unsent_streams(), 1);
  const std::size_t wanted = frames - std::min(frames, since_push_);  // a read may have sent what waited
  const std::size_t most = std::min(wanted, kRequestsUnderWayMax - session_.requests_in_use());
  const std::size_t end_max = std::min(index + std::max<std::size_t>(most, 1), group_.size());
  std::size_t end = index + 1;
  while (end < end_max && goes_together(end) && !driver_.is_shard()) ++end;
  session_.append_members(members_, index, end, driver_.now());
  sent(end - index);
  return end;
}

void BatchRun::seal() {
  if (members_) session_.seal_members(members_);
  members_ = {};
}

void BatchRun::sent(std::size_t count) {
  since_push_ += count;
  if (since_push_ < per_frame_ * session_.unsent_streams()) return;
  since_push_ = 0;
  per_frame_ = std::min(2 * per_frame_, kFrameOperationsMax);
  driver_.progress();
}

Code Batch::run(SessionDriver& driver, TimeNs deadline) {
  was_run_ = true;
  request_ = {};
  driver.session().begin_call();
  driver.session().number(group_);
  group_.left = 0;
  BatchRun(group_, large_, driver, {.deadline = deadline, .batch = {}}).begin_all();
  driver.run_through(deadline, [&] { return group_.left == 0; });
  LATH_ASSERT(group_.left == 0);  // what is out of time has ended too
  return group_.first_failure();
}

RequestId Batch::begin(SessionDriver& driver, TimeNs deadline) {
  Session& session = driver.session();
  session.begin_call();
  std::size_t records = kRecordsOfABatch + group_.size();
  for (std::size_t index = 0; index < group_.size(); ++index) {
    if (!Session::may_be_member(group_.member(index).opcode)) ++records;  // others go on behind it on a record of their own
  }
  if (session.requests_in_use() + records > kRequestsUnderWayMax) return {};
  was_run_ = true;
  request_ = session.open_batch(group_);
  session.number(group_);
  group_.left = 1;  // until all are begun
  BatchRun(group_, large_, driver, {.deadline = deadline, .batch = request_}).begin_all();
  session.count_down(&group_.left, request_);
  driver.push_begun();
  return request_;
}

}  // namespace lath
