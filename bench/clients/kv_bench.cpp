// One client of one store: what does it cost, and is every answer right? bench/compare runs it against Lath, Redis and memcached in
// turn, with the same loads. The store and this program each have a core of their own.
// usage: lath_bench_kv --target lath:file:PATH|redis:unix:PATH|redis:tcp:PORT|memcached:unix:PATH|memcached:tcp:PORT --work WORK ...
#include <string>

#include "bench/clients/lath_target.hpp"
#include "bench/clients/program.hpp"
#include "bench/clients/text_targets.hpp"
#include "bench/clients/workloads.hpp"
#include "bench/clients/ycsb.hpp"

namespace lath::bench {
namespace {

template <class Target>
void run(Target&& target, const std::string& work, const Load& load) {
  if (work.starts_with("ycsb-")) return Ycsb<std::remove_reference_t<Target>>(target, load, ycsb_mix(work.substr(5))).run();
  if (!run_work(target, work, load)) die("this target has no work '" + work + "'");
}

void run_target(const std::string& target, const std::string& work, const Load& load) {
  const std::size_t colon = target.find(':');
  const std::string kind = target.substr(0, colon), where = colon == std::string::npos ? "" : target.substr(colon + 1);
  if (kind == "lath") return run(LathTarget(where), work, load);
  if (kind == "redis") return run(RedisTarget(where), work, load);
  if (kind == "memcached") return run(MemcachedTarget(where), work, load);
  die("--target names no store: '" + target + "'");
}

}  // namespace
}  // namespace lath::bench

int main(int count, char** texts) {
  using namespace lath::bench;
  const Arguments arguments(count, texts,
                            {{"target", ""},
                             {"work", "get"},
                             {"core", "1"},
                             {"from", "0"},
                             {"keys", "1000000"},
                             {"value-bytes", "8"},
                             {"seconds", "0.3"},
                             {"batch", "128"},
                             {"group", "1"},
                             {"distribution", "0"},
                             {"seed", "1"}});
  pin(static_cast<int>(arguments.number("core")));
  const Load load{.from = static_cast<std::uint32_t>(arguments.number("from")),
                  .keys = static_cast<std::uint32_t>(arguments.number("keys")),
                  .value_bytes = arguments.number("value-bytes"),
                  .seconds = arguments.real("seconds"),
                  .batch = arguments.number("batch"),
                  .group = arguments.number("group"),
                  .distribution = arguments.number("distribution") != 0,
                  .seed = arguments.number("seed")};
  run_target(arguments.text("target"), arguments.text("work"), load);
}
