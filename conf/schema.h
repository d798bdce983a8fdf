// The schema: every key that configuration may have, with type, range, default and meaning. One table
// (schema_keys.cpp); loading, checking, the defaults and the printed reference all walk it.
// In a path pattern `*` stands for a name that the user chose: "rules.*.header".
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace xspamd::conf {

enum class Type {
  table,  // any table of known keys
  any,    // a check's own option: read and checked by the check
  boolean,
  integer,
  score,            // points, -9999.9 to 9999.9, three decimals
  threshold,        // points with one decimal, or false
  score_or_action,  // a number, or one of the choices
  duration,         // range in milliseconds
  size,             // range in bytes
  text,             // any string
  line,             // a string without control characters
  name,             // a line that is not empty
  path,             // absolute, or empty for none
  choice,
  address,
  dns_server,
  network,
  network_or_unix,
  ip,
  octal,
  secret,     // a line that no message repeats
  store_url,  // may carry a password: no message repeats it
  log_target,
  symbol,
  regex_flags,
  comparison,       // ">= 2"
  header_selector,  // "Subject", "From:addr", "*"
  selector,         // "envelope.sender.domain"
  list_selector,    // selector, "dkim.domain", "email", "email.domain"
};

enum class Arity { one, many, one_or_many };

struct Key {
  std::string_view path;
  Type type;
  std::string_view preset;  // the default as TOML text; empty: there is none
  std::string_view about;
  Arity arity = Arity::one;
  std::int64_t min = 0;
  std::int64_t max = 0;  // 0: unbounded
  std::span<const std::string_view> choices = {};
};

std::span<const Key> schema_keys();
std::span<const std::string_view> check_names();

using Path = std::vector<std::string>;
std::string to_string(const Path& path);  // "lists.zen.codes.\"127.0.0.2\""

// The row for exactly this path, literal elements before `*`; null if there is none.
const Key* find_key(const Path& path);
// Whether the schema has keys below this path: it is a table.
bool is_table_path(const Path& path);
// The literal names that may follow this path.
std::vector<std::string_view> names_after(const Path& path);
// Tables without user-chosen names ("dns", "limits") that have a key of this name.
std::vector<std::string_view> tables_with(std::string_view key);

}  // namespace xspamd::conf
