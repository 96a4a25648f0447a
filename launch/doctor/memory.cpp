// Memory, what is left of it; and shared memory: where a node's table and its endpoints find room, and what killed processes left of it.
#include <algorithm>

#include "launch/doctor/machine.hpp"
#include "launch/shared_memory.hpp"

namespace lath {

namespace {

constexpr std::uint64_t kNoLimitBytes = 1ULL << 50;  // more than any host has

std::string mib(std::uint64_t bytes) {
  return std::to_string(bytes >> 20);
}

// What the transports in force can use of it.
HostFacts usable(const MachineFacts& facts) {
  HostFacts host = facts.host;
  if (!facts.uses_sysv) host.sysv = {};
  if (!facts.uses_posix) host.shm_bytes = host.shm_free_bytes = 0;
  return host;
}

SysvMemory unused(SysvMemory sysv) {
  sysv.segments_used = sysv.bytes_used = 0;
  return sysv;
}

std::string text_of_sysv(const SysvMemory& sysv) {
  const std::uint64_t bytes = sysv.bytes_max - std::min(sysv.bytes_max, sysv.bytes_used);
  const std::uint64_t segments = sysv.segments_max - std::min(sysv.segments_max, sysv.segments_used);
  return "SysV memory has " + (bytes > kNoLimitBytes ? "no limit" : text_of_bytes(bytes) + " left") + ", in " +
         count_of(segments, "segment");
}

Findings check_table(const MachineFacts& facts, const SharedMemoryNeed& need) {
  const std::string subject = "table memory";
  const HostFacts host = usable(facts);
  const TableRoom room = table_room(need, host.sysv, host.shm_free_bytes);
  const std::string planned = "the " + text_of_bytes(need.table_bytes) + " that a node plans (LATH_MEMORY)";
  if (room.sysv_bytes == need.table_bytes) return {fine(subject, text_of_sysv(host.sysv) + ": enough for " + planned)};
  const std::string shm = !facts.uses_posix ? "UCX's settings forbid /dev/shm, which would take the rest"
                                            : std::string("/dev/shm") + (facts.uses_sysv ? ", which takes the rest," : "") +
                                                  " has " + text_of_bytes(host.shm_free_bytes) + " free";
  if (!facts.uses_sysv && room.bytes() >= need.table_bytes)
    return {fine(subject, "/dev/shm has " + text_of_bytes(host.shm_free_bytes) + " free: enough for " + planned)};
  const SysvShortage shortage = sysv_shortage(need, host.sysv);
  if (room.bytes() >= need.table_bytes)
    return {finding(Verdict::kNote, subject, shortage.text + ", less than " + planned + ": " + shm,
                    "nothing to do; for SysV memory alone: sysctl " + shortage.remedy)};
  // Whoever holds it may give it back; a limit does not.
  const bool is_limit = table_room(need, unused(host.sysv), host.shm_bytes).bytes() < need.table_bytes;
  std::string remedy;
  if (facts.uses_sysv)
    remedy = is_limit ? "sysctl " + shortage.remedy + " (docker run --sysctl), or "
                      : "see who holds it by ipcs -m and ls -l /dev/shm, or ";
  if (facts.uses_posix)
    remedy += "mount -o remount,size=" + mib(need.table_bytes + need.table_bytes / 2) + "m /dev/shm (docker run --shm-size), or ";
  return {finding(is_limit ? Verdict::kBad : Verdict::kWarn, subject,
                  "there is room for " + text_of_bytes(room.bytes()) + " of " + planned + ": " +
                      (facts.uses_sysv ? shortage.text + ", and " : "") + shm,
                  remedy + "set LATH_MEMORY=" + mib(room.bytes() / 2) + "MiB")};
}

Findings check_endpoints(const MachineFacts& facts, const SharedMemoryNeed& need) {
  const HostFacts host = usable(facts);
  const std::string each = count_of(need.endpoints, "endpoint") + " of a node (each takes " + text_of_bytes(kEndpointBytes) + ")";
  if (facts.uses_sysv) {
    const std::uint64_t left = host.sysv.bytes_max - std::min(host.sysv.bytes_max, host.sysv.bytes_used);
    const std::uint64_t segments = host.sysv.segments_max - std::min(host.sysv.segments_max, host.sysv.segments_used);
    if (host.sysv.segment_bytes_max < kEndpointSegmentBytes || left < need.endpoint_bytes() ||
        segments < need.endpoints * kEndpointSegments)
      return {
          finding(Verdict::kBad, "SysV memory",
                  text_of_sysv(host.sysv) + " of at most " + text_of_bytes(host.sysv.segment_bytes_max) + ": too little for the " +
                      each + ", which then cannot start",
                  "see who holds it by ipcs -m, and raise what is short: sysctl kernel.shmall, kernel.shmmni, kernel.shmmax; or "
                  "do without: LATH_UCX_TLS=^sysv")};
  }
  if (!facts.uses_posix) return {};
  if (host.shm_free_bytes < need.endpoint_bytes())
    return {finding(Verdict::kBad, "/dev/shm",
                    text_of_bytes(host.shm_free_bytes) + " of " + text_of_bytes(host.shm_bytes) + " are free: too little for the " +
                        each + ", which then cannot start",
                    "see who holds it by ls -l /dev/shm and fuser -v /dev/shm/*, or mount -o remount,size=" +
                        mib(2 * need.endpoint_bytes()) + "m /dev/shm (docker run --shm-size), or do without: LATH_UCX_TLS=^posix")};
  return {fine("/dev/shm", text_of_bytes(host.shm_free_bytes) + " of " + text_of_bytes(host.shm_bytes) + " free, enough for the " +
                               each + ", and for " + std::to_string(host.shm_free_bytes / kEndpointBytes - need.endpoints) +
                               " more, such as clients' sessions")};
}

Findings check_file_size(const MachineFacts& facts) {
  if (!facts.host.file_bytes) return {};
  const bool fatal = facts.uses_posix && *facts.host.file_bytes < kEndpointBytes;
  return {finding(fatal ? Verdict::kBad : Verdict::kWarn, "file size limit",
                  text_of_bytes(*facts.host.file_bytes) +
                      (fatal ? ": too little for an endpoint in /dev/shm, so that no node and no client can start"
                             : ": neither a node's memory in /dev/shm nor its log can be larger"),
                  "ulimit -f unlimited before lathd and before the application, which SIGXFSZ ends else")};
}

}  // namespace

Findings check_memory(const MachineFacts& facts) {
  if (facts.memory.bytes == UINT64_MAX) return {};  // nothing says so
  const std::string left = facts.memory.whose + " has " + text_of_bytes(facts.memory.bytes) + " of memory left";
  const std::string planned = "the " + text_of_bytes(facts.config.memory_bytes) + " that a node plans (LATH_MEMORY)";
  if (facts.memory.bytes >= facts.config.memory_bytes) return {fine("memory", left + ": enough for " + planned)};
  return {finding(Verdict::kWarn, "memory", left + ", less than " + planned + ": a table that needs it does not grow, and is full",
                  MemoryLeft::remedy() + ", such as LATH_MEMORY=" + mib(facts.memory.bytes / 2) + "MiB")};
}

Findings check_shared_memory(const MachineFacts& facts) {
  Findings found;
  if (facts.uses_sysv || facts.uses_posix) {
    const std::size_t shards = facts.cores.plan ? facts.cores.plan->shards.size() : 1;
    const SharedMemoryNeed need = shared_memory_need(facts.config.memory_bytes, shards);
    append(found, check_table(facts, need));
    append(found, check_endpoints(facts, need));
  }
  append(found, check_file_size(facts));
  if (facts.ipc_unshared)
    found.push_back(
        finding(Verdict::kNote, "IPC namespace",
                "this process does not share the host's IPC namespace or /dev/shm: it reaches processes outside over the "
                "network alone",
                "start nodes and clients of one host in one namespace (docker run --ipc=host, no unshare --ipc)"));
  if (facts.stale.count > 0)
    found.push_back(
        finding(Verdict::kWarn, "stale segments",
                count_of(facts.stale.count, "segment") + " of " + text_of_bytes(facts.stale.bytes) +
                    " in /dev/shm that no process has mapped, left by one that was killed: " + joined(facts.stale.paths),
                "unless a container that you cannot see from here uses them: rm " + facts.stale.paths.front() +
                    (facts.stale.count > 1 ? " and the others" : "")));
  return found;
}

}  // namespace lath
