#include "conf/units.h"

#include <fmt/format.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <span>

#include "proto/base/text.h"

namespace xspamd::conf {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

// The smallest first.
constexpr Unit kDurations[] = {{"ms", 1}, {"s", 1'000}, {"min", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}};
constexpr Unit kSizes[] = {{"", 1}, {"KiB", 1ULL << 10}, {"MiB", 1ULL << 20}, {"GiB", 1ULL << 30}};

// Other spellings that people use, and ours.
struct Alias {
  std::string_view other;
  std::string_view ours;
};
constexpr Alias kAliases[] = {
    {"m", "min"},   {"mins", "min"}, {"minute", "min"}, {"minutes", "min"}, {"sec", "s"},
    {"secs", "s"},  {"second", "s"}, {"seconds", "s"},  {"msec", "ms"},     {"hour", "h"},
    {"hours", "h"}, {"hr", "h"},     {"day", "d"},      {"days", "d"},      {"k", "KiB"},
    {"kb", "KiB"},  {"mb", "MiB"},   {"g", "GiB"},      {"gb", "GiB"},
};

constexpr std::uint64_t kLongest = 3653ULL * 86'400'000;
constexpr std::uint64_t kLargest = std::numeric_limits<std::int64_t>::max();

const Unit* unit_of(std::span<const Unit> units, std::string_view name) {
  for (const Unit& unit : units) {
    if (unit.name == name) return &unit;
  }
  return nullptr;
}

std::string_view meant_by(std::span<const Unit> units, std::string_view name) {
  const std::string lower = to_lower(name);
  // "m" is minutes of time and mega of bytes.
  if (lower == "m" && unit_of(units, "MiB")) return "MiB";
  for (const Unit& unit : units) {
    if (!unit.name.empty() && lower == to_lower(unit.name)) return unit.name;
  }
  for (const Alias& alias : kAliases) {
    if (lower == alias.other && unit_of(units, alias.ours)) return alias.ours;
  }
  return {};
}

std::string_view digits_of(std::string_view text) {
  std::size_t length = 0;
  while (length < text.size() && is_digit(text[length]))
    ++length;
  return text.substr(0, length);
}

struct Kind {
  std::span<const Unit> units;
  std::uint64_t most;
  std::string_view is_not;  // what a text that cannot be read is not
  std::string_view unit_if_missing;
};

std::string refusal(const Kind& kind, std::string_view text) {
  std::string sentence = fmt::format("{} is no {}", quoted(text), kind.is_not);
  const std::string_view digits = digits_of(text);
  if (digits.empty()) return sentence;
  const std::string_view rest = trim(text.substr(digits.size()));
  const std::string_view unit = rest.empty() ? kind.unit_if_missing : meant_by(kind.units, rest);
  if (!unit.empty()) sentence += fmt::format(", did you mean \"{}{}\"?", digits, unit);
  return sentence;
}

Result<std::uint64_t> parse(const Kind& kind, std::string_view text) {
  const std::string_view digits = digits_of(text);
  const Unit* unit = unit_of(kind.units, text.substr(digits.size()));
  if (digits.empty() || !unit) return fail(Errc::invalid, refusal(kind, text));
  const auto number = parse_unsigned(digits);
  if (!number || *number > kind.most / unit->factor) {
    return fail(Errc::limit, fmt::format("{} is too large", quoted(text)));
  }
  return *number * unit->factor;
}

std::string print(std::span<const Unit> units, std::uint64_t value) {
  std::size_t last = 0;
  for (std::size_t i = 0; i < units.size(); ++i) {
    if (value != 0 && value % units[i].factor == 0) last = i;
  }
  return fmt::format("{}{}", value / units[last].factor, units[last].name);
}

}  // namespace

Result<std::chrono::milliseconds> parse_duration(std::string_view text) {
  constexpr Kind kKind{kDurations, kLongest, "duration", "s"};
  return parse(kKind, text).map([](std::uint64_t count) {
    return std::chrono::milliseconds(static_cast<std::int64_t>(count));
  });
}

Result<std::size_t> parse_size(std::string_view text) {
  constexpr Kind kKind{kSizes, kLargest, "size", ""};
  return parse(kKind, text).map([](std::uint64_t bytes) { return static_cast<std::size_t>(bytes); });
}

std::string duration_text(std::chrono::milliseconds duration) {
  if (duration.count() <= 0) return "0s";
  return print(kDurations, static_cast<std::uint64_t>(duration.count()));
}

std::string size_text(std::size_t bytes) {
  return print(kSizes, bytes);
}

}  // namespace xspamd::conf
