// lath set, gset, map, mv: collections of bytes.
#include <CLI/CLI.hpp>
#include <cinttypes>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "launch/cli/cli.hpp"
#include "launch/cli/operands.hpp"

namespace lath {

namespace {

struct CollectionArguments {
  std::string key;
  std::string element;  // or the map's field
  std::string value;
  std::string file;  // of map get: where the bytes go
};

using Add = lath_status (*)(lath_session*, const void*, std::size_t, const void*, std::size_t, std::uint64_t);
using Contains = lath_status (*)(lath_session*, const void*, std::size_t, const void*, std::size_t, int*, std::uint64_t);
using List = lath_status (*)(lath_session*, const void*, std::size_t, void*, std::size_t, std::size_t*, std::uint64_t);

constexpr std::size_t kListBytesFirst = 64 * 1024;

void print_list(const CliContext& context, const std::vector<char>& list, std::size_t size) {
  nlohmann::json shown = nlohmann::json::array();
  std::size_t position = 0;
  const void* member = nullptr;
  std::size_t member_size = 0;
  while (lath_list_next(list.data(), size, &position, &member, &member_size) == 1) {
    const std::string text(static_cast<const char*>(member), member_size);
    if (context.json)
      shown.push_back(shown_bytes(text));
    else
      std::printf("%s\n", text.c_str());
  }
  if (context.json) std::printf("%s\n", shown.dump().c_str());
}

int show_list(const CliContext& context, const CollectionArguments& a, List list_of) {
  CliSession cli;
  if (!cli.open(context)) return 1;
  std::vector<char> list(kListBytesFirst);
  std::size_t size = 0;
  lath_status status = list_of(cli.session(), a.key.data(), a.key.size(), list.data(), list.size(), &size, context.timeout_ns());
  while (status == LATH_E_TOO_SMALL) {  // it may grow between two calls; the cell's limit ends this
    list.resize(size);
    status = list_of(cli.session(), a.key.data(), a.key.size(), list.data(), list.size(), &size, context.timeout_ns());
  }
  if (status != LATH_OK) return cli_failed(status, cli.session());
  print_list(context, list, size);
  return 0;
}

int add_element(const CliContext& context, const CollectionArguments& a, Add add) {
  CliSession cli;
  if (!cli.open(context)) return 1;
  const lath_status status =
      add(cli.session(), a.key.data(), a.key.size(), a.element.data(), a.element.size(), context.timeout_ns());
  return status == LATH_OK ? 0 : cli_failed(status, cli.session());
}

int show_contains(const CliContext& context, const CollectionArguments& a, Contains contains_of) {
  CliSession cli;
  if (!cli.open(context)) return 1;
  int contains = 0;
  const lath_status status =
      contains_of(cli.session(), a.key.data(), a.key.size(), a.element.data(), a.element.size(), &contains, context.timeout_ns());
  if (status != LATH_OK) return cli_failed(status, cli.session());
  if (context.json)
    std::printf("%s\n", contains != 0 ? "true" : "false");
  else
    std::printf("%s\n", contains != 0 ? "yes" : "no");
  return 0;
}

int map_put(const CliContext& context, const CollectionArguments& a) {
  CliSession cli;
  if (!cli.open(context)) return 1;
  const lath_status status = lath_map_put(cli.session(), a.key.data(), a.key.size(), a.element.data(), a.element.size(),
                                          a.value.data(), a.value.size(), context.timeout_ns());
  return status == LATH_OK ? 0 : cli_failed(status, cli.session());
}

int map_get(const CliContext& context, const CollectionArguments& a) {
  CliSession cli;
  if (!cli.open(context)) return 1;
  std::vector<char> value(LATH_VALUE_BYTES_MAX);
  std::size_t size = 0;
  const lath_status status = lath_map_get(cli.session(), a.key.data(), a.key.size(), a.element.data(), a.element.size(),
                                          value.data(), value.size(), &size, context.timeout_ns());
  if (status != LATH_OK) return cli_failed(status, cli.session());
  const std::string text(value.data(), size);
  if (!a.file.empty()) return write_bytes(a.file, text);
  if (context.json) {
    const nlohmann::json shown{{"key", shown_bytes(a.key)}, {"field", shown_bytes(a.element)}, {"value", shown_bytes(text)}};
    std::printf("%s\n", shown.dump().c_str());
    return 0;
  }
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fputc('\n', stdout);
  return 0;
}

// What a register holds, with room for it.
struct Siblings {
  std::vector<char> seen = std::vector<char>(kListBytesFirst);
  std::vector<char> list = std::vector<char>(kListBytesFirst);
  lath_siblings siblings{};

