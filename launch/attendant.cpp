#include "launch/attendant.hpp"

#include <sched.h>

#include <algorithm>

#include "base/log.hpp"
#include "base/thread_start.hpp"
#include "launch/binding.hpp"

namespace lath {

namespace {

constexpr TimeNs kIdleNs = 200'000;          // a shard that was not turned for so long is turned by us
constexpr TimeNs kLingerNs = 20'000;         // after work, for the next message; a computing owner on the same core waits meanwhile
constexpr TimeNs kRefusedNsMax = 1'000'000;  // between looks at a shard that cannot sleep, as Waiter's naps
constexpr TimeNs kRefusedShare = 8;          // of the time since there was something to do
constexpr TimeNs kSleepNsMax = 1'000'000'000;  // peers' processes are looked at each second
constexpr unsigned kEmptyWakesMax = 16;

}  // namespace

Result<std::unique_ptr<Attendant>> Attendant::start(AttendantOptions options, const Clock& clock) {
  Result<Wakeup> wakeup = Wakeup::open();
  if (!wakeup) return wakeup.error();
  std::unique_ptr<Attendant> made(new Attendant(std::move(options), clock, std::move(*wakeup)));
  for (AttendedLoop* loop : made->options_.loops) {
    made->wards_.push_back({.loop = loop});
    loop->set_wake([raw = made.get()] { raw->wakeup_.wake(); });
  }
  auto thread = start_thread("the node's attendant", [raw = made.get()] { raw->run(); });
  if (!thread) return thread.error();
  made->thread_ = std::move(*thread);
  return made;
}

Attendant::~Attendant() {
  stopping_.store(true);
  wakeup_.wake();
  if (thread_.joinable()) thread_.join();
}

bool Attendant::Ward::is_distrusted() const {
  return empty_wakes >= kEmptyWakesMax;
}

void Attendant::run() {
  log_name_thread(options_.name);
  bind_or_tell(*options_.machine, options_.cpus);
  while (!stopping_.load()) {
    const TimeNs now = clock_.now_ns();
    bool lingers = false;
    for (Ward& ward : wards_) lingers |= look_after(ward, now);
    if (lingers) {
      sched_yield();
    } else {
      sleep(now);
    }
  }
}

// Says whether it is worth another look at once.
bool Attendant::look_after(Ward& ward, TimeNs now) {
  const std::uint64_t owner_turns = ward.loop->owner_turns();
  if (owner_turns != ward.owner_turns || (ward.asleep && !ward.loop->is_asleep())) {  // the owner is about
    ward.owner_turns = owner_turns;
    ward.asleep = false;
    ward.empty_wakes = 0;
    ward.look_at = now + kIdleNs;
  }
  if (ward.signalled && ward.asleep) ward.look_at = now;
  if (now < ward.look_at) return false;
  const bool may_sleep = now >= ward.worked_at + kLingerNs;
  TimeNs deadline = 0;
  const AttendedLoop::Attended attended = ward.loop->attend(may_sleep, deadline);
  if (attended != AttendedLoop::Attended::kWorked && ward.signalled) ++ward.empty_wakes;
  ward.signalled = false;
  ward.asleep = attended == AttendedLoop::Attended::kAsleep;
  switch (attended) {
    case AttendedLoop::Attended::kOwnerInside: ward.look_at = now + kIdleNs; return false;
    case AttendedLoop::Attended::kWorked:
      ward.worked_at = now;
      ward.empty_wakes = 0;
      return true;
    case AttendedLoop::Attended::kNothing:
      if (!may_sleep) return true;
      ward.look_at = now + std::clamp((now - ward.worked_at) / kRefusedShare, kIdleNs, kRefusedNsMax);
      ward.look_at = std::min(ward.look_at, std::max(deadline, now));
      return false;
    case AttendedLoop::Attended::kAsleep: break;
  }
  ward.look_at = std::min(std::max(deadline, now), now + (ward.is_distrusted() ? kRefusedNsMax : kSleepNsMax));
  return false;
}

void Attendant::sleep(TimeNs now) {
  TimeNs until = now + kSleepNsMax;
  waited_.clear();
  waited_for_.clear();
  waited_.push_back(wakeup_.awaited());
  for (Ward& ward : wards_) {
    until = std::min(until, ward.look_at);
    if (!ward.asleep || ward.is_distrusted()) continue;
    waited_.push_back({.fd = ward.loop->event_fd(), .events = POLLIN, .revents = 0});
    waited_for_.push_back(&ward);
  }
  if (until <= now) return;
  const TimeNs left_ns = until - now;
  const timespec timeout = {.tv_sec = static_cast<time_t>(left_ns / 1'000'000'000),
                            .tv_nsec = static_cast<long>(left_ns % 1'000'000'000)};
  if (ppoll(waited_.data(), waited_.size(), &timeout, nullptr) <= 0) return;
  if (waited_[0].revents != 0) wakeup_.taken();
  for (std::size_t index = 0; index < waited_for_.size(); ++index) waited_for_[index]->signalled = waited_[index + 1].revents != 0;
}

}  // namespace lath
