// Reads by copies: each is a state machine that says what to fetch next; a fetch may be there at once, or be told of later.
#include "base/assert.hpp"
#include "client/cell_view.hpp"
#include "client/one_sided.hpp"

namespace lath {

namespace {

// All that was asked for was there at once. What was refused says nothing of that.
bool is_there(const std::optional<ReadVerdict>& verdict) {
  return verdict && *verdict != ReadVerdict::kOutside;
}

}  // namespace

Operation OneSided::operation_in(const Copy& copy) const {
  Reader reader(copy.operation.bytes());
  Operation operation;
  LATH_ASSERT(read_operation(reader, operation));
  return operation;
}

std::uint32_t OneSided::take_copy() {
  if (free_copies_.empty()) {
    free_copies_.push_back(static_cast<std::uint32_t>(copies_.size()));
    copies_.emplace_back();
  }
  const std::uint32_t number = free_copies_.back();
  free_copies_.pop_back();
  copies_[number].in_use = true;
  ++copies_under_way_;
  return number;
}

void OneSided::release(std::uint32_t number) {
  copies_[number].in_use = false;
  free_copies_.push_back(number);
  --copies_under_way_;
}

// On the same host a copy is there when it has been asked for: no request, and no copy of the operation. One that is not after all is
// left to itself.
std::optional<Code> OneSided::copy_now(std::uint32_t stream, Shard& shard, const Operation& operation, const AnswerTarget& target,
                                       TimeNs& now) {
  if (2 * copies_under_way_ + 2 > kReadsUnderWayMax) return std::nullopt;
  const std::uint32_t number = take_copy();
  Copy& copy = copies_[number];
  copy.stream = stream;
  copy.request = {};
  copy.deadline = kForeverNs;
  copy.tries = 1;
  copy.began = now = clock_.now_ns();
  copy.read.begin(shard.copied, slot_key_of(operation.key), operation.key);
  const std::optional<ReadVerdict> verdict = run(number, now);
  shard.copies_at_once = is_there(verdict);
  if (!verdict) return std::nullopt;
  std::optional<Code> code;
  if (*verdict == ReadVerdict::kFound) {
    code = deliver_image(copy.read.image(), operation, target, stream);
  } else {
    give_up(*verdict, stream, shard, now);
  }
  release(number);
  keep_current(stream, shard, now);
  return code;
}

RequestId OneSided::begin(const Call& call, TimeNs now) {
  if (2 * copies_under_way_ + 2 > kReadsUnderWayMax) return {};
  std::uint32_t stream = PlaceIndex::kNone;
  Shard* shard = readable(call.operation, now, Counts::kYes, stream);
  if (shard == nullptr || shard->state != Shard::State::kCopied || shard->copies_at_once) return {};
  keep_current(stream, *shard, now);
  const RequestId request = session_.open_apart(call);
  if (!request) return {};
  const std::uint32_t number = take_copy();
  Copy& copy = copies_[number];
  copy.stream = stream;
  copy.request = request;
  copy.deadline = call.deadline;
  copy.tries = 1;
  copy.began = now;
  copy.operation.clear();
  append_operation(copy.operation, call.operation);
  const Bytes key = operation_in(copy).key;
  copy.read.begin(shard->copied, slot_key_of(key), key);
  const std::optional<ReadVerdict> verdict = run(number, now);
  shard->copies_at_once = is_there(verdict);
  if (verdict) finish(number, *verdict, now);
  return request;
}

// Fetches what the read wants next. kLater: on_read_done() goes on.
OneSided::Fetched OneSided::fetch(std::uint32_t number) {
  Copy& copy = copies_[number];
  Shard& shard = *shards_[copy.stream];
  copy.fetches_left = 0;
  copy.failed = false;
  for (const CopiedRead::Fetch& wanted : copy.read.fetches()) {
    const Attached* piece = shard.memory.piece_of(wanted.address, wanted.room.size());
    const ReadBegun begun =
        piece == nullptr ? ReadBegun::kOutside : transport_.read(piece->id, wanted.address, wanted.room, number);
    if (begun == ReadBegun::kDone) continue;
    if (begun != ReadBegun::kUnderWay) {
      copy.failed = true;
      break;
    }
    ++copy.fetches_left;
  }
  if (copy.fetches_left > 0) return Fetched::kLater;
  return copy.failed ? Fetched::kNot : Fetched::kNow;
}

std::optional<ReadVerdict> OneSided::run(std::uint32_t number, TimeNs now) {
  Copy& copy = copies_[number];
  Shard& shard = *shards_[copy.stream];
  for (;;) {
    switch (fetch(number)) {
      case Fetched::kLater: return std::nullopt;
      case Fetched::kNot: shard.copied.forget(); return ReadVerdict::kOutside;
      case Fetched::kNow: break;
    }
    if (const std::optional<ReadVerdict> verdict = step(copy, shard, now)) return verdict;
  }
}

// nullopt: fetch on; from the beginning, where what was read has moved meanwhile.
std::optional<ReadVerdict> OneSided::step(Copy& copy, const Shard& shard, TimeNs now) {
  const std::optional<ReadVerdict> verdict = copy.read.step(shard.terms, copy.began);
  if (!verdict || *verdict != ReadVerdict::kMoving || copy.tries == kReadTriesMax) return verdict;
  ++copy.tries;
  ++counters_.tried_again;
  copy.began = now;
  copy.read.begin_again();
  return std::nullopt;
}

void OneSided::on_read_done(std::uint64_t token, Code code, TimeNs now) {
  const auto number = static_cast<std::uint32_t>(token);
  if (number >= copies_.size() || !copies_[number].in_use) return;
  Copy& copy = copies_[number];
  copy.failed = copy.failed || code != Code::kOk;
  if (--copy.fetches_left > 0) return;
  if (!session_.is_under_way(copy.request)) return release(number);  // nobody waits for it, and its key may be gone
  Shard& shard = *shards_[copy.stream];
  if (copy.failed || shard.state != Shard::State::kCopied) return finish(number, ReadVerdict::kOutside, now);
  std::optional<ReadVerdict> verdict = step(copy, shard, now);
  if (!verdict) verdict = run(number, now);
  if (verdict) finish(number, *verdict, now);
}

void OneSided::finish(std::uint32_t number, ReadVerdict verdict, TimeNs now) {
  Copy& copy = copies_[number];
  Shard& shard = *shards_[copy.stream];
  const Operation operation = operation_in(copy);
  std::optional<ImageAnswer> answer;
  if (verdict == ReadVerdict::kFound) {
    answer = answer_from(copy.read.image(), operation, scratch_);
    if (!answer) verdict = ReadVerdict::kForm;
  }
  if (answer) {
    ++counters_.answered;
    session_.answer_apart(copy.request, operation, answer->status, answer->payload, copy.stream);
  } else {
    give_up(verdict, copy.stream, shard, now);
    session_.send_apart(copy.request, operation, now);
  }
  release(number);
}

// A request's end is told in time, also where a read hangs; its room is kept until the transport gives it back.
void OneSided::turn(TimeNs now) {
  if (copies_under_way_ == 0) return;
  for (Copy& copy : copies_) {
    if (!copy.in_use || now <= copy.deadline || !session_.is_under_way(copy.request)) continue;
    session_.answer_apart(copy.request, operation_in(copy), Code::kTimeout, {}, copy.stream);
  }
}

TimeNs OneSided::next_deadline() const {
  TimeNs next = kForeverNs;
  if (copies_under_way_ == 0) return next;
  for (const Copy& copy : copies_) {
    if (copy.in_use) next = std::min(next, copy.deadline);
  }
  return next;
}

}  // namespace lath
