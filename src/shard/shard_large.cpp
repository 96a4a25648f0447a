// A shard's part in moving large values: docs/decisions/0005-large-values.md.
#include <algorithm>

#include "lath/limits.hpp"
#include "shard/reply_writer.hpp"
#include "shard/shard.hpp"
#include "topology/hash.hpp"
#include "wire/transfer.hpp"

namespace lath {

namespace {
constexpr TimeNs kOfferExpectedNs = 500'000'000;  // after that a fetch or its offer is lost, or its sender busy
}

void Shard::on_transfer(FrameKind kind, const Message& message, const Turn& turn, Outbox& outbox) {
  if (kind == FrameKind::kAsk) {
    Ask ask;
    if (!read_ask(message.bytes, ask)) return counters_.dropped_garbage.add();
    offers_.ask(message.from, ask);
  } else if (kind == FrameKind::kChunk) {
    Chunk chunk;
    if (!read_chunk(message.bytes, chunk)) return counters_.dropped_garbage.add();
    pulls_.on_chunk(message.from, chunk, *this, turn.now_ns);
  } else if (kind == FrameKind::kRelease) {
    std::uint64_t source = 0;
    if (!read_release(message.bytes, source)) return counters_.dropped_garbage.add();
    offers_.release(message.from, source, store_);
    store_changed_ = true;
  } else if (kind == FrameKind::kFetch) {
    Fetch fetch;
    if (!read_fetch(message.bytes, fetch)) return counters_.dropped_garbage.add();
    OfferFrame offer{.token = fetch.token, .gone = true, .offer = {}};
    const auto held = store_.large_of({key_hash(fetch.key), fetch.key});
    // Where there are too many offers nothing is said: it is told of again.
    if (held && !offers_.write({message.from, *held, export_clock_ != nullptr, turn.now_ns}, store_, offer.offer)) return;
    offer.gone = !held;
    counters_.large_offers.add(held ? 1 : 0);
    FrameBuffer frame = outbox.acquire();
    write_offer(frame, offer);
    outbox.send(message.from, std::move(frame));
  } else if (kind == FrameKind::kOffer) {
    OfferFrame offer;
    if (!read_offer(message.bytes, offer)) return counters_.dropped_garbage.add();
    on_offer(message.from, offer, turn.now_ns);
  } else {
    Held held;
    if (!read_held(message.bytes, held)) return counters_.dropped_garbage.add();
    if (held.incarnation != self_.incarnation) return counters_.dropped_stale.add();
    const Key key{key_hash(held.key), held.key};
    if (gossip_.large_held(held.sender, key, {held.stamp, held.writer}, turn.now_ns)) progressed_ = true;
  }
}

// The value of a key that holds a large one, for whoever asked for it.
Code Shard::offer_large(PeerId to, const Key& key, const Turn& turn, FrameBuffer& reply) {
  LargeOffer offer;
  if (!offers_.write({to, *store_.large_of(key), export_clock_ != nullptr, turn.now_ns}, store_, offer)) {
    count_refusal(Code::kCrowded);
    return Code::kCrowded;
  }
  counters_.large_offers.add();
  append_large_offer(reply, offer);
  return Code::kLarge;
}

// A frame that comes again while its value is on the way is told so.
void Shard::answer_put_large(const Frame& frame, const Request& request, const Turn& turn, ReplyWriter& replies) {
  if (frame.repeated && frame.memory->deferred) return replies.answer_status(request.index, Code::kInProgress);
  if (frame.repeated) return answer_update(request.index, frame.memory->outcome_of(request.index), replies);
  const UpdateOutcome outcome = begin_put_large(frame, request, turn);
  if (outcome.status == Code::kOk) return;
  count_refusal(outcome.status);
  frame.memory->failures.push_back(outcome);
  answer_update(request.index, outcome, replies);
}

// What can be refused is refused before anything is moved.
UpdateOutcome Shard::begin_put_large(const Frame& frame, const Request& request, const Turn& turn) {
  const auto refuse = [&](Code code) { return UpdateOutcome{request.index, code, {}}; };
  const std::optional<LargeSource> source = read_large_source(request.operation.argument);
  if (!source) return refuse(Code::kInvalid);
  const Key key = request.key();
  if (!is_mine(frame.ours, key)) {
    counters_.wrong_owner.add();
    return refuse(Code::kWrongOwner);
  }
  const HeldTypes held = store_.held_types(key, request.operation);
  if (held.key != Tag{} && held.key != Tag::kLww) return {request.index, Code::kWrongType, held};
  if (frame.header.ack_nodes > 1 && !note_replicas(key, frame.header.ack_nodes)) return refuse(Code::kInvalid);
  if (pulls_.full()) return refuse(Code::kCrowded);
  const auto room = store_.open_large(source->bytes(), Store::LargeRoomFor::kPut);
  if (!room) return refuse(store_.waits_for_replicas(source->bytes()) ? Code::kLater : Code::kFull);
  PullOrder order{.from = frame.from, .source = source->source, .room = *room, .bytes = source->bytes()};
  order.head.assign(source->head.begin(), source->head.end());
  if (!source->exported.empty()) order.exports.emplace_back(source->exported.begin(), source->exported.end());
  order.pieces.push_back({0, source->address, source->layout.extent()});
  order.layout = source->layout;
  order.confirms = true;
  const std::uint64_t pull = pulls_.begin(std::move(order), turn.now_ns);
  large_work_.puts[pull] = {.session = frame.header.session,
                            .epoch = frame.header.epoch,
                            .sequence = frame.header.sequence,
                            .operation = request.index,
                            .ack_nodes = frame.header.ack_nodes,
                            .bytes = source->bytes(),
                            .hash = key.hash,
                            .key = std::string(as_text(key.bytes))};
  frame.memory->deferred = true;
  counters_.large_puts.add();
  store_changed_ = true;
  return refuse(Code::kOk);
}

void Shard::tick_large(const Turn& turn, Outbox& outbox) {
  pulls_.tick(*this, turn.now_ns, outbox);
  Pulls::Ended ended;
  while (pulls_.take_ended(ended)) pull_ended(ended, turn, outbox);
  offers_.tick(store_, turn.now_ns, outbox);
  std::erase_if(large_work_.fetches,
                [&](const auto& entry) { return entry.second.pull == 0 && turn.now_ns >= entry.second.until; });
  store_changed_ = true;
}

void Shard::pull_ended(const Pulls::Ended& ended, const Turn& turn, Outbox& outbox) {
  if (ended.code != Code::kOk) counters_.large_failed.add();
  if (const auto put = large_work_.puts.find(ended.pull); put != large_work_.puts.end()) {
    finish_put(put->second, ended, turn, outbox);
    large_work_.puts.erase(put);
  } else {
    const auto fetch =
        std::ranges::find_if(large_work_.fetches, [&](const auto& entry) { return entry.second.pull == ended.pull; });
    LATH_ASSERT(fetch != large_work_.fetches.end());
    finish_fetch(fetch->second, ended, turn, outbox);
    large_work_.fetches.erase(fetch);
  }
  store_.large().release(ended.room);
  store_changed_ = true;
}

// A session that does not wait any more has its answer: none. What is whole is written only for one that does.
void Shard::finish_put(const LargePut& put, const Pulls::Ended& ended, const Turn& turn, Outbox& outbox) {
  SessionWindow* session = sessions_.find(put.session);
  if (session == nullptr || put.sequence < session->oldest()) return;
  SessionWindow::Frame* memory = session->find(put.sequence);
  if (memory == nullptr) return;
  UpdateOutcome outcome{put.operation, ended.code, {}};
  if (ended.code == Code::kOk) outcome.status = write_large(put, ended, turn, outbox);
  if (outcome.status == Code::kWrongType)
    outcome.held = store_.held_types(put.as_key(), {Opcode::kPutLarge, as_bytes(put.key), {}});
  const bool ours = view_ != nullptr && put.epoch == view_->epoch;
  if (outcome.status == Code::kOk && put.ack_nodes > 1) {
    DeferredAnswer answer;
    answer.session = put.session;
    answer.sequence = put.sequence;
    answer.is_large = true;
    answer.nodes = put.ack_nodes;
    answer.update = gossip_.last_update();
    answer.sets = replica_sets_;
    answer.operations = {put.operation};
    deferred_.add(std::move(answer));
    gossip_.hurry(turn.now_ns);
    progressed_ = true;
    return;
  }
  memory->deferred = false;
  if (outcome.status != Code::kOk) {
    count_refusal(outcome.status);
    memory->failures.push_back(outcome);
  }
  ReplyWriter replies(outbox, session->peer, put.sequence, !ours);
  answer_update(put.operation, outcome, replies);
  counters_.replies.add(replies.finish());
}

Code Shard::write_large(const LargePut& put, const Pulls::Ended& ended, const Turn& turn, Outbox& outbox) {
  const Key key = put.as_key();
  if (!is_mine(view_ != nullptr && put.epoch == view_->epoch, key)) {
    counters_.wrong_owner.add();
    return Code::kWrongOwner;
  }
  replica_sets_.clear();
  if (put.ack_nodes > 1) {
    if (deferred_.full()) {
      progressed_ = true;
      return Code::kCrowded;
    }
    if (!note_replicas(key, put.ack_nodes)) return Code::kInvalid;
  }
  const Stamp since{clock_.last().value + 1};
  const Store::Outcome outcome = store_.put_large(key, ended.room, {.writer = self_, .clock = &clock_, .wall_us = turn.wall_us});
  // The bytes are here: what is missing is a slot's worth, and the session may as well begin again.
  if (outcome.status != Code::kOk) return outcome.status;
  if (gossip_.replicates()) {
    Cell whole;
    const auto grown = static_cast<std::int64_t>(store_.large().content(ended.room).bytes);
    gossip_.updated(key, whole, true, since, turn.now_ns, grown);
  }
  if (waiters_.any_for(key.hash)) moved(key, outbox);
  return Code::kOk;
}

void Shard::fetch_large(const Key& key, const LargeId& told, const Merging& merging) {
  if (large_work_.fetches_key(key) || large_work_.fetches.size() >= kLargePullsMax) return;
  const std::uint32_t token = large_work_.token_next++;
  large_work_.fetches[token] = {.hash = key.hash,
                                .key = std::string(as_text(key.bytes)),
                                .from = merging.from,
                                .incarnation = merging.header.sender.incarnation,
                                .id = told,
                                .pull = 0,
                                .until = merging.turn.now_ns + kOfferExpectedNs};
  FrameBuffer frame = merging.outbox.acquire();
  write_fetch(frame, {.token = token, .key = key.bytes});
  merging.outbox.send(merging.from, std::move(frame));
}

void Shard::on_offer(PeerId from, const OfferFrame& told, TimeNs now) {
  const auto found = large_work_.fetches.find(told.token);
  if (found == large_work_.fetches.end() || found->second.from != from || found->second.pull != 0) return;
  LargeFetch& fetch = found->second;
  const LargeOffer& offer = told.offer;
  const auto room = told.gone || pulls_.full() ? std::nullopt : store_.open_large(offer.bytes, Store::LargeRoomFor::kMerge);
  if (!room) {  // what the key holds now comes, or is told of again
    large_work_.fetches.erase(found);
    return;
  }
  fetch.id = {offer.stamp, offer.writer};
  PullOrder order{.from = from, .source = offer.source, .room = *room, .bytes = offer.bytes, .pieces = offer.pieces};
  for (const Bytes exported : offer.exports) order.exports.emplace_back(exported.begin(), exported.end());
  // The offer was written after the fetch was sent.
  order.good_until = fetch.until - kOfferExpectedNs + offer.lease_ns / 2;
  fetch.pull = pulls_.begin(std::move(order), now);
}

void Shard::finish_fetch(const LargeFetch& fetch, const Pulls::Ended& ended, const Turn& turn, Outbox& outbox) {
  FrameBuffer frame = outbox.acquire();
  write_release(frame, ended.source);
  outbox.send(ended.from, std::move(frame));
  if (ended.code != Code::kOk) return;  // it is told of again
  const Key key = fetch.as_key();
  const Result<bool> grown = store_.merge_large(key, ended.room, fetch.id, clock_, turn.wall_us);
  counters_.merges.add();
  if (!grown) return counters_.merges_refused.add();
  counters_.large_fetched.add();
  tell_held(key, fetch.id, fetch.incarnation, fetch.from, outbox);
  if (!*grown) return;
  counters_.merges_grown.add();
  if (view_ != nullptr && !moved_keys_.is_own(key)) forward(key, turn);  // told of by an older view
  if (waiters_.any_for(key.hash)) moved(key, outbox);
}

void Shard::tell_held(const Key& key, const LargeId& id, std::uint64_t incarnation, PeerId to, Outbox& outbox) {
  FrameBuffer frame = outbox.acquire();
  write_held(frame, {.sender = self_, .incarnation = incarnation, .stamp = id.stamp, .writer = id.writer, .key = key.bytes});
  outbox.send(to, std::move(frame));
}

}  // namespace lath
