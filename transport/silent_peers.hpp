// Whether who is silent by UCX is so over TCP as well. A process can be deaf by shared memory alone: one that is killed while it sends to
// it leaves a hole in its queue, and what stands behind that is never read (docs/operations.md). So who does not answer is asked over TCP;
// where the answer to that hello is there and UCX is silent still, the peer is given up at UCX. It is reached over TCP from then on.
// A process that is stopped answers neither, and is left alone. Owned and used by one JointTransport.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <vector>

#include "transport/tcp_transport.hpp"
#include "transport/ucx_transport.hpp"

namespace lath {

class SilentPeers {
 public:
  // What connect() gave for a peer of this host that TCP would reach too. (Of RDMA, UCX itself tells who is lost; to connect takes it longer.)
  void reached(PeerId ucx, const Address& tcp) {
    if (!ways_.contains(ucx)) ways_[ucx].tcp = tcp;
  }
  // What was only to ask goes with it: who connects again begins anew.
  void ended_by_ucx(PeerId ucx, TcpTransport& tcp);
  // False: nobody but this knew of that connection.
  bool ended_by_tcp(PeerId tcp);
  // It is used: no longer ours to drop.
  void taken(PeerId tcp) {
    for (Question& question : questions_) question.ours = question.ours && question.tcp != tcp;
  }
  // Nothing but a question goes by it: it is no way to the peer, as long as UCX has it.
  bool is_for_asking(PeerId tcp) const {
    return std::ranges::any_of(questions_, [&](const Question& each) { return each.ours && each.tcp == tcp; });
  }
  // Looks once for each of UCX's looks. Within no poll().
  void look(UcxTransport& ucx, TcpTransport& tcp);
  std::uint64_t detours() const { return detours_; }  // peers that answered over TCP alone

 private:
  static constexpr unsigned kAnswerLooksMax = 4;      // before the question is given up: fewer than TCP waits for a hello
  static constexpr std::uint64_t kPauseLooksMin = 8;  // between two questions in one silence, doubling
  static constexpr std::uint64_t kPauseLooksMax = 64;

  struct Way {
    Address tcp;
    std::uint64_t pause_looks = kPauseLooksMin;
    std::uint64_t not_before_look = 0;
    std::uint64_t silent_at_look = 0;  // the last at which it was
  };
  struct Question {
    PeerId ucx;
    PeerId tcp;
    bool ours;              // the connection was made to ask, and nobody has used it
    bool answered = false;  // when it was last looked at
    unsigned looks = 0;
  };

  bool is_over(Question& question, UcxTransport& ucx, TcpTransport& tcp);
  void give_up(const Question& question, UcxTransport& ucx);
  void ask(PeerId id, Way& way, TcpTransport& tcp);
  void pause(Way& way) const;

  std::uint64_t looks_seen_ = 0;
  std::uint64_t detours_ = 0;
  std::map<PeerId, Way> ways_;  // of connections that UCX has
  std::vector<Question> questions_;
};

}  // namespace lath
