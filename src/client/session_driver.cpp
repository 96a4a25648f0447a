#include "client/session_driver.hpp"

namespace lath {

SessionDriver::SessionDriver(const SessionSettings& settings, ViewSource& views, Random random, SessionMeans means)
    : clock_(means.clock),
      now_(clock_.now_ns()),
      local_(std::move(means.local)),
      local_takes_updates_(settings.ack_nodes <= 1),
      transport_(std::move(means.transport)),
      waiter_(*transport_, means.wait),
      session_(settings, views, random) {
  one_sided_ = std::make_unique<OneSided>(session_, *transport_, clock_, settings.one_sided);
  large_ = std::make_unique<LargeTransfers>(session_, *transport_, means.memory, settings.one_sided != OneSidedMode::kOff);
  if (local_ != nullptr) local_stream_ = session_.stream_at(local_->place());
}

SessionDriver::~SessionDriver() {
  for (const Link& link : links_) {
    if (link.connected) transport_->disconnect(link.peer);
  }
}

Code SessionDriver::execute_at_local(const Operation& operation, const AnswerTarget& target) {
  const bool updates = is_update(operation.opcode);
  if (updates && !local_takes_updates_) return Code::kInProgress;
  push_held();
  look_around();
  const Code code = local_->execute(operation, target);
  if (code == Code::kOk) [[likely]] {
    if (updates) session_.note_updated(local_stream_, operation.key);
  } else if (code != Code::kInProgress) {
    session_.begin_call();
    session_.note_answered(operation, code, local_stream_);
  }
  return code;
}

bool SessionDriver::execute_well_here(const Operation& operation, const AnswerTarget& target) {
  const bool updates = is_update(operation.opcode);
  if (local_ == nullptr || (updates && !local_takes_updates_)) return false;
  look_around();
  if (local_->execute(operation, target) != Code::kOk) return false;
  if (updates) session_.note_updated(local_stream_, operation.key);
  return true;
}

void SessionDriver::progress() {
  read_clock();
  large_->turn(now_);
  awaits_answer_ = false;
  push();
  if (poll() == 0 && !awaits_answer_) return;  // a peer's first answer is no event
  large_->turn(now_);
  push();
}

RequestId SessionDriver::put_large(const Call& call, const LargeValue& value, TimeNs now) {
  const Session::ReadWay way = session_.way_of_read(call.operation.key, now);
  const bool known = way.stream < links_.size() && links_[way.stream].connected;
  const RequestId id = large_->put(call, value, known ? &links_[way.stream].peer : nullptr, now);
  push();
  return id;
}

bool SessionDriver::cancel(RequestId id) {
  if (!session_.cancel(id)) return false;
  if (large_->is_leaving_rooms()) run_until(kForeverNs, [&] { return !large_->is_leaving_rooms(); });
  return true;
}

const Address* SessionDriver::address_of(Place place) const {
  const NodeEntry* node = session_.view().view.find(place.node);
  return node != nullptr && place.shard.value < node->shard_addresses.size() ? &node->shard_addresses[place.shard.value] : nullptr;
}

bool SessionDriver::is_connected(Place place) const {
  const Address* address = address_of(place);
  return address != nullptr && transport_->is_connected(*address);
}

bool SessionDriver::connect(std::uint32_t stream, Place place) {
  const Address* address = address_of(place);
  if (address == nullptr) return false;
  Result<PeerId> peer = transport_->connect(*address);
  if (!peer) return false;
  links_[stream] = {.peer = *peer, .connected = true};
  if (peer_streams_.size() <= peer->index) peer_streams_.resize(peer->index + 1U, kNoStream);
  peer_streams_[peer->index] = stream;
  one_sided_->connected(stream, *peer);
  large_->connected(stream, *peer);
  return true;
}

std::uint32_t SessionDriver::stream_of(PeerId peer) const {
  if (peer.index >= peer_streams_.size()) return kNoStream;
  const std::uint32_t stream = peer_streams_[peer.index];
  return stream != kNoStream && links_[stream].connected && links_[stream].peer == peer ? stream : kNoStream;
}

Sent SessionDriver::send(std::uint32_t stream, Place place, Bytes frame) {
  if (links_.size() <= stream) links_.resize(stream + 1U);
  if (!links_[stream].connected && !connect(stream, place)) return Sent::kClosed;
  Link& link = links_[stream];
  // What waits for a peer that never answers has not left, and may go elsewhere.
  if (!link.open && !(link.open = transport_->is_open(link.peer))) {
    awaits_answer_ = true;
    return Sent::kBusy;
  }
  FrameBuffer buffer = transport_->acquire();
  buffer.append(frame);
  const bool sampled = frame_cost_.wants_sample();
  const TimeNs began = sampled ? clock_.now_ns() : 0;
  const Sent sent = transport_->send(link.peer, buffer);
  if (sampled) frame_cost_.add_sample(clock_.now_ns() - began);
  if (sent != Sent::kAccepted) transport_->release(std::move(buffer));
  if (sent == Sent::kClosed) lose(stream);
  return sent;
}

void SessionDriver::lose(std::uint32_t stream) {
  peer_streams_[links_[stream].peer.index] = kNoStream;
  links_[stream].connected = false;
  one_sided_->lost(stream);
  large_->lost(stream, links_[stream].peer);
}

void SessionDriver::forget(std::uint32_t stream) {
  if (stream >= links_.size() || !links_[stream].connected) return;
  transport_->disconnect(links_[stream].peer);
  lose(stream);
}

void SessionDriver::on_message(const Message& message) {
  const std::uint32_t stream = stream_of(message.from);
  if (stream == kNoStream) return;
  if (kind_of(message.bytes) >= FrameKind::kAsk) [[unlikely]]
    return large_->handle(message.from, message.bytes, now_);
  session_.handle(stream, message.bytes, now_);
}

void SessionDriver::on_peer_failed(PeerId peer, const Error&) {
  const std::uint32_t stream = stream_of(peer);
  if (stream == kNoStream) return;
  lose(stream);
  session_.connection_failed(stream, now_, *this);
}

}  // namespace lath
