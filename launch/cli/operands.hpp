// What the subcommands have in common in reading their operands, and in printing what a cluster holds.
#pragma once

#include <charconv>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <type_traits>

namespace lath {

// A check for CLI11: "" where `text` is one whole number of this type. CLI11's own conversion would cut one that does not fit to the
// nearest that does, and wrap a negative one.
template <class Number>
std::string whole_number(const std::string& text) {
  if constexpr (std::is_arithmetic_v<Number>) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size())
      return "'" + text + "' is no number of this kind, or too large for it";
  }
  return {};
}

// A check for CLI11, whose ranges a NaN passes: no comparison tells that it lies outside.
std::string no_nan(const std::string& text);

// A JSON string where the bytes are UTF-8, else {"base64": "..."}: what a key holds is shown whole either way.
nlohmann::json shown_bytes(std::string_view bytes);

// The bytes and nothing else, to a file or ("-") standard output; the exit status, with the reason on standard error.
int write_bytes(const std::string& file, std::string_view bytes);

}  // namespace lath
