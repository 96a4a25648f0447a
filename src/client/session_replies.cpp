// What a session does with a reply. Whatever does not fit what was asked is counted and dropped.
#include "client/session.hpp"
#include "wire/reply.hpp"

namespace lath {

namespace {
constexpr TimeNs kReroutePauseNs = 1'000'000;  // doubled with each time that shards disagree
constexpr unsigned kPauseDoublingsMax = 6;
}  // namespace

void Session::handle(std::uint32_t number, Bytes reply, TimeNs now) {
  Reader reader(reply);
  ReplyHeader header;
  RequestFrame* frame = nullptr;
  if (number < streams_.size() && read_reply_header(reader, header)) frame = streams_[number]->find(header.sequence);
  if (frame == nullptr || frame->sends == 0 || std::size_t{header.first} + header.count > frame->operations.size()) {
    ++counters_.replies_dropped;
    return;
  }
  Stream& stream = *streams_[number];
  stream.answered_at(*frame, now);
  if (header.other_view) router_.ask_for_news();
  for (std::size_t i = header.first; i < std::size_t{header.first} + header.count; ++i) {
    Answer got;
    if (!read_answer(reader, got)) {
      ++counters_.replies_dropped;
      break;
    }
    OperationRef& ref = frame->operations[i];
    if (ref.answered) continue;
    ref.answered = true;
    --frame->left;
    answer(stream, *frame, ref, got.status, got.payload, now);
  }
  if (frame->left == 0) stream.remove(*frame, frames_);
}

void Session::answer(Stream& stream, RequestFrame& frame, OperationRef& ref, Code status, Bytes payload, TimeNs now) {
  RequestSlot* slot = requests_.find_under_way(ref.request);
  if (slot == nullptr) return;
  if (status == Code::kOk) {
    const Code delivered = deliver(slot->target, payload);
    if (delivered == Code::kOk) return end(ref.request, *slot, Code::kOk, Reason::kAnswered, {}, nullptr);
    const Reason reason = delivered == Code::kTooSmall ? Reason::kRoom : Reason::kOddAnswer;
    return end(ref.request, *slot, delivered, reason, operation_of(frame, ref).key, &stream);
  }
  const Operation operation = operation_of(frame, ref);
  if (status != Code::kWrongOwner) return end(ref.request, *slot, status, Reason::kAnswered, operation.key, &stream);

  ++counters_.rerouted;
  if (is_keyless(operation.opcode)) return end(ref.request, *slot, Code::kNotFound, Reason::kNoSuchPlace, {}, &stream);
  router_.ask_for_news();
  if (++slot->reroutes > kReroutesMax) {
    const Code code = slot->may_be_applied ? Code::kUnknown : Code::kUnreachable;
    return end(ref.request, *slot, code, Reason::kNoAgreement, operation.key, &stream);
  }
  const unsigned doublings = std::min<unsigned>(slot->reroutes - 1U, kPauseDoublingsMax);
  park(ref.request, operation, now + (kReroutePauseNs << doublings));
}

}  // namespace lath
