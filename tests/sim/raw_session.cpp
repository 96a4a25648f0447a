#include "raw_session.hpp"

#include <algorithm>

#include "wire/reply.hpp"

namespace lath {

RawSession::RawSession(SimCluster& cluster, std::uint64_t id)
    : cluster_(cluster),
      id_(id),
      transport_(cluster.open_transport()),
      driver_(cluster.add_driver({[this] { return turn(); }, [this] { return next_deadline(); }})) {}

RawSession::~RawSession() {
  cluster_.remove_driver(driver_);
}

RawSession::Ticket RawSession::send(Place place, const std::vector<RawOperation>& operations, std::uint8_t ack_nodes) {
  const Ticket ticket{place, ++next_[place]};
  UnderWay& sent = under_way_[ticket];
  sent.answers.resize(operations.size());
  begin_request(sent.frame, {.count = static_cast<std::uint16_t>(operations.size()),
                             .sequence = ticket.sequence,
                             .session = id_,
                             .epoch = cluster_.view()->epoch,
                             .oldest = oldest(place),
                             .ack_nodes = ack_nodes});
  for (const RawOperation& operation : operations) {
    append_operation(sent.frame, {operation.opcode, as_bytes(operation.key), as_bytes(operation.argument)});
  }
  transmit(ticket, sent);
  return ticket;
}

bool RawSession::answered(const Ticket& ticket) const {
  return answered_.contains(ticket);
}

RawAnswer RawSession::call(Place place, const RawOperation& operation, TimeNs within_ns, std::uint8_t ack_nodes) {
  const Ticket ticket = send(place, {operation}, ack_nodes);
  if (!cluster_.run_until([&] { return answered(ticket); }, within_ns)) return {Code::kTimeout, {}};
  return answers(ticket).front();
}

std::uint32_t RawSession::oldest(Place place) const {
  const auto first = under_way_.lower_bound(Ticket{place, 0});
  return first == under_way_.end() || first->first.place != place ? next_.at(place) : first->first.sequence;
}

void RawSession::transmit(const Ticket& ticket, UnderWay& sent) {
  sent.resend_at = cluster_.clock().now_ns() + kResendNs;
  if (!links_.contains(ticket.place)) {
    const NodeEntry* node = cluster_.view()->view.find(ticket.place.node);
    const auto peer = transport_->connect(node->shard_addresses[ticket.place.shard.value]);
    if (!peer) return;
    links_[ticket.place] = *peer;
  }
  FrameBuffer copy = transport_->acquire();
  copy.append(sent.frame.bytes());
  if (transport_->send(links_[ticket.place], copy) == Sent::kClosed) links_.erase(ticket.place);
}

bool RawSession::under_way(const Ticket& ticket) const {
  const auto found = under_way_.find(ticket);
  return found != under_way_.end() && found->second.told;
}

bool RawSession::turn() {
  const std::size_t received = transport_->poll(kMessagesPerPoll, *this);
  const TimeNs now = cluster_.clock().now_ns();
  bool sent_again = false;
  for (auto& [ticket, sent] : under_way_) {
    if (now < sent.resend_at && !resend_all_) continue;
    refresh_request(sent.frame, cluster_.view()->epoch, oldest(ticket.place));
    transmit(ticket, sent);
    ++frames_sent_again_;
    sent_again = true;
  }
  resend_all_ = false;
  return received > 0 || sent_again;
}

TimeNs RawSession::next_deadline() const {
  TimeNs next = kNever;
  for (const auto& [ticket, sent] : under_way_) next = std::min(next, sent.resend_at);
  return next;
}

void RawSession::on_message(const Message& message) {
  Reader reader(message.bytes);
  ReplyHeader header;
  if (!read_reply_header(reader, header)) return;
  const auto link = std::ranges::find(links_, message.from, &std::pair<const Place, PeerId>::second);
  if (link == links_.end()) return;
  const Ticket ticket{link->first, header.sequence};
  const auto found = under_way_.find(ticket);
  if (found == under_way_.end()) return;
  auto& answers = found->second.answers;
  for (std::uint16_t index = 0; index < header.count; ++index) {
    Answer answer;
    if (!read_answer(reader, answer)) return;
    if (answer.status == Code::kInProgress) {
      found->second.told = true;
      continue;
    }
    answers.at(header.first + index) = RawAnswer{answer.status, std::string(as_text(answer.payload))};
  }
  if (!std::ranges::all_of(answers, [](const auto& answer) { return answer.has_value(); })) return;
  std::vector<RawAnswer>& all = answered_[ticket];
  for (auto& answer : answers) all.push_back(std::move(*answer));
  under_way_.erase(found);
}

void RawSession::on_peer_failed(PeerId peer, const Error&) {
  std::erase_if(links_, [&](const auto& link) { return link.second == peer; });
}

}  // namespace lath
