#include "proto/mail/date.h"

#include <algorithm>
#include <iterator>
#include <string>

#include "proto/base/text.h"
#include "proto/mail/lexical.h"

namespace xspamd {

namespace {

using std::chrono::sys_days;

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

bool is_letter(char c) {
  const char lower = to_lower(c);
  return lower >= 'a' && lower <= 'z';
}

// Position in the table of a name written in full or as its first three letters (four: "Sept"), or -1.
template <std::size_t N>
int position(const std::string_view (&names)[N], std::string_view word) {
  if (word.size() < 3) return -1;
  const auto* found =
      std::find_if(std::begin(names), std::end(names), [&](auto name) { return istarts_with(name, word); });
  const bool whole = found != std::end(names) && (word.size() <= 4 || word.size() == found->size());
  return whole ? static_cast<int>(found - std::begin(names)) : -1;
}

// The text without comments and with single blanks; nothing when more is left than any date has.
std::optional<std::string> without_comments(std::string_view text) {
  constexpr std::size_t kLongest = 100;
  std::string plain;
  while (!text.empty()) {
    if (text.front() == '(') {
      // A comment that never ends hides nothing but the rest.
      const std::size_t length = mail::comment_length(text);
      text.remove_prefix(length == 0 ? text.size() : length);
      plain += ' ';
    } else {
      plain += is_space(text.front()) ? ' ' : text.front();
      text.remove_prefix(1);
    }
    if (plain.size() >= 2 && plain.ends_with("  ")) plain.pop_back();
    if (plain.size() > kLongest) return std::nullopt;
  }
  return plain;
}

// Reads from the left; what a function does not find it leaves.
class DateReader {
 public:
  explicit DateReader(std::string_view text) : rest_(text) {}

  void blanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(' '), rest_.size())); }
  bool accept(char c) {
    blanks();
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  std::string_view letters() {
    blanks();
    return take(std::find_if_not(rest_.begin(), rest_.end(), is_letter));
  }
  std::string_view digits() {
    blanks();
    return take(std::find_if_not(rest_.begin(), rest_.end(), is_digit));
  }
  // A number of `least` to `most` digits, or -1.
  int number(std::size_t least, std::size_t most) {
    const std::string_view text = digits();
    if (text.size() < least || text.size() > most) return -1;
    return static_cast<int>(parse_unsigned(text).value_or(0));
  }
  bool at_end() {
    blanks();
    return rest_.empty();
  }

 private:
  std::string_view take(std::string_view::const_iterator end) {
    const auto length = static_cast<std::size_t>(end - rest_.begin());
    const std::string_view taken = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return taken;
  }

  std::string_view rest_;
};

std::optional<sys_days> read_day(DateReader& reader) {
  if (const std::string_view weekday = reader.letters(); !weekday.empty()) {
    if (position(kWeekdays, weekday) < 0) return std::nullopt;
    reader.accept(',');
  }
  const int day = reader.number(1, 2);
  const int month = position(kMonths, reader.letters());
  const std::string_view digits = reader.digits();
  if (day < 1 || month < 0 || digits.size() < 2 || digits.size() > 4) return std::nullopt;
  int year = static_cast<int>(parse_unsigned(digits).value_or(0));
  // RFC 5322 §4.3
  if (digits.size() == 2) year += year < 50 ? 2000 : 1900;
  if (digits.size() == 3) year += 1900;
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month) + 1),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok() || year < 1900) return std::nullopt;
  return sys_days(date);
}

std::optional<std::chrono::seconds> read_time(DateReader& reader) {
  const int hour = reader.number(1, 2);
  if (!reader.accept(':')) return std::nullopt;
  const int minute = reader.number(2, 2);
  int second = 0;
  if (reader.accept(':')) second = reader.number(2, 2);
  const bool exists = hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second <= 60;
  if (!exists) return std::nullopt;
  return std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second);
}

// "+0100", "GMT", "GMT+0100", "+0100 CET". False when it is no zone.
bool read_zone(DateReader& reader, Date& date) {
  const std::string_view name = reader.letters();
  date.obsolete_zone = !name.empty();
  const bool east = reader.accept('+');
  if (!east && !reader.accept('-')) {
    const auto* zone = std::find_if(std::begin(kZones), std::end(kZones),
                                    [&](const Zone& known) { return iequals(known.name, name); });
    if (zone != std::end(kZones)) date.offset_minutes = zone->minutes;
    return !name.empty() && name.size() <= 5;
  }
  const int digits = reader.number(4, 4);
  if (digits < 0 || digits / 100 > 23 || digits % 100 > 59) return false;
  const int minutes = digits / 100 * 60 + digits % 100;
  date.offset_minutes = east ? minutes : -minutes;
  reader.letters();
  return true;
}

}  // namespace

std::optional<Date> parse_date(std::string_view text) {
  const auto plain = without_comments(text);
  if (!plain) return std::nullopt;
  DateReader reader(*plain);
  const auto day = read_day(reader);
  if (!day) return std::nullopt;
  const auto time = read_time(reader);
  Date date;
  if (!time || !read_zone(reader, date) || !reader.at_end()) return std::nullopt;
  date.at = *day + *time - std::chrono::minutes(date.offset_minutes);
  return date;
}

}  // namespace xspamd
