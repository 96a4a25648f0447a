// What the public headers declare, read from the headers themselves: so a function that no test calls is found.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

namespace lath::test {

inline std::string text_of_file(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline std::set<std::string> names_in(const std::string& text, const std::string& pattern) {
  const std::regex name(pattern);
  std::set<std::string> names;
  for (std::sregex_iterator at(text.begin(), text.end(), name); at != std::sregex_iterator(); ++at) names.insert((*at)[1].str());
  return names;
}

// Of lath.h and what it includes; lath_mpi.h has tests of its own.
inline std::set<std::string> declared_functions() {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(LATH_SOURCE_DIR) / "include/lath")) {
    if (entry.path().extension() != ".h" || entry.path().filename() == "lath_mpi.h") continue;
    names.merge(names_in(text_of_file(entry.path()), R"(LATH_API [^;(]*[ *](lath_\w+)\()"));
  }
  return names;
}

// Those that come in three ways, by the name that they share: "put" of lath_put, lath_put_nb and lath_batch_put.
inline std::set<std::string> declared_operations() {
  std::set<std::string> operations;
  for (const std::string& name : declared_functions()) {
    if (name.ends_with("_nb")) operations.insert(name.substr(5, name.size() - 8));
  }
  return operations;
}

}  // namespace lath::test
