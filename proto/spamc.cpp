#include "proto/spamc.h"

#include <fmt/format.h>

#include <algorithm>

#include "proto/base/text.h"

namespace xspamd::spamc {

namespace {

constexpr Version kHeadSince{1, 0};       // newer than this
constexpr Version kQuietHeadSince{1, 5};  // PING and SKIP

std::string spam_line(const Verdict& verdict, Points required, std::string_view yes, std::string_view no) {
  return fmt::format("Spam: {} ; {} / {}\r\n", verdict.score >= required ? yes : no, to_tenths(verdict.score),
                     to_tenths(required));
}

}  // namespace

bool has_head(const Request& request) {
  const bool quiet = request.command == Command::ping || request.command == Command::skip;
  return quiet ? request.version >= kQuietHeadSince : request.version > kHeadSince;
}

std::string_view apply_header(Request& request, std::string_view name, std::string_view value) {
  // A compressed body read as text would be judged by what it is not.
  if (iequals(name, "Compress")) return "(compression type not supported)";
  if (!iequals(name, "User")) return {};
  if (std::any_of(value.begin(), value.end(), is_control)) return "(User header contains control chars)";
  request.profile_user = value;
  return {};
}

std::string write(const Request& request, const Verdict& verdict, const ReplyOptions& options) {
  (void)request;
  return fmt::format("SPAMD/1.1 0 EX_OK\r\n{}\r\n", spam_line(verdict, options.required, "True", "False"));
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
