// A shard that the session's thread turns in its calls (LATH_PROGRESS_CALLER): operations in, answers out, without a message. launch
// implements it. Used by the session's thread; while it lives nobody else has the shard.
#pragma once

#include <optional>

#include "client/answer.hpp"
#include "lath/ids.hpp"
#include "lath/result.hpp"
#include "wire/request.hpp"

namespace lath {

class LocalShard {
 public:
  virtual ~LocalShard() = default;
  virtual Place place() const = 0;
  // kOk, kNotFound, or the answer did not go into the target (kTooSmall, kInternal). nullopt: nothing was done, and it is to be sent as any.
  virtual std::optional<Code> execute(const Operation& operation, const AnswerTarget& target) = 0;
  // One turn of its loop; says whether there was anything to do.
  virtual bool turn() = 0;
};

}  // namespace lath
