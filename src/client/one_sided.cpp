// Which shards can be read, and reads of memory that is mapped.
#include "client/one_sided.hpp"

#include "client/cell_view.hpp"
#include "wire/shard_memory.hpp"

namespace lath {

namespace {

constexpr std::size_t kAnswerBytesFirst = 4096;  // some dozens of extents
constexpr TimeNs kAskTimeoutNs = 2'000'000'000;
constexpr TimeNs kAskIntervalNs = 10'000'000;    // where a table grew into an extent that we do not know
constexpr TimeNs kAskAgainNs = 100'000'000;      // after an answer that was none, or brought nothing new
constexpr TimeNs kClockKeptNs = 10'000'000'000;  // of what is known of a shard's clock: by then it may have drifted by 10 ms
constexpr TimeNs kClockSlackNs = 5'000'000;      // an answer that took longer makes every root look so much older: ask again soon

}  // namespace

void OneSided::set_mode(OneSidedMode mode) {
  mode_ = mode;
  for (std::uint32_t stream = 0; stream < shards_.size(); ++stream) {
    Shard* shard = shards_[stream].get();
    if (shard != nullptr && shard->state != Shard::State::kUnconnected) connected(stream, shard->peer);
  }
}

void OneSided::connected(std::uint32_t stream, PeerId peer) {
  if (shards_.size() <= stream) shards_.resize(stream + 1U);
  if (shards_[stream] == nullptr) shards_[stream] = std::make_unique<Shard>();
  lost(stream);
  shards_[stream]->peer = peer;
  shards_[stream]->ask_not_before = 0;
  shards_[stream]->state = Shard::State::kFresh;
}

// Its mappings are gone, or about to go. Reads under way are told by the transport.
void OneSided::lost(std::uint32_t stream) {
  if (stream >= shards_.size() || shards_[stream] == nullptr) return;
  Shard& shard = *shards_[stream];
  shard.state = Shard::State::kUnconnected;
  detach(shard);
}

void OneSided::detach(Shard& shard) {
  shard.mapped.close();
  for (const Attached& piece : shard.memory.pieces()) transport_.detach(piece.id);
  shard.memory.clear();
  shard.exports_seen = 0;
  shard.root = 0;
  shard.copies_at_once = false;
}

OneSided::Shard* OneSided::readable(const Operation& operation, TimeNs now, Counts counts, std::uint32_t& stream) {
  const Session::ReadWay way = session_.way_of_read(operation.key, now);
  stream = way.stream;
  if (way.stream == PlaceIndex::kNone) return nullptr;
  if (way.behind_updates) {
    if (counts == Counts::kYes) ++counters_.behind_updates;
    return nullptr;
  }
  if (way.stream >= shards_.size() || shards_[way.stream] == nullptr) return nullptr;
  Shard& shard = *shards_[way.stream];
  if (shard.state < Shard::State::kMapped) prepare(way.stream, shard, now);
  if (shard.state != Shard::State::kMapped && shard.state != Shard::State::kCopied) {
    if (counts == Counts::kYes) ++counters_.not_ready;
    return nullptr;
  }
  shard.terms.epoch = session_.view().epoch;
  return &shard;
}

// One step towards being readable, where there is one to take.
void OneSided::prepare(std::uint32_t stream, Shard& shard, TimeNs now) {
  using State = Shard::State;
  if (shard.state == State::kFresh) {
    transport_.probe(shard.peer);
    shard.state = State::kProbing;
  }
  if (shard.state == State::kProbing) {
    const Reach reach = transport_.reach(shard.peer);
    if (reach == Reach::kProbing) return;
    shard.state = reach == Reach::kMapped || reach == Reach::kCopies ? State::kAttaching : State::kNever;
  }
  if (shard.state != State::kAttaching) return;
  if (shard.asking) {
    take_answer(shard, now);
  } else if (now >= shard.ask_not_before) {
    ask(stream, shard, now);
  }
}

void OneSided::ask(std::uint32_t stream, Shard& shard, TimeNs now) {
  if (shard.asking || now < shard.ask_not_before) return;
  if (shard.answer.empty()) shard.answer.resize(kAnswerBytesFirst);
  shard.ask_not_before = now + kAskIntervalNs;
  shard.answer_status = Code::kInProgress;
  shard.asked_at = clock_.now_ns();
  shard.asked = shard.peer;
  ++counters_.memory_asked;
  const Call call{.operation = {Opcode::kShardMemory, {}, {}},
                  .target = AnswerTarget::bytes({shard.answer.data(), shard.answer.size(), &shard.answer_size}),
                  .deadline = shard.asked_at + kAskTimeoutNs,
                  .completion = {.status = &shard.answer_status, .left = nullptr, .quiet = true}};
  shard.asking = static_cast<bool>(session_.submit_at(session_.place_of(stream), call, now));
}

void OneSided::take_answer(Shard& shard, TimeNs now) {
  if (shard.answer_status == Code::kInProgress) return;
  shard.asking = false;
  if (shard.answer_status == Code::kTooSmall) {
    shard.answer.resize(2 * shard.answer_size);
    return;
  }
  if (shard.asked != shard.peer) return;  // of a connection before
  shard.ask_not_before = now + kAskAgainNs;
  if (shard.answer_status != Code::kOk || shard.state == Shard::State::kUnconnected) return;
  const std::optional<ShardMemory> told = read_shard_memory(Bytes(shard.answer).first(shard.answer_size));
  if (!told || told->root == 0) return;
  const bool maps = mode_ != OneSidedMode::kCopies && transport_.reach(shard.peer) == Reach::kMapped;
  if (told->incarnation != shard.terms.incarnation || told->exports.size() < shard.exports_seen) {
    detach(shard);  // another life behind the same connection there is not; a damaged answer there may be
    shard.state = Shard::State::kAttaching;
    shard.terms.incarnation = told->incarnation;
  }
  for (; shard.exports_seen < told->exports.size(); ++shard.exports_seen) {
    attach(shard, told->exports[shard.exports_seen], maps);
  }
  shard.terms.shard_ns = told->now_ns;
  shard.terms.asked_ns = shard.asked_at;
  shard.clock_due = now + (now > shard.asked_at + kClockSlackNs ? kAskAgainNs : kClockKeptNs);
  shard.ask_not_before = now + kAskIntervalNs;
  open(shard, told->root);
}

void OneSided::open(Shard& shard, std::uint64_t root) {
  if (shard.root == root && shard.state >= Shard::State::kMapped) return;
  shard.root = root;
  if (shard.memory.piece_of(root, sizeof(RootPage)) == nullptr) {
    shard.state = Shard::State::kNever;  // nothing of it can be attached
  } else if (shard.mapped.open(shard.memory, root)) {
    shard.state = Shard::State::kMapped;
  } else {
    shard.copied.open(root);
    shard.state = Shard::State::kCopied;
  }
}

void OneSided::attach(Shard& shard, Bytes exported, bool maps) {
  if (exported.empty()) return;
  Result<Attached> attached = transport_.attach(shard.peer, exported);
  if (!attached) return;  // what lies there goes by message
  if (!maps) attached->mapping = nullptr;
  shard.memory.add(*attached);
  ++counters_.extents_attached;
}

// What is known of the shard's clock grows old; and an answer that was asked for is taken.
void OneSided::keep_current(std::uint32_t stream, Shard& shard, TimeNs now) {
  if (shard.asking) return take_answer(shard, now);
  if (now > shard.clock_due) ask(stream, shard, now);
}

void OneSided::give_up(ReadVerdict verdict, std::uint32_t stream, Shard& shard, TimeNs now) {
  ++counters_.given_up[static_cast<std::size_t>(verdict)];
  if (verdict == ReadVerdict::kOutside && shard.state >= Shard::State::kMapped) ask(stream, shard, now);
}

void OneSided::prefetch(const Operation& operation, TimeNs now) {
  if (mode_ != OneSidedMode::kOn) return;
  const Session::ReadWay way = session_.way_of_read(operation.key, now);
  if (way.stream >= shards_.size() || shards_[way.stream] == nullptr) return;
  if (shards_[way.stream]->state == Shard::State::kMapped) shards_[way.stream]->mapped.prefetch(slot_key_of(operation.key));
}

std::optional<Code> OneSided::read_now(const Operation& operation, const AnswerTarget& target, TimeNs& now) {
  std::uint32_t stream = PlaceIndex::kNone;
  Shard* shard = readable(operation, now, Counts::kNo, stream);
  if (shard == nullptr) return std::nullopt;
  if (shard->state == Shard::State::kMapped) {
    SlotImage image;
    const ReadVerdict verdict = read_mapped(*shard, operation, now, image);
    keep_current(stream, *shard, now);
    if (verdict == ReadVerdict::kFound) return deliver_image(image, operation, target, stream);
    give_up(verdict, stream, *shard, now);
    return std::nullopt;
  }
  return shard->copies_at_once ? copy_now(stream, *shard, operation, target, now) : std::nullopt;
}

ReadVerdict OneSided::read_mapped(Shard& shard, const Operation& operation, TimeNs& now, SlotImage& image) {
  const SlotKey slot_key = slot_key_of(operation.key);
  for (unsigned tries = 1;; ++tries) {
    const ReadVerdict verdict = shard.mapped.read(slot_key, operation.key, shard.terms, clock_, now, image);
    if (verdict != ReadVerdict::kMoving || tries == kReadTriesMax) return verdict;
    ++counters_.tried_again;
  }
}

std::optional<Code> OneSided::deliver_image(const SlotImage& image, const Operation& operation, const AnswerTarget& target,
                                            std::uint32_t stream) {
  const std::optional<ImageAnswer> answer = answer_from(image, operation, scratch_);
  if (!answer) {
    ++counters_.given_up[static_cast<std::size_t>(ReadVerdict::kForm)];
    return std::nullopt;
  }
  ++counters_.answered;
  const Code code = answer->status == Code::kOk ? deliver(target, answer->payload) : answer->status;
  if (code != Code::kOk) session_.note_answered(operation, code, stream);
  return code;
}

}  // namespace lath
