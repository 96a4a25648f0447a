#include "launch/control_thread.hpp"

#include <algorithm>
#include <utility>

#include "base/log.hpp"
#include "base/memory_left.hpp"
#include "base/thread_start.hpp"
#include "lath/limits.hpp"
#include "launch/binding.hpp"

namespace lath {

namespace {

constexpr TimeNs kNewsIntervalNs = 50'000'000;  // sessions may ask as often as they like
constexpr TimeNs kStoppedNs = 1'000'000'000;    // between two turns of a thread that sleeps 10 ms at most
constexpr TimeNs kWatchCheckNs = 10'000'000;    // between looks at the watch, and for credit
constexpr std::uint64_t kGrowthPerNsMin = 4;    // of memory, in bytes: other processes take some too
constexpr TimeNs kLongestSleepNs = 1'000'000'000;
constexpr unsigned kRefusalsMax = 64;  // of a sleep, with nothing to poll, in a row: then it is had without the transport
constexpr TimeNs kNapNs = 1'000'000;
constexpr TimeNs kDrainCheckNs = 1'000'000;  // while leaving
constexpr TimeNs kPartingNs = 100'000'000;   // a shard that makes no turn for half of that is not believed anyway (kRootTrustedNs)
constexpr TimeNs kFarewellNs = 1'000'000'000;  // for the others to hear that we left
constexpr std::size_t kLossesShownMax = 8;     // at once: a network that fails is one event, not a thousand

// What people look for in a view: where it is the same, a change is not worth a line.
std::string shown(const View& view) {
  const auto entries = view.entries();
  const auto leaving = std::ranges::count(entries, NodeState::kLeaving, &NodeEntry::state);
  return "view " + std::to_string(view.alive().size()) + " of " + std::to_string(view.size()) + " nodes alive" +
         (leaving > 0 ? ", " + std::to_string(leaving) + " leaving" : "");
}

std::string name_of(const View& view, NodeId node) {
  std::string name = "node " + std::to_string(node.value);
  const NodeEntry* entry = view.find(node);
  if (entry == nullptr) return name;
  if (!entry->host.empty()) name += " on " + entry->host;
  if (!entry->contact.empty()) name += " (contact port " + entry->contact + ")";
  return name;
}

std::vector<ExtentFiller::Shard> fed(const ControlThreadOptions& options) {
  std::vector<ExtentFiller::Shard> shards;
  for (ShardHost* shard : options.shards)
    shards.push_back(
        {&shard->extents(), [shard, memory = options.memory](std::size_t bytes) { return shard->refill(*memory, bytes); }});
  return shards;
}

// What becomes of the keys of a lost node, one of `lost_count`.
std::string fate_of_keys(const Placement& placement, std::size_t node_count, std::size_t lost_count) {
  const Placement::Spread spread = placement.spread(node_count);
  if (spread.most == 1) return "its keys have no other replica, and cannot be reached until it is back";
  std::string served = "the other replicas of its keys serve them";
  if (spread.least > lost_count) return served;
  if (lost_count == 1) return served + ", and what has no other cannot be reached until it is back";
  return served + ", but " + std::to_string(lost_count) + " nodes are lost: keys that are on none but these cannot be reached " +
         "until one of theirs is back";
}

}  // namespace

Result<std::unique_ptr<ControlThread>> ControlThread::start(ControlThreadOptions options, const Clock& clock) {
  Result<Wakeup> wakeup = Wakeup::open();
  if (!wakeup) return wakeup.error();
  std::unique_ptr<ControlThread> made(new ControlThread(std::move(options), clock, std::move(*wakeup)));
  auto thread = start_thread("the node's control", [raw = made.get()] { raw->run(); });
  if (!thread) return thread.error();
  made->thread_ = std::move(*thread);
  return made;
}

ControlThread::ControlThread(ControlThreadOptions options, const Clock& clock, Wakeup wakeup)
    : clock_(clock),
      options_(std::move(options)),
      wakeup_(std::move(wakeup)),
      control_(options_.self, options_.view->view, Random(entropy())),
      watch_(options_.self, options_.view->view, Random(entropy()), clock.now_ns()),
      filler_(fed(options_)),
      memory_([] { return memory_left(MemoryFor::kHeap); }, kGrowthPerNsMin + options_.shards.size() / 2),
      view_epoch_(options_.view->view.epoch()),
      current_(options_.view) {
  if (options_.contact) {
    const ContactCluster cluster{options_.cookie, options_.self, options_.placement.texts()};
    options_.contact->publish(contact_messages(cluster, control_.view(), control_.view().find(options_.self)->incarnation));
  }
}

ControlThread::~ControlThread() {
  stopping_.store(true);
  wakeup_.wake();
  if (thread_.joinable()) thread_.join();
}

std::shared_ptr<const ClusterView> ControlThread::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

void ControlThread::ask_for_news() {
  if (!news_wanted_.exchange(true)) wakeup_.wake();
}

bool ControlThread::leave(TimeNs deadline) {
  auto left = left_.get_future();
  leave_by_.store(std::max<TimeNs>(deadline, 1));
  wakeup_.wake();
  return left.get();
}

void ControlThread::run() {
  log_name_thread("node " + std::to_string(options_.self.value) + " control");
  bind_or_tell(*options_.machine, options_.cpus);
  while (!stopping_.load()) {
    now_ = clock_.now_ns();
    turn(now_);
    if (!stopping_.load()) sleep(clock_.now_ns());
  }
  if (phase_ != Phase::kLeft && leave_by_.load() != 0) left_.set_value(false);
  // Closed by the thread that used it.
  options_.transport.reset();
  options_.contact.reset();
}

void ControlThread::turn(TimeNs now) {
  look_for_missed_news(now);
  polled_ = options_.transport->poll(kMessagesPerPoll, *this);
  answer_questions(now);
  watch_nodes(now);
  control_.tick(now, outbox_);
  follow_view();
  if (leave_by_.load() != 0) advance_leaving(now);
  outbox_.flush([this](const Outbox::Destination& to, FrameBuffer& frame) { return deliver(to, frame); });
  if (options_.contact) options_.contact->turn(now);
  fill_extents(now);
  watch_memory(now);
  publish_counters();
}

void ControlThread::sleep(TimeNs now) {
  const bool armed = options_.transport->arm();
  refusals_ = armed || polled_ > 0 ? 0 : refusals_ + 1;
  if (!armed && refusals_ < kRefusalsMax) return;
  TimeNs until = std::min({control_.next_deadline(), now + filler_.pause_ns(), now + kWatchCheckNs});
  if (options_.contact) until = std::min(until, options_.contact->next_deadline());
  if (news_wanted_.load()) until = std::min(until, ask_not_before_);
  if (phase_ != Phase::kServing && phase_ != Phase::kLeft) until = std::min(until, now + kDrainCheckNs);
  // A transport may refuse for ever, with a hole in its queue (transport/silent_peers.hpp): it is looked at after naps then.
  if (!armed) until = std::min(until, now + kNapNs);
  if (until <= now) return;
  waited_.clear();
  waited_.push_back({armed ? options_.transport->event_fd() : -1, POLLIN, 0});
  waited_.push_back(wakeup_.awaited());
  if (options_.contact) options_.contact->add_descriptors(waited_);
  const auto left = static_cast<long>(std::min<TimeNs>(until - now, kLongestSleepNs));
  const timespec limit{.tv_sec = left / 1'000'000'000, .tv_nsec = left % 1'000'000'000};
  ppoll(waited_.data(), waited_.size(), &limit, nullptr);
  wakeup_.taken();
}

// The shards, the sessions of this process and the clients at the contact port learn of a new view in this order.
void ControlThread::follow_view() {
  if (control_.view().epoch() == view_epoch_) return;
  view_epoch_ = control_.view().epoch();
  watch_.follow(control_.view(), now_);
  auto made = ClusterView::make(control_.view(), options_.placement);
  if (phase_ == Phase::kServing) {
    for (ShardHost* shard : options_.shards) shard->loop().set_view(made);
  } else if (phase_ == Phase::kParting || phase_ == Phase::kDraining) {
    drain_shards();  // who was to take our keys may be leaving as well
  }
  {
    const std::lock_guard lock(mutex_);
    current_ = std::move(made);
  }
  version_.fetch_add(1, std::memory_order_relaxed);
  if (std::string text = shown(control_.view()); text != view_shown_) log_info(view_shown_ = std::move(text));
  if (!options_.contact) return;
  const ContactCluster cluster{options_.cookie, options_.self, options_.placement.texts()};
  options_.contact->publish(contact_messages(cluster, control_.view(), control_.view().find(options_.self)->incarnation));
}

// kServing -> kParting: the shards push what they hold, and believe no key to be their own, nor is any slot of theirs believed: so no one
// reads here what a new owner has begun to change. -> kDraining: then the others are told that we leave. -> kFarewell: we said that we
// left, and wait for the others to know. -> kLeft. Each step ends by the deadline.
void ControlThread::advance_leaving(TimeNs now) {
  const TimeNs deadline = leave_by_.load();
  switch (phase_) {
    case Phase::kServing:
      phase_ = Phase::kParting;
      parting_by_ = std::min(deadline, now + kPartingNs);
      drain_shards();
      return;
    case Phase::kParting:
      if (now < parting_by_ && !std::ranges::all_of(options_.shards, [](ShardHost* shard) { return shard->loop().parted(); }))
        return;
      phase_ = Phase::kDraining;
      control_.announce(NodeState::kLeaving, now);
      follow_view();
      return;
    case Phase::kDraining:
      if (control_.lost_nodes() != left_out_) drain_shards();
      handed_over_ =
          std::all_of(options_.shards.begin(), options_.shards.end(), [](ShardHost* shard) { return shard->loop().drained(); });
      if (!handed_over_ && now < deadline) return;
      if (!handed_over_) log_warn(left_behind());
      phase_ = Phase::kFarewell;
      // Who left in order is asked for nothing any more; of the others it is to be known that something may be lost.
      control_.announce(handed_over_ && !nobody_stays_ ? NodeState::kLeft : NodeState::kDead, now);
      follow_view();
      leave_by_.store(std::max<TimeNs>(std::min(deadline, now + kFarewellNs), 1));
      return;
    case Phase::kFarewell:
      if (now < deadline && !(control_.agreed() && outbox_.empty())) return;
      phase_ = Phase::kLeft;
      left_.set_value(handed_over_);
      return;
    case Phase::kLeft: return;
  }
}

std::string ControlThread::left_behind() const {
  std::size_t unfinished = 0;
  std::uint64_t left = 0;
  std::uint64_t held = 0;
  for (ShardHost* shard : options_.shards) {
    held += shard->loop().keys_held();
    if (shard->loop().drained()) continue;
    ++unfinished;
    left += shard->loop().keys_left();
  }
  return "the drain timeout ended before everything was handed over: up to " + std::to_string(left) + " of " +
         std::to_string(held) + " keys, of " + std::to_string(unfinished) + " shard(s), may lack updates on the other nodes, and " +
         "what only this node holds is lost. Where the others are full (lath stats: merges_refused grows) give them more " +
         "--memory before nodes leave; where they are slow, this one a longer --drain-timeout-ms";
}

// The view that the shards hand over by: those who stay, and answer. Where nobody stays, there is nobody to hand anything to.
void ControlThread::drain_shards() {
  const std::set<NodeId> told_of = std::exchange(left_out_, control_.lost_nodes());
  View staying;
  for (const NodeEntry* entry : control_.view().alive()) {
    if (entry->id == options_.self) continue;
    if (!left_out_.contains(entry->id)) {
      staying.merge(*entry);
    } else if (!told_of.contains(entry->id)) {
      log_warn("node " + std::to_string(entry->id.value) + " is lost or does not answer: the others are handed what it would be");
    }
  }
  nobody_stays_ = staying.alive().empty();
  const auto view = ClusterView::make(std::move(staying), options_.placement);
  for (ShardHost* shard : options_.shards) shard->loop().begin_drain(view);
}

void ControlThread::fill_extents(TimeNs now) {
  const bool was_refused = filler_.is_refused();
  const auto filled = filler_.turn(now);
  if (filled) return;
  options_.counters->memory_refused.add();
  if (!was_refused) log_error("the table cannot grow: " + filled.error().text);
}

void ControlThread::watch_memory(TimeNs now) {
  if (!memory_.turn(now)) return;
  const bool was_short = options_.heap->exchange(memory_.shortage(), std::memory_order_relaxed) != HeapShortage::kNone;
  if (memory_.shortage() == HeapShortage::kNone) return log_info("there is memory again: sets, maps and arrays may grow");
  if (was_short) return;
  options_.counters->memory_refused.add();
  log_error("sets, maps and arrays of more than 256 bytes cannot grow: " + memory_.left().whose + " has " +
            std::to_string(memory_.left().bytes >> 20) + " MiB of memory left, which are kept for what else it runs; " +
            MemoryLeft::remedy());
}

// What the others told this node while it was stopped they gave up telling. Nor does anybody tell it again whose host was cut off:
// that shows when its shards lose connections.
void ControlThread::look_for_missed_news(TimeNs now) {
  const bool was_stopped = turned_at_ != 0 && now - turned_at_ > kStoppedNs;
  turned_at_ = now;
  std::uint64_t lost = 0;
  for (const ShardHost* shard : options_.shards) lost += shard->loop().links_lost();
  if (was_stopped || lost != links_lost_) news_wanted_.store(true);
  links_lost_ = lost;
}

void ControlThread::answer_questions(TimeNs now) {
  if (!news_wanted_.load() || now < ask_not_before_) return;
  news_wanted_.store(false);
  ask_not_before_ = now + kNewsIntervalNs;
  control_.ask(now);
}

// Who is leaving looks for nobody: those that it hands its keys to it finds out about by itself.
void ControlThread::watch_nodes(TimeNs now) {
  for (const auto& [node, alive] : control_.take_signs()) {
    if (alive) {
      if (!watch_.heard(node, now)) continue;
      for (ShardHost* shard : options_.shards) shard->loop().greet_again();
    } else if (watch_.lost(node, "it answers nothing: it is stopped or overloaded, or its host is cut off", now)) {
      control_.lost(node, now);
    }
  }
  if (phase_ != Phase::kServing) return;
  for (const NodeWatch::Look& look : watch_.take_looks(now)) control_.ask(look.node, look.once, now);
  tell(watch_.take_news(now));
}

void ControlThread::tell(const std::vector<NodeNews>& news) const {
  const std::size_t lost_count = watch_.lost_now(now_);
  std::size_t losses = 0;
  for (const NodeNews& each : news) {
    const std::string name = name_of(control_.view(), each.node);
    if (!each.lost) {
      log_warn(name + " is back, after " + std::to_string(each.away_ns / 1'000'000'000) + " s");
    } else if (++losses <= kLossesShownMax) {
      log_warn(
          name + " is lost" + (each.untold > 0 ? " again (and was " + std::to_string(each.untold) + " times untold)" : "") + ": " +
          each.reason + ". Now " + fate_of_keys(options_.placement, control_.view().alive().size(), lost_count) +
          ". See on its host whether lathd runs (pgrep lathd) and what its log says, or ask lath doctor; a node whose process " +
          "ended does not come back: start the cluster anew to replace it");
    }
  }
  if (losses > kLossesShownMax)
    log_warn("and " + std::to_string(losses - kLossesShownMax) + " more nodes are lost: is this host's network up? lath doctor");
}

// A goodbye is none: who leaves says it, and who only closed a connection is asked again.
void ControlThread::lose(NodeId node, const Error& error) {
  const bool known = error.code != Code::kClosed && !watch_.lost(node, error.text, now_);
  // Who is lost already, and does not come back, is no reason to ask all the others again.
  if (!known || phase_ != Phase::kServing) control_.lost(node, now_);
}

Outbox::Offer ControlThread::deliver(const Outbox::Destination& to, FrameBuffer& frame) {
  const auto* place = std::get_if<Place>(&to);
  PeerId peer;
  if (place == nullptr) {
    peer = std::get<PeerId>(to);
  } else {
    const NodeEntry* entry = control_.view().find(place->node);
    if (entry == nullptr || entry->control_address.empty()) return Outbox::Offer::kGone;
    const auto connected = options_.transport->connect(entry->control_address);
    if (!connected) {
      log_debug("node " + std::to_string(place->node.value) + ": " + connected.error().text);
      lose(place->node, connected.error());
      return Outbox::Offer::kGone;
    }
    peer = *connected;
    links_[peer] = place->node;
  }
  switch (options_.transport->send(peer, frame)) {
    case Sent::kAccepted: return Outbox::Offer::kTaken;
    case Sent::kBusy: return Outbox::Offer::kLater;
    case Sent::kClosed: break;
  }
  return Outbox::Offer::kGone;
}

void ControlThread::on_message(const Message& message) {
  control_.handle(message, now_, outbox_);
}

void ControlThread::on_peer_failed(PeerId peer, const Error& error) {
  outbox_.drop(peer);
  if (const auto link = links_.find(peer); link != links_.end()) {
    const NodeId node = link->second;
    links_.erase(link);
    const NodeEntry* entry = control_.view().find(node);
    const bool has_another = entry != nullptr && options_.transport->is_connected(entry->control_address);
    if (!has_another) lose(node, error);
  }
  log_debug("a control connection ended: " + error.text);
}

}  // namespace lath
