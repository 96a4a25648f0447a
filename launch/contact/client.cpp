#include "launch/contact/client.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/thread_start.hpp"
#include "control/view_codec.hpp"

namespace lath {

namespace {

constexpr TimeNs kNewsIntervalNs = 5'000'000;           // a client that is told kWrongOwner in a burst asks once
constexpr TimeNs kReconnectDelayMinNs = 50'000'000;     // doubling
constexpr TimeNs kReconnectDelayMaxNs = 2'000'000'000;  // a thousand clients do not hammer a node that comes back
constexpr TimeNs kFirstPatienceNs = 500'000'000;        // while opening, for each node; then doubling
constexpr TimeNs kPauseNs = 50'000'000;                 // between two looks at all of them
constexpr TimeNs kPatienceMaxNs = 32'000'000'000;       // which a resolver may need; the rounds go on until the deadline
constexpr TimeNs kAttachNs = 3'000'000'000;             // for one node that says nothing; then the next is tried
constexpr TimeNs kReconnectNs = 60'000'000'000;         // for one that is telling its view, which may be large
constexpr TimeNs kAnswerNs = 3'000'000'000;             // without a byte of it: a process that is stopped keeps its connections

Error join_errors(const std::vector<Error>& errors) {
  // A full node is there, and of this cluster; a key or a version that is refused will be refused again.
  const auto weight = [](Code code) { return code == Code::kDenied || code == Code::kVersion ? 2 : code == Code::kFull ? 1 : 0; };
  Error worst = errors.front();
  for (const Error& error : errors) {
    if (weight(error.code) > weight(worst.code)) worst.code = error.code;
  }
  worst.text.clear();
  for (std::size_t i = 0; i < std::min<std::size_t>(errors.size(), 4); ++i) worst.text += (i > 0 ? "; " : "") + errors[i].text;
  if (errors.size() > 4) worst.text += "; and " + std::to_string(errors.size() - 4) + " more";
  return worst;
}

}  // namespace

Result<std::unique_ptr<ContactClient>> ContactClient::open(const ContactClientOptions& options, const Clock& clock) {
  if (const auto started = start_crypto(); !started) return started.error();
  if (options.nodes.empty()) return Error{Code::kInvalid, "there is no contact address to connect to"};
  Result<Wakeup> wakeup = Wakeup::open();
  if (!wakeup) return wakeup.error();
  Result<Wakeup> stop = Wakeup::open();
  if (!stop) return stop.error();
  std::unique_ptr<ContactClient> client(new ContactClient(options, clock, std::move(*wakeup), std::move(*stop)));
  if (auto attached = client->attach_to_any(options.deadline); !attached) return attached.error();
  auto thread = start_thread("the cluster's news", [raw = client.get()] { raw->run(); });
  if (!thread) return thread.error();
  client->thread_ = std::move(*thread);
  return client;
}

ContactClient::ContactClient(const ContactClientOptions& options, const Clock& clock, Wakeup wakeup, Wakeup stop)
    : clock_(clock),
      key_(options.key),
      nodes_(options.nodes),
      cluster_(options.cluster),
      wakeup_(std::move(wakeup)),
      stop_(std::move(stop)),
      cookie_(options.cluster.value_or(0)),
      random_(entropy()) {}

ContactClient::~ContactClient() {
  stopping_.store(true);
  stop_.wake();
  if (thread_.joinable()) thread_.join();
}

std::shared_ptr<const ClusterView> ContactClient::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

void ContactClient::ask_for_news() {
  if (!news_wanted_.exchange(true)) wakeup_.wake();
}

// A node that is stopped accepts, and says nothing: the others are asked soon, and those that said nothing again, with more patience.
Result<void> ContactClient::attach_to_any(TimeNs deadline) {
  std::vector<Error> refusals;  // final
  std::vector<HostPort> left = nodes_;
  for (TimeNs patience = kFirstPatienceNs;; patience = std::min(2 * patience, kPatienceMaxNs)) {
    std::vector<HostPort> silent;
    std::vector<Error> errors = refusals;
    for (const HostPort& node : left) {
      if (!errors.empty() && clock_.now_ns() >= deadline) return join_errors(errors);
      const bool is_last = left.size() == 1 && patience > kFirstPatienceNs;
      const auto attached = attach(node, is_last ? kForeverNs : patience, deadline);
      if (attached) return {};
      errors.push_back(attached.error());
      if (attached.error().code == Code::kTimeout) {
        silent.push_back(node);
      } else {
        refusals.push_back(attached.error());
      }
    }
    if (silent.empty() || clock_.now_ns() >= deadline) return join_errors(errors);
    left = std::move(silent);
    static_cast<void>(wait_for(-1, 0, clock_, Until(std::min(deadline, clock_.now_ns() + kPauseNs), stop_)));
  }
}

Result<void> ContactClient::attach(const HostPort& node, TimeNs patience, TimeNs deadline) {
  Until until(std::min(deadline, deadline_after(clock_.now_ns(), patience)), stop_);
  auto link = ContactLink::open(node, key_, clock_, until);
  if (!link) return link.error();
  link_.emplace(std::move(*link));
  linked_to_ = node;
  telling_.reset();
  const std::uint64_t taken_before = views_taken_;
  while (views_taken_ == taken_before) {
    if (!wait_for(link_->descriptor(), POLLIN, clock_, until)) {
      link_.reset();
      return Error{Code::kTimeout, to_text(node) + " did not tell how the cluster looks in time"};
    }
    const std::uint64_t received_before = link_->bytes_received();
    auto taken = link_->read_available();
    if (link_->bytes_received() != received_before) until.deadline = std::min(deadline, deadline_after(clock_.now_ns(), patience));
    bool is_closed = !taken;
    // What came before the end of the link is still worth taking.
    if (auto messages = take_messages(); !messages) {
      taken = messages;
      is_closed = false;
    }
    if (!taken && views_taken_ == taken_before) {
      link_.reset();
      // A node that makes room for others may close a connection that was late; whether one that ends does shows with the next.
      return Error{is_closed ? Code::kTimeout : taken.error().code, to_text(node) + ": " + taken.error().text};
    }
  }
  asked_ = false;
  return {};
}

Result<void> ContactClient::take_messages() {
  for (;;) {
    auto message = link_->next();
    if (!message) return message.error();
    if (!*message) return {};
    if (const auto taken = take(**message); !taken) return taken.error();
  }
}

Result<void> ContactClient::take(Bytes message) {
  const Bytes body = message.subspan(1);
  switch (static_cast<ContactKind>(message[0])) {
    case ContactKind::kCluster: {
      auto cluster = read_contact_cluster(body);
      if (!cluster) return cluster.error();
      if (cluster_ && *cluster_ != cluster->cookie)
        return Error{Code::kUnreachable, "another cluster has taken this contact address: the one that was looked for is gone"};
      if (!cluster_) cluster_ = cookie_ = cluster->cookie;  // before the client is open: others read it from then on
      telling_ = std::move(*cluster);
      return {};
    }
    case ContactKind::kViewPart: {
      if (!telling_) return Error{Code::kInvalid, "a part of a view came before its cluster"};
      const auto part = decode_control_frame(body);
      if (!part || part->kind != FrameKind::kView) return Error{Code::kInvalid, "a part of the view is malformed"};
      for (const NodeEntry& entry : part->entries) view_.merge(entry);
      return part->last ? publish(telling_->placement) : Result<void>();
    }
    case ContactKind::kFull: return contact_full();
    case ContactKind::kNews: break;
  }
  return Error{Code::kInvalid, "a contact message of an unknown kind"};
}

Result<void> ContactClient::publish(const std::vector<std::string>& texts) {
  auto placement = Placement::from(texts, Replication{});
  if (!placement) return placement.error();
  ++views_taken_;
  asked_ = false;
  auto made = ClusterView::make(view_, std::move(*placement));
  const std::lock_guard lock(mutex_);
  if (current_ != nullptr && current_->epoch == made->epoch) return {};
  current_ = std::move(made);
  version_.fetch_add(1, std::memory_order_relaxed);
  return {};
}

void ContactClient::run() {
  log_name_thread("contact client");
  while (!stopping_.load()) {
    const TimeNs now = clock_.now_ns();
    TimeNs until = now + 3'600'000'000'000;
    if (!link_) until = reconnect_at_;
    if (link_ && asked_) until = answer_by_;
    if (link_ && news_wanted_.load() && !asked_) until = ask_not_before_;
    std::array<pollfd, 3> waited = {{wakeup_.awaited(), stop_.awaited(), {link_ ? link_->descriptor() : -1, POLLIN, 0}}};
    const TimeNs left_ms = until <= now ? 0 : (until - now) / 1'000'000 + 1;
    if (poll(waited.data(), waited.size(), static_cast<int>(left_ms)) < 0 && errno != EINTR) return;
    wakeup_.taken();
    if (stopping_.load()) return;
    turn(clock_.now_ns());
  }
}

void ContactClient::turn(TimeNs now) {
  if (!link_) {
    if (now >= reconnect_at_) reconnect(now);
    return;
  }
  const std::uint64_t received_before = link_->bytes_received();
  const auto read = link_->read_available();
  const auto taken = take_messages();
  if (link_->bytes_received() != received_before) answer_by_ = now + kAnswerNs;
  const bool is_silent = asked_ && now >= answer_by_;
  bool alive = read.has_value() && taken.has_value() && !is_silent;
  if (alive && news_wanted_.load() && !asked_ && now >= ask_not_before_) {
    news_wanted_.store(false);
    asked_ = true;
    answer_by_ = now + kAnswerNs;
    ask_not_before_ = now + kNewsIntervalNs;
    alive = link_->ask();
  }
  if (alive) return;
  const Error why = !read       ? read.error()
                    : !taken    ? taken.error()
                    : is_silent ? Error{Code::kTimeout, "it does not answer"}
                                : Error{Code::kUnreachable, "it takes no questions"};
  log_info("contact connection lost (" + why.text + "): looking for another node");
  link_.reset();
  reconnect_delay_ = kReconnectDelayMinNs;
  reconnect_at_ = now + random_.below(kReconnectDelayMinNs);
}

void ContactClient::reconnect(TimeNs now) {
  for (const HostPort& node : candidates()) {
    if (stopping_.load()) return;
    if (attach(node, kAttachNs, clock_.now_ns() + kReconnectNs)) {
      log_info("contact connection to " + to_text(node));
      return;
    }
  }
  reconnect_at_ = now + reconnect_delay_ + random_.below(reconnect_delay_);
  reconnect_delay_ = std::min(reconnect_delay_ * 2, kReconnectDelayMaxNs);
}

// Those of the newest view first, from any one: the clients of a node that ended spread over the others. Then those that we started with. The
// node whose connection was lost comes last, since it may be stopped, and then each look at it takes its time.
std::vector<HostPort> ContactClient::candidates() {
  std::vector<HostPort> found;
  for (const NodeEntry* entry : view_.entries()) {
    if (entry->state != NodeState::kAlive && entry->state != NodeState::kLeaving) continue;
    if (auto address = parse_host_port(entry->contact)) found.push_back(std::move(*address));
  }
  if (!found.empty()) {
    std::rotate(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(random_.below(found.size())), found.end());
  }
  for (const HostPort& node : nodes_) {
    if (std::find(found.begin(), found.end(), node) == found.end()) found.push_back(node);
  }
  std::stable_partition(found.begin(), found.end(), [this](const HostPort& node) { return node != linked_to_; });
  return found;
}

}  // namespace lath
