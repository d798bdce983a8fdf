// The Date field (RFC 5322 §3.6.1) against the clock.
#include <fmt/format.h>

#include <array>

#include "proto/mail/date.h"
#include "proto/mail/message.h"
#include "rules/check.h"

namespace xspamd {

namespace {

using std::chrono::hours;

// Retries of a mail server last days; the mail was still written when its sender pressed the button.
constexpr hours kPast{24};
// Clocks go wrong, and people set the wrong zone.
constexpr hours kFuture{2};

constexpr std::array<Symbol, 3> kSymbols{
    {{"INVALID_DATE", Points{1500}, "The Date header is no date"},
     {"DATE_IN_PAST", Points{1000}, "The Date header tells a time more than a day ago"},
     {"DATE_IN_FUTURE", Points{4000}, "The Date header tells a time that is still to come"}}};

std::vector<std::string> hours_text(std::chrono::seconds span) {
  return {fmt::format("{} hours", std::chrono::floor<hours>(span).count())};
}

Hits run(const Mail& mail, Deadline) {
  Hits hits;
  const Field* field = mail.message.first("Date");
  if (field == nullptr) return hits;
  const auto date = parse_date(mail::unfold(field->value));
  if (!date) {
    hits.add("INVALID_DATE");
    return hits;
  }
  const std::chrono::seconds age = mail.now - date->at;
  if (age > kPast) hits.add("DATE_IN_PAST", hours_text(age));
  if (-age > kFuture) hits.add("DATE_IN_FUTURE", hours_text(-age));
  return hits;
}

Result<Runner> make(conf::Section&, Services&) {
  return Runner{CpuCheck{run}};
}

}  // namespace

extern const Check dates_check;
const Check dates_check{.name = "dates",
                        .group = "headers",
                        .about = "The date of the message against the clock",
                        .phase = Phase::scan,
                        .after = {},
                        .symbols = kSymbols,
                        .make = make};

}  // namespace xspamd
