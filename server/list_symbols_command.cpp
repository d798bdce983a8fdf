// The command `list-symbols`: every symbol with its points, its group, what a hit means, where it comes from.
#include <fmt/format.h>

#include "proto/base/text.h"
#include "server/commands.h"
#include "server/symbol_place.h"

namespace xspamd {

namespace {

int run(const Options& options) {
  const auto loaded = load_plan(options);
  if (const int* status = std::get_if<int>(&loaded)) return *status;
  const Plan& plan = *std::get<std::shared_ptr<const Plan>>(loaded);
  for (const auto& [name, entry] : plan.symbols) {
    const std::string_view group = entry.group.empty() ? "-" : std::string_view(entry.group);
    fmt::print("{:<28} {:>8} {:<10} {} ({})\n", name, to_text(entry.score), printable(group),
               printable(entry.about), printable(symbol_place(plan, name)));
  }
  return kFine;
}

}  // namespace

extern const Subcommand list_symbols_command;
const Subcommand list_symbols_command{.name = "list-symbols",
                                      .about = "List the symbols with their scores and where they come from",
                                      .run = run};

}  // namespace xspamd
