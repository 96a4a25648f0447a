// lath put, get, erase, wait.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "launch/cli/cli.hpp"
#include "launch/cli/operands.hpp"
#include "launch/file_io.hpp"

namespace lath {

namespace {

struct ValueArguments {
  std::string key;
  std::string value;
  std::string file;
  bool has_value = false;
  std::uint64_t since = 0;
};

// The value as given, or the bytes of --file ("-" is standard input).
bool read_value(const ValueArguments& arguments, std::string& out) {
  if (!arguments.has_value && arguments.file.empty()) {
    std::fprintf(stderr, "lath: no value: give one after the key (\"\" is the empty one), or --file FILE\n");
    return false;
  }
  if (arguments.file.empty()) {
    out = arguments.value;
    return true;
  }
  auto read = arguments.file == "-" ? read_descriptor(STDIN_FILENO, "standard input", LATH_LARGE_BYTES_MAX)
                                    : read_stream(arguments.file, LATH_LARGE_BYTES_MAX);
  if (!read) {
    std::fprintf(stderr, "lath: no value: %s (%s)\n", read.error().text.c_str(),
                 lath_status_string(static_cast<lath_status>(read.error().code)));
    return false;
  }
  out = std::move(*read);
  return true;
}

int put(const CliContext& context, const ValueArguments& arguments) {
  std::string value;
  CliSession cli;
  if (!read_value(arguments, value) || !cli.open(context)) return 1;
  const lath_status status =
      lath_put(cli.session(), arguments.key.data(), arguments.key.size(), value.data(), value.size(), context.timeout_ns());
  return status == LATH_OK ? 0 : cli_failed(status, cli.session());
}

int get(const CliContext& context, const ValueArguments& arguments) {
  CliSession cli;
  if (!cli.open(context)) return 1;
  std::vector<char> value(LATH_VALUE_BYTES_MAX);
  std::size_t size = 0;
  lath_status status = LATH_E_TOO_SMALL;
  for (;;) {
    status = lath_get(cli.session(), arguments.key.data(), arguments.key.size(), value.data(), value.size(), &size,
                      context.timeout_ns());
    if (status != LATH_E_TOO_SMALL) break;
    value.resize(size);  // a large one, or it has grown since
  }
  if (status != LATH_OK) return cli_failed(status, cli.session());
  const std::string text(value.data(), size);
  if (!arguments.file.empty()) return write_bytes(arguments.file, text);
  if (context.json) {
    const nlohmann::json shown{{"key", shown_bytes(arguments.key)}, {"value", shown_bytes(text)}};
    std::printf("%s\n", shown.dump().c_str());
    return 0;
  }
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fputc('\n', stdout);
  return 0;
}

int erase(const CliContext& context, const ValueArguments& arguments) {
  CliSession cli;
  if (!cli.open(context)) return 1;
  const lath_status status = lath_erase(cli.session(), arguments.key.data(), arguments.key.size(), context.timeout_ns());
  return status == LATH_OK ? 0 : cli_failed(status, cli.session());
}

int wait(const CliContext& context, const ValueArguments& arguments) {
  CliSession cli;
  if (!cli.open(context)) return 1;
  std::uint64_t version = 0;
  const lath_status status =
      lath_wait(cli.session(), arguments.key.data(), arguments.key.size(), arguments.since, &version, context.timeout_ns());
  if (status != LATH_OK) return cli_failed(status, cli.session());
  std::printf("%llu\n", static_cast<unsigned long long>(version));
  return 0;
}

}  // namespace

void add_value_commands(CLI::App& app, CliContext& context) {
  const auto arguments = std::make_shared<ValueArguments>();
  CLI::App* command = app.add_subcommand("put", "store bytes under a key");
  command->add_option("key", arguments->key)->required();
  CLI::Option* value = command->add_option("value", arguments->value);
  command->add_option("--file", arguments->file, "take the value from a file; - is standard input")->excludes(value);
  command->callback([&context, arguments, value] {
    arguments->has_value = value->count() > 0;
    context.exit_status = put(context, *arguments);
  });

  command = app.add_subcommand("get", "print the bytes of a key");
  command->add_option("key", arguments->key)->required();
  command->add_option("--file", arguments->file, "write the bytes alone to a file; - is standard output")
      ->excludes(app.get_option("--json"));
  command->callback([&context, arguments] { context.exit_status = get(context, *arguments); });

  command = app.add_subcommand("erase", "erase a key of any type");
  command->add_option("key", arguments->key)->required();
  command->callback([&context, arguments] { context.exit_status = erase(context, *arguments); });

  command = app.add_subcommand("wait", "wait until a key has moved past a version, and print the new one");
  command->add_option("key", arguments->key)->required();
  command->add_option("--since", arguments->since, "the version known; 0 waits until the key holds anything")
      ->capture_default_str()
      ->check(whole_number<std::uint64_t>);
  command->callback([&context, arguments] { context.exit_status = wait(context, *arguments); });
}

}  // namespace lath
