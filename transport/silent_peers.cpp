#include "transport/silent_peers.hpp"

#include <algorithm>

#include "base/log.hpp"

namespace lath {

bool SilentPeers::ended_by_tcp(PeerId tcp) {
  const auto question = std::ranges::find(questions_, tcp, &Question::tcp);
  if (question == questions_.end()) return true;
  const bool ours = question->ours;
  pause(question->ucx);
  questions_.erase(question);
  return !ours;
}

void SilentPeers::look(UcxTransport& ucx, TcpTransport& tcp) {
  if (ucx.looks() == looks_seen_) return;
  looks_seen_ = ucx.looks();
  std::erase_if(questions_, [&](Question& question) { return is_over(question, ucx, tcp); });
  for (const PeerId id : ucx.silent()) {
    if (ucx.is_silent(id) && std::ranges::find(questions_, id, &Question::ucx) == questions_.end()) ask(id, tcp);
  }
}

bool SilentPeers::is_over(Question& question, UcxTransport& ucx, TcpTransport& tcp) {
  const bool is_silent = ucx.is_silent(question.ucx);
  if (is_silent && !question.answered && ++question.looks < kAnswerLooksMax) {
    question.answered = tcp.is_open(question.tcp);
    return false;
  }
  if (is_silent && question.answered) {
    ++detours_;
    log_warn("a peer answers over TCP and not by shared memory or RDMA: it is reached over TCP from now on");
    ucx.give_up(question.ucx, {Code::kUnreachable, "the peer does not answer by shared memory or RDMA, and does over TCP"});
    return true;
  }
  if (question.ours) tcp.disconnect(question.tcp);
  pause(question.ucx);
  return true;
}

void SilentPeers::ask(PeerId id, TcpTransport& tcp) {
  const auto way = ways_.find(id);
  if (way == ways_.end()) return;
  if (way->second.looks_until_asked > 0) {
    --way->second.looks_until_asked;
    return;
  }
  const bool is_there = tcp.is_connected(way->second.tcp);
  if (const Result<PeerId> made = tcp.connect(way->second.tcp); made) {
    questions_.push_back({.ucx = id, .tcp = *made, .ours = !is_there});
  } else {
    pause(id);
  }
}

void SilentPeers::pause(PeerId ucx) {
  const auto way = ways_.find(ucx);
  if (way == ways_.end()) return;
  way->second.looks_until_asked = way->second.pause_looks;
  way->second.pause_looks = std::min(2 * way->second.pause_looks, kPauseLooksMax);
}

}  // namespace lath
