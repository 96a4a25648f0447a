#include "wire/opcode.hpp"

#include <gtest/gtest.h>

namespace lath::testing {
namespace {

TEST(Opcode, what_adds_is_never_idempotent) {
  for (const Opcode opcode :
       {Opcode::kCounterAdd, Opcode::kGrowCounterAdd, Opcode::kArrayMerge, Opcode::kMvPut, Opcode::kMapUpdate}) {
    EXPECT_FALSE(is_idempotent(opcode)) << name_of(opcode);
  }
}

TEST(Opcode, only_updates_can_be_other_than_idempotent) {
  for (int code = 0; code < 256; ++code) {
    const auto opcode = static_cast<Opcode>(code);
    EXPECT_TRUE(is_idempotent(opcode) || is_update(opcode)) << name_of(opcode);
    EXPECT_TRUE(is_known(opcode) || !(is_update(opcode) || is_deferred(opcode) || is_keyless(opcode))) << code;
  }
}

TEST(Opcode, numbers_that_are_no_operation_are_unknown) {
  for (const int code : {0, 5, 9, 14, 19, 28, 33, 38, 56, 59, 64, 255}) EXPECT_FALSE(is_known(static_cast<Opcode>(code))) << code;
}

}  // namespace
}  // namespace lath::testing
