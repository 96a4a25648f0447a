#include "launch/cli/operands.hpp"

#include <sodium.h>

#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <nlohmann/json.hpp>

namespace lath {

namespace {

// The library replaces, or leaves out, what is no UTF-8: only where there is such a byte do the two differ.
bool is_utf8(const nlohmann::json& text) {
  using Handler = nlohmann::json::error_handler_t;
  return text.dump(-1, ' ', true, Handler::replace) == text.dump(-1, ' ', true, Handler::ignore);
}

}  // namespace

std::string no_nan(const std::string& text) {
  return std::isnan(std::strtod(text.c_str(), nullptr)) ? "Value " + text + " is no number" : "";
}

nlohmann::json shown_bytes(std::string_view bytes) {
  nlohmann::json text(bytes);
  if (is_utf8(text)) return text;
  std::string base64(sodium_base64_encoded_len(bytes.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(base64.data(), base64.size(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                    sodium_base64_VARIANT_ORIGINAL);
  base64.pop_back();  // its NUL
  return {{"base64", base64}};
}

int write_bytes(const std::string& file, std::string_view bytes) {
  if (file == "-") {
    std::fwrite(bytes.data(), 1, bytes.size(), stdout);  // main looks at the end whether all has left
    return 0;
  }
  std::FILE* out = std::fopen(file.c_str(), "we");
  bool written = out != nullptr && std::fwrite(bytes.data(), 1, bytes.size(), out) == bytes.size();
  if (out != nullptr && std::fclose(out) != 0) written = false;
  if (!written) std::fprintf(stderr, "lath: cannot write '%s': %s\n", file.c_str(), std::strerror(errno));
  return written ? 0 : 1;
}

}  // namespace lath
