// The names that metas, profiles and [scores] may speak of: symbols, and parts ("__NAME" of a rule or meta),
// which are never shown or scored. What is unknown is told with the nearest name, or what replaced it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "conf/config.h"
#include "rules/check.h"

namespace xspamd {

constexpr bool is_part(std::string_view symbol) {
  return symbol.starts_with("__");
}

// The parts that [rules], [maps] and [metas] name, disabled ones too.
SymbolNames parts_of(const conf::Value& tree);

// The names of `symbols`, then `more`.
std::vector<std::string_view> names_of(const SymbolTable& symbols, const SymbolNames& more = {});

// "no symbol is called "FOO", did you mean FOX?"
std::string no_such_symbol(std::string_view name, const std::vector<std::string_view>& known);

// score, group and about of a table that makes a symbol; what it does not tell is `group` and `about`.
SymbolEntry read_symbol_entry(conf::Section& table, const conf::Origin& origin, const char* group,
                              const char* about);

// A score as configuration writes it; nothing where the value is no number that fits.
std::optional<Points> points_in(const conf::Value& value);

// The member tables of a section such as "metas"; empty where there is none.
const conf::Table& tables_of(const conf::Value& tree, std::string_view section);

}  // namespace xspamd
