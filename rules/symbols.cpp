#include "rules/symbols.h"

#include <fmt/format.h>

#include "conf/section.h"
#include "proto/base/text.h"

namespace xspamd {

SymbolNames parts_of(const conf::Value& tree) {
  SymbolNames parts;
  for (const std::string_view section : {"rules", "maps", "metas"}) {
    for (const auto& [name, value] : tables_of(tree, section)) {
      if (is_part(name)) parts.insert(name);
    }
  }
  return parts;
}

std::vector<std::string_view> names_of(const SymbolTable& symbols, const SymbolNames& more) {
  std::vector<std::string_view> names;
  names.reserve(symbols.size() + more.size());
  for (const auto& [name, entry] : symbols)
    names.push_back(name);
  names.insert(names.end(), more.begin(), more.end());
  return names;
}

std::string no_such_symbol(std::string_view name, const std::vector<std::string_view>& known) {
  const std::string_view near = nearest(name, known);
  const std::string help = near.empty() ? std::string() : fmt::format(", did you mean {}?", near);
  return fmt::format("no symbol is called {}{}", quoted(name), help);
}

SymbolEntry read_symbol_entry(conf::Section& table, const conf::Origin& origin, const char* group,
                              const char* about) {
  SymbolEntry entry;
  entry.score = table.get("score", Points{}, "Points for a hit");
  entry.group = table.get("group", group, "Group of the symbol");
  entry.about = table.get("about", "", "Why it scores, in a sentence");
  entry.origin = origin;
  if (entry.about.empty()) entry.about = about;
  return entry;
}

std::optional<Points> points_in(const conf::Value& value) {
  constexpr std::int64_t kMostWhole = 9'999;
  if (const auto* whole = std::get_if<std::int64_t>(&value.data)) {
    if (*whole < -kMostWhole || *whole > kMostWhole) return std::nullopt;
    return Points{*whole * 1000};
  }
  const auto* real = std::get_if<double>(&value.data);
  if (real == nullptr) return std::nullopt;
  const auto points = points_from(*real);
  return points ? std::optional<Points>(*points) : std::nullopt;
}

const conf::Table& tables_of(const conf::Value& tree, std::string_view section) {
  static const conf::Table kNone;
  const conf::Value* tables = conf::find(tree, section);
  return tables == nullptr || tables->table() == nullptr ? kNone : *tables->table();
}

}  // namespace xspamd
