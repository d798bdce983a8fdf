#include "proto/mail/date.h"

#include <algorithm>
#include <string>

#include "proto/base/text.h"
#include "proto/mail/date_parts.h"

namespace xspamd {

namespace {

using std::chrono::sys_days;

bool is_letter(char c) {
  const char lower = to_lower(c);
  return lower >= 'a' && lower <= 'z';
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
    if (!mail::weekday_of(weekday)) return std::nullopt;
    reader.accept(',');
  }
  const int day = reader.number(1, 2);
  const auto month = mail::month_of(reader.letters());
  const std::string_view digits = reader.digits();
  if (!month || digits.size() < 2 || digits.size() > 4) return std::nullopt;
  const int year = static_cast<int>(parse_unsigned(digits).value_or(0));
  return mail::day_of(mail::full_year(year, digits.size()), static_cast<int>(*month) + 1, day);
}

std::optional<std::chrono::seconds> read_time(DateReader& reader) {
  const int hour = reader.number(1, 2);
  if (!reader.accept(':')) return std::nullopt;
  const int minute = reader.number(2, 2);
  int second = 0;
  if (reader.accept(':')) second = reader.number(2, 2);
  return mail::time_of(hour, minute, second);
}

// "+0100", "GMT", "GMT+0100", "+0100 CET". False when it is no zone.
bool read_zone(DateReader& reader, Date& date) {
  const std::string_view name = reader.letters();
  date.obsolete_zone = !name.empty();
  const bool east = reader.accept('+');
  if (!east && !reader.accept('-')) {
    date.offset_minutes = mail::zone_minutes(name).value_or(0);
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
  const auto plain = mail::date_without_comments(text);
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
