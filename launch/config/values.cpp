// Numbers, sizes and addresses as people write them.
#include <array>
#include <charconv>
#include <limits>

#include "launch/config/config.hpp"

namespace lath {

namespace {

struct SizeUnit {
  std::string_view name;
  std::uint64_t bytes;
};
constexpr std::array<SizeUnit, 14> kSizeUnits = {{{"KiB", 1ULL << 10},
                                                  {"MiB", 1ULL << 20},
                                                  {"GiB", 1ULL << 30},
                                                  {"TiB", 1ULL << 40},
                                                  {"KB", 1'000},
                                                  {"MB", 1'000'000},
                                                  {"GB", 1'000'000'000},
                                                  {"TB", 1'000'000'000'000},
                                                  {"K", 1ULL << 10},
                                                  {"M", 1ULL << 20},
                                                  {"G", 1ULL << 30},
                                                  {"T", 1ULL << 40},
                                                  {"B", 1},
                                                  {"", 1}}};

}  // namespace

Result<std::uint64_t> parse_number(std::string_view text, std::uint64_t least, std::uint64_t most) {
  std::uint64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc{} || end != text.data() + text.size() || text.empty() || number < least || number > most) {
    return Error{Code::kInvalid, "expected a whole number from " + std::to_string(least) + " to " + std::to_string(most)};
  }
  return number;
}

Result<std::uint64_t> parse_size(std::string_view text) {
  const Error expected{Code::kInvalid, "expected a size such as 512MiB or 4GiB"};
  std::uint64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure == std::errc::invalid_argument) return expected;
  const bool past_range = failure == std::errc::result_out_of_range;
  std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  if (unit.starts_with(' ')) unit.remove_prefix(1);
  for (const SizeUnit& known : kSizeUnits) {
    if (unit != known.name) continue;
    constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
    return past_range || number > kMost / known.bytes ? kMost : number * known.bytes;
  }
  return expected;
}

Result<HostPort> parse_host_port(std::string_view text) {
  const Error expected{Code::kInvalid, "expected HOST:PORT (or [IPV6]:PORT) with a port from 0 to 65535"};
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return expected;
  std::string_view host = text.substr(0, colon);
  const auto port = parse_number(text.substr(colon + 1), 0, 65535);
  if (!port) return expected;
  if (host.starts_with('[') && host.ends_with(']') && host.size() > 2) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find_first_of(":[] \t") != std::string_view::npos) {
    return expected;
  }
  return HostPort{std::string(host), static_cast<std::uint16_t>(*port)};
}

std::string to_text(const HostPort& address) {
  const bool ipv6 = address.host.find(':') != std::string::npos;
  return (ipv6 ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

}  // namespace lath
