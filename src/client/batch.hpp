// Operations that are kept until they are run together, and then again if wanted. Warm, neither filling nor running allocates.
// Belongs to one session's thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "client/session_driver.hpp"

namespace lath {

class Batch {
 public:
  void reserve(std::size_t operations) { entries_.reserve(operations); }
  // Copies the operation. kFull: kBatchOperationsMax or kBatchBytesMax. After a run, the first addition empties the batch.
  Code add(const Operation& operation, const AnswerTarget& target);
  // Ends when all operations have: kOk, or the failure of the one with the lowest index.
  Code run(SessionDriver& driver, TimeNs deadline);
  void clear();

  std::size_t size() const { return entries_.size(); }
  Code status(std::size_t index) const { return entries_[index].status; }

 private:
  struct Entry {
    Opcode opcode = Opcode::kGet;
    Code status = Code::kInProgress;
    std::uint16_t key_size = 0;
    std::uint32_t argument_size = 0;
    std::size_t offset = 0;  // of the key in bytes_; the argument follows
    AnswerTarget target;
  };

  Operation operation(const Entry& entry) const;
  void prefetch(SessionDriver& driver, const Entry& entry) const;
  bool wait_for_slot(SessionDriver& driver, TimeNs deadline);

  std::vector<Entry> entries_;
  FrameBuffer bytes_;
  std::size_t left_ = 0;
  bool was_run_ = false;
};

}  // namespace lath
