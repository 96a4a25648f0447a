#include "shard/shard_loop.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "base/log.hpp"
#include "base/tick_clock.hpp"

namespace lath {

namespace {
constexpr TimeNs kRetrySendNs = 10'000'000;  // a credit's return wakes us; this is for the case that its message was lost
constexpr TimeNs kWallReadNs = 1'000'000;    // stamps may be this much behind a wall clock that was set
// Between looks at the clock, which would cost as much as an operation: a microsecond or so, since stamps are no finer.
constexpr std::uint64_t kTicksUnlooked = 2'000;
constexpr unsigned kExecutedUnlooked = 64;  // also where the ticks stand still
constexpr TimeNs kTurnInCallsNs =
    10'000;  // while calls follow each other: what peers wait at most, for a hundredth of the owner's time

ShardOptions with_port(ShardOptions options, MemoryPort& port) {
  options.port = &port;
  return options;
}
}  // namespace

ShardLoop::ShardLoop(const ShardOptions& options, Store store, std::unique_ptr<Transport> transport, const Clock& clock,
                     WaitPolicy wait)
    : transport_(std::move(transport)),
      attachments_(*transport_),
      clock_(clock),
      waiter_(*transport_, wait),
      shard_(with_port(options, *this), std::move(store)) {
  shard_.tell_also([this](const CounterVisitor& visit) {
    transport_->counters().for_each(
        [&](std::string_view name, std::uint64_t value) { visit("transport_" + std::string(name), value); });
  });
}

void ShardLoop::set_view(std::shared_ptr<const ClusterView> view) {
  post({Letter::Kind::kView, std::move(view)});
}

void ShardLoop::begin_drain(std::shared_ptr<const ClusterView> view_without_us) {
  drains_asked_.fetch_add(1, std::memory_order_relaxed);
  post({Letter::Kind::kDrain, std::move(view_without_us)});
}

void ShardLoop::greet_again() {
  post({Letter::Kind::kGreet, nullptr});
}

void ShardLoop::stop() {
  post({Letter::Kind::kStop, nullptr});
}

void ShardLoop::run() {
  while (!stopping_) {
    if (turn()) {
      waiter_.did_work();
    } else {
      waiter_.idle(now_.now_ns, next_deadline());
      shard_.counters().sleeps.set(waiter_.sleeps());
    }
  }
  end();
}

// Receive before tick: a queued acknowledgement must count before its batch is sent again. Send last: one turn's output leaves as
// one batch. Refused frames wait in the outbox.
bool ShardLoop::turn() {
  bool mail = take_mail();
  clock_is_read_ = false;
  std::size_t received = 0;
  for (unsigned left = waiter_.polls_per_clock(); left > 0 && received == 0; --left) {
    received = transport_->poll(kMessagesPerPoll, *this);
  }
  read_clock();
  // Again, since the thread may have been away in between: the root says that it was believed at this time, which must not be later than
  // a look that found no new view. A leaving node's control thread counts on it.
  mail |= take_mail();
  turned_at_ns_ = now_.now_ns;
  const bool due = mail || received > 0 || now_.now_ns >= shard_.next_deadline();
  if (due) {
    shard_.tick(now_, outbox_);
    shard_.counters().turns.add();
  }
  const std::size_t sent = outbox_.empty() ? 0 : flush();
  if (shard_.draining()) [[unlikely]] {
    keys_left_.store(shard_.keys_left(), std::memory_order_relaxed);
    if (shard_.drained()) drains_done_.store(drains_taken_.load(std::memory_order_relaxed), std::memory_order_release);
  }
  return due || sent > 0;
}

bool ShardLoop::take_mail() {
  if (!has_mail_.load(std::memory_order_acquire)) return false;
  read_mail();
  return true;
}

std::size_t ShardLoop::flush() {
  return outbox_.flush([this](const Outbox::Destination& to, FrameBuffer& frame) { return deliver(to, frame); });
}

bool ShardLoop::turn_in_call() {
  turns_in_calls_.store(turns_in_calls_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  return turn();
}

std::optional<Answer> ShardLoop::execute(const Operation& operation) {
  const std::uint64_t ticks = TickClock::ticks();
  if (ticks - clock_ticks_ > kTicksUnlooked || ++executed_ > kExecutedUnlooked) [[unlikely]]
    look_at_clock(ticks);
  const std::optional<Answer> answer = shard_.execute_here(operation, now_, outbox_);
  if (!outbox_.empty()) [[unlikely]]  // somebody waited for that
    flush();
  return answer;
}

void ShardLoop::look_at_clock(std::uint64_t ticks) {
  clock_ticks_ = ticks;
  executed_ = 0;
  clock_is_read_ = false;
  read_clock();
  if (now_.now_ns >= turned_at_ns_ + kTurnInCallsNs) turn_in_call();
}

TimeNs ShardLoop::next_deadline() const {
  const TimeNs deadline = shard_.next_deadline();
  return outbox_.empty() ? deadline : std::min(deadline, now_.now_ns + kRetrySendNs);
}

// Once a turn, at its first message or after it. Wall time is carried on from the monotonic clock and looked up only now and then.
void ShardLoop::read_clock() {
  if (clock_is_read_) return;
  clock_is_read_ = true;
  now_.now_ns = std::max(now_.now_ns, clock_.now_ns());  // the threads' clocks may differ by a little
  if (now_.now_ns >= wall_due_ns_) {
    wall_offset_us_ = clock_.wall_us() - now_.now_ns / 1000;
    wall_due_ns_ = now_.now_ns + kWallReadNs;
  }
  now_.wall_us = now_.now_ns / 1000 + wall_offset_us_;
}

void ShardLoop::on_message(const Message& message) {
  read_clock();
  shard_.handle(message, now_, outbox_);
}

void ShardLoop::on_peer_failed(PeerId peer, const Error& error) {
  log_debug("connection lost: " + error.text);
  (error.code == Code::kClosed ? shard_.counters().peers_closed : shard_.counters().peers_failed).add();
  std::erase_if(links_, [&](const auto& link) {
    if (link.second.peer != peer) return false;
    ++links_lost_;
    if (error.code != Code::kClosed) pauses_.failed(link.first, link.second.begun_ns, clock_.now_ns());
    return true;
  });
  outbox_.drop(peer);
  attachments_.forget(peer);
  shard_.peer_failed(peer);
}

void ShardLoop::on_read_done(std::uint64_t token, Code code) {
  read_clock();
  shard_.read_done(token, code == Code::kOk, now_.now_ns);
}

PortRead ShardLoop::read(PeerId peer, Bytes exported, std::uint64_t address, std::span<std::byte> room, std::uint64_t token) {
  const Attached* region = attachments_.find(peer, exported);
  if (region == nullptr) return PortRead::kNot;
  switch (attachments_.read(*region, address, room, token)) {
    case ReadBegun::kDone: return PortRead::kDone;
    case ReadBegun::kUnderWay: return PortRead::kUnderWay;
    case ReadBegun::kBusy: return PortRead::kBusy;
    default: return PortRead::kNot;
  }
}

void ShardLoop::post(Letter letter) {
  {
    const std::lock_guard lock(mailbox_mutex_);
    mailbox_.push_back(std::move(letter));
    has_mail_.store(true, std::memory_order_release);
  }
  transport_->wake();
}

void ShardLoop::read_mail() {
  std::vector<Letter> letters;
  {
    const std::lock_guard lock(mailbox_mutex_);
    letters.swap(mailbox_);
    has_mail_.store(false, std::memory_order_relaxed);
  }
  for (Letter& letter : letters) {
    if (letter.kind == Letter::Kind::kStop) {
      stopping_ = true;
    } else if (letter.kind == Letter::Kind::kGreet) {
      pauses_.forget_all();
    } else {
      take_view(std::move(letter.view), letter.kind == Letter::Kind::kDrain);
    }
  }
}

void ShardLoop::take_view(std::shared_ptr<const ClusterView> view, bool drains) {
  if (drains) {
    shard_.begin_drain(*view);
    drains_taken_.fetch_add(1, std::memory_order_release);
  } else {
    shard_.set_view(*view);
  }
  view_before_ = std::exchange(view_, std::move(view));
  pauses_.forget_all();  // who tells news of some nodes may have heard of others
  forget_links();
}

// Of nodes that left, died or began a new life: their addresses lead nowhere.
void ShardLoop::forget_links() {
  std::erase_if(links_, [&](const auto& link) {
    const NodeEntry* node = view_->view.find(link.first.node);
    const NodeEntry* before = view_before_ == nullptr ? nullptr : view_before_->view.find(link.first.node);
    const bool same =
        node != nullptr && node->state < NodeState::kLeft && before != nullptr && before->incarnation == node->incarnation;
    if (same) return false;
    const PeerId peer = link.second.peer;
    shard_.peer_failed(peer);
    attachments_.forget(peer);
    transport_->disconnect(peer);
    return true;
  });
}

Outbox::Offer ShardLoop::deliver(const Outbox::Destination& to, FrameBuffer& frame) {
  if (const PeerId* peer = std::get_if<PeerId>(&to)) return send(*peer, frame);
  const Place place = std::get<Place>(to);
  const PeerId* link = link_to(place);
  if (link == nullptr) return Outbox::Offer::kGone;
  const Outbox::Offer offer = send(*link, frame);
  if (offer == Outbox::Offer::kGone) {  // a later frame connects anew
    link_failed(place, links_.at(place).begun_ns);
    links_.erase(place);
  }
  return offer;
}

void ShardLoop::link_failed(Place place, TimeNs begun_ns) {
  ++links_lost_;
  pauses_.failed(place, begun_ns, clock_.now_ns());
}

Outbox::Offer ShardLoop::send(PeerId peer, FrameBuffer& frame) {
  switch (transport_->send(peer, frame)) {
    case Sent::kAccepted: outbox_.release(transport_->acquire()); return Outbox::Offer::kTaken;
    case Sent::kBusy: return Outbox::Offer::kLater;
    case Sent::kClosed: break;
  }
  return Outbox::Offer::kGone;
}

const PeerId* ShardLoop::link_to(Place place) {
  if (const auto found = links_.find(place); found != links_.end()) return &found->second.peer;
  const NodeEntry* node = view_ == nullptr ? nullptr : view_->view.find(place.node);
  if (node == nullptr || place.shard.value >= node->shard_addresses.size()) return nullptr;
  const Address& address = node->shard_addresses[place.shard.value];
  if (!pauses_.may_greet(place, now_.now_ns)) {
    if (!transport_->is_connected(address)) return nullptr;
    pauses_.forget(place);  // it has greeted us
  }
  const Result<PeerId> peer = transport_->connect(address);
  if (!peer) {
    log_debug("node " + std::to_string(place.node.value) + " shard " + std::to_string(place.shard.value) + ": " +
              peer.error().text);
    link_failed(place, now_.now_ns);
    return nullptr;
  }
  return &links_.emplace(place, Link{*peer, now_.now_ns}).first->second.peer;
}

}  // namespace lath
