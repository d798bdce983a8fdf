// Whether one value fits its key: type, range, spelling. Each mistake becomes a Problem at the value's place
// that says what was expected and what stands there: `log.level: expected one of "error", ..., found "inf"`.
#pragma once

#include <string>
#include <string_view>

#include "conf/schema.h"
#include "conf/value.h"

namespace xspamd::conf {

// False when a problem was reported. Knows every type but Type::table.
bool check_value(const Key& key, std::string_view path, const Value& value, Problems& problems);

// "PATH: expected WHAT, found VALUE (a TYPE)"
std::string mismatch(std::string_view path, std::string_view expected, const Value& value);
// As TOML, cut where it is long.
std::string shown(const Value& value);

bool is_symbol_name(std::string_view name);  // [A-Z_][A-Z0-9_]*

}  // namespace xspamd::conf
