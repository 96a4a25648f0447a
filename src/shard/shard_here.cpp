// Operations of a thread that is this shard: what on_request() does for one of a frame, less the frame. Nothing is remembered of its
// session: a call does not come twice.
#include "shard/shard.hpp"

namespace lath {

bool Shard::is_here(std::uint64_t hash, Bytes key) const {
  return view_ != nullptr && view_->ring.holds(hash, view_->placement.of(key), {self_.node, self_.shard});
}

// A short key is its own word in the table.
Store::Lookup Shard::look_up(Bytes key) const {
  return store_.look_up({key.size() > sizeof(std::uint64_t) ? key_hash(key) : 0, key});
}

// Not of a key that lies elsewhere: what memory brings is what a run over many keys waits for.
void Shard::prefetch(Bytes key) const {
  const Store::Lookup lookup = look_up(key);
  if (is_here(lookup.probe.key_bytes == 0 ? lookup.probe.word : key_hash(key), key)) store_.prefetch(lookup);
}

std::optional<Answer> Shard::execute_here(const Operation& operation, const Turn& turn, Outbox& outbox) {
  const Opcode opcode = operation.opcode;
  if (is_answered_late(opcode) || is_keyless(opcode)) return std::nullopt;
  // Word by word: what has just been written in words is waited for when it is copied in larger pieces.
  const Bytes key(operation.key.data(), operation.key.size());
  Request request;
  request.operation.opcode = opcode;
  request.operation.key = key;
  request.operation.argument = {operation.argument.data(), operation.argument.size()};
  request.lookup = look_up(key);
  if (!is_here(request.hash(), key)) return std::nullopt;
  Frame frame;
  frame.ours = true;
  if (is_update(opcode)) {
    if (update(frame, request, turn, outbox) != Code::kOk) return std::nullopt;
    counters_.updates.add();
    store_changed_ = true;
    return Answer{};
  }
  counters_.reads.add();
  if (opcode == Opcode::kGet) {
    if (const Slot* slot = store_.get_short(request.lookup, operation.argument); slot != nullptr) {
      word_here_ = slot->value;
      return Answer{Code::kOk, std::as_bytes(std::span(&word_here_, 1)).first(meta_of(slot->control).size)};
    }
  }
  answer_here_.clear();
  const Code status = store_.read(request.lookup, opcode, operation.argument, answer_here_);
  if (status != Code::kOk && status != Code::kNotFound) return std::nullopt;
  return Answer{status, answer_here_.bytes()};
}

}  // namespace lath
