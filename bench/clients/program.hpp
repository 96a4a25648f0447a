// What every bench program shares: its flags, the end on an error, its core, and its answer, one line of JSON on standard output.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "bench/clients/percentiles.hpp"

namespace lath::bench {

// Says why on standard error and ends the program with status 1.
[[noreturn]] void die(const std::string& why);

// `--name value` pairs; an unknown name, or one without a value, ends the program.
class Arguments {
 public:
  Arguments(int count, char** texts, std::map<std::string, std::string> defaults);
  const std::string& text(const std::string& name) const;
  std::uint64_t number(const std::string& name) const;
  double real(const std::string& name) const;

 private:
  std::map<std::string, std::string> values_;
};

// The calling thread runs on this core alone; -1 leaves it where it is.
void pin(int core);

// One line of JSON.
class Line {
 public:
  Line& add(const std::string& name, double value);
  Line& add(const std::string& name, const std::string& value);
  Line& add(const std::string& name, const std::vector<double>& values);
  // Median, p99 and p99.9 in nanoseconds, and for a plot the whole distribution at every half percent.
  Line& add_latencies(Samples& samples, bool whole_distribution);
  void print() const;

 private:
  std::string text_;
};

// Standard output, where a run's count of wrong answers is not 0, is not to be believed: the program ends with status 1.
void finish(const Line& line, std::uint64_t wrong);

}  // namespace lath::bench
