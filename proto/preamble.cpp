#include "proto/preamble.h"

#include <utility>

#include "proto/base/text.h"
#include "proto/bsmtp.h"
#include "proto/mail/lexical.h"

namespace xspamd {

namespace {

std::string_view line_end_removed(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// The line at `at` with its line end if it is a whole, unfolded "NAME: ..." line, else nothing.
std::optional<std::string_view> envelope_line(std::string_view body, std::size_t at, std::string_view name) {
  const std::string_view rest = body.substr(at);
  if (!istarts_with(rest, name)) return std::nullopt;
  const std::size_t lf = rest.find('\n');
  if (lf == std::string_view::npos) return std::nullopt;
  // Exim never folds these lines; a folded one is the sender's.
  if (lf + 1 < rest.size() && is_blank(rest[lf + 1])) return std::nullopt;
  return rest.substr(0, lf + 1);
}

// One "<" and one ">" only: a quoted local part may hold more of them.
std::string path_of(std::string_view text) {
  text = trim(text);
  if (text.starts_with('<')) text.remove_prefix(1);
  if (text.ends_with('>')) text.remove_suffix(1);
  return std::string(text);
}

std::vector<std::string> recipients_of(std::string_view list) {
  std::vector<std::string> recipients;
  bool quotes = true;
  std::size_t begin = 0;
  for (std::size_t at = 0; at <= list.size() && recipients.size() < Preamble::kMostRecipients;) {
    if (at == list.size() || list[at] == ',') {
      std::string path = path_of(list.substr(begin, at - begin));
      if (!path.empty()) recipients.push_back(std::move(path));
      begin = ++at;
      continue;
    }
    const bool quote = quotes && list[at] == '"';
    const std::size_t length = quote ? mail::quoted_length(list.substr(at)) : 0;
    if (quote && length == 0) quotes = false;
    at += length == 0 ? 1 : length;
  }
  return recipients;
}

// With ">" in front of what came by UUCP: RFC 976 §2.4.
std::size_t mbox_line_length(std::string_view body) {
  if (!body.starts_with("From ") && !body.starts_with(">From ")) return 0;
  std::size_t end = body.find('\n');
  if (end == std::string_view::npos) end = body.find('\r');
  return end == std::string_view::npos ? body.size() : end + 1;
}

}  // namespace

Preamble read_preamble(std::string_view body) {
  constexpr std::string_view kSender = "X-Envelope-From:";
  constexpr std::string_view kRecipients = "X-Envelope-To:";
  Preamble preamble;
  if (auto batch = read_batch(body, Preamble::kMostRecipients)) {
    preamble.helo = std::move(batch->helo);
    preamble.sender = std::move(batch->sender);
    preamble.recipients = std::move(batch->recipients);
    preamble.batch = true;
    preamble.length = batch->length;
    return preamble;
  }
  preamble.length = mbox_line_length(body);
  if (const auto line = envelope_line(body, preamble.length, kSender)) {
    preamble.sender = path_of(line_end_removed(*line).substr(kSender.size()));
    preamble.length += line->size();
  }
  if (const auto line = envelope_line(body, preamble.length, kRecipients)) {
    preamble.recipients = recipients_of(line_end_removed(*line).substr(kRecipients.size()));
    preamble.length += line->size();
  }
  return preamble;
}

void take_preamble(Request& request) {
  if (request.dialect == Dialect::milter) return;
  Preamble preamble = read_preamble(request.body);
  if (rewrites_mail(request.command)) request.preamble = request.body.substr(0, preamble.length);
  request.was_batch = preamble.batch;
  request.body.erase(0, preamble.length);
  if (preamble.batch) unstuff(request.body);
  Envelope& envelope = request.envelope;
  if (envelope.helo.empty()) envelope.helo = std::move(preamble.helo);
  // Exim leaves the line out for the null sender, so a sender here never replaces a "From: <>" of the head.
  if (envelope.sender.empty() && preamble.sender) envelope.sender = std::move(*preamble.sender);
  if (envelope.recipients.empty()) envelope.recipients = std::move(preamble.recipients);
}

}  // namespace xspamd
