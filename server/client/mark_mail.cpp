#include "server/client/mark_mail.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "proto/base/text.h"
#include "proto/header_lines.h"
#include "server/client/scan_report.h"
#include "server/version.h"

namespace xspamd::client {

namespace {

constexpr std::array<std::string_view, 9> kOurs{"X-Spam-Scanner", "X-Spam-Scan-Time", "X-Spam",
                                                "X-Spam-Action",  "X-Spam-Score",     "X-Spam-Level",
                                                "X-Spam-Symbols", "X-Spam-Result",    "X-Spam-Error"};

bool is_ours(std::string_view name) {
  return std::ranges::any_of(kOurs, [name](std::string_view ours) { return iequals(ours, name); });
}

std::string scanner_fields(std::chrono::milliseconds took) {
  return fmt::format("X-Spam-Scanner: xspamc {}\nX-Spam-Scan-Time: {:.3f}\n", kVersion,
                     std::chrono::duration<double>(took).count());
}

// One for each point that was begun.
std::string level(Points score) {
  constexpr std::int64_t kMost = 32;
  constexpr std::int64_t kPoint = 1000;
  const std::int64_t stars = (score.thousandths + kPoint - 1) / kPoint;
  return std::string(static_cast<std::size_t>(std::clamp<std::int64_t>(stars, 0, kMost)), '*');
}

std::string symbols(const std::vector<Score>& scores) {
  std::vector<std::string> names;
  for (const Score& score : scores)
    names.push_back(printable(score.symbol));
  return fmt::format("{}", fmt::join(names, ",\n\t"));
}

std::string folded_base64(std::string_view bytes) {
  constexpr std::size_t kColumns = 60;
  const std::string text = base64(bytes);
  std::string folded;
  for (std::size_t at = 0; at < text.size(); at += kColumns) {
    if (at > 0) folded += "\n\t";
    folded += text.substr(at, kColumns);
  }
  return folded;
}

bool is_mbox_line(std::string_view text) {
  return text.starts_with("From ") || text.starts_with(">From ");
}

}  // namespace

std::string base64(std::string_view bytes) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::string_view group = bytes.substr(at, 3);
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 3; ++i)
      bits = bits << 8 | (i < group.size() ? static_cast<unsigned char>(group[i]) : 0U);
    for (std::size_t i = 0; i < 4; ++i)
      text += i <= group.size() ? kAlphabet[bits >> (18 - 6 * i) & 63] : '=';
  }
  return text;
}

std::string mark_fields(const Verdict& verdict, bool with_json, std::chrono::milliseconds took) {
  std::string fields = scanner_fields(took);
  if (is_spam(verdict.action)) fields += "X-Spam: yes\n";
  fields +=
      fmt::format("X-Spam-Action: {}\nX-Spam-Score: {}\nX-Spam-Level: {}\nX-Spam-Symbols: {}\n",
                  name(verdict.action), score_text(verdict), level(verdict.score), symbols(verdict.scores));
  if (with_json) fields += fmt::format("X-Spam-Result: {}\n", folded_base64(scan_json(verdict, took)));
  return fields;
}

std::string trouble_fields(std::string_view why, std::chrono::milliseconds took) {
  return fmt::format("{}X-Spam-Error: {}\n", scanner_fields(took), printable(why));
}

MarkedMail marked(std::string_view message, std::string_view fields) {
  MarkedMail mail;
  // An mbox line belongs to the mailbox: it is no field, and what follows it is the header.
  const std::size_t mbox = is_mbox_line(message) ? message.find('\n') : std::string_view::npos;
  const std::size_t begin = mbox == std::string_view::npos ? 0 : mbox + 1;
  mail.head = message.substr(0, begin);
  HeaderLines lines = header_lines(message.substr(begin));
  while (!lines.block.empty()) {
    const FieldLines field = take_field(lines);
    if (!is_ours(field.name)) mail.head += field.text;
  }
  append_lines(mail.head, fields, lines.eol);
  // Without an empty line what follows would become a field of ours.
  if (!lines.has_empty_line && !lines.rest.empty()) mail.head += lines.eol;
  mail.rest = lines.rest;
  return mail;
}

}  // namespace xspamd::client
