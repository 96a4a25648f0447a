// Flags by CLI11, made from the table of settings.
#include <CLI/CLI.hpp>
#include <map>

#include "launch/config/table.hpp"

namespace lath {

Result<GivenFlags> read_flags(std::span<const std::string> arguments) {
  GivenFlags flags;
  CLI::App app("lathd: a node of a Lath cluster. Start one a host with mpirun, or one alone without it.", "lathd");
  app.set_help_flag("-h,--help", "Print this and exit.");
  app.add_option("--config", flags.config_file, "A TOML file of the settings below (also LATH_CONFIG).")
      ->check([](const std::string& path) { return path.empty() ? "it is empty: name a file, or leave the flag out" : ""; });
  app.add_flag("--print-config", flags.print_config, "Print the effective settings as TOML, with their documentation, and exit.");
  app.add_flag("--version", flags.version, "Print the version and exit.");
  std::map<const Setting*, std::vector<std::string>> values;  // CLI11 keeps references to its members
  std::map<const Setting*, CLI::Option*> options;
  for (const Setting& setting : settings()) {
    std::string doc(setting.doc);
    if (!setting.initial.empty()) doc += " Default: " + std::string(setting.initial) + ".";
    CLI::Option* option = app.add_option("--" + std::string(setting.name), values[&setting], doc)->expected(1);
    option->type_name("(" + std::string(setting.expected) + ")");
    // Several of one flag are told apart below, with an error that says so.
    option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    option->allow_extra_args(false);
    options[&setting] = option;
  }
  try {
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());  // as CLI11 wants them
    app.parse(reversed);
  } catch (const CLI::CallForHelp&) {
    flags.help = app.help();
    return flags;
  } catch (const CLI::ExtrasError& failure) {
    return Error{Code::kInvalid, "unknown argument: " + std::string(failure.what()) + " (lathd --help lists the flags)"};
  } catch (const CLI::ParseError& failure) {
    return Error{Code::kInvalid, std::string(failure.what()) + " (lathd --help lists the flags)"};
  }
  for (const Setting& setting : settings()) {
    if (options[&setting]->count() == 0) continue;
    const std::string origin = "--" + std::string(setting.name);
    if (!setting.repeatable && values[&setting].size() > 1)
      return Error{Code::kInvalid, origin + " was given " + std::to_string(values[&setting].size()) + " times: give it once"};
    flags.given.values.push_back({&setting, values[&setting], origin});
  }
  return flags;
}

}  // namespace lath
