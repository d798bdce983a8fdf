#include "proto/mail/received.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "proto/base/text.h"
#include "proto/mail/address.h"
#include "proto/mail/header.h"
#include "proto/mail/lexical.h"

namespace xspamd {

namespace {

constexpr std::size_t kMostTokens = 200;

struct Token {
  bool comment = false;
  std::string_view text;  // of a comment: without its parentheses
};

struct Tokens {
  std::vector<Token> list;
  std::string_view date;  // after the last semicolon outside comments
  bool has_date = false;
};

class Tokenizer {
 public:
  explicit Tokenizer(std::string_view text) : text_(text) {}

  Tokens read() {
    while (at_ < text_.size())
      step();
    return std::move(tokens_);
  }

 private:
  void step() {
    const char c = text_[at_];
    if (is_space(c)) {
      ++at_;
    } else if (c == ';') {
      add(false, text_.substr(at_, 1));
      tokens_.date = text_.substr(++at_);
      tokens_.has_date = true;
    } else if (const std::size_t length = c == '(' ? comment() : 0; length > 0) {
      add(true, text_.substr(at_ + 1, length - 2));
      at_ += length;
    } else {
      take_word();
    }
  }

  // Exim writes the sender as it came into "(envelope-from <...>)", and a quoted local part may hold
  // parentheses: there, and only there, quotes count.
  std::size_t comment() {
    if (!comments_) return 0;
    const std::string_view rest = text_.substr(at_);
    if (istarts_with(rest, "(envelope-from <\"") && quotes_) {
      constexpr std::size_t kQuote = 16;
      const std::size_t quoted = mail::quoted_length(rest.substr(kQuote));
      const std::size_t close = quoted == 0 ? quoted : rest.find(')', kQuote + quoted);
      if (quoted > 0 && close != std::string_view::npos) return close + 1;
      quotes_ = false;
    }
    const std::size_t length = mail::comment_length(rest);
    comments_ = length > 0;
    return length;
  }

  void take_word() {
    const std::size_t begin = at_++;
    if (text_[begin] == '"') at_ = begin;
    while (at_ < text_.size() && !is_space(text_[at_]) && text_[at_] != ';') {
      const char c = text_[at_];
      if (c == '(' && comments_) break;
      const std::size_t length = c == '"' && quotes_ ? mail::quoted_length(text_.substr(at_)) : 0;
      if (c == '"') quotes_ = length > 0;
      at_ += std::max<std::size_t>(length, 1);
    }
    add(false, text_.substr(begin, at_ - begin));
  }

  void add(bool comment, std::string_view text) {
    if (tokens_.list.size() < kMostTokens) tokens_.list.push_back({comment, text});
  }

  std::string_view text_;
  std::size_t at_ = 0;
  Tokens tokens_;
  bool comments_ = true;  // false after one without end: it is then an ordinary character
  bool quotes_ = true;
};

enum Clause : std::size_t { kFrom, kBy, kVia, kWith, kId, kFor, kTls, kClauses };
constexpr std::array<std::string_view, kClauses> kKeywords = {"from", "by",  "via", "with",
                                                              "id",   "for", "tls"};

std::size_t clause_of(const Token& token) {
  if (token.comment) return kClauses;
  const auto* found = std::find_if(kKeywords.begin(), kKeywords.end(),
                                   [&](std::string_view keyword) { return iequals(token.text, keyword); });
  return static_cast<std::size_t>(found - kKeywords.begin());
}

bool ends_clause(const Token& token) {
  return token.comment || token.text == ";";
}

struct Clauses {
  std::array<std::string_view, kClauses> value{};
  std::array<bool, kClauses> seen{};
  std::vector<std::string_view> from_comments;  // before "by": what the server says about its client
  std::vector<std::string_view> comments;       // the others
};

// Only the first clause of a kind counts, and the word after a keyword is its value whatever it is: a client
// may call itself "by".
Clauses find_clauses(const std::vector<Token>& tokens) {
  constexpr std::ptrdiff_t kLongestProtocol = 60;
  Clauses clauses;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i].comment) {
      (clauses.seen[kBy] ? clauses.comments : clauses.from_comments).push_back(tokens[i].text);
      continue;
    }
    const std::size_t clause = clause_of(tokens[i]);
    if (clause == kClauses || clauses.seen[clause]) continue;
    clauses.seen[clause] = true;
    if (i + 1 == tokens.size() || ends_clause(tokens[i + 1])) continue;
    const char* begin = tokens[++i].text.data();
    // "with Microsoft SMTP Server": up to the next clause or comment.
    while (clause == kWith && i + 1 < tokens.size() && clause_of(tokens[i + 1]) == kClauses &&
           !ends_clause(tokens[i + 1]) && tokens[i + 1].text.data() < begin + kLongestProtocol)
      ++i;
    const std::string_view last = tokens[i].text;
    clauses.value[clause] = {begin, static_cast<std::size_t>(last.data() + last.size() - begin)};
  }
  return clauses;
}

