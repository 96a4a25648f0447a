// The networks that the suite runs over.
#include "suite.hpp"

namespace lath {

INSTANTIATE_TEST_SUITE_P(UcxSharedMemory, Contract, ::testing::Values(&make_ucx_shared_memory));
INSTANTIATE_TEST_SUITE_P(UcxTcp, Contract, ::testing::Values(&make_ucx_tcp));
INSTANTIATE_TEST_SUITE_P(Tcp, Contract, ::testing::Values(&make_tcp));
INSTANTIATE_TEST_SUITE_P(JointTcp, Contract, ::testing::Values(&make_joint_tcp));
INSTANTIATE_TEST_SUITE_P(JointSharedMemory, Contract, ::testing::Values(&make_joint_shared_memory));
INSTANTIATE_TEST_SUITE_P(UcxVerbs, Contract, ::testing::ValuesIn(verbs_networks()));
INSTANTIATE_TEST_SUITE_P(Simulation, Contract, ::testing::Values(&make_simulation));

}  // namespace lath
