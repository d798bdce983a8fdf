#include "proto/mail/date_parts.h"

#include <algorithm>
#include <iterator>

#include "proto/base/text.h"
#include "proto/mail/lexical.h"

namespace xspamd::mail {

namespace {

constexpr std::string_view kWeekdays[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                          "Friday", "Saturday", "Sunday"};
constexpr std::string_view kMonths[] = {"January",   "February", "March",    "April",
                                        "May",       "June",     "July",     "August",
                                        "September", "October",  "November", "December"};

struct Zone {
  std::string_view name;
  int minutes;
};
constexpr Zone kZones[] = {{"EST", -300}, {"EDT", -240}, {"CST", -360}, {"CDT", -300},
                           {"MST", -420}, {"MDT", -360}, {"PST", -480}, {"PDT", -420}};

template <std::size_t N>
std::optional<unsigned> position(const std::string_view (&names)[N], std::string_view word) {
  if (word.size() < 3) return std::nullopt;
  const auto* found =
      std::find_if(std::begin(names), std::end(names), [&](auto name) { return istarts_with(name, word); });
  const bool whole = found != std::end(names) && (word.size() <= 4 || word.size() == found->size());
  if (!whole) return std::nullopt;
  return static_cast<unsigned>(found - std::begin(names));
}

}  // namespace

std::optional<unsigned> weekday_of(std::string_view word) {
  return position(kWeekdays, word);
}

std::optional<unsigned> month_of(std::string_view word) {
  return position(kMonths, word);
}

std::optional<int> zone_minutes(std::string_view name) {
  const auto* zone = std::find_if(std::begin(kZones), std::end(kZones),
                                  [&](const Zone& known) { return iequals(known.name, name); });
  if (zone == std::end(kZones)) return std::nullopt;
  return zone->minutes;
}

int full_year(int year, std::size_t digits) {
  if (digits == 2) return year < 50 ? year + 2000 : year + 1900;
  return digits == 3 ? year + 1900 : year;
}

std::optional<std::chrono::sys_days> day_of(int year, int month, int day) {
  if (year < 1900 || month < 1 || day < 1) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date);
}

std::optional<std::chrono::seconds> time_of(int hour, int minute, int second) {
  const bool exists = hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second <= 60;
  if (!exists) return std::nullopt;
  return std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second);
}

std::optional<std::string> date_without_comments(std::string_view text) {
  constexpr std::size_t kLongest = 100;
  std::string plain;
  plain.reserve(std::min(text.size(), kLongest) + 2);
  bool blank = false;  // comes before what comes
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '(') {
      // A comment that never ends hides nothing but the rest.
      const std::size_t length = comment_length(text.substr(at));
      at = length == 0 ? text.size() : at + length;
      blank = true;
    } else if (is_space(text[at])) {
      ++at;
      blank = true;
    } else {
      if (blank) plain += ' ';
      blank = false;
      plain += text[at++];
      if (plain.size() > kLongest) return std::nullopt;
    }
  }
  return plain;
}

}  // namespace xspamd::mail
