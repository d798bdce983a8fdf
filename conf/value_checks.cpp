#include "conf/value_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "conf/address.h"
#include "conf/redis_url.h"
#include "conf/selectors.h"
#include "conf/units.h"
#include "proto/base/ip.h"
#include "proto/base/points.h"
#include "proto/base/text.h"

namespace xspamd::conf {
namespace {

// Nothing: the value fits. Else why it does not, which may be empty where "expected ..." says all.
using Misfit = std::optional<std::string>;
constexpr auto kFits = std::nullopt;

template <class T>
Misfit misfit(const Result<T>& result) {
  return result ? Misfit{} : Misfit{result.error().sentence};
}

bool in_range(const Key& key, std::int64_t number) {
  return number >= key.min && (key.max == 0 || number <= key.max);
}

std::vector<std::string_view> choices(const Key& key) {
  return {key.choices.begin(), key.choices.end()};
}

std::string choice_list(const Key& key) {
  std::string list;
  for (const std::string_view choice : key.choices)
    list += fmt::format("{}{}", list.empty() ? "" : ", ", quoted(choice));
  return list;
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), is_control) || !is_utf8(text);
}

Misfit fits_boolean(const Key&, const Value& value) {
  return std::holds_alternative<bool>(value.data) ? Misfit{} : Misfit{""};
}

Misfit fits_integer(const Key& key, const Value& value) {
  const auto* number = std::get_if<std::int64_t>(&value.data);
  return number && in_range(key, *number) ? Misfit{} : Misfit{""};
}

Misfit fits_score(const Key&, const Value& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value.data)) {
    return misfit(points_from(static_cast<double>(*number)));
  }
  if (const auto* number = std::get_if<double>(&value.data)) return misfit(points_from(*number));
  return "";
}

Misfit fits_threshold(const Key& key, const Value& value) {
  if (const bool* flag = std::get_if<bool>(&value.data)) return *flag ? Misfit{""} : Misfit{};
  const Misfit wrong = fits_score(key, value);
  if (wrong) return wrong;
  const auto* number = std::get_if<double>(&value.data);
  if (!number) return kFits;
  const auto points = points_from(*number);
  const bool tenth = points && points->thousandths % 100 == 0;
  return tenth ? Misfit{} : Misfit{"a threshold has one decimal"};
}

Misfit fits_choice(const Key& key, const Value& value) {
  const std::string* text = value.string();
  if (!text) return "";
  if (std::find(key.choices.begin(), key.choices.end(), *text) != key.choices.end()) return kFits;
  const std::string help = did_you_mean(*text, choices(key));
  return help.empty() ? help : help.substr(2);
}

Misfit fits_score_or_action(const Key& key, const Value& value) {
  if (std::holds_alternative<bool>(value.data)) return "";
  return value.string() ? fits_choice(key, value) : fits_threshold(key, value);
}

Misfit fits_duration(const Key& key, const Value& value) {
  const std::string* text = value.string();
  if (!text) {
    const auto* number = std::get_if<std::int64_t>(&value.data);
    return number && *number >= 0 ? fmt::format("did you mean \"{}s\"?", *number) : "";
  }
  const auto duration = parse_duration(*text);
  if (!duration) return duration.error().sentence;
  if (in_range(key, duration->count())) return kFits;
  return fmt::format("it must lie between {} and {}", duration_text(std::chrono::milliseconds(key.min)),
                     duration_text(std::chrono::milliseconds(key.max)));
}

Misfit fits_size(const Key& key, const Value& value) {
  std::int64_t bytes = -1;
  if (const std::string* text = value.string()) {
    const auto size = parse_size(*text);
    if (!size) return size.error().sentence;
    bytes = static_cast<std::int64_t>(*size);
  } else if (const auto* number = std::get_if<std::int64_t>(&value.data)) {
    bytes = *number;
  } else {
    return "";
  }
  if (in_range(key, bytes)) return kFits;
  return fmt::format("it must lie between {} and {}", size_text(static_cast<std::size_t>(key.min)),
                     size_text(static_cast<std::size_t>(key.max)));
}