// "TLSv1.3", "TLS1_3", "TLSv1/SSLv3", "TLS1.2:CIPHER:256" -> "TLS1.3"; nothing if it is no version.
std::string uniform_tls(std::string_view text) {
  if (!istarts_with(text, "TLS") && !istarts_with(text, "SSL")) return {};
  std::string version(istarts_with(text, "TLS") ? "TLS" : "SSL");
  text.remove_prefix(3);
  if (!text.empty() && (to_lower(text.front()) == 'v' || text.front() == '_')) text.remove_prefix(1);
  if (text.empty() || !is_digit(text.front())) return {};
  version += text.front();
  const bool minor = text.size() > 2 && (text[1] == '.' || text[1] == '_') && is_digit(text[2]);
  version += '.';
  version += minor ? text[2] : '0';
  return version;
}

// Of a comment after "by". Before it a client may have chosen the text, all but Postfix's "using".
std::string tls_version(std::string_view comment) {
  constexpr std::string_view kUsing = "using ";
  constexpr std::string_view kVersion = "version=";
  if (istarts_with(comment, kUsing)) comment.remove_prefix(kUsing.size());
  if (istarts_with(comment, kVersion)) comment.remove_prefix(kVersion.size());
  return uniform_tls(comment);
}

struct Protocol {
  bool local = false;
  bool tls = false;
  bool authenticated = false;
};

// RFC 3848: ESMTP with S for TLS and A for a login; RFC 6531 §4.3 and Exim put "utf8" in front, Exim "local-"
// for what came from a program on its own machine.
Protocol protocol_of(std::string_view with) {
  Protocol protocol;
  if (istarts_with(with, "utf8")) with.remove_prefix(4);
  protocol.local = iequals(with, "local") || istarts_with(with, "local-");
  if (istarts_with(with, "local-")) with.remove_prefix(6);
  if (iequals(with, "https")) protocol.tls = true;
  for (const std::string_view base : {"esmtp", "smtp", "lmtp"}) {
    if (!istarts_with(with, base)) continue;
    const std::string flags = to_lower(with.substr(base.size()));
    protocol.tls = flags == "s" || flags == "sa";
    protocol.authenticated = flags == "a" || flags == "sa";
    break;
  }
  if (iequals(with, "asmtp")) protocol.authenticated = true;  // Exim before 4.30
  return protocol;
}

// "1.2.3.4", "[1.2.3.4]", "[1.2.3.4]:25", "[IPv6:2001:db8::1]"
std::optional<IpAddress> ip_of(std::string_view text) {
  if (text.starts_with('[')) text = text.substr(1, text.find(']') - 1);
  if (istarts_with(text, "IPv6:")) text.remove_prefix(5);
  return IpAddress::parse(text);
}

std::string_view last_word(std::string_view text) {
  text = trim(text);
  const std::size_t blank = text.find_last_of(" \t");
  return blank == std::string_view::npos ? text : text.substr(blank + 1);
}

// A name that a server looked up. Sendmail and qmail put the client's ident answer in front.
std::string host_name(std::string_view text) {
  const std::size_t at = text.rfind('@');
  if (at != std::string_view::npos) text.remove_prefix(at + 1);
  if (text.ends_with('.')) text.remove_suffix(1);
  return iequals(text, "unknown") ? std::string() : mail::header_text(text);
}

// Exim's "helo=NAME", "port=N", "ident=X" after an optional address.
std::string_view item(std::string_view comment, std::string_view name) {
  while (!comment.empty()) {
    comment = trim(comment);
    const std::string_view word = comment.substr(0, comment.find_first_of(" \t"));
    if (istarts_with(word, name)) return word.substr(name.size());
    comment.remove_prefix(word.size());
  }
  return {};
}

// "NAME [IP]", "[IP]", "IP", "ident@IP": nothing is changed if the comment holds no address.
void read_address_comment(std::string_view comment, Received& received) {
  const std::size_t open = comment.find('[');
  if (open == std::string_view::npos) {
    const std::string_view word = comment.substr(0, comment.find_first_of(" \t"));
    received.ip = ip_of(word.substr(word.rfind('@') + 1));
    return;
  }
  received.ip = ip_of(comment.substr(open));
  // Sendmail: the name does not lead back to the address.
  const bool forged = ifind(comment.substr(open, 200), "may be forged") != std::string_view::npos;
  std::string rdns = host_name(last_word(comment.substr(0, open)));
  if (received.ip && !forged && !rdns.empty()) received.rdns = std::move(rdns);
}

