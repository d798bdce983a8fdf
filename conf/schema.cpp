#include "conf/schema.h"

#include <algorithm>
#include <optional>

#include "conf/value.h"

namespace xspamd::conf {
namespace {

// Takes the first element off a dotted pattern.
std::string_view next_element(std::string_view& pattern) {
  const std::size_t dot = pattern.find('.');
  const std::string_view element = pattern.substr(0, dot);
  pattern = dot == std::string_view::npos ? std::string_view{} : pattern.substr(dot + 1);
  return element;
}

// What is left of `pattern` after `path` has been matched against its beginning, or nothing.
std::optional<std::string_view> rest_after(std::string_view pattern, const Path& path) {
  for (const std::string& name : path) {
    if (pattern.empty()) return std::nullopt;
    const std::string_view element = next_element(pattern);
    if (element != "*" && element != name) return std::nullopt;
  }
  return pattern;
}

}  // namespace

std::string to_string(const Path& path) {
  std::string text;
  for (const std::string& name : path) {
    if (!text.empty()) text += '.';
    text += to_key(name);
  }
  return text;
}

const Key* find_key(const Path& path) {
  const Key* best = nullptr;
  const auto stars = [](const Key& key) {
    return std::count(key.path.begin(), key.path.end(), '*');
  };
  for (const Key& key : schema_keys()) {
    const auto rest = rest_after(key.path, path);
    if (!rest || !rest->empty()) continue;
    if (!best || stars(key) < stars(*best)) best = &key;
  }
  return best;
}

bool is_table_path(const Path& path) {
  const std::span<const Key> keys = schema_keys();
  return std::any_of(keys.begin(), keys.end(), [&](const Key& key) {
    const auto rest = rest_after(key.path, path);
    return rest && !rest->empty();
  });
}

std::vector<std::string_view> names_after(const Path& path) {
  std::vector<std::string_view> names;
  for (const Key& key : schema_keys()) {
    auto rest = rest_after(key.path, path);
    if (!rest || rest->empty()) continue;
    const std::string_view name = next_element(*rest);
    if (name != "*" && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  return names;
}

std::vector<std::string_view> tables_with(std::string_view name) {
  std::vector<std::string_view> tables;
  for (const Key& key : schema_keys()) {
    if (key.path.find('*') != std::string_view::npos) continue;
    const std::size_t dot = key.path.rfind('.');
    if (dot != std::string_view::npos && key.path.substr(dot + 1) == name) {
      tables.push_back(key.path.substr(0, dot));
    }
  }
  return tables;
}

}  // namespace xspamd::conf
