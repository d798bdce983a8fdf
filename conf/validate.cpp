#include "conf/validate.h"

#include <fmt/format.h>

#include <algorithm>

#include "conf/schema.h"
#include "conf/selectors.h"
#include "conf/value_checks.h"
#include "proto/base/ip.h"
#include "proto/base/text.h"
#include "proto/verdict.h"

namespace xspamd::conf {
namespace {

// A name that the user chose: empty if it is fine, else why not.
std::string refuse_symbol(const std::string& name) {
  if (is_symbol_name(name)) return {};
  std::string capitals;
  for (const char c : name)
    capitals += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c == '-' || c == ' ' ? '_' : c;
  std::string why = R"(a symbol has capitals, digits and "_" only and begins with no digit)";
  if (is_symbol_name(capitals)) why += fmt::format(", did you mean {}?", quoted(capitals));
  return why;
}

std::string refuse_check(const std::string& name) {
  const auto names = check_names();
  if (std::find(names.begin(), names.end(), name) != names.end()) return {};
  return "there is no such check" + did_you_mean(name, {names.begin(), names.end()});
}

std::string refuse_action(const std::string& name) {
  if (action_from(name)) return {};
  return "there is no such action" + did_you_mean(name, action_names());
}

bool is_octet(std::string_view text) {
  const auto number = parse_unsigned(text);
  return text == "*" || (number && *number <= 255);
}

std::string refuse_code(const std::string& name) {
  if (name.starts_with("&")) {
    const auto bit = parse_unsigned(std::string_view(name).substr(1));
    if (bit && *bit >= 1 && *bit <= 255) return {};
    return "after & stands a number from 1 to 255";
  }
  const auto octets = split(name, '.');
  if (octets.size() == 4 && std::all_of(octets.begin(), octets.end(), is_octet)) return {};
  const auto network = Network::parse(name);
  if (network && network->address.is_v4()) return {};
  if (!network && name.find('/') != std::string::npos) return network.error().sentence;
  return R"(an answer is written "127.0.0.2", "127.0.0.4/30", "127.0.*.2" or "&8")";
}

std::string refuse_name(const std::string& name) {
  const bool control = std::any_of(name.begin(), name.end(), is_control);
  return trim(name).empty() || control ? "the name is empty or has control characters" : "";
}

// Tables whose members the user names, and what these names must be.
struct NameRow {
  std::string_view parent;
  std::string (*refuse)(const std::string& name);
};
constexpr NameRow kNames[] = {
    {"rules", refuse_symbol},  {"metas", refuse_symbol},    {"maps", refuse_symbol},
    {"scores", refuse_symbol}, {"checks", refuse_check},    {"exim.map", refuse_action},
    {"groups", refuse_name},   {"lists", refuse_name},      {"profiles", refuse_name},
    {"signing", refuse_name},  {"ratelimits", refuse_name},
};

std::string refusal(const Path& parent, const std::string& name) {
  if (parent.size() == 3 && parent[0] == "lists" && parent[2] == "codes") return refuse_code(name);
  if (parent.size() == 3 && parent[0] == "profiles" && parent[2] == "scores") return refuse_symbol(name);
  const std::string path = to_string(parent);
  for (const NameRow& row : kNames) {
    if (row.parent == path) return row.refuse(name);
  }
  return {};
}

class Walker {
 public:
  explicit Walker(Problems& problems) : problems_(problems) {}

  // The tree's depth is bounded where it is loaded.
  void walk(const Table& table) {
    for (const auto& [name, value] : table) {
      const std::string why = refusal(path_, name);
      path_.push_back(name);
      if (why.empty()) {
        member(value);
      } else {
        problems_.error(value.origin, fmt::format("{}: {}", to_string(path_), why));
      }
      path_.pop_back();
    }
  }

 private:
  void member(const Value& value) {
    const Key* key = find_key(path_);
    if (key && key->type != Type::table) {
      check_value(*key, to_string(path_), value, problems_);
    } else if (!is_table_path(path_)) {
      unknown(value);
    } else if (const Table* table = value.table()) {
      walk(*table);
    } else {
      problems_.error(value.origin, mismatch(to_string(path_), "a table", value));
    }
  }

  void unknown(const Value& value) {
    const std::string name = path_.back();
    const Path parent(path_.begin(), path_.end() - 1);
    const bool section = parent.empty() && value.table();
    const std::string where = parent.empty() ? "at the top level" : fmt::format("in [{}]", to_string(parent));
    std::string sentence = section ? fmt::format("unknown section [{}]", to_key(name))
                                   : fmt::format("unknown key {} {}", quoted(name), where);
    // At the top level stand sections alone: a key there has lost its section.
    const bool stray = parent.empty() && !section;
    const std::string_view near = stray ? std::string_view{} : nearest(name, names_after(parent));
    if (!near.empty()) {
      sentence +=
          section ? fmt::format(", did you mean [{}]?", near) : fmt::format(", did you mean \"{}\"?", near);
    } else if (const auto tables = tables_with(name); !tables.empty()) {
      sentence += fmt::format(", did you mean {} in [{}]?", quoted(name), fmt::join(tables, "] or ["));
    }
    problems_.error(value.origin, std::move(sentence));
  }

  Path path_;
  Problems& problems_;
};

}  // namespace

void validate(const Value& tree, Problems& problems) {
  const Table* table = tree.table();
  if (!table) return;
  Walker(problems).walk(*table);
  check_shapes(tree, problems);
}

}  // namespace xspamd::conf
