// What the public headers declare, read from the headers themselves: so a function that no test calls is found.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

namespace lath::test {

inline std::string text_of_file(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// Every lath_... that an opening parenthesis follows.
inline std::set<std::string> functions_in(const std::string& text) {
  const std::string letters = "abcdefghijklmnopqrstuvwxyz0123456789_";
  std::set<std::string> names;
  for (std::size_t at = text.find("lath_"); at != std::string::npos; at = text.find("lath_", at)) {
    const std::size_t end = std::min(text.find_first_not_of(letters, at), text.size());
    if (end < text.size() && text[end] == '(') names.insert(text.substr(at, end - at));
    at = end;
  }
  return names;
}

// Of lath.h and what it includes; lath_mpi.h has tests of its own.
inline std::set<std::string> declared_functions() {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(LATH_SOURCE_DIR) / "include/lath")) {
    if (entry.path().extension() != ".h" || entry.path().filename() == "lath_mpi.h") continue;
    names.merge(functions_in(text_of_file(entry.path())));
  }
  return names;
}

// Those that come in three ways, by the name that they share: "put" of lath_put, lath_put_nb and lath_batch_put. A batch itself is run
// in two, and so are tensors: a batch takes small values.
inline std::set<std::string> declared_operations() {
  std::set<std::string> operations;
  for (const std::string& name : declared_functions()) {
    if (name.ends_with("_nb") && name != "lath_batch_run_nb" && !name.starts_with("lath_tensor_"))
      operations.insert(name.substr(5, name.size() - 8));
  }
  return operations;
}

}  // namespace lath::test
