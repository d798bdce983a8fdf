// What strict and lenient reading of dates share (proto/mail/date.h): names, and text without its comments.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace xspamd::mail {

// 0 for Monday or January; nothing for other words. Names stand in full or as their first three letters
// ("Sept" too).
std::optional<unsigned> weekday_of(std::string_view word);
std::optional<unsigned> month_of(std::string_view word);
// Minutes east of a zone of RFC 5322 §4.3; nothing for names that tell no offset.
std::optional<int> zone_minutes(std::string_view name);

// RFC 5322 §4.3: of two or three digits.
int full_year(int year, std::size_t digits);
// Nothing when there is no such day, or the year lies before 1900.
std::optional<std::chrono::sys_days> day_of(int year, int month, int day);
std::optional<std::chrono::seconds> time_of(int hour, int minute, int second);

// With single blanks; nothing when more is left than any date has.
std::optional<std::string> date_without_comments(std::string_view text);

}  // namespace xspamd::mail
