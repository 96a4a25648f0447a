// Where a thread of a node runs.
#pragma once

#include "topology/machine.hpp"

namespace lath {

// Binds the calling thread. A binding that is refused costs speed, not service: it is told, unless the machine is made up, of which the
// node tells once. true: it runs there.
bool bind_or_tell(const Machine& machine, const CpuSet& cpus);

}  // namespace lath