bool is_exim(const Clauses& clauses) {
  const auto exim = [](std::string_view comment) {
    return comment.starts_with("Exim ");
  };
  // Without the version, which can be hidden: Exim alone writes this comment beside a protocol in small
  // letters.
  const auto sender = [](std::string_view comment) {
    return comment.starts_with("envelope-from <");
  };
  const std::string_view with = clauses.value[kWith];
  const auto& comments = clauses.comments;
  return std::any_of(comments.begin(), comments.end(), exim) ||
         (std::any_of(comments.begin(), comments.end(), sender) && to_lower(with) == with);
}

void read_exim_client(const Clauses& clauses, Received& received) {
  const std::string_view host = clauses.value[kFrom];
  const std::string_view comment = clauses.from_comments.empty() ? "" : clauses.from_comments.front();
  const Protocol protocol = protocol_of(received.with);
  std::string_view helo = item(comment, "helo=");
  if (protocol.local) {
    received.user = mail::header_text(host);
  } else if (host.starts_with('[')) {
    received.ip = ip_of(host);
    // Exim leaves a HELO out that is the address itself, and ESMTP is not spoken without one.
    const bool literal = helo.empty() && istarts_with(received.with, "e");
    if (literal) helo = host.substr(0, host.find(']') + 1);
  } else {
    received.rdns = host_name(host);
    received.ip = ip_of(comment.substr(0, comment.find_first_of(" \t")));
    if (helo.empty()) helo = host;  // left out when it is the same
  }
  received.helo = mail::header_text(helo);
}

// "Authenticated sender: X" (Postfix), "AUTH: LOGIN X" (Courier), "authenticated bits=0" (Sendmail); false if
// it is none.
bool read_login(std::string_view comment, Received& received) {
  constexpr std::string_view kSender = "Authenticated sender:";
  constexpr std::string_view kCourier = "AUTH:";
  if (istarts_with(comment, kSender)) {
    received.user = mail::header_text(trim(comment.substr(kSender.size())));
  } else if (istarts_with(comment, kCourier)) {
    const std::string_view login = trim(comment.substr(kCourier.size()));
    const std::size_t name = std::min(login.find(' '), login.size());
    received.user = mail::header_text(trim(login.substr(name).substr(0, login.substr(name).find(','))));
  } else if (!istarts_with(comment, "authenticated bits")) {
    return false;
  }
  received.authenticated = true;
  return true;
}

void read_client(const Clauses& clauses, Received& received) {
  const std::string_view host = clauses.value[kFrom];
  received.helo = mail::header_text(host);
  for (const std::string_view comment : clauses.from_comments) {
    if (read_login(comment, received)) continue;
    if (istarts_with(comment, "HELO ") || istarts_with(comment, "EHLO ")) {
      // qmail: from RDNS (HELO NAME) (IP)
      received.helo = mail::header_text(trim(comment.substr(5)));
      received.rdns = host_name(host);
    } else if (const auto helo = item(comment, "helo="); !helo.empty()) {
      received.helo = mail::header_text(helo);
      if (!host.starts_with('[')) received.rdns = host_name(host);
      if (comment.starts_with('[')) received.ip = ip_of(comment.substr(0, comment.find_first_of(" \t")));
    } else if (!clauses.seen[kFrom] && istarts_with(comment, "from ")) {
      // Sendmail, submission: (from USER@localhost)
      received.user = parse_path(comment.substr(5)).local;
    } else if (!received.ip) {
      read_address_comment(comment, received);
    }
  }
  if (!received.ip) received.ip = ip_of(host);
}

}  // namespace

std::optional<Received> parse_received(std::string_view unfolded) {
  const Tokens tokens = Tokenizer(unfolded).read();
  const Clauses clauses = find_clauses(tokens.list);
  if (!clauses.seen[kFrom] && !clauses.seen[kBy]) return std::nullopt;
  Received received;
  received.by = mail::header_text(clauses.value[kBy]);
  received.with = mail::header_text(clauses.value[kWith]);
  received.id = mail::header_text(clauses.value[kId]);
  const std::string_view recipients = clauses.value[kFor];
  const std::size_t more = recipients.find(">,");
  received.envelope_for = parse_path(recipients.substr(0, more)).address();
  if (is_exim(clauses)) {
    read_exim_client(clauses, received);
  } else {
    read_client(clauses, received);
  }
  const Protocol protocol = protocol_of(received.with);
  received.authenticated |= protocol.authenticated;
  received.tls = protocol.tls || clauses.seen[kTls];
  for (const std::string_view comment : clauses.comments) {
    if (received.tls_version.empty()) received.tls_version = tls_version(comment);
  }
  for (const std::string_view comment : clauses.from_comments) {
    if (istarts_with(comment, "using ") && received.tls_version.empty())
      received.tls_version = tls_version(comment);
  }
  received.tls |= !received.tls_version.empty();
  if (tokens.has_date) received.date = parse_date(tokens.date);
  return received;
}

}  // namespace xspamd
