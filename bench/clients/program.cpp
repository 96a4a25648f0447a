#include "bench/clients/program.hpp"

#include <pthread.h>

#include <charconv>
#include <cstdio>
#include <cstdlib>

namespace lath::bench {

void die(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  std::exit(1);
}

Arguments::Arguments(int count, char** texts, std::map<std::string, std::string> defaults) : values_(std::move(defaults)) {
  for (int i = 1; i < count; i += 2) {
    const std::string flag = texts[i];
    const auto known = flag.starts_with("--") ? values_.find(flag.substr(2)) : values_.end();
    if (known == values_.end() || i + 1 == count) {
      std::string names;
      for (const auto& [name, value] : values_) names += " --" + name + " '" + value + "'";
      die(std::string(texts[0]) + ": '" + flag + "' is unknown or has no value; the flags and their defaults:" + names);
    }
    known->second = texts[i + 1];
  }
}

const std::string& Arguments::text(const std::string& name) const {
  return values_.at(name);
}

std::uint64_t Arguments::number(const std::string& name) const {
  const std::string& text = values_.at(name);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) die("--" + name + " takes a whole number, not '" + text + "'");
  return value;
}

double Arguments::real(const std::string& name) const {
  const std::string& text = values_.at(name);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) die("--" + name + " takes a number, not '" + text + "'");
  return value;
}

void pin(int core) {
  if (core < 0) return;
  cpu_set_t cores;
  CPU_ZERO(&cores);
  CPU_SET(static_cast<std::size_t>(core), &cores);
  if (pthread_setaffinity_np(pthread_self(), sizeof cores, &cores) != 0) die("core " + std::to_string(core) + " cannot be had");
}

namespace {

std::string shown(double value) {
  char text[40];
  std::snprintf(text, sizeof text, "%.9g", value);
  return text;
}

}  // namespace

Line& Line::add(const std::string& name, double value) {
  text_ += (text_.empty() ? "\"" : ", \"") + name + "\": " + shown(value);
  return *this;
}

Line& Line::add(const std::string& name, const std::string& value) {
  text_ += (text_.empty() ? "\"" : ", \"") + name + "\": \"" + value + "\"";
  return *this;
}

Line& Line::add(const std::string& name, const std::vector<double>& values) {
  text_ += (text_.empty() ? "\"" : ", \"") + name + "\": [";
  for (std::size_t i = 0; i < values.size(); ++i) text_ += (i == 0 ? "" : ", ") + shown(values[i]);
  text_ += "]";
  return *this;
}

Line& Line::add_latencies(Samples& samples, bool whole_distribution) {
  if (samples.count() == 0) die("there is no sample: the time was too short");
  add("samples", static_cast<double>(samples.count()));
  add("median_ns", samples.median()).add("p99_ns", samples.percentile(99)).add("p999_ns", samples.percentile(99.9));
  if (!whole_distribution) return *this;
  std::vector<double> distribution;
  for (int half = 1; half < 200; ++half) distribution.push_back(samples.percentile(half / 2.0));
  return add("distribution_ns", distribution);
}

void Line::print() const {
  std::printf("{%s}\n", text_.c_str());
  std::fflush(stdout);
}

void finish(const Line& line, std::uint64_t wrong) {
  if (wrong > 0) die(std::to_string(wrong) + " answers were wrong");
  line.print();
}

}  // namespace lath::bench
