#include "server/symbol_place.h"

#include <fmt/format.h>

#include <algorithm>

#include "rules/score.h"

namespace xspamd {

namespace {

std::string place_text(const conf::Origin& origin) {
  return origin.line == 0 ? origin.file : fmt::format("{}:{}", origin.file, origin.line);
}

bool has(std::span<const Symbol> symbols, std::string_view name) {
  return std::any_of(symbols.begin(), symbols.end(), [&](const Symbol& s) { return s.name == name; });
}

// Empty: the symbol is no check's own.
std::string check_of(std::string_view symbol) {
  if (has(service_symbols(), symbol)) return "the scan itself";
  for (const Check* check : all_checks()) {
    if (has(check->symbols, symbol)) return fmt::format("check {}", check->name);
  }
  return {};
}

}  // namespace

std::string symbol_place(const Plan& plan, std::string_view symbol) {
  const auto found = plan.symbols.find(symbol);
  if (found == plan.symbols.end()) return {};
  std::string place = check_of(symbol);
  // A table of the symbol's name is where it comes from.
  for (const std::string_view section : {"rules", "metas", "maps"}) {
    const conf::Value* table = conf::find(plan.config.tree, fmt::format("{}.{}", section, symbol));
    if (place.empty() && table != nullptr) place = place_text(table->origin);
  }
  const conf::Value* score = conf::find(plan.config.tree, fmt::format("scores.{}", symbol));
  if (place.empty() && score == nullptr) return place_text(found->second.origin);
  if (score == nullptr) return place;
  return fmt::format("{}{}score: {}", place, place.empty() ? "" : "; ", place_text(score->origin));
}

}  // namespace xspamd
