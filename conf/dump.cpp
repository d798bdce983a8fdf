#include "conf/dump.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "conf/schema.h"

namespace xspamd::conf {
namespace {

constexpr std::string_view kHidden = "***";

// Tables that the program brings with it; a user's own are part of every dump.
constexpr std::string_view kShippedTables[] = {"rules", "metas", "maps", "lists", "groups", "profiles"};

// "default", "-o", "xspamd.toml:4"
std::string place_text(const Origin& origin) {
  if (is_built_in(origin) && origin.line == 0) return "default";
  return origin.line == 0 ? origin.file : fmt::format("{}:{}", origin.file, origin.line);
}

// "redis://user:***@host"; nothing where there is no password. Without a colon the whole is hidden: a
// password may stand alone there.
std::optional<std::string> without_password(const std::string& url) {
  const std::size_t scheme = url.find("://");
  const std::size_t at = url.rfind('@');
  if (scheme == std::string::npos || at == std::string::npos || at < scheme + 3) return std::nullopt;
  const std::size_t begin = scheme + 3;
  const std::size_t colon = url.find(':', begin);
  const std::size_t secret = colon < at ? colon + 1 : begin;
  return url.substr(0, secret) + std::string(kHidden) + url.substr(at);
}

// What is shown instead of a secret; nothing for other values.
std::optional<std::string> instead_of(const Path& path, const Value& value) {
  const Key* key = find_key(path);
  const std::string* text = value.string();
  if (!key || !text || text->empty()) return std::nullopt;
  if (key->type == Type::secret) return std::string(kHidden);
  return key->type == Type::store_url ? without_password(*text) : std::nullopt;
}

class Dumper {
 public:
  Dumper(const CheckOptions& options, DumpStyle style) : options_(options), style_(style) {}

  std::string run(const Table& tree) {
    table(tree);
    return std::move(text_);
  }

 private:
  // Names in the order of the schema, then of the check's own options; what users chose after them.
  std::vector<std::string> ordered(const Table& members) const {
    std::vector<std::string> names;
    const auto add = [&](std::string_view name) {
      const bool known = members.find(name) != members.end() || unset_option(name) != nullptr;
      if (known && std::find(names.begin(), names.end(), name) == names.end()) names.emplace_back(name);
    };
    for (const std::string_view name : names_after(path_))
      add(name);
    if (const auto* own = check_options()) {
      for (const Section::Option& option : *own)
        add(option.key);
    }
    for (const auto& member : members)
      add(member.first);
    return names;
  }

  // Of the check whose table is printed; null for other tables.
  const std::vector<Section::Option>* check_options() const {
    if (path_.size() != 2 || path_[0] != "checks") return nullptr;
    const auto check = options_.find(path_[1]);
    return check == options_.end() ? nullptr : &check->second;
  }

  // The defaults of a check's own options stand with the check and not in the tree.
  const Section::Option* unset_option(std::string_view name) const {
    const auto* own = check_options();
    if (own == nullptr) return nullptr;
    const auto found = std::find_if(own->begin(), own->end(), [&](const Section::Option& option) {
      return option.key == name && !option.preset.empty();
    });
    return found == own->end() ? nullptr : &*found;
  }

  bool left_out(const Value& value) const {
    if (style_.rules || path_.size() != 2 || !is_built_in(value.origin)) return false;
    return std::find(std::begin(kShippedTables), std::end(kShippedTables), path_[0]) !=
           std::end(kShippedTables);
  }

  void table(const Table& members) {
    std::string lines;
    std::vector<std::string> below;
    for (const std::string& name : ordered(members)) {
      const auto member = members.find(name);
      if (member == members.end()) {
        lines += fmt::format("{} = {}{}\n", to_key(name), unset_option(name)->preset,
                             style_.origin ? "  # default" : "");
        continue;
      }
      const Value& value = member->second;
      path_.push_back(name);
      if (value.table() && is_table_path(path_)) {
        if (!left_out(value)) below.push_back(name);
      } else {
        lines += line(value);
      }
      path_.pop_back();
    }
    // An empty table that a user wrote is part of the configuration too.
    if (!lines.empty() || (members.empty() && path_.size() > 1)) {
      text_ += fmt::format("{}[{}]\n{}", text_.empty() ? "" : "\n", to_string(path_), lines);
    }
    for (const std::string& name : below) {
      path_.push_back(name);
      table(*members.find(name)->second.table());
      path_.pop_back();
    }
  }

  std::string line(const Value& value) const {
    const auto hidden = instead_of(path_, value);
    const Value visible = hidden ? Value{*hidden, {}} : value;
    std::string comment = hidden ? "hidden" : "";
    if (style_.origin) comment += (hidden ? "; " : "") + place_text(value.origin);
    return fmt::format("{} = {}{}{}\n", to_key(path_.back()), to_toml(visible), comment.empty() ? "" : "  # ",
                       comment);
  }

  const CheckOptions& options_;
  DumpStyle style_;
  Path path_;
  std::string text_;
};

}  // namespace

std::string dump(const Config& config, const CheckOptions& options, DumpStyle style) {
  const Table* sections = config.tree.table();
  if (!sections) return {};
  Table tree = *sections;
  Value& checks = tree.try_emplace("checks", Value{Table{}, {}}).first->second;
  if (Table* tables = std::get_if<Table>(&checks.data)) {
    for (const auto& check : options)
      tables->try_emplace(check.first, Value{Table{}, {}});
  }
  return Dumper(options, style).run(tree);
}

}  // namespace xspamd::conf
