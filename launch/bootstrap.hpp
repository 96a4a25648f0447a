// What nodes tell each other at their start, over the two collectives of a GroupBootstrap. Every call here is collective: all
// members make it, in the same order, also those that have already failed, so that nobody waits for nothing. `step` names it to people
// where the group itself fails: "the memory of the hosts".
#pragma once

#include <string>
#include <vector>

#include "base/message.hpp"
#include "lath/result.hpp"
#include "launch/open_store.hpp"

namespace lath {

using Record = std::vector<std::byte>;

// Each member's record, by rank; records may differ in size.
Result<std::vector<Record>> gather(GroupBootstrap& group, const char* step, Bytes mine);
// rank 0's record, to all.
Result<Record> hand_out(GroupBootstrap& group, const char* step, Bytes mine_if_first);
// Nobody goes on unless all are well: the first failure, by rank, is everybody's answer.
Result<void> agree(GroupBootstrap& group, const char* step, const Result<void>& mine);

// A group of one.
class AloneBootstrap final : public GroupBootstrap {
 public:
  int rank() const override { return 0; }
  int count() const override { return 1; }
  Result<void> broadcast(std::span<std::byte> bytes, int root) override;
  Result<void> allgather(std::span<const std::byte> mine, std::span<std::byte> all) override;
};

}  // namespace lath
