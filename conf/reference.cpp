#include "conf/reference.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "conf/schema.h"
#include "proto/base/text.h"

namespace xspamd::conf {
namespace {

constexpr std::string_view kHead =
    R"(# Every key of xspamd with its default; all lines are comments. Copy what you want to change into your own
# xspamd.toml, with the [table] above it, or take this file as a start. A value in brackets tells the type of
# a key that has no default; NAME stands for a name of your choice.
# Printed by: xspamd dump-config --default
)";

struct Row {
  std::string table;  // "rules.NAME"
  std::string name;   // within its table
  std::string type;
  std::string preset;
  std::string about;
};

struct TypeName {
  Type type;
  std::string_view name;
};
constexpr std::array kTypes = std::to_array<TypeName>({
    {Type::table, "table"},
    {Type::any, "any"},
    {Type::boolean, "true or false"},
    {Type::integer, "integer"},
    {Type::score, "points"},
    {Type::threshold, "points or false"},
    {Type::score_or_action, "points or a choice"},
    {Type::duration, "duration"},
    {Type::size, "size"},
    {Type::text, "string"},
    {Type::line, "string"},
    {Type::name, "string"},
    {Type::path, "absolute path"},
    {Type::choice, "choice"},
    {Type::address, "address"},
    {Type::dns_server, "address"},
    {Type::network, "network"},
    {Type::network_or_unix, "network or unix"},
    {Type::ip, "IP address"},
    {Type::octal, "octal permissions"},
    {Type::secret, "secret"},
    {Type::store_url, "store URL"},
    {Type::log_target, "log target"},
    {Type::symbol, "symbol"},
    {Type::regex_flags, "flags"},
    {Type::comparison, "comparison"},
    {Type::header_selector, "header selector"},
    {Type::selector, "selector"},
    {Type::list_selector, "list selector"},
});

std::string type_text(const Key& key) {
  const auto row =
      std::find_if(kTypes.begin(), kTypes.end(), [&](const TypeName& t) { return t.type == key.type; });
  std::string text(row == kTypes.end() ? "any" : row->name);
  if (!key.choices.empty()) text += fmt::format(": {}", fmt::join(key.choices, ", "));
  if (key.type == Type::integer && key.max != 0) text += fmt::format(" {} to {}", key.min, key.max);
  if (key.arity == Arity::many) return "array: " + text;
  return key.arity == Arity::one_or_many ? text + ", or an array" : text;
}

// "rules.*.header" in its table "rules.NAME".
Row row_of(const Key& key) {
  Row row;
  for (const std::string_view part : split(key.path, '.')) {
    if (!row.name.empty()) row.table += (row.table.empty() ? "" : ".") + row.name;
    row.name = part == "*" ? "NAME" : std::string(part);
  }
  row.type = type_text(key);
  row.preset = key.preset;
  row.about = key.about;
  return row;
}

void add_check_options(std::vector<Row>& rows, const CheckOptions& options, const Value& shipped) {
  for (const auto& [check, list] : options) {
    const auto known = names_after({"checks", check});
    for (const Section::Option& option : list) {
      // What the schema knows has its row already.
      if (std::find(known.begin(), known.end(), option.key) != known.end()) continue;
      const Value* value = find(shipped, fmt::format("checks.{}.{}", check, option.key));
      const std::string preset = value ? to_toml(*value) : option.preset;
      rows.push_back({"checks." + check, to_key(option.key), "option", preset, option.about});
    }
  }
}

std::vector<Row> all_rows(const CheckOptions& options, const Value& shipped) {
  std::vector<Row> rows;
  bool in_checks = false;
  for (const Key& key : schema_keys()) {
    const bool is_check = key.path.starts_with("checks.");
    if (in_checks && !is_check) add_check_options(rows, options, shipped);
    in_checks = is_check;
    rows.push_back(row_of(key));
  }
  return rows;
}

std::string in_cell(std::string_view text) {
  std::string cell;
  for (const char c : text) {
    if (c == '|') cell += '\\';
    cell += c;
  }
  return cell;
}

}  // namespace

std::string default_file(const CheckOptions& options, const Value& shipped) {
  std::string text(kHead);
  std::vector<Row> rows = all_rows(options, shipped);
  // Rows of one table stand together, tables where their first row stands.
  std::vector<std::string> tables;
  for (const Row& row : rows) {
    if (std::find(tables.begin(), tables.end(), row.table) == tables.end()) tables.push_back(row.table);
  }
  for (const std::string& table : tables) {
    text += fmt::format("\n#[{}]\n", table);
    for (const Row& row : rows) {
      if (row.table != table) continue;
      const std::string value = row.preset.empty() ? fmt::format("[{}]", row.type) : row.preset;
      text += fmt::format("# {}\n#{} = {}\n", row.about, row.name, value);
    }
  }
  return text;
}

std::string reference_table(const CheckOptions& options, const Value& shipped) {
  std::string text = "| key | type | default | meaning |\n|---|---|---|---|\n";
  for (const Row& row : all_rows(options, shipped)) {
    const std::string preset = row.preset.empty() ? "" : fmt::format("`{}`", in_cell(row.preset));
    text += fmt::format("| `{}.{}` | {} | {} | {} |\n", row.table, row.name, in_cell(row.type), preset,
                        in_cell(row.about));
  }
  return text;
}

}  // namespace xspamd::conf
