#include "proto/wrap.h"

#include <fmt/format.h>

#include <array>
#include <optional>

#include "proto/base/text.h"
#include "proto/header_lines.h"
#include "proto/spam_report.h"

namespace xspamd {

namespace {

constexpr std::array<std::string_view, 6> kCopied{"From", "To", "Cc", "Subject", "Date", "Message-Id"};
constexpr std::size_t kSubject = 3;

// What the new message takes from the old one: of several fields of a name the last, as spamd does.
struct Found {
  std::array<std::optional<std::string_view>, kCopied.size()> copied;
  std::string_view content_type;
};

Found find_fields(HeaderLines lines) {
  Found found;
  while (!lines.block.empty()) {
    const FieldLines field = take_field(lines);
    for (std::size_t i = 0; i < kCopied.size(); ++i) {
      if (iequals(field.name, kCopied[i])) found.copied[i] = field.value;
    }
    if (iequals(field.name, "Content-Type")) found.content_type = field.value;
  }
  return found;
}

// RFC 5322 §3.3, in UTC.
std::string mail_date(std::chrono::sys_seconds at) {
  using namespace std::chrono;
  static constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const sys_days day = floor<days>(at);
  const year_month_day date(day);
  const hh_mm_ss time(at - day);
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} +0000", kDays[weekday(day).c_encoding()],
                     static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
                     static_cast<int>(date.year()), time.hours().count(), time.minutes().count(),
                     time.seconds().count());
}

// SplitMix64.
std::uint64_t mixed(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15;
  value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9;
  value = (value ^ value >> 27) * 0x94d049bb133111eb;
  return value ^ value >> 31;
}

// RFC 2046 §5.1.1: it stands neither in the message nor in the report.
std::string free_boundary(std::string_view message, std::string_view report, const RewriteOptions& options) {
  std::uint64_t random = options.random;
  for (;;) {
    random = mixed(random);
    const std::string boundary =
        fmt::format("----------=_{:08X}.{:08X}", options.now.time_since_epoch().count() & 0xffffffff,
                    random & 0xffffffff);
    const bool taken =
        message.find(boundary) != std::string_view::npos || report.find(boundary) != std::string_view::npos;
    if (!taken) return boundary;
  }
}

std::string report_of(const Verdict& verdict, const RewriteOptions& options, bool plain) {
  std::string text = fmt::format(
      "The mail filter {} on the system \"{}\" found this message to be\n"
      "spam. The original is attached to this report, unchanged: you can read it\n"
      "there, or sort mail like it. With questions turn to the postmaster.\n\n",
      options.marker.program, printable(options.marker.host));
  text += content_preview(options.preview) + "\n";
  text += report_table(verdict, options.required, options.max_report) + "\n";
  if (!plain) {
    text +=
        "The original message is more than plain text. Opening it may be unsafe: it\n"
        "can carry programs, or tell its sender that somebody reads this address. To\n"
        "be safe, save it as a file and look at it in an editor.\n\n";
  }
  return text;
}

std::string outer_header(const Found& found, const Verdict& verdict, const RewriteOptions& options,
                         std::string_view eol) {
  std::string header;
  append_lines(header,
               fmt::format("Received: from localhost by {}\n\twith {} (version {});\n\t{}\n",
                           printable(options.marker.host), options.marker.program, options.marker.version,
                           mail_date(options.now)),
               eol);
  for (std::size_t i = 0; i < kCopied.size(); ++i) {
    const bool marked = i == kSubject && !options.subject.empty();
    if (!found.copied[i] && !marked) continue;
    const std::string_view value = found.copied[i].value_or("");
    header += fmt::format("{}: {}{}", kCopied[i],
                          marked ? marked_subject(options.subject, value) : std::string(value), eol);
  }
  SpamHeaderOptions fields;
  fields.required = options.required;
  append_lines(header, spam_headers(verdict, options.marker, fields), eol);
  return header;
}

}  // namespace

RewrittenMail wrap(const OriginalMail& original, const Verdict& verdict, const RewriteOptions& options) {
  HeaderLines lines = header_lines(original.message);
  if (lines.eol == "\r") lines.eol = "\n";  // around a text without any LF there are lines all the same
  const Found found = find_fields(lines);
  const bool plain =
      found.content_type.empty() || ifind(found.content_type, "text/plain") != std::string::npos;
  const std::string report = report_of(verdict, options, plain);
  const std::string boundary = free_boundary(original.message, report, options);
  RewrittenMail mail;
  mail.head = original.preamble;
  append_lines(mail.head, {}, lines.eol);
  mail.head += outer_header(found, verdict, options, lines.eol);
  append_lines(mail.head,
               fmt::format("MIME-Version: 1.0\n"
                           "Content-Type: multipart/mixed; boundary=\"{0}\"\n\n"
                           "This is a multi-part message in MIME format.\n\n"
                           "--{0}\n"
                           "Content-Type: text/plain; charset=UTF-8\n"
                           "Content-Disposition: inline\n"
                           "Content-Transfer-Encoding: 8bit\n\n"
                           "{1}\n"
                           "--{0}\n"
                           "Content-Type: {2}; x-spam-type=original\n"
                           "Content-Description: original message before {3}\n"
                           "Content-Disposition: {4}\n"
                           "Content-Transfer-Encoding: 8bit\n\n",
                           boundary, report, options.report_safe > 1 ? "text/plain" : "message/rfc822",
                           options.marker.program, plain ? "inline" : "attachment"),
               lines.eol);
  mail.body = original.message;
  append_lines(mail.tail, fmt::format("\n--{}--\n\n", boundary), lines.eol);
  return mail;
}

}  // namespace xspamd
