#include "proto/rspamc.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

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

struct TailLine {
  std::string_view label;
  std::string_view text;
};

// The lines after the symbols, in at most `room` bytes: what the sender wrote there must not make the reply
// longer than it may be. Each line may take an even share of what the lines before it left.
std::string tail_of(const std::vector<TailLine>& lines, std::size_t room) {
  constexpr std::size_t kMaxText = 900;  // an SMTP line ends at 998 bytes, and the report goes into headers
  std::string tail;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::size_t share = (room - std::min(room, tail.size())) / (lines.size() - i);
    const std::size_t frame = lines[i].label.size() + std::string_view(": \r\n").size();
    const std::string safe = printable(lines[i].text);
    const std::size_t most = std::min(kMaxText, share - std::min(share, frame));
    tail += fmt::format("{}: {}\r\n", lines[i].label, cut_utf8(safe, most));
  }
  return tail;
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
  std::vector<TailLine> lines;
  if (!verdict.message.empty()) lines.push_back({"Message", verdict.message});
  if (verdict.action == Action::rewrite_subject) lines.push_back({"Subject", verdict.subject});
  const std::string_view id = verdict.message_id;
  lines.push_back({"Message-ID", id.empty() ? "undef" : id});

  constexpr std::size_t kMoreSymbols = 64;  // the line that all symbols may have to be folded into
  const auto left = [&](std::size_t used) {
    return options.max_bytes - std::min(options.max_bytes, used);
  };
  const std::string tail = tail_of(lines, left(reply.size() + kMoreSymbols));
  reply += symbol_lines(verdict.scores, left(reply.size() + tail.size()));
  return reply + tail;
}

std::string write_pong(const Request& request) {
  return fmt::format("RSPAMD/{}.{} 0 PONG\r\n", request.version.major, request.version.minor);
}

}  // namespace xspamd::rspamc
