#include "transport/silent_peers.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "base/log.hpp"

namespace lath {

void SilentPeers::ended_by_ucx(PeerId ucx, TcpTransport& tcp) {
  ways_.erase(ucx);
  const auto question = std::ranges::find(questions_, ucx, &Question::ucx);
  if (question == questions_.end()) return;
  if (question->ours) tcp.disconnect(question->tcp);
  questions_.erase(question);
}

bool SilentPeers::ended_by_tcp(PeerId tcp) {
  const auto question = std::ranges::find(questions_, tcp, &Question::tcp);
  if (question == questions_.end()) return true;
  const bool ours = question->ours;
  if (const auto way = ways_.find(question->ucx); way != ways_.end()) pause(way->second);
  questions_.erase(question);
  return !ours;
}

void SilentPeers::look(UcxTransport& ucx, TcpTransport& tcp) {
  if (ucx.looks() == looks_seen_) return;
  looks_seen_ = ucx.looks();
  std::erase_if(questions_, [&](Question& question) { return is_over(question, ucx, tcp); });
  for (const PeerId id : ucx.silent()) {
    const auto way = ways_.find(id);
    if (way == ways_.end() || !ucx.is_silent(id)) continue;
    if (std::exchange(way->second.silent_at_look, looks_seen_) + 1 < looks_seen_) {  // it was heard meanwhile
      way->second.pause_looks = kPauseLooksMin;
      way->second.not_before_look = 0;
    }
    if (std::ranges::find(questions_, id, &Question::ucx) == questions_.end()) ask(id, way->second, tcp);
  }
}

bool SilentPeers::is_over(Question& question, UcxTransport& ucx, TcpTransport& tcp) {
  const bool is_silent = ucx.is_silent(question.ucx);
  if (is_silent && !question.answered && ++question.looks < kAnswerLooksMax) {
    question.answered = tcp.answers(question.tcp);
    return false;
  }
  if (is_silent && question.answered) {
    give_up(question, ucx);
    return true;
  }
  if (question.ours) tcp.disconnect(question.tcp);
  if (const auto way = ways_.find(question.ucx); is_silent && way != ways_.end()) pause(way->second);
  return true;
}

void SilentPeers::give_up(const Question& question, UcxTransport& ucx) {
  const auto address = tcp_unwrap_address(ways_.at(question.ucx).tcp);
  const std::string where = address && !address->ports.empty() ? " at " + text_of(address->ports.front()) : std::string();
  const std::string what = "the peer" + where + " answers over TCP and not by shared memory";
  log_warn(what + ": it is reached over TCP from now on");
  ++detours_;
  ucx.give_up(question.ucx, {Code::kUnreachable, what});
}

void SilentPeers::ask(PeerId id, Way& way, TcpTransport& tcp) {
  if (looks_seen_ < way.not_before_look) return;
  const bool is_there = tcp.is_connected(way.tcp);
  const Result<PeerId> made = tcp.connect(way.tcp);
  if (!made) return pause(way);
  tcp.ask(*made);
  questions_.push_back({.ucx = id, .tcp = *made, .ours = !is_there});
}

void SilentPeers::pause(Way& way) const {
  way.not_before_look = looks_seen_ + way.pause_looks;
  way.pause_looks = std::min(2 * way.pause_looks, kPauseLooksMax);
}

}  // namespace lath
