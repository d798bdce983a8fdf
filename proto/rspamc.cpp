#include "proto/rspamc.h"

#include <fmt/format.h>

#include <array>
#include <span>

#include "proto/base/text.h"
#include "proto/symbol_list.h"

namespace xspamd::rspamc {

namespace {

// Exactly one leading and one trailing bracket: a quoted local part may hold more of them.
std::string_view unbracket(std::string_view path) {
  if (!path.empty() && path.front() == '<') path.remove_prefix(1);
  if (!path.empty() && path.back() == '>') path.remove_suffix(1);
  return path;
}

struct Header {
  std::string_view name;
  bool repeats;
  void (*apply)(Envelope& envelope, std::string_view value);
};

constexpr std::array<Header, 7> kHeaders{{
    {"Queue-Id", false,
     [](Envelope& e, std::string_view v) {
       e.queue_id = v;
     }},
    {"From", false,
     [](Envelope& e, std::string_view v) {
       e.sender = unbracket(v);
     }},
    {"Rcpt", true,
     [](Envelope& e, std::string_view v) {
       e.recipients.emplace_back(unbracket(v));
     }},
    {"Helo", false,
     [](Envelope& e, std::string_view v) {
       e.helo = v;
     }},
    {"Hostname", false,
     [](Envelope& e, std::string_view v) {
       e.hostname = v;
     }},
    {"IP", false,
     [](Envelope& e, std::string_view v) {
       e.client = IpAddress::parse(v);
     }},
    {"User", false,
     [](Envelope& e, std::string_view v) {
       e.user = v;
     }},
}};

// Exim takes the action as it stands; 31 characters at most, and all names are shorter.
std::string head_of(const Request& request, const Verdict& verdict, Action action) {
  return fmt::format("RSPAMD/{}.{} 0 EX_OK\r\nMetric: default; {}; {} / {} / {}\r\nAction: {}\r\n",
                     request.version.major, request.version.minor,
                     verdict.score >= verdict.required ? "True" : "False", to_tenths(verdict.score),
                     to_tenths(verdict.required), to_tenths(verdict.reject_at), name(action));
}

std::string line(std::string_view label, std::string_view text) {
  constexpr std::size_t kMaxText = 900;  // an SMTP line ends at 998 bytes, and the report goes into headers
  const std::string safe = printable(text);
  return fmt::format("{}: {}\r\n", label, cut_utf8(safe, kMaxText));
}

}  // namespace

void apply_header(Request& request, std::string_view name, std::string_view value, std::uint32_t& seen) {
  for (std::size_t i = 0; i < kHeaders.size(); ++i) {
    if (!iequals(kHeaders[i].name, name)) continue;
    const std::uint32_t bit = 1U << i;
    if ((seen & bit) == 0 || kHeaders[i].repeats) kHeaders[i].apply(request.envelope, value);
    seen |= bit;
    return;
  }
}

std::string write(const Request& request, const Verdict& verdict, const ReplyOptions& options) {
  const auto mapped = options.map.find(verdict.action);
  const Action action = mapped == options.map.end() ? verdict.action : mapped->second;

  std::string reply = head_of(request, verdict, action);
  std::string tail;
  if (!verdict.message.empty()) tail += line("Message", verdict.message);
  if (verdict.action == Action::rewrite_subject) tail += line("Subject", verdict.subject);
  tail += line("Message-ID", verdict.message_id.empty() ? "undef" : verdict.message_id);

  const std::size_t used = reply.size() + tail.size();
  const std::size_t room = options.max_bytes > used ? options.max_bytes - used : 0;
  reply += symbol_lines(verdict.scores, room);
  return reply + tail;
}

std::string write_pong(const Request& request) {
  return fmt::format("RSPAMD/{}.{} 0 PONG\r\n", request.version.major, request.version.minor);
}

}  // namespace xspamd::rspamc
