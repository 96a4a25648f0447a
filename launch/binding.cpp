#include "launch/binding.hpp"

#include "base/log.hpp"

namespace lath {

bool bind_or_tell(const Machine& machine, const CpuSet& cpus) {
  if (!machine.made_up_by().empty()) return false;
  const auto bound = machine.bind_this_thread(cpus);
  if (!bound) log_warn(bound.error().text);
  return bound.has_value();
}

}  // namespace lath
