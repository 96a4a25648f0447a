// What liblath gets from launch, for these tests: one kind of store.
#include "c_api_fixture.hpp"

namespace lath {

Result<std::unique_ptr<OpenStore>> open_store(std::string_view where, const OpenOptions&) {
  if (where != "test:") return Error{Code::kInvalid, "where is \"" + std::string(where) + "\"; these tests know test: alone"};
  return std::unique_ptr<OpenStore>(std::make_unique<test::PumpedStore>());
}

Result<std::unique_ptr<OpenStore>> open_group(GroupBootstrap& group, const Result<OpenOptions>& options) {
  std::vector<std::byte> mine(8);
  std::vector<std::byte> all(8U * static_cast<unsigned>(group.count()));
  if (const Result<void> gathered = group.allgather(mine, all); !gathered) return gathered.error();
  if (const Result<void> told = group.broadcast(mine, 0); !told) return told.error();
  if (!options) return options.error();
  return std::unique_ptr<OpenStore>(std::make_unique<test::PumpedStore>());
}

}  // namespace lath