  lath_status get(lath_session* session, const CollectionArguments& a, std::uint64_t timeout_ns) {
    for (;;) {  // it may grow between two calls; the cell's limit ends this
      siblings = {seen.data(), seen.size(), 0, list.data(), list.size(), 0};
      const lath_status status = lath_mv_get(session, a.key.data(), a.key.size(), &siblings, timeout_ns);
      if (status != LATH_E_TOO_SMALL) return status;
      seen.resize(std::max(seen.size(), siblings.context_size));
      list.resize(std::max(list.size(), siblings.list_size));
    }
  }
};

// Reads the siblings there are and replaces them.
int mv_put(const CliContext& context, const CollectionArguments& a) {
  CliSession cli;
  if (!cli.open(context)) return 1;
  Siblings there;
  lath_status status = there.get(cli.session(), a, context.timeout_ns());
  if (status != LATH_OK && status != LATH_E_NOT_FOUND) return cli_failed(status, cli.session());
  const std::size_t context_size = status == LATH_OK ? there.siblings.context_size : 0;
  status = lath_mv_put(cli.session(), a.key.data(), a.key.size(), there.seen.data(), context_size, a.value.data(), a.value.size(),
                       context.timeout_ns());
  return status == LATH_OK ? 0 : cli_failed(status, cli.session());
}

int mv_get(const CliContext& context, const CollectionArguments& a) {
  CliSession cli;
  if (!cli.open(context)) return 1;
  Siblings there;
  if (const lath_status status = there.get(cli.session(), a, context.timeout_ns()); status != LATH_OK)
    return cli_failed(status, cli.session());
  print_list(context, there.list, there.siblings.list_size);
  return 0;
}

using Action = std::function<int(const CliContext&, const CollectionArguments&)>;

// `VERB KEY [element] [value]`.
struct Verb {
  const char* name;
  const char* about;
  const char* element = nullptr;  // what it is called
  const char* value = nullptr;
  Action action;
};

struct Verbs {
  CLI::App* parent;
  CliContext& context;
  std::shared_ptr<CollectionArguments> arguments;

  CLI::App* add(Verb verb) const {
    CLI::App* command = parent->add_subcommand(verb.name, verb.about);
    command->add_option("key", arguments->key)->required();
    if (verb.element != nullptr) command->add_option(verb.element, arguments->element)->required();
    if (verb.value != nullptr) command->add_option(verb.value, arguments->value)->required();
    command->callback([&to = context, with = arguments, action = std::move(verb.action)] { to.exit_status = action(to, *with); });
    return command;
  }
};

CLI::App* add_parent(CLI::App& app, const char* name, const char* about) {
  CLI::App* parent = app.add_subcommand(name, about);
  parent->require_subcommand(1);
  parent->fallthrough();
  return parent;
}

}  // namespace

void add_collection_commands(CLI::App& app, CliContext& context) {
  const auto arguments = std::make_shared<CollectionArguments>();
  const auto adds = [](Add add) {
    return [add](const CliContext& c, const CollectionArguments& a) { return add_element(c, a, add); };
  };
  const auto lists = [](List list) {
    return [list](const CliContext& c, const CollectionArguments& a) { return show_list(c, a, list); };
  };
  const auto asks = [](Contains ask) {
    return [ask](const CliContext& c, const CollectionArguments& a) { return show_contains(c, a, ask); };
  };

  const Verbs set{add_parent(app, "set", "a set with removal; an addition wins over a concurrent removal"), context, arguments};
  set.add({"add", "add an element", "element", nullptr, adds(lath_set_add)});
  set.add({"remove", "remove an element", "element", nullptr, adds(lath_set_remove)});
  set.add({"contains", "yes or no", "element", nullptr, asks(lath_set_contains)});
  set.add({"members", "print all, sorted", nullptr, nullptr, lists(lath_set_members)});

  const Verbs gset{add_parent(app, "gset", "a set that only grows"), context, arguments};
  gset.add({"add", "add an element", "element", nullptr, adds(lath_gset_add)});
  gset.add({"contains", "yes or no", "element", nullptr, asks(lath_gset_contains)});
  gset.add({"members", "print all, sorted", nullptr, nullptr, lists(lath_gset_members)});

  const Verbs map{add_parent(app, "map", "a map of fields"), context, arguments};
  map.add({"put", "store bytes in a field", "field", "value", map_put});
  map.add({"get", "print the bytes of a field", "field", nullptr, map_get})
      ->add_option("--file", arguments->file, "write the bytes alone to a file; - is standard output")
      ->excludes(app.get_option("--json"));
  map.add({"erase", "erase a field", "field", nullptr, adds(lath_map_erase)});
  map.add({"fields", "print the fields, sorted", nullptr, nullptr, lists(lath_map_fields)});

  const Verbs mv{add_parent(app, "mv", "a register that keeps concurrent writes side by side"), context, arguments};
  mv.add({"put", "replace what is there now", nullptr, "value", mv_put});
  mv.add({"get", "print the siblings", nullptr, nullptr, mv_get});
}

}  // namespace lath
