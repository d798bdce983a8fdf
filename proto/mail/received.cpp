#include "proto/mail/received.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "proto/base/text.h"
#include "proto/mail/address.h"
#include "proto/mail/header.h"
#include "proto/mail/received_clauses.h"
#include "proto/mail/received_tls.h"

namespace xspamd {

namespace {

using mail::header_text;
using mail::ReceivedClauses;

struct Protocol {
  bool local = false;
  bool smtp = false;
  bool tls = false;
  bool authenticated = false;
};

constexpr bool is_between(char c) {
  return is_blank(c) || c == '[' || c == ']' || c == '/';
}

// RFC 3848: ESMTP with S for TLS and A for a login; RFC 6531 §4.3 and Exim put "utf8" in front, Exim "local-"
// for what came from a program on its own machine. Other servers write such a word among others: "ESMTP-TLS",
// "[XMail 1.20 ESMTP Server]", "AES256-SHA encrypted SMTP".
Protocol protocol_of(std::string_view with) {
  Protocol protocol;
  protocol.local = iequals(with, "local") || istarts_with(with, "local-");
  if (istarts_with(with, "local-")) with.remove_prefix(6);
  protocol.tls = with.find(" encrypted ") != std::string_view::npos;
  for (std::size_t at = 0; at < with.size() && !protocol.smtp;) {
    const auto* begin = std::find_if_not(with.begin() + at, with.end(), is_between);
    const auto* end = std::find_if(begin, with.end(), is_between);
    std::string_view word(begin, static_cast<std::size_t>(end - begin));
    at = static_cast<std::size_t>(end - with.begin());
    if (iequals(word, "https")) protocol.tls = true;
    if (iequals(word, "asmtp")) protocol.smtp = protocol.authenticated = true;  // Exim before 4.30, Merak
    if (istarts_with(word, "utf8")) word.remove_prefix(4);
    for (const std::string_view base : {"esmtp", "smtp", "lmtp"}) {
      if (!istarts_with(word, base)) continue;
      const std::string flags = to_lower(word.substr(base.size()));
      protocol.smtp = true;
      protocol.tls |=
          flags == "s" || flags == "sa" || flags == "-tls" || istarts_with(with.substr(at), "/tls");
      protocol.authenticated = flags == "a" || flags == "sa";
      break;
    }
  }
  return protocol;
}

// "1.2.3.4", "[1.2.3.4]", "[1.2.3.4]:25", "[1.2.3.4:25]", "[IPv6:2001:db8::1]", "fe80::1%6"
std::optional<IpAddress> ip_of(std::string_view text) {
  text = trim(text);
  if (text.starts_with('[')) text = trim(text.substr(1, text.find(']') - 1));
  if (istarts_with(text, "IPv6:")) text.remove_prefix(5);
  text = text.substr(0, text.find('%'));
  const std::size_t colon = text.find(':');
  const bool port = colon != std::string_view::npos && text.find(':', colon + 1) == std::string_view::npos;
  return IpAddress::parse(text.substr(0, port ? colon : std::string_view::npos));
}

std::string_view first_word(std::string_view text) {
  text = trim(text);
  const auto ends = [](char c) {
    return is_blank(c) || c == ',';
  };
  return text.substr(0,
                     static_cast<std::size_t>(std::find_if(text.begin(), text.end(), ends) - text.begin()));
}

std::string_view last_word(std::string_view text) {
  text = trim(text);
  const std::size_t blank = text.find_last_of(" \t");
  return blank == std::string_view::npos ? text : text.substr(blank + 1);
}

std::string_view without_brackets(std::string_view text) {
  if (text.ends_with(',')) text.remove_suffix(1);
  if (text.starts_with('<')) text.remove_prefix(1);
  if (text.ends_with('>')) text.remove_suffix(1);
  return text;
}

// A name that a server looked up. Sendmail and qmail put the client's ident answer in front. Addresses, and
// what servers write when they found nothing, are none.
std::string host_name(std::string_view text) {
  constexpr std::array<std::string_view, 4> kNothing = {"unknown", "unverified", "softdnserr", "localhost."};
  text = without_brackets(text);
  const std::size_t at = text.rfind('@');
  if (at != std::string_view::npos) text.remove_prefix(at + 1);
  const auto is_text = [&](std::string_view nothing) {
    return iequals(text, nothing);
  };
  if (std::any_of(kNothing.begin(), kNothing.end(), is_text)) return {};
  if (text.starts_with('[') || ip_of(text)) return {};
  if (text.ends_with('.')) text.remove_suffix(1);
  return header_text(text);
}

// Exim's "helo=NAME", "port=N", "ident=X" after an optional address.
std::string_view item(std::string_view comment, std::string_view name) {
  if (comment.find('=') == std::string_view::npos) return {};
  while (!comment.empty()) {
    comment = trim(comment);
    const std::string_view word = comment.substr(0, comment.find_first_of(" \t"));
    if (istarts_with(word, name)) return word.substr(name.size());
    comment.remove_prefix(word.size());
  }
  return {};
}

// The word behind `keyword`, which stands at the start of a word of the comment; empty if there is none.
std::string_view word_after(std::string_view comment, std::string_view keyword) {
  std::string_view before;
  while (!comment.empty()) {
    const std::string_view word = first_word(comment);
    comment.remove_prefix(static_cast<std::size_t>(word.data() - comment.data()) + word.size());
    if (iequals(before, keyword)) return word;
    before = word;
    if (comment.starts_with(',')) comment.remove_prefix(1);
    comment = trim(comment);
  }
  return {};
}

// "ident@IP", "IP", "X IP": the address among the first words.
std::optional<IpAddress> bare_ip(std::string_view comment) {
  for (int words = 0; words < 3 && !comment.empty(); ++words) {
    const std::string_view word = first_word(comment);
    if (const auto ip = ip_of(word.substr(word.rfind('@') + 1))) return ip;
    comment = trim(comment);
    comment.remove_prefix(std::min(word.size() + 1, comment.size()));
  }
  return std::nullopt;
}

// "NAME [IP]", "[IP]", "IP", "ident@IP", "NAME": what the comment does not hold is left as it is.
void read_address_comment(std::string_view comment, Received& received) {
  const std::size_t open = comment.find('[');
  if (open == std::string_view::npos) {
    received.ip = bare_ip(comment);
    const std::string_view name = trim(comment);
    const bool alone = name.find_first_of(" \t@=/:") == std::string_view::npos;
    if (!received.ip && alone && received.rdns.empty() && name.find('.') != std::string_view::npos)
      received.rdns = host_name(name);
    return;
  }
  received.ip = ip_of(comment.substr(open));
  // Sendmail: the name does not lead back to the address.
  const bool forged = ifind(comment.substr(open, 200), "may be forged") != std::string_view::npos;
  const bool known = received.ip || comment.substr(open) == "[local]";
  std::string rdns = host_name(last_word(comment.substr(0, open)));
  if (known && !forged && !rdns.empty()) received.rdns = std::move(rdns);
}

bool is_exim(const ReceivedClauses& clauses) {
  const auto exim = [](std::string_view comment) {
    return comment.starts_with("Exim ");
  };
  // Without the version, which can be hidden: Exim alone writes this comment beside a protocol in small
  // letters.
  const auto sender = [](std::string_view comment) {
    return comment.starts_with("envelope-from <") && comment.ends_with('>');
  };
  const std::string_view with = clauses.value[mail::kWith];
  const auto& comments = clauses.comments;
  return std::any_of(comments.begin(), comments.end(), exim) ||
         (std::any_of(comments.begin(), comments.end(), sender) && to_lower(with) == with);
}

void read_exim_client(const ReceivedClauses& clauses, const Protocol& protocol, Received& received) {
  const std::string_view host = clauses.value[mail::kFrom];
  const std::string_view comment = clauses.from_comments.empty() ? "" : clauses.from_comments.front();
  std::string_view helo = item(comment, "helo=");
  if (protocol.local) {
    received.user = header_text(host);
  } else if (host.starts_with('[')) {
    received.ip = ip_of(host);
    // Exim leaves a HELO out that is the address itself, and ESMTP is not spoken without one.
    const bool literal = helo.empty() && istarts_with(received.with, "e");
    if (literal) helo = host.substr(0, host.find(']') + 1);
  } else {
    received.rdns = host_name(host);
    received.ip = ip_of(first_word(comment));
    // Exim 3: "NAME [IP]", "NAME (HELO) [IP]"
    if (!received.ip && !clauses.from_words.empty()) {
      received.ip = ip_of(clauses.from_words.front());
      const bool name = comment.find_first_of(" =[") == std::string_view::npos;
      if (name && helo.empty()) helo = comment;
    }
    if (helo.empty()) helo = host;  // left out when it is the same
  }
  received.helo = header_text(helo);
}

struct Login {
  std::string_view start;  // of a comment
  bool last_word;          // the name is the last word of the comment, else the first behind `start`
};
// Of Postfix; Kerio and others; SquirrelMail; Sendmail, which tells no name. All hold a blank, which no
// server lets through where a client has its own words in a comment (the answer of ident).
constexpr std::array<Login, 5> kLogins{{{"Authenticated sender:", true},
                                        {"authenticated user ", false},
                                        {"authenticated as ", false},
                                        {"SquirrelMail authenticated user ", false},
                                        {"authenticated bits", true}}};

// Courier: "AUTH: LOGIN X, TLS: ...", or without the mechanism.
void read_courier_login(std::string_view login, Received& received) {
  login = trim(login.substr(0, login.find(',')));
  received.user = header_text(trim(login.substr(std::min(login.find(' '), login.size()))));
  if (received.user.empty()) received.user = header_text(login);
  received.authenticated = true;
}

// False if the comment tells of no login.
bool read_login(std::string_view comment, Received& received) {
  constexpr std::string_view kCourier = "AUTH: ";
  if (istarts_with(comment, kCourier)) {
    read_courier_login(comment.substr(kCourier.size()), received);
    return true;
  }
  received.authenticated |= comment == "authenticated";  // Sendmail 8.11
  for (const Login& login : kLogins) {
    if (!istarts_with(comment, login.start)) continue;
    const std::string_view rest = trim(comment.substr(login.start.size()));
    const bool named = login.start.ends_with(' ') || login.start.ends_with(':');
    if (named) received.user = header_text(login.last_word ? rest : first_word(rest));
    received.authenticated = true;
    return true;
  }
  return false;
}

// qmail: from RDNS (HELO NAME) (IP); smap: "IP, HELO NAME". False if there is none.
bool read_helo(std::string_view comment, std::string_view host, Received& received) {
  if (ifind(comment.substr(0, 200), "LO") == std::string_view::npos) return false;
  for (const std::string_view command : {"HELO", "EHLO", "LHLO"}) {
    const bool first = istarts_with(comment, command) && comment.substr(4).starts_with(' ');
    const std::string_view name = first ? trim(comment.substr(5)) : word_after(comment, command);
    if (!first && name.empty()) continue;
    received.helo = header_text(name);
    received.rdns = host_name(host);
    if (!first && !received.ip) received.ip = bare_ip(comment);
    return true;
  }
  return false;
}

// CommuniGate: "account X HELO NAME", "account X [IP] verified". Gives what follows the name.
std::string_view behind_account(std::string_view comment, Received& received) {
  constexpr std::string_view kAccount = "account ";
  if (!istarts_with(comment, kAccount)) return comment;
  comment = trim(comment.substr(kAccount.size()));
  const std::string_view name = first_word(comment);
  received.user = header_text(name);
  received.authenticated = true;
  return trim(comment.substr(name.size()));
}

void read_from_comment(std::string_view comment, const ReceivedClauses& clauses, Received& received) {
  const std::string_view host = clauses.value[mail::kFrom];
  comment = behind_account(comment, received);
  if (read_login(comment, received) || read_helo(comment, host, received)) return;
  if (const auto helo = item(comment, "helo="); !helo.empty()) {
    received.helo = header_text(helo);
    received.rdns = host_name(host);
    if (comment.starts_with('[')) received.ip = ip_of(first_word(comment));
    return;
  }
  if (!clauses.seen[mail::kFrom] && istarts_with(comment, "from ")) {
    received.from = header_text(first_word(comment.substr(5)));
    const Mailbox mailbox = parse_path(received.from);
    // Sendmail, submission: (from USER@localhost). NAVGW puts the whole clause in parentheses.
    (mailbox.domain.empty() ? received.helo : received.user) = mailbox.local;
    if (mailbox.domain.empty()) received.ip = ip_of(last_word(comment));
    return;
  }
  if (received.ip) return;
  read_address_comment(comment, received);
  // Yahoo: (USER@IP with login)
  const std::string_view ident = first_word(comment);
  const std::size_t at = ident.rfind('@');
  if (received.ip && at != std::string_view::npos && !word_after(comment, "with").empty()) {
    received.user = header_text(ident.substr(0, at));
    received.authenticated = true;
  }
}

void read_client(const ReceivedClauses& clauses, const Protocol& protocol, Received& received) {
  const std::string_view host = clauses.value[mail::kFrom];
  const auto& words = clauses.from_words;
  // "from mail pickup service": more than a name, and nothing about a client.
  const bool described = !words.empty() && clauses.from_comments.empty() && words.front().front() != '[' &&
                         words.front().front() != '(';
  const bool greeted = protocol.smtp || received.with.empty() || !received.via.empty();
  if (greeted && !described) received.helo = header_text(without_brackets(host));
  for (const std::string_view comment : clauses.from_comments)
    read_from_comment(comment, clauses, received);
  // MDaemon, IMail, GMX: the address stands without a comment.
  if (!received.ip && !words.empty() && words.front().starts_with('[')) received.ip = ip_of(words.front());
  // Webmail: "as user X"
  if (!protocol.smtp && words.size() >= 3 && iequals(words[words.size() - 3], "as") &&
      iequals(words[words.size() - 2], "user")) {
    received.user = header_text(words.back());
    received.authenticated = true;
  }
  if (!received.ip) received.ip = ip_of(host);
}

void read_tls(const ReceivedClauses& clauses, const Protocol& protocol, Received& received) {
  mail::ReceivedTls tls;
  for (const std::string_view comment : clauses.comments)
    mail::read_tls_comment(comment, tls);
  // Before "by" a client may have chosen the text, all but what Postfix and Courier write there.
  for (const std::string_view comment : clauses.from_comments) {
    if (istarts_with(comment, "using ") || comment.starts_with("TLS: ") || comment.starts_with("AUTH: "))
      mail::read_tls_comment(comment, tls);
  }
  if (tls.cipher.empty()) tls.cipher = header_text(clauses.value[mail::kTls]);
  // "ESMTP/TLS/CIPHER", "CIPHER encrypted SMTP"
  const std::size_t slash = received.with.find("/TLS/");
  const std::size_t encrypted = received.with.find(" encrypted ");
  if (tls.cipher.empty() && slash != std::string::npos) tls.cipher = received.with.substr(slash + 5);
  if (tls.cipher.empty() && encrypted != std::string::npos) tls.cipher = received.with.substr(0, encrypted);
  received.tls = tls.used || clauses.seen[mail::kTls] || protocol.tls;
  received.tls_version = std::move(tls.version);
  if (received.tls) received.tls_cipher = std::move(tls.cipher);
}

}  // namespace

std::optional<Received> parse_received(std::string_view unfolded) {
  const ReceivedClauses clauses = mail::read_clauses(unfolded);
  if (!clauses.seen[mail::kFrom] && !clauses.seen[mail::kBy]) return std::nullopt;
  Received received;
  received.from = header_text(clauses.value[mail::kFrom]);
  received.by = header_text(without_brackets(clauses.value[mail::kBy]));
  received.via = header_text(clauses.value[mail::kVia]);
  received.with = header_text(clauses.value[mail::kWith]);
  received.id = header_text(without_brackets(clauses.value[mail::kId]));
  const std::string_view recipients = clauses.value[mail::kFor];
  received.envelope_for = parse_path(recipients.substr(0, recipients.find(">,"))).address();
  const Protocol protocol = protocol_of(clauses.value[mail::kWith]);
  if (is_exim(clauses)) {
    read_exim_client(clauses, protocol, received);
  } else {
    read_client(clauses, protocol, received);
  }
  received.authenticated |= protocol.authenticated;
  read_tls(clauses, protocol, received);
  if (clauses.has_date) received.date = parse_any_date(clauses.date);
  return received;
}

}  // namespace xspamd
