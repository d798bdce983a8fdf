#include "rules/bayes/fields.h"

#include <algorithm>
#include <array>

#include "proto/base/text.h"
#include "proto/mail/address.h"
#include "proto/mail/date.h"
#include "proto/mail/message.h"
#include "rules/addresses.h"
#include "rules/bayes/domains.h"
#include "rules/bayes/hops.h"
#include "rules/bayes/words.h"

namespace xspamd::bayes {

namespace {

enum class Use {
  ignored,   // says what a filter thinks, or is written at delivery
  presence,  // of any other field: its name and its place
  value,     // a short value
  program,   // words
};

struct FieldUse {
  std::string_view name;
  Use use;
};

// In lower case, sorted. Delivery agents, mailbox formats and mail programs write those that are ignored.
constexpr auto kUses = std::to_array<FieldUse>({
    {"auto-submitted", Use::value},  {"content-language", Use::value}, {"content-length", Use::ignored},
    {"delivered-to", Use::ignored},  {"delivery-date", Use::ignored},  {"envelope-from", Use::ignored},
    {"envelope-to", Use::ignored},   {"importance", Use::value},       {"lines", Use::ignored},
    {"mime-version", Use::value},    {"organization", Use::program},   {"precedence", Use::value},
    {"priority", Use::value},        {"received", Use::ignored},       {"return-path", Use::ignored},
    {"status", Use::ignored},        {"user-agent", Use::program},     {"x-envelope-from", Use::ignored},
    {"x-envelope-to", Use::ignored}, {"x-folder", Use::ignored},       {"x-keywords", Use::ignored},
    {"x-mailer", Use::program},      {"x-mimeole", Use::program},      {"x-msmail-priority", Use::value},
    {"x-original-to", Use::ignored}, {"x-priority", Use::value},       {"x-sieve", Use::ignored},
    {"x-status", Use::ignored},      {"x-uid", Use::ignored},          {"x-uidl", Use::ignored},
});

// Fields of filters and mail stores: parts of names, in lower case.
constexpr auto kJudging = std::to_array<std::string_view>({"spam",       "ham-",
                                                           "bogosity",   "bayes",
                                                           "score",      "virus",
                                                           "junk",       "phish",
                                                           "greylist",   "scanned",
                                                           "scanner",    "verdict",
                                                           "amavis",     "clamav",
                                                           "barracuda",  "ironport",
                                                           "proofpoint", "forefront",
                                                           "crm114",     "x-ms-exchange",
                                                           "x-sa-",      "x-gmail",
                                                           "x-mozilla",  "x-evolution",
                                                           "x-imap",     "authentication-results"});

Use use_of(std::string_view lower_name) {
  const auto* found = std::lower_bound(kUses.begin(), kUses.end(), lower_name,
                                       [](const FieldUse& use, std::string_view n) { return use.name < n; });
  if (found != kUses.end() && found->name == lower_name) return found->use;
  const auto judges = [&](std::string_view part) {
    return lower_name.find(part) != std::string_view::npos;
  };
  return std::any_of(kJudging.begin(), kJudging.end(), judges) ? Use::ignored : Use::presence;
}

constexpr std::size_t kLongestValue = 32;
constexpr std::size_t kProgramWords = 12;

// Each field by its name, and with the name of the field before it: programs keep an order of their own.
void add_names(TokenSet& tokens, const Message& message, std::size_t most) {
  std::string before = "-";
  for (const Field& field : message.fields()) {
    if (most-- == 0) return;
    std::string name = to_lower(field.name);
    const Use use = use_of(name);
    if (use == Use::ignored) continue;
    tokens.add(TokenKind::field, name);
    tokens.add(TokenKind::field_order, before, name);
    if (use == Use::value)
      tokens.add(TokenKind::field_value, name, trim(field.value).substr(0, kLongestValue));
    if (use == Use::program) {
      WordLimits limits{kProgramWords, 3};
      add_words(tokens, TokenKind::program, decoded(field), limits);
    }
    before = std::move(name);
  }
}

// "John1984" and "John2001" alike: digits as 9, letters as they are.
std::string digits_alike(std::string_view text) {
  std::string shape(text);
  for (char& c : shape)
    c = is_digit(c) ? '9' : c;
  return shape;
}

void add_sender(TokenSet& tokens, const Mail& mail) {
  const Message& message = mail.message;
  const auto from = first_field_mailboxes(message, "From");
  tokens.add_count(TokenKind::shape, "authors", from.size());
  if (from.empty()) return;
  const Mailbox& author = from.front();
  tokens.add(TokenKind::address, author.address());
  tokens.add(TokenKind::address, "local", digits_alike(author.local));
  add_domain(tokens, TokenKind::domain, "from", author.domain);
  WordLimits limits{kProgramWords, 3};
  add_words(tokens, TokenKind::from_name, author.name, limits);
  if (author.name.empty()) tokens.add(TokenKind::shape, "author without name");
  if (const auto reply = first_field_mailboxes(message, "Reply-To"); !reply.empty()) {
    add_domain(tokens, TokenKind::domain, "reply", reply.front().domain);
    tokens.add(TokenKind::shape, "reply to author", same_domain(reply.front(), author) ? "yes" : "no");
  }
  const Field* path = message.first("Return-Path");
  const std::string_view written = path != nullptr ? trim(path->value) : std::string_view();
  const Mailbox sender =
      parse_path(mail.request.envelope.sender.empty() ? written : mail.request.envelope.sender);
  add_domain(tokens, TokenKind::domain, "sender", sender.domain);
  tokens.add(TokenKind::shape, "sent by author", same_domain(sender, author) ? "yes" : "no");
}

void add_recipients(TokenSet& tokens, const Message& message) {
  std::size_t named = 0;
  std::size_t complete = 0;
  for (const Mailbox& recipient : written_recipients(message)) {
    named += recipient.name.empty() ? 0 : 1;
    complete += is_complete(recipient) ? 1 : 0;
  }
  tokens.add_count(TokenKind::shape, "recipients", complete);
  tokens.add_count(TokenKind::shape, "recipients with names", named);
}

// RFC 5322 §3.6.4, §3.6.1: the id's domain and what its left side is made of; the zone of the date.
void add_origin(TokenSet& tokens, const Message& message) {
  const std::string& id = message.message_id();
  const std::size_t at = std::min(id.rfind('@'), id.size());
  add_domain(tokens, TokenKind::domain, "id", at < id.size() ? std::string_view(id).substr(at + 1) : "");
  constexpr std::size_t kShape = 20;
  std::string shape = digits_alike(id.substr(0, std::min(at, kShape)));
  for (char& c : shape)
    c = c >= 'a' && c <= 'z' ? 'a' : c >= 'A' && c <= 'Z' ? 'b' : c;
  tokens.add(TokenKind::shape, "id", shape);
  const Field* field = message.first("Date");
  const auto date = field != nullptr ? parse_date(trim(field->value)) : std::nullopt;
  if (!date) return tokens.add(TokenKind::shape, field != nullptr ? "bad date" : "no date");
  tokens.add(TokenKind::shape, "zone", std::to_string(date->offset_minutes));
  if (date->obsolete_zone) tokens.add(TokenKind::shape, "zone by name");
}

void add_list(TokenSet& tokens, const Message& message) {
  if (const Field* id = message.first("List-Id")) {
    const std::string text = decoded(*id);
    const std::size_t begin = text.rfind('<');
    std::string_view name = begin == std::string::npos ? text : std::string_view(text).substr(begin + 1);
    tokens.add(TokenKind::list, "id", name.substr(0, std::min(name.find('>'), name.size())));
  }
  if (const Field* unsubscribe = message.first("List-Unsubscribe")) {
    const bool mail = ifind(unsubscribe->value, "mailto:") != std::string_view::npos;
    const bool web = ifind(unsubscribe->value, "http") != std::string_view::npos;
    tokens.add(TokenKind::list, "unsubscribe", mail ? web ? "both" : "mail" : "web");
  }
}

void add_subject(TokenSet& tokens, const Message& message, const TokenLimits& limits) {
  const Field* field = message.first("Subject");
  if (field == nullptr) return;
  const std::string subject = decoded(*field);
  WordLimits words{limits.subject_words, limits.window};
  add_words(tokens, TokenKind::subject, subject, words);
  const TextCounts counts = count_text(subject);
  if (counts.letters > 3 && counts.capitals == counts.letters)
    tokens.add(TokenKind::shape, "subject in capitals");
  if (field->value.find("=?") != std::string_view::npos) tokens.add(TokenKind::shape, "subject encoded");
  if (subject.find("   ") != std::string::npos) tokens.add(TokenKind::shape, "subject with a gap");
  if (subject.ends_with('!') || subject.ends_with('?'))
    tokens.add(TokenKind::shape, "subject ends", std::string_view(subject).substr(subject.size() - 1));
  tokens.add_count(TokenKind::shape, "subject words", counts.words);
}

}  // namespace

void add_fields(TokenSet& tokens, const Mail& mail, const TokenLimits& limits) {
  add_subject(tokens, mail.message, limits);
  add_names(tokens, mail.message, limits.fields);
  add_sender(tokens, mail);
  add_recipients(tokens, mail.message);
  add_origin(tokens, mail.message);
  add_list(tokens, mail.message);
  add_hops(tokens, mail, limits);
}

}  // namespace xspamd::bayes
