#include "conf/layers.h"

#include <fmt/format.h>

#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "conf/file.h"
#include "conf/schema.h"
#include "conf/selectors.h"
#include "proto/base/text.h"

namespace xspamd::conf {
namespace {

constexpr std::size_t kMaxFileBytes = std::size_t{4} << 20;
constexpr int kMaxDepth = 32;
constexpr int kMaxDots = 1000;

// Turns the library's tree into ours.
class Converter {
 public:
  // `fixed`: the place of everything, where lines mean nothing (options, defaults).
  Converter(std::string file, const Origin* fixed, Problems& problems)
      : file_(std::move(file)), fixed_(fixed), problems_(problems) {}

  Value table(const toml::table& from, const Origin& origin) {
    Table members;
    for (const auto& [key, node] : from) {
      const Origin place = origin_of(key.source());
      path_.emplace_back(key.str());
      if (auto value = convert(node, place)) members.emplace(path_.back(), std::move(*value));
      path_.pop_back();
    }
    return Value{std::move(members), origin};
  }

  std::optional<Value> convert(const toml::node& node, const Origin& origin) {
    switch (node.type()) {
      case toml::node_type::boolean:
        return Value{**node.as_boolean(), origin};
      case toml::node_type::integer:
        return Value{**node.as_integer(), origin};
      case toml::node_type::floating_point:
        return Value{**node.as_floating_point(), origin};
      case toml::node_type::string:
        return Value{**node.as_string(), origin};
      case toml::node_type::array:
      case toml::node_type::table:
        return nested(node, origin);
      default:
        problems_.error(origin,
                        fmt::format("{}: dates and times are not known here: write a string in quotes",
                                    to_string(path_)));
        return std::nullopt;
    }
  }

 private:
  std::optional<Value> nested(const toml::node& node, const Origin& origin) {
    if (depth_ >= kMaxDepth) {
      problems_.error(origin, fmt::format("nested deeper than {} levels", kMaxDepth));
      return std::nullopt;
    }
    ++depth_;
    std::optional<Value> value;
    if (const toml::table* members = node.as_table()) {
      value = table(*members, origin);
    } else {
      value = array(*node.as_array(), origin);
    }
    --depth_;
    return value;
  }

  Value array(const toml::array& from, const Origin& origin) {
    Array elements;
    for (const toml::node& node : from) {
      if (auto value = convert(node, origin_of(node.source()))) elements.push_back(std::move(*value));
    }
    return Value{std::move(elements), origin};
  }

  Origin origin_of(const toml::source_region& source) const {
    if (fixed_) return *fixed_;
    return {file_, static_cast<int>(source.begin.line), static_cast<int>(source.begin.column)};
  }

