#include "proto/spamc.h"

#include <fmt/format.h>

#include <algorithm>

#include "proto/base/text.h"
#include "proto/spam_report.h"

namespace xspamd::spamc {

namespace {

constexpr Version kHeadSince{1, 0};        // newer than this
constexpr Version kQuietHeadSince{1, 5};   // PING and SKIP
constexpr Version kLengthSince{1, 3};      // Content-length beside the Spam line
constexpr Version kMailLengthSince{1, 2};  // Content-length of mail that is given back

// Lines end in LF, the last one is empty. Never empty: Exim would write before its buffer.
std::string report(const Verdict& verdict, Points required, std::size_t room) {
  std::string text =
      fmt::format("xspamd found this message to be {}.\n\n", verdict.score >= required ? "spam" : "no spam");
  const std::size_t used = text.size() + 1;
  return text + report_table(verdict, required, room > used ? room - used : 0) + "\n";
}

std::string spam_line(const Request& request, const Verdict& verdict, Points required) {
  const bool spam = verdict.score >= required;
  const bool asks_if_spam = request.command == Command::report_if_spam;
  const std::string_view word = asks_if_spam ? (spam ? "Yes" : "No") : (spam ? "True" : "False");
  return fmt::format("Spam: {} ; {} / {}\r\n", word, to_tenths(verdict.score), to_tenths(required));
}

// TELL names where something is set or removed in any spelling that has the words in it.
bool names(std::string_view value, std::string_view word) {
  return to_lower(value).find(word) != std::string::npos;
}

void apply_tell_header(Tell& tell, std::string_view name, std::string_view value) {
  // spamd takes every other word for ham; only the exact word means spam.
  if (iequals(name, "Message-class")) tell.which = value == "spam" ? Tell::Class::spam : Tell::Class::ham;
  if (iequals(name, "Set")) {
    tell.set_local = names(value, "local");
    tell.set_remote = names(value, "remote");
  }
  if (iequals(name, "Remove")) {
    tell.remove_local = names(value, "local");
    tell.remove_remote = names(value, "remote");
  }
}

}  // namespace

bool has_head(const Request& request) {
  const bool quiet = request.command == Command::ping || request.command == Command::skip;
  return quiet ? request.version >= kQuietHeadSince : request.version > kHeadSince;
}

std::string_view apply_header(Request& request, std::string_view name, std::string_view value) {
  apply_tell_header(request.tell, name, value);
  if (iequals(name, "Fuzzy")) {
    const auto order = fuzzy_order_from(value);
    if (!order) return "(Fuzzy header names no flag and weight)";
    request.tell.fuzzy = *order;
  }
  if (iequals(name, "Compress")) {
    request.zlib = names(value, "zlib");
    // A compressed body read as text would be judged by what it is not.
    if (!request.zlib) return "(compression type not supported)";
  }
  if (!iequals(name, "User")) return {};
  if (std::any_of(value.begin(), value.end(), is_control)) return "(User header contains control chars)";
  request.profile_user = value;
  return {};
}

std::string write(const Request& request, const Verdict& verdict, const ReplyOptions& options) {
  std::string body;
  if (request.command == Command::symbols) body = rule_names(verdict.scores);
  const bool spam = verdict.score >= options.required;
  if (request.command == Command::report || (request.command == Command::report_if_spam && spam)) {
    body = report(verdict, options.required, options.max_bytes);
  }
  const bool bare = request.command == Command::check || request.version < kLengthSince;
  if (request.command == Command::symbols && bare) body += "\r\n";
  const std::string length = bare ? "" : fmt::format("Content-length: {}\r\n", body.size());
  return fmt::format("SPAMD/1.1 0 EX_OK\r\n{}{}\r\n{}", length, spam_line(request, verdict, options.required),
                     body);
}

std::string write_mail(const Request& request, const Verdict& verdict, Points required,
                       const RewrittenMail& mail) {
  const bool whole = request.command == Command::process;
  const std::size_t size = mail.head.size() + mail.body.size() + mail.tail.size();
  const std::size_t shown = whole ? size : std::min(mail.headers, size);
  std::string reply =
      request.version < kMailLengthSince
          ? "SPAMD/1.0 0 EX_OK\r\n"
          : fmt::format("SPAMD/1.1 0 EX_OK\r\nContent-length: {}\r\n{}\r\n", shown,
                        request.version < kLengthSince ? "" : spam_line(request, verdict, required));
  const std::size_t end = reply.size() + shown;
  reply.reserve(end);
  for (const std::string_view piece : {std::string_view(mail.head), mail.body, std::string_view(mail.tail)})
    reply += piece.substr(0, end - reply.size());
  return reply;
}

std::string write_told(Told local, Told remote) {
  const auto line = [&](std::string_view name, Told told) {
    const bool here = local == told;
    const bool there = remote == told;
    if (!here && !there) return std::string();
    return fmt::format("{}: {}{}{}\r\n", name, here ? "local" : "", here && there ? "," : "",
                       there ? "remote" : "");
  };
  return fmt::format("SPAMD/1.1 0 EX_OK\r\n{}{}\r\n\r\n", line("DidSet", Told::learned),
                     line("DidRemove", Told::forgotten));
}

std::string write_pong() {
  return "SPAMD/1.5 0 PONG\r\n";
}

std::string write_error(int code, std::string_view detail) {
  const std::string_view prefix = code == kTimeout       ? "Timeout"
                                  : code == kUnavailable ? "Service Unavailable"
                                                         : "Bad header line";
  return fmt::format("SPAMD/1.0 {} {}: {}\r\n", code, prefix, detail);
}

}  // namespace xspamd::spamc
