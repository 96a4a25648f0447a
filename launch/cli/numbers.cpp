// lath counter, grow-counter, max, min, hll: each with an update and a get.
#include <CLI/CLI.hpp>
#include <cinttypes>
#include <cmath>
#include <cstdio>
#include <memory>

#include "launch/cli/cli.hpp"
#include "launch/cli/operands.hpp"

namespace lath {

namespace {

struct NumberArguments {
  std::string key;
  std::string element;
  std::int64_t whole = 0;
  std::uint64_t positive = 0;
  double real = 0;
};

using Step = std::function<lath_status(const CliContext&, lath_session*, const NumberArguments&)>;

int run(const CliContext& context, const NumberArguments& arguments, const Step& step) {
  CliSession cli;
  if (!cli.open(context)) return 1;
  const lath_status status = step(context, cli.session(), arguments);
  return status == LATH_OK ? 0 : cli_failed(status, cli.session());
}

// Adds `app NAME VERB KEY [operand]`.
class NumberCommand {
 public:
  NumberCommand(CLI::App& app, CliContext& context, const char* name, const char* about)
      : parent_(app.add_subcommand(name, about)), context_(context), arguments_(std::make_shared<NumberArguments>()) {
    parent_->require_subcommand(1);
    parent_->fallthrough();
  }
  template <class Operand>
  NumberCommand& update(const char* verb, const char* about, Operand NumberArguments::*operand, Step step) {
    CLI::App* command = add(verb, about, std::move(step));
    command->add_option("operand", (*arguments_).*operand)->required()->check(whole_number<Operand>);
    return *this;
  }
  NumberCommand& get(const char* verb, const char* about, Step step) {
    add(verb, about, std::move(step));
    return *this;
  }

 private:
  CLI::App* add(const char* verb, const char* about, Step step) {
    CLI::App* command = parent_->add_subcommand(verb, about);
    command->add_option("key", arguments_->key)->required();
    command->callback([this_context = &context_, arguments = arguments_, step = std::move(step)] {
      this_context->exit_status = run(*this_context, *arguments, step);
    });
    return command;
  }

  CLI::App* parent_;
  CliContext& context_;
  std::shared_ptr<NumberArguments> arguments_;
};

template <class T, class Get>
Step printed(const char* format, Get get) {
  return [format, get](const CliContext& context, lath_session* session, const NumberArguments& a) {
    T value{};
    const lath_status status = get(session, a.key.data(), a.key.size(), &value, context.timeout_ns());
    if (status != LATH_OK) return status;
    const bool quoted = context.json && std::isinf(static_cast<double>(value));  // JSON has no number for it
    if (quoted) std::fputs("\"", stdout);
    std::printf(format, value);
    std::fputs(quoted ? "\"\n" : "\n", stdout);
    return status;
  };
}

template <class Update, class Operand>
Step updated(Update update, Operand NumberArguments::*operand) {
  return [update, operand](const CliContext& context, lath_session* session, const NumberArguments& a) {
    return update(session, a.key.data(), a.key.size(), a.*operand, context.timeout_ns());
  };
}

lath_status hll_add(const CliContext& context, lath_session* session, const NumberArguments& a) {
  return lath_hll_add(session, a.key.data(), a.key.size(), a.element.data(), a.element.size(), context.timeout_ns());
}

}  // namespace

void add_number_commands(CLI::App& app, CliContext& context) {
  constexpr const char* kWhole = "%" PRId64;
  constexpr const char* kPositive = "%" PRIu64;
  constexpr const char* kReal = "%.17g";
  NumberCommand(app, context, "counter", "a counter that goes up and down")
      .update("add", "add a whole number", &NumberArguments::whole, updated(lath_counter_add, &NumberArguments::whole))
      .get("get", "print it", printed<std::int64_t>(kWhole, lath_counter_get));
  NumberCommand(app, context, "grow-counter", "a counter that only goes up")
      .update("add", "add a positive number", &NumberArguments::positive,
              updated(lath_grow_counter_add, &NumberArguments::positive))
      .get("get", "print it", printed<std::uint64_t>(kPositive, lath_grow_counter_get));
  NumberCommand(app, context, "max", "the greatest number merged")
      .update("merge", "merge a whole number", &NumberArguments::whole, updated(lath_max_i64_merge, &NumberArguments::whole))
      .get("get", "print it", printed<std::int64_t>(kWhole, lath_max_i64_get))
      .update("merge-real", "merge a real number", &NumberArguments::real, updated(lath_max_f64_merge, &NumberArguments::real))
      .get("get-real", "print it", printed<double>(kReal, lath_max_f64_get));
  NumberCommand(app, context, "min", "the least number merged")
      .update("merge", "merge a whole number", &NumberArguments::whole, updated(lath_min_i64_merge, &NumberArguments::whole))
      .get("get", "print it", printed<std::int64_t>(kWhole, lath_min_i64_get))
      .update("merge-real", "merge a real number", &NumberArguments::real, updated(lath_min_f64_merge, &NumberArguments::real))
      .get("get-real", "print it", printed<double>(kReal, lath_min_f64_get));
  NumberCommand(app, context, "hll", "how many distinct elements were added; one standard error is 0.81 %")
      .update("add", "add an element", &NumberArguments::element, hll_add)
      .get("count", "print the estimate", printed<std::uint64_t>(kPositive, lath_hll_count));
}

}  // namespace lath
