#include "launch/doctor/doctor.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/assert.hpp"

namespace lath {

namespace {

constexpr std::array kVerdictNames = {"ok", "note", "warn", "bad"};

struct Unit {
  double size;
  const char* name;
};

template <std::size_t N>
std::string with_unit(double amount, const std::array<Unit, N>& units) {
  const Unit* unit = &units.back();
  for (const Unit& larger : units) {
    if (amount < larger.size) continue;
    unit = &larger;
    break;
  }
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), unit->size == 1 ? "%.0f %s" : "%.1f %s", amount / unit->size, unit->name);
  return text.data();
}

}  // namespace

Finding fine(std::string subject, std::string text) {
  return {.subject = std::move(subject), .verdict = Verdict::kOk, .text = std::move(text), .remedy = {}};
}

Finding finding(Verdict verdict, std::string subject, std::string text, std::string remedy) {
  LATH_ASSERT(verdict != Verdict::kOk && !remedy.empty());
  return {.subject = std::move(subject), .verdict = verdict, .text = std::move(text), .remedy = std::move(remedy)};
}

void append(Findings& to, Findings from) {
  std::move(from.begin(), from.end(), std::back_inserter(to));
}

Verdict worst_of(const Findings& findings) {
  Verdict worst = Verdict::kOk;
  for (const Finding& each : findings) worst = std::max(worst, each.verdict);
  return worst;
}

int exit_status_of(const Findings& findings) {
  return worst_of(findings) == Verdict::kBad ? 1 : 0;
}

const char* name_of(Verdict verdict) {
  return kVerdictNames[static_cast<std::size_t>(verdict)];
}

std::string text_report(const Findings& findings) {
  std::string report;
  std::array<std::size_t, kVerdictNames.size()> counts{};
  for (const Finding& each : findings) {
    ++counts[static_cast<std::size_t>(each.verdict)];
    std::string mark = name_of(each.verdict);
    mark.resize(5, ' ');
    report += mark + " " + each.subject + ": " + each.text + "\n";
    if (!each.remedy.empty()) report += "      -> " + each.remedy + "\n";
  }
  for (std::size_t verdict = 0; verdict < counts.size(); ++verdict)
    report += std::string(verdict > 0 ? ", " : "") + std::to_string(counts[verdict]) + " " + kVerdictNames[verdict];
  return report + "\n";
}

std::string json_report(const Findings& findings) {
  nlohmann::ordered_json shown = nlohmann::ordered_json::array();
  for (const Finding& each : findings) {
    nlohmann::ordered_json one = {{"subject", each.subject}, {"verdict", name_of(each.verdict)}, {"text", each.text}};
    if (!each.remedy.empty()) one["remedy"] = each.remedy;
    shown.push_back(std::move(one));
  }
  const nlohmann::ordered_json report = {{"verdict", name_of(worst_of(findings))}, {"findings", std::move(shown)}};
  // Names of files and hosts may be any bytes: what is no UTF-8 is replaced, not fatal.
  return report.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

std::string text_of_bytes(std::uint64_t bytes) {
  constexpr std::array<Unit, 4> kUnits = {{{1073741824.0, "GiB"}, {1048576.0, "MiB"}, {1024.0, "KiB"}, {1.0, "B"}}};
  return with_unit(static_cast<double>(bytes), kUnits);
}

std::string text_of_ns(std::uint64_t duration_ns) {
  constexpr std::array<Unit, 4> kUnits = {{{1e9, "s"}, {1e6, "ms"}, {1e3, "us"}, {1.0, "ns"}}};
  return with_unit(static_cast<double>(duration_ns), kUnits);
}

std::string count_of(std::size_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : ", ") + text;
  return all;
}

}  // namespace lath
