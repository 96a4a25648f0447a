// A shard that the session's thread turns in its calls (LATH_PROGRESS_CALLER): operations in, answers out, without a message. launch
// implements it. Used by the session's thread; while it lives nobody else has the shard.
#pragma once

#include "client/answer.hpp"
#include "lath/ids.hpp"
#include "lath/result.hpp"
#include "wire/request.hpp"

namespace lath {

class LocalShard {
 public:
  virtual ~LocalShard() = default;
  virtual Place place() const = 0;
  // kOk, kNotFound, or the answer did not go into the target (kTooSmall, kInternal). kInProgress: nothing was done, and it is to be sent as
  // any. (A code rather than an optional one, which travels through memory and is waited for.)
  virtual Code execute(const Operation& operation, const AnswerTarget& target) = 0;
  // An operation of this key is about to be executed: the memory where it begins is asked for.
  virtual void prefetch(Bytes key) = 0;
  // One turn of its loop; says whether there was anything to do.
  virtual bool turn() = 0;
};

}  // namespace lath
