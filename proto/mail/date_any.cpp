// parse_any_date (proto/mail/date.h): the text is cut into words, and each is taken for what it looks like.
// The order of numbers is that of mail (day, month, year) unless the year or a number over 12 tells another.
#include <algorithm>
#include <string>
#include <vector>

#include "proto/base/text.h"
#include "proto/mail/date.h"
#include "proto/mail/date_parts.h"

namespace xspamd {

namespace {

struct Number {
  int value = -1;
  std::size_t digits = 0;
};

struct Found {
  std::vector<Number> numbers;  // of the day, in their order: at most three
  std::optional<unsigned> month;
  std::size_t month_at = 0;  // how many numbers stand before it
  std::optional<std::chrono::seconds> time;
  std::optional<int> offset;
  bool zone_name = false;
  bool afternoon = false;
  bool has_half = false;  // "AM" or "PM"

  bool has_day() const { return numbers.size() + (month ? 1 : 0) >= 3; }
};

std::size_t span_of(std::string_view text, bool (*is)(char)) {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is) - text.begin());
}

bool is_letter(char c) {
  const char lower = to_lower(c);
  return lower >= 'a' && lower <= 'z';
}

// Of at most four digits at the start of `text`, which loses them.
Number take_number(std::string_view& text) {
  const std::size_t digits = span_of(text, is_digit);
  if (digits == 0 || digits > 4) return {};
  const Number number{static_cast<int>(parse_unsigned(text.substr(0, digits)).value_or(0)), digits};
  text.remove_prefix(digits);
  return number;
}

// "05:44", "05:44:40.123", and what follows without a blank is left: "Z", "+0100".
bool take_time(std::string_view& text, Found& found) {
  std::string_view rest = text;
  const Number hour = take_number(rest);
  if (found.time || hour.digits == 0 || hour.digits > 2 || !rest.starts_with(':')) return false;
  rest.remove_prefix(1);
  const Number minute = take_number(rest);
  Number second{0, 1};
  if (rest.starts_with(':')) {
    rest.remove_prefix(1);
    if (const Number read = take_number(rest); read.digits > 0) second = read;
    if (rest.starts_with('.') || rest.starts_with(',')) {
      const std::size_t fraction = span_of(rest.substr(1), is_digit);
      if (fraction > 0) rest.remove_prefix(1 + fraction);
    }
  }
  found.time = mail::time_of(hour.value, minute.value, second.value);
  if (!found.time) return false;
  text = rest;
  return true;
}

// "+0100", "-01:00". Only behind a time: before it "-" joins days, months and years.
bool take_offset(std::string_view& text, Found& found) {
  if (!found.time || (text.front() != '+' && text.front() != '-')) return false;
  std::string_view rest = text.substr(1);
  const Number first = take_number(rest);
  int hours = first.value, minutes = 0;
  if (first.digits >= 3) {
    hours = first.value / 100;
    minutes = first.value % 100;
  } else if (first.digits > 0 && rest.starts_with(':')) {
    rest.remove_prefix(1);
    minutes = take_number(rest).value;
  }
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return false;
  const int offset = hours * 60 + minutes;
  found.offset = text.front() == '-' ? -offset : offset;
  text = rest;
  return true;
}

// A weekday, a month, a half of the day or a zone. False for other words before the date is whole.
bool take_word(std::string_view& text, Found& found) {
  const std::size_t letters = span_of(text, is_letter);
  const std::string_view word = text.substr(0, letters);
  text.remove_prefix(letters);
  if (found.time && (iequals(word, "AM") || iequals(word, "PM"))) {
    found.has_half = true;
    found.afternoon = to_lower(word.front()) == 'p';
  } else if (const auto month = mail::month_of(word); month && !found.month) {
    found.month = month;
    found.month_at = found.numbers.size();
  } else if (found.time) {
    if (found.offset) return true;
    found.offset = mail::zone_minutes(word).value_or(0);
    found.zone_name = true;
    // POSIX: "EST5EDT". A sign begins an offset, which says more than the name: "GMT+0100".
    if (!text.empty() && is_digit(text.front())) text.remove_prefix(std::min(text.find(' '), text.size()));
    if (text.starts_with('+') || text.starts_with('-')) take_offset(text, found);
  } else if (iequals(word, "T") && found.has_day()) {
    return true;  // ISO 8601: between day and time
  } else {
    return mail::weekday_of(word).has_value();
  }
  return true;
}

// One step over the text; false where it is no date.
bool take_any(std::string_view& text, Found& found) {
  constexpr std::string_view kBetween = " ,/.";
  const char c = text.front();
  if (is_digit(c)) {
    if (take_time(text, found)) return true;
    const Number number = take_number(text);
    if (number.digits == 0 || found.has_day()) return false;
    found.numbers.push_back(number);
    return true;
  }
  if (is_letter(c)) return take_word(text, found);
  if (take_offset(text, found)) return true;
  if (kBetween.find(c) == std::string_view::npos && c != '-') return false;
  text.remove_prefix(1);
  return true;
}

std::optional<std::chrono::sys_days> day_found(const Found& found) {
  const auto& n = found.numbers;
  const auto year_of = [](const Number& number) {
    return mail::full_year(number.value, number.digits);
  };
  if (found.month) {
    if (n.size() != 2) return std::nullopt;
    // "2026 Nov 22"; else the day comes first.
    const bool year_first = n[0].digits > 2;
    const Number& year = year_first ? n[0] : n[1];
    const Number& day = year_first ? n[1] : n[0];
    if (year.digits < 2 || day.digits > 2) return std::nullopt;
    return mail::day_of(year_of(year), static_cast<int>(*found.month) + 1, day.value);
  }
  if (n.size() != 3) return std::nullopt;
  if (n[0].digits > 2) return mail::day_of(year_of(n[0]), n[1].value, n[2].value);
  if (n[2].digits < 2) return std::nullopt;
  const bool month_first = n[1].value > 12 && n[0].value <= 12;
  return mail::day_of(year_of(n[2]), n[month_first ? 0 : 1].value, n[month_first ? 1 : 0].value);
}

// Twelve o'clock is the first hour of its half.
std::chrono::seconds with_half(const Found& found) {
  using std::chrono::hours;
  if (!found.has_half || *found.time >= hours(13)) return *found.time;
  const auto in_half = *found.time >= hours(12) ? *found.time - hours(12) : *found.time;
  return found.afternoon ? in_half + hours(12) : in_half;
}

}  // namespace

std::optional<Date> parse_any_date(std::string_view text) {
  if (const auto date = parse_date(text)) return date;
  // A Received field taken whole.
  if (const std::size_t semicolon = text.rfind(';'); semicolon != std::string_view::npos) {
    text.remove_prefix(semicolon + 1);
  }
  // What stands behind a date may be long; no date is.
  const auto plain = mail::date_without_comments(text.substr(0, 200));
  if (!plain) return std::nullopt;
  std::string_view rest = *plain;
  Found found;
  bool whole = false;
  while (!rest.empty()) {
    whole = found.has_day() && found.time;
    if (!take_any(rest, found)) {
      if (whole) break;
      return std::nullopt;
    }
  }
  const auto day = day_found(found);
  if (!day || !found.time) return std::nullopt;
  Date date;
  date.offset_minutes = found.offset.value_or(0);
  date.obsolete_zone = found.zone_name;
  date.at = *day + with_half(found) - std::chrono::minutes(date.offset_minutes);
  return date;
}

}  // namespace xspamd