// The types that are strings of a certain form.
Misfit fits_text(const Key&, std::string_view) {
  return kFits;
}
Misfit fits_line(const Key&, std::string_view text) {
  return has_control(text) ? Misfit{"it has control characters or is no UTF-8"} : Misfit{};
}
Misfit fits_name(const Key& key, std::string_view text) {
  return trim(text).empty() ? Misfit{""} : fits_line(key, text);
}
Misfit fits_path(const Key& key, std::string_view text) {
  if (!text.empty() && text.front() != '/') return "a relative path would depend on where xspamd starts";
  return fits_line(key, text);
}
Misfit fits_address(const Key&, std::string_view text) {
  return misfit(parse_address(text));
}
Misfit fits_dns_server(const Key&, std::string_view text) {
  return misfit(parse_dns_server(text));
}
Misfit fits_network(const Key&, std::string_view text) {
  return misfit(Network::parse(text));
}
Misfit fits_network_or_unix(const Key&, std::string_view text) {
  return text == "unix" ? Misfit{} : misfit(Network::parse(text));
}
Misfit fits_ip(const Key&, std::string_view text) {
  return IpAddress::parse(text) ? Misfit{} : Misfit{""};
}
Misfit fits_octal(const Key&, std::string_view text) {
  const bool digits = std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '7'; });
  const bool length = text.size() == 3 || (text.size() == 4 && text.front() == '0');
  return digits && length ? Misfit{} : Misfit{""};
}
Misfit fits_log_target(const Key& key, std::string_view text) {
  if (text == "stderr" || text == "syslog") return kFits;
  if (text.starts_with("file:/") && text.size() > 6) return fits_line(key, text);
  const std::string help = did_you_mean(text, {"stderr", "syslog"});
  return help.empty() ? help : help.substr(2);
}
Misfit fits_symbol(const Key&, std::string_view text) {
  return is_symbol_name(text) ? Misfit{} : Misfit{""};
}
Misfit fits_flags(const Key&, std::string_view text) {
  const bool known = text.find_first_not_of("imsx") == std::string_view::npos;
  return known ? Misfit{} : Misfit{""};
}
Misfit fits_comparison(const Key&, std::string_view text) {
  text = trim(text);
  for (const std::string_view sign : {"<=", ">=", "!=", "==", "<", ">", "="}) {
    if (!text.starts_with(sign)) continue;
    return parse_unsigned(trim(text.substr(sign.size()))) ? Misfit{} : Misfit{""};
  }
  return "";
}
Misfit fits_header(const Key&, std::string_view text) {
  return misfit(check_header_selector(text));
}
Misfit fits_selector(const Key&, std::string_view text) {
  return misfit(check_selector(text));
}
Misfit fits_list_selector(const Key&, std::string_view text) {
  return misfit(check_list_selector(text));
}
// The URL may carry a password: no message repeats more of it than the scheme.
Misfit fits_store_url(const Key&, std::string_view text) {
  const std::string_view scheme = text.substr(0, text.find(':'));
  if (scheme == "memory") return text == "memory:" ? Misfit{} : Misfit{"nothing stands after memory:"};
  if (scheme == "sqlite") {
    return text.starts_with("sqlite:/") && text.size() > 8 ? Misfit{}
                                                           : Misfit{"sqlite: needs an absolute path"};
  }
  if (is_redis_scheme(scheme)) {
    const auto url = parse_redis_url(text);
    return url ? Misfit{} : Misfit{url.error().sentence};
  }
  const std::string help =
      did_you_mean(scheme, {"memory", "sqlite", "redis", "redis+unix", "redis+sentinel", "redis+cluster"});
  return fmt::format("unknown scheme {}{}", quoted(cut_utf8(scheme, 20)), help);
}

struct TypeRow {
  Type type;
  std::string_view expected;  // {} is filled from the key
  Misfit (*fits)(const Key&, const Value&) = nullptr;
  Misfit (*text_fits)(const Key&, std::string_view) = nullptr;
};

