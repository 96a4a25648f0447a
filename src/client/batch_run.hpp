// One run of a group: which way each operation goes, and how many are sent before the answers are looked for. On the stack of the call.
#pragma once

#include <cstddef>
#include <span>

#include "client/batch.hpp"
#include "client/operation_group.hpp"
#include "client/session_driver.hpp"

namespace lath {

class BatchRun {
 public:
  struct Terms {
    TimeNs deadline = kForeverNs;
    RequestId batch;  // of a run that nobody waits for: then there is room for all of it, and all of it goes by messages
  };
  // `large`: the values of the group's kPutLarge, by their indices.
  BatchRun(OperationGroup& group, std::span<const LargeMember> large, SessionDriver& driver, const Terms& terms);
  void begin_all();

 private:
  bool reads_apart(std::size_t index) const { return !terms_.batch && driver_.may_read_apart(group_.member(index).opcode); }
  bool goes_together(std::size_t index) const { return Session::may_be_member(group_.member(index).opcode) && !reads_apart(index); }
  bool is_late() const {
    return driver_.now() > terms_.deadline;
  }  // as of the last look at the clock, which is taken with each push
  Call call_of(std::size_t index);
  void prefetch(std::size_t index) const;
  bool read_apart(std::size_t index);
  void prefetch_here(std::size_t index) const;
  bool execute_here(std::size_t index);
  void begin_large(std::size_t index);
  enum class Way { kAlone, kTogether };
  bool make_room(Way way);
  void begin_alone(std::size_t index);
  std::size_t begin_together(std::size_t index);
  void seal();
  void sent(std::size_t count);

  OperationGroup& group_;
  std::span<const LargeMember> large_;  // those that have not been begun
  SessionDriver& driver_;
  Session& session_;
  Terms terms_;
  RequestId members_;  // the record of those that go together; {}: none is open
  std::size_t per_frame_;
  std::size_t since_push_ = 0;
};

}  // namespace lath
