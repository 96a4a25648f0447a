#include "suite.hpp"

namespace lath {

INSTANTIATE_TEST_SUITE_P(Ucx, Contract, ::testing::Values(&make_ucx_shared_memory, &make_ucx_tcp),
                         [](const auto& each) { return each.index == 0 ? "shared_memory" : "tcp"; });

}  // namespace lath
