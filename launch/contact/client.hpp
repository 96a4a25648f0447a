// A client's hold on a cluster: one contact connection, kept for the store's life, on a small thread of its own that sleeps in
// poll(2). It follows the views, and moves to another node when its node goes; the last view stays until there is a newer one.
// The interface may be used from any thread.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "client/view_source.hpp"
#include "launch/contact/link.hpp"
#include "launch/wakeup.hpp"
#include "topology/cluster_view.hpp"

namespace lath {

struct ContactClientOptions {
  std::vector<HostPort> nodes;  // any of them will do
  ClusterKey key{};
  std::optional<std::uint64_t> cluster;  // the cookie that it must have
  TimeNs deadline = 0;                   // of the first view
};

class ContactClient final : public ViewSource {
 public:
  // Tries the nodes in turn until one has told its view, or all have refused, or until the deadline.
  static Result<std::unique_ptr<ContactClient>> open(const ContactClientOptions& options, const Clock& clock);
  ~ContactClient() override;
  ContactClient(const ContactClient&) = delete;
  ContactClient& operator=(const ContactClient&) = delete;

  std::shared_ptr<const ClusterView> current() const override;
  std::uint64_t version() const override { return version_.load(std::memory_order_relaxed); }
  void ask_for_news() override;

  std::uint64_t cookie() const { return cookie_; }  // constant once open

 private:
  ContactClient(const ContactClientOptions& options, const Clock& clock, Wakeup wakeup, Wakeup stop);

  Result<void> attach_to_any(TimeNs deadline);
  // A link that has told a whole view; `patience` is for a node that says nothing.
  Result<void> attach(const HostPort& node, TimeNs patience, TimeNs deadline);
  Result<void> take_messages();
  Result<void> take(Bytes message);
  Result<void> publish(const std::vector<std::string>& texts);
  void run();
  void turn(TimeNs now);
  void reconnect(TimeNs now);
  std::vector<HostPort> candidates();

  const Clock& clock_;
  ClusterKey key_;
  std::vector<HostPort> nodes_;
  std::optional<std::uint64_t> cluster_;
  Wakeup wakeup_;
  Wakeup stop_;  // only ever woken to end: it interrupts whatever the thread waits for
  std::uint64_t cookie_ = 0;
  Random random_;

  // The thread's, once it runs.
  std::optional<ContactLink> link_;
  HostPort linked_to_;                     // now, or until the link was lost
  std::optional<ContactCluster> telling_;  // of the view that is arriving
  View view_;
  std::uint64_t views_taken_ = 0;
  bool asked_ = false;
  TimeNs answer_by_ = 0;  // where it was asked
  TimeNs ask_not_before_ = 0;
  TimeNs reconnect_at_ = 0;
  TimeNs reconnect_delay_ = 0;

  mutable std::mutex mutex_;  // guards current_
  std::shared_ptr<const ClusterView> current_;
  std::atomic<std::uint64_t> version_{0};
  std::atomic<bool> news_wanted_{false};
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace lath
