#include "conf/value.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "proto/base/text.h"

namespace xspamd::conf {

std::string to_string(const Origin& origin) {
  if (origin.line == 0) return origin.file;
  if (origin.column == 0) return fmt::format("{}:{}", origin.file, origin.line);
  return fmt::format("{}:{}:{}", origin.file, origin.line, origin.column);
}

bool is_built_in(const Origin& origin) {
  return origin.file == "built-in" || origin.file.starts_with("built-in/");
}

std::string type_name(const Value& value) {
  static constexpr std::string_view kNames[] = {"a boolean", "an integer", "a number",
                                                "a string",  "an array",   "a table"};
  return std::string(kNames[value.data.index()]);
}

namespace {

std::string basic_string(std::string_view text) {
  std::string toml = "\"";
  while (!text.empty()) {
    const char c = text.front();
    const std::size_t length = utf8_length(text);
    if (length == 0) {
      toml += "\\uFFFD";
    } else if (c == '"' || c == '\\') {
      toml += '\\';
      toml += c;
    } else if (c == '\n') {
      toml += "\\n";
    } else if (c == '\t') {
      toml += "\\t";
    } else if (is_control(c)) {
      toml += fmt::format("\\u{:04X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    } else {
      toml += text.substr(0, length);
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return toml + '"';
}

std::string number(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  std::string text = fmt::format("{}", value);
  // TOML tells a float from an integer by its point or exponent.
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

struct Printer {
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::int64_t value) const { return fmt::format("{}", value); }
  std::string operator()(double value) const { return number(value); }
  std::string operator()(const std::string& value) const { return basic_string(value); }
  std::string operator()(const Array& array) const {
    std::string toml = "[";
    for (const Value& element : array) {
      if (toml.size() > 1) toml += ", ";
      toml += to_toml(element);
    }
    return toml + "]";
  }
  std::string operator()(const Table& table) const {
    if (table.empty()) return "{}";
    std::string toml = "{";
    for (const auto& [name, member] : table) {
      toml += fmt::format("{} {} = {}", toml.size() > 1 ? "," : "", to_key(name), to_toml(member));
    }
    return toml + " }";
  }
};

bool is_bare(char c) {
  const char lower = to_lower(c);
  return (lower >= 'a' && lower <= 'z') || is_digit(c) || c == '_' || c == '-';
}

}  // namespace

std::string to_toml(const Value& value) {
  return std::visit(Printer{}, value.data);
}

std::string to_key(std::string_view name) {
  const bool bare = !name.empty() && std::all_of(name.begin(), name.end(), is_bare);
  return bare ? std::string(name) : basic_string(name);
}

std::string to_string(const Problem& problem) {
  return fmt::format("{}: {}{}", to_string(problem.origin), problem.warning ? "warning: " : "",
                     problem.sentence);
}

bool Problems::failed() const {
  return std::any_of(list_.begin(), list_.end(), [](const Problem& p) { return !p.warning; });
}

}  // namespace xspamd::conf
