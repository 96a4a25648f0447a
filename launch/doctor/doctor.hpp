// What `lath doctor` says: findings, each a subject with a verdict, and with a remedy unless all is well. Facts are gathered
// elsewhere (doctor_gather.cpp, doctor_probe.cpp); the checks are pure functions from facts to findings. Any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace lath {

enum class Verdict {
  kOk,
  kNote,  // works; worth knowing
  kWarn,  // works, slower or less safely than it could
  kBad,   // does not work
};

struct Finding {
  std::string subject;  // "cores", "RDMA device mlx5_0", "node 3"
  Verdict verdict = Verdict::kOk;
  std::string text;
  std::string remedy;  // the command or setting that helps; empty only where the verdict is kOk
};

using Findings = std::vector<Finding>;

Finding fine(std::string subject, std::string text);
// A verdict other than kOk; the remedy is not empty.
Finding finding(Verdict verdict, std::string subject, std::string text, std::string remedy);

void append(Findings& to, Findings from);
Verdict worst_of(const Findings& findings);         // kOk of none
int exit_status_of(const Findings& findings);       // 1 where something is bad, else 0
const char* name_of(Verdict verdict);               // "ok", "note", "warn", "bad"
std::string text_report(const Findings& findings);  // for people; ends with a line that counts the verdicts
std::string json_report(const Findings& findings);  // {"verdict": worst, "findings": [...]}

std::string text_of_bytes(std::uint64_t bytes);                    // "1.5 GiB"
std::string text_of_ns(std::uint64_t duration_ns);                 // "1.5 ms"
std::string count_of(std::size_t count, const std::string& what);  // "1 shard", "2 shards"
std::string joined(const std::vector<std::string>& texts);         // "a, b, c"

}  // namespace lath
