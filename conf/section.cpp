#include "conf/section.h"

#include <fmt/format.h>

#include <algorithm>

#include "conf/schema.h"
#include "conf/selectors.h"
#include "conf/units.h"
#include "conf/value_checks.h"
#include "proto/base/text.h"

namespace xspamd::conf {
namespace {

// What the schema knows, other than as "any option", it has judged when the files were read: told once is
// enough.
bool is_judged_by_schema(std::string_view section, std::string_view key) {
  Path path;
  for (const std::string_view name : split(section, '.'))
    path.emplace_back(name);
  path.emplace_back(key);
  const Key* known = find_key(path);
  return known != nullptr && known->type != Type::any;
}

template <class T>
std::string preset_text(const T& preset) {
  return to_toml(Value{preset, {}});
}

template <class T, class Print>
std::string list_text(const std::vector<T>& list, Print print) {
  Array array;
  for (const T& element : list)
    array.push_back(Value{print(element), {}});
  return to_toml(Value{std::move(array), {}});
}

}  // namespace

const Value* find(const Value& tree, std::string_view path) {
  const Value* at = &tree;
  for (const std::string_view name : split(path, '.')) {
    const Table* table = at->table();
    if (!table) return nullptr;
    const auto found = table->find(name);
    if (found == table->end()) return nullptr;
    at = &found->second;
  }
  return at;
}

Section::Section(std::string path, const Value* table, Problems& problems)
    : path_(std::move(path)), problems_(problems) {
  if (!table) return;
  origin_ = table->origin;
  table_ = table->table();
  if (!table_) problems_.error(table->origin, mismatch(path_, "a table", *table));
}

const Value* Section::look_up(std::string_view key, std::string preset, std::string_view about) {
  const bool told =
      std::any_of(options_.begin(), options_.end(), [&](const Option& o) { return o.key == key; });
  if (!told) options_.push_back({std::string(key), std::move(preset), std::string(about)});
  if (!table_) return nullptr;
  const auto found = table_->find(key);
  return found == table_->end() ? nullptr : &found->second;
}

void Section::refuse(std::string_view key, std::string_view expected, const Value& value,
                     std::string_view why) {
  if (is_judged_by_schema(path_, key)) return;
  std::string sentence = mismatch(fmt::format("{}.{}", path_, to_key(key)), expected, value);
  if (!why.empty()) sentence += fmt::format(": {}", why);
  problems_.error(value.origin, std::move(sentence));
}

const Value* Section::get_value(std::string_view key, std::string_view about) {
  return look_up(key, "", about);
}

bool Section::get(std::string_view key, bool preset, std::string_view about) {
  const Value* value = look_up(key, preset_text(preset), about);
  if (!value) return preset;
  if (const bool* flag = std::get_if<bool>(&value->data)) return *flag;
  refuse(key, "true or false", *value);
  return preset;
}

std::int64_t Section::bounded(std::string_view key, std::int64_t preset, std::int64_t least,
                              std::uint64_t most, std::string_view about) {
  const Value* value = look_up(key, preset_text(preset), about);
  if (!value) return preset;
  const auto* number = std::get_if<std::int64_t>(&value->data);
  const bool fits =
      number && *number >= least && (*number < 0 || static_cast<std::uint64_t>(*number) <= most);
  if (fits) return *number;
  refuse(key, number ? fmt::format("an integer from {} to {}", least, most) : "an integer", *value);
  return preset;
}

std::int64_t Section::get(std::string_view key, std::int64_t preset, std::string_view about) {
  using Bounds = std::numeric_limits<std::int64_t>;
  return bounded(key, preset, Bounds::min(), static_cast<std::uint64_t>(Bounds::max()), about);
}

double Section::get(std::string_view key, double preset, std::string_view about) {
  const Value* value = look_up(key, preset_text(preset), about);
  if (!value) return preset;
  if (const auto* number = std::get_if<std::int64_t>(&value->data)) return static_cast<double>(*number);
  const auto* number = std::get_if<double>(&value->data);
  // inf and nan have no fixed distance to anything.
  if (number && *number - *number == 0.0) return *number;
  refuse(key, "a number", *value);
  return preset;
}

Points Section::get(std::string_view key, Points preset, std::string_view about) {
  // As it is printed when it is read back: with one decimal where one is enough.
  const bool is_tenths = preset.thousandths % 100 == 0;
  const Value* value = look_up(key, is_tenths ? to_tenths(preset) : to_text(preset), about);
  if (!value) return preset;
  const auto* whole = std::get_if<std::int64_t>(&value->data);
  const auto* number = std::get_if<double>(&value->data);
  std::string why;
  if (whole || number) {
    const auto points = points_from(whole ? static_cast<double>(*whole) : *number);
    if (points) return *points;
    why = points.error().sentence;
  }
  refuse(key, "a number from -9999.9 to 9999.9", *value, why);
  return preset;
}

std::chrono::milliseconds Section::get(std::string_view key, std::chrono::milliseconds preset,
                                       std::string_view about) {
  const Value* value = look_up(key, preset_text(duration_text(preset)), about);
  if (!value) return preset;
  std::string why;
  if (const std::string* text = value->string()) {
    const auto duration = parse_duration(*text);
    if (duration) return *duration;
    why = duration.error().sentence;
  }
  refuse(key, R"(a duration such as "500ms" or "8s")", *value, why);
  return preset;
}

std::size_t Section::get_size(std::string_view key, std::size_t preset, std::string_view about) {
  const Value* value = look_up(key, preset_text(size_text(preset)), about);
  if (!value) return preset;
  std::string why;
  if (const std::string* text = value->string()) {
    const auto size = parse_size(*text);
    if (size) return *size;
    why = size.error().sentence;
  }
  const auto* bytes = std::get_if<std::int64_t>(&value->data);
  if (bytes && *bytes >= 0) return static_cast<std::size_t>(*bytes);
  refuse(key, R"(a size such as "16KiB" or "50MiB")", *value, why);
  return preset;
}

std::string Section::get(std::string_view key, const std::string& preset, std::string_view about) {
  const Value* value = look_up(key, preset_text(preset), about);
  if (!value) return preset;
  if (const std::string* text = value->string()) return *text;
  refuse(key, "a string", *value);
  return preset;
}

std::string Section::get(std::string_view key, const char* preset, std::string_view about) {
  return get(key, std::string(preset), about);
}

std::vector<std::string> Section::get(std::string_view key, const std::vector<std::string>& preset,
                                      std::string_view about) {
  const auto same = [](const std::string& text) {
    return text;
  };
  const Value* value = look_up(key, list_text(preset, same), about);
  if (!value) return preset;
  const Array* array = value->array();
  if (!array) {
    refuse(key, "an array of strings", *value);
    return preset;
  }
  std::vector<std::string> list;
  for (const Value& element : *array) {
    if (const std::string* text = element.string()) {
      list.push_back(*text);
    } else {
      refuse(key, "a string", element);
    }
  }
  return list;
}

std::vector<Network> Section::get(std::string_view key, const std::vector<Network>& preset,
                                  std::string_view about) {
  const Value* value = look_up(key, list_text(preset, [](const Network& n) { return n.to_string(); }), about);
  if (!value) return preset;
  const Array* array = value->array();
  if (!array) {
    refuse(key, "an array of networks", *value);
    return preset;
  }
  std::vector<Network> list;
  for (const Value& element : *array) {
    const std::string* text = element.string();
    const auto network = text ? Network::parse(*text) : fail(Errc::invalid, "");
    if (network) {
      list.push_back(*network);
    } else {
      refuse(key, R"(a network such as "10.0.0.0/8" or "::1")", element, network.error().sentence);
    }
  }
  return list;
}

void Section::finish() {
  if (!table_) return;
  Path path;
  for (const std::string_view part : split(path_, '.'))
    path.emplace_back(part);
  std::vector<std::string_view> known = names_after(path);
  for (const Option& option : options_)
    known.push_back(option.key);
  for (const auto& [name, value] : *table_) {
    // Keys that the schema names are known even where what they steer is not there yet.
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    problems_.error(value.origin,
                    fmt::format("unknown key {} in [{}]{}", quoted(name), path_, did_you_mean(name, known)));
  }
}

}  // namespace xspamd::conf