  std::string file_;
  const Origin* fixed_;
  Problems& problems_;
  Path path_;
  int depth_ = 0;
};

// The library's own recursion over a key of very many parts has no bound.
bool has_endless_key(std::string_view text) {
  int dots = 0;
  for (const char c : text) {
    if (c == '\n' || c == '=' || c == ',' || c == '{') dots = 0;
    if (c == '.' && ++dots > kMaxDots) return true;
  }
  return false;
}

Value parse_text(const std::string& text, const std::string& file, Problems& problems) {
  const Origin whole{file, 0, 0};
  if (has_endless_key(text)) {
    problems.error(whole, fmt::format("nested deeper than {} levels", kMaxDepth));
    return Value{Table{}, whole};
  }
  const toml::parse_result parsed = toml::parse(text);
  if (!parsed) {
    const toml::parse_error& error = parsed.error();
    const auto [line, column] = std::pair(error.source().begin.line, error.source().begin.column);
    const std::string_view why = error.description();
    problems.error({file, static_cast<int>(line), static_cast<int>(column)},
                   fmt::format("no valid TOML: {}", why));
    return Value{Table{}, whole};
  }
  return Converter(file, nullptr, problems).table(parsed.table(), whole);
}

// The schema's defaults. Its texts are ours and tested: what does not parse shows as a Problem.
Value defaults(Problems& problems) {
  const Origin built_in;
  std::string text;
  for (const Key& key : schema_keys()) {
    if (key.preset.empty() || key.path.find('*') != std::string_view::npos) continue;
    text += fmt::format("{} = {}\n", key.path, key.preset);
  }
  const toml::parse_result parsed = toml::parse(text);
  if (!parsed) {
    problems.error(built_in, fmt::format("defaults: {}", std::string_view(parsed.error().description())));
    return Value{Table{}, built_in};
  }
  return Converter(built_in.file, &built_in, problems).table(parsed.table(), built_in);
}

// Takes one part off a dotted key: bare or in quotes. Nothing: it is malformed.
std::optional<std::string> take_part(std::string_view& rest) {
  if (!rest.empty() && (rest.front() == '"' || rest.front() == '\'')) {
    const std::size_t end = rest.find(rest.front(), 1);
    if (end == std::string_view::npos) return std::nullopt;
    const std::string part(rest.substr(1, end - 1));
    rest.remove_prefix(end + 1);
    return part;
  }
  const std::string_view part = rest.substr(0, rest.find_first_of(".="));
  rest.remove_prefix(part.size());
  const std::string_view bare = trim_blanks(part);
  if (bare.empty() || to_key(bare) != bare) return std::nullopt;
  return std::string(bare);
}

// Leaves `text` at what follows "=".
std::optional<Path> take_key(std::string_view& text) {
  Path path;
  while (path.size() < kMaxDepth) {
    text = trim_blanks(text);
    const auto part = take_part(text);
    if (!part) return std::nullopt;
    path.push_back(*part);
    text = trim_blanks(text);
    if (text.empty()) return std::nullopt;
    const char next = text.front();
    text.remove_prefix(1);
    if (next == '=') return path;
    if (next != '.') return std::nullopt;
  }
  return std::nullopt;
}

// What a layer's table says on one of these replaces the lower layer's table whole.
bool replaces_whole(const Path& path, const Table& upper) {
  if (path.size() != 2) return false;
  const auto has = [&](std::string_view key) {
    return upper.find(key) != upper.end();
  };
  const std::string& section = path[0];
  if (section == "rules") return std::any_of(selector_nouns().begin(), selector_nouns().end(), has);
  if (section == "metas") return has("when");
  return (section == "maps" || section == "lists") && has("look_at");
}

void merge(Path& path, Value& lower, Value upper, bool whole_tables) {
  Table* below = std::get_if<Table>(&lower.data);
  Table* above = std::get_if<Table>(&upper.data);
  if (!below || !above || (whole_tables && replaces_whole(path, *above))) {
    lower = std::move(upper);
    return;
  }
  // A mistake in a table is told where its user began it.
  if (is_built_in(lower.origin)) lower.origin = upper.origin;
  for (auto& [name, value] : *above) {
    const auto found = below->find(name);
    if (found == below->end()) {
      below->emplace(name, std::move(value));
      continue;
    }
    path.push_back(name);
    merge(path, found->second, std::move(value), whole_tables);
    path.pop_back();
  }
}

// All options are one layer: `-o rules.X.header=...` and `-o rules.X.match=...` together make the rule.
void add_option(Value& layer, const std::string& option, Problems& problems) {
  const Origin origin{"-o", 0, 0};
  std::string_view rest = option;
  const auto path = take_key(rest);
  if (!path) {
    problems.error(origin, fmt::format("{} is not of the form key=value, such as dns.timeout=2s",
                                       quoted(option.substr(0, option.find('=')))));
    return;
  }
  const std::string text(trim_blanks(rest));
  std::optional<Value> value = Value{text, origin};
  if (text.size() <= kMaxFileBytes && !has_endless_key(text)) {
    const toml::parse_result parsed = toml::parse("v = " + text);
    // A line end in the value could begin a second key: then it is a string.
    if (parsed && parsed.table().size() == 1) {
      Converter converter(origin.file, &origin, problems);
      value = converter.convert(*parsed.table().get("v"), origin);
    }
  }
  if (!value) return;
  for (auto part = path->rbegin(); part != path->rend(); ++part) {
    Table wrapped;
    wrapped.emplace(*part, std::move(*value));
    value = Value{std::move(wrapped), origin};
  }
  Path at;
  merge(at, layer, std::move(*value), false);
}

void add_file(Value& tree, const std::string& path, bool must_exist, Problems& problems) {
  const auto text = read_file(path, kMaxFileBytes);
  if (text) {
    merge_layer(tree, parse_text(*text, path, problems));
  } else if (must_exist || text.error().code != Errc::not_found) {
    problems.error({path, 0, 0}, text.error().sentence);
  }
}

void add_folder(Value& tree, const std::string& file, Problems& problems) {
  const std::size_t slash = file.rfind('/');
  const std::string folder = (slash == std::string::npos ? "" : file.substr(0, slash + 1)) + "conf.d";
  const auto paths = toml_files(folder);
  if (!paths) {
    problems.error({folder, 0, 0}, paths.error().sentence);
    return;
  }
  for (const std::string& path : *paths)
    add_file(tree, path, true, problems);
}

}  // namespace

void merge_layer(Value& lower, Value upper) {
  Path path;
  merge(path, lower, std::move(upper), true);
}

Value load_tree(const Sources& sources, Problems& problems) {
  Value tree = defaults(problems);
  for (const SourceText& shipped : sources.shipped)
    merge_layer(tree, parse_text(shipped.text, "built-in/" + shipped.name, problems));
  if (!sources.file.empty()) {
    add_file(tree, sources.file, sources.file_must_exist, problems);
    add_folder(tree, sources.file, problems);
  }
  Value options{Table{}, {"-o", 0, 0}};
  for (const std::string& option : sources.options)
    add_option(options, option, problems);
  merge_layer(tree, std::move(options));
  return tree;
}

}  // namespace xspamd::conf