constexpr TypeRow kTypes[] = {
    {Type::boolean, "true or false", fits_boolean},
    {Type::integer, "an integer", fits_integer},
    {Type::score, "a number from -9999.9 to 9999.9", fits_score},
    {Type::threshold, "a number from -9999.9 to 9999.9 with one decimal, or false", fits_threshold},
    {Type::score_or_action, "a number or one of", fits_score_or_action},
    {Type::duration, R"(a duration such as "500ms" or "8s")", fits_duration},
    {Type::size, R"(a size such as "16KiB" or "50MiB")", fits_size},
    {Type::choice, "one of", fits_choice},
    {Type::text, "a string", nullptr, fits_text},
    {Type::line, "a string on one line", nullptr, fits_line},
    {Type::name, "a string that is not empty", nullptr, fits_name},
    {Type::path, R"(an absolute path or "")", nullptr, fits_path},
    {Type::address, R"(an address such as "127.0.0.1:11333", "[::1]:11333" or "unix:/path")", nullptr,
     fits_address},
    {Type::dns_server, R"(a DNS server such as "127.0.0.1:5301")", nullptr, fits_dns_server},
    {Type::network, R"(a network such as "10.0.0.0/8" or "::1")", nullptr, fits_network},
    {Type::network_or_unix, R"(a network such as "10.0.0.0/8", or "unix")", nullptr, fits_network_or_unix},
    {Type::ip, R"(an IP address such as "192.0.2.1")", nullptr, fits_ip},
    {Type::octal, R"(an octal mode such as "0660")", nullptr, fits_octal},
    {Type::secret, "a string on one line", nullptr, fits_line},
    {Type::store_url, R"(a store such as "sqlite:/path", "memory:" or "redis://host:port/db")", nullptr,
     fits_store_url},
    {Type::log_target, R"("stderr", "syslog" or "file:/path")", nullptr, fits_log_target},
    {Type::symbol, R"(a symbol of capitals, digits and "_")", nullptr, fits_symbol},
    {Type::regex_flags, R"(any of "i", "m", "s", "x")", nullptr, fits_flags},
    {Type::comparison, R"(a comparison such as ">= 2")", nullptr, fits_comparison},
    {Type::header_selector, R"(a header such as "Subject", "From:addr" or "*")", nullptr, fits_header},
    {Type::selector, R"(what to look at, such as "envelope.sender.domain")", nullptr, fits_selector},
    {Type::list_selector, R"(what to look at, such as "envelope.ip")", nullptr, fits_list_selector},
};

const TypeRow& row_of(Type type) {
  return *std::find_if(std::begin(kTypes), std::end(kTypes),
                       [&](const TypeRow& r) { return r.type == type; });
}

std::string expected(const Key& key, const TypeRow& row) {
  if (key.type == Type::integer) return fmt::format("an integer from {} to {}", key.min, key.max);
  if (!key.choices.empty()) return fmt::format("{} {}", row.expected, choice_list(key));
  return std::string(row.expected);
}

bool check_one(const Key& key, std::string_view path, const Value& value, Problems& problems) {
  const TypeRow& row = row_of(key.type);
  const std::string* text = value.string();
  Misfit wrong = "";
  if (row.fits) {
    wrong = row.fits(key, value);
  } else if (text) {
    wrong = row.text_fits(key, *text);
  }
  if (!wrong) return true;
  const bool secret = key.type == Type::secret || (text && key.type == Type::store_url);
  // The reason often begins with the value: it is not told twice.
  const bool told = secret || (text && wrong->starts_with(quoted(*text)));
  const std::string what = expected(key, row);
  std::string sentence = told ? fmt::format("{}: expected {}", path, what) : mismatch(path, what, value);
  if (secret && !text) sentence += fmt::format(", found {}", type_name(value));
  if (!wrong->empty()) sentence += fmt::format("{} {}", wrong->starts_with("did you") ? "," : ":", *wrong);
  problems.error(value.origin, std::move(sentence));
  return false;
}

}  // namespace

bool check_value(const Key& key, std::string_view path, const Value& value, Problems& problems) {
  if (key.type == Type::any || key.type == Type::table) return true;
  const Array* array = value.array();
  if (key.arity == Arity::one || (key.arity == Arity::one_or_many && !array)) {
    return check_one(key, path, value, problems);
  }
  if (!array) {
    const std::string help = value.table() ? "" : fmt::format(", write [{}]", shown(value));
    problems.error(value.origin, mismatch(path, "an array", value) + help);
    return false;
  }
  bool fine = true;
  for (const Value& element : *array)
    fine = check_one(key, path, element, problems) && fine;
  return fine;
}

std::string mismatch(std::string_view path, std::string_view expected, const Value& value) {
  return fmt::format("{}: expected {}, found {} ({})", path, expected, shown(value), type_name(value));
}

std::string shown(const Value& value) {
  constexpr std::size_t kShownBytes = 80;
  const std::string toml = to_toml(value);
  if (toml.size() <= kShownBytes) return toml;
  return std::string(cut_utf8(toml, kShownBytes)) + "...";
}

bool is_symbol_name(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_';
  };
  return !name.empty() && !is_digit(name.front()) && std::all_of(name.begin(), name.end(), allowed);
}

}  // namespace xspamd::conf
