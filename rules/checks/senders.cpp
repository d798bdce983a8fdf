// Who the message says it is from, against the envelope, the address for answers and the name that is shown.
#include <array>

#include "proto/base/text.h"
#include "proto/mail/message.h"
#include "rules/addresses.h"
#include "rules/check.h"

namespace xspamd {

namespace {

constexpr std::array<Symbol, 23> kSymbols{
    {{"FROM_NO_DN", Points{}, "The From header has no display name"},
     {"FROM_HAS_DN", Points{}, "The From header has a display name"},
     {"FROM_DN_EQ_ADDR", Points{1000}, "The display name of the sender repeats the address"},
     {"FROM_INVALID", Points{2000}, "The From header holds no complete address"},
     {"FROM_EQ_ENVFROM", Points{}, "The From header names the sender of the envelope"},
     {"FROM_NEQ_ENVFROM", Points{}, "The From header names another address than the envelope"},
     {"FORGED_SENDER", Points{300}, "The sender in the header is not the one of the envelope"},
     {"ENVFROM_INVALID", Points{2000}, "The sender of the envelope is no complete address"},
     {"FROM_NEQ_DISPLAY_NAME", Points{4000}, "The display name shows an address of another domain"},
     {"SPOOF_DISPLAY_NAME", Points{8000}, "The display name shows an address of the recipient's own domain"},
     {"HAS_REPLYTO", Points{}, "Answers go to the address of the Reply-To header"},
     {"REPLYTO_UNPARSEABLE", Points{1000}, "The Reply-To header holds no address"},
     {"REPLYTO_INVALID", Points{1000}, "The address of the Reply-To header is not complete"},
     {"REPLYTO_EQ_FROM", Points{}, "The Reply-To header repeats the From header"},
     {"REPLYTO_ADDR_EQ_FROM", Points{}, "Answers go to the sender's address"},
     {"REPLYTO_DOM_EQ_FROM_DOM", Points{}, "Answers go to the sender's domain"},
     {"REPLYTO_DOM_NEQ_FROM_DOM", Points{}, "Answers go to another domain than the sender's"},
     {"REPLYTO_DN_EQ_FROM_DN", Points{}, "Reply-To and From show the same name"},
     {"REPLYTO_DOM_EQ_TO_DOM", Points{}, "Answers go to the recipient's domain"},
     {"REPLYTO_DOM_NEQ_TO_DOM", Points{}, "Answers go to another domain than the recipient's"},
     {"REPLYTO_EQ_TO_ADDR", Points{5000}, "Answers go to the recipient"},
     {"SPOOF_REPLYTO", Points{6000}, "Mail within one domain asks for answers to another"},
     {"TAGGED_FROM", Points{}, "The sender of the envelope carries a tag, such as user+tag"}}};

// What all of the comparisons look at.
struct Parties {
  std::optional<Mailbox> from;
  std::optional<Mailbox> reply_to;
  Mailbox envelope_from;
  std::vector<Mailbox> written;     // recipients of the header
  std::vector<Mailbox> recipients;  // of the envelope
};

std::optional<Mailbox> first_of(std::vector<Mailbox> mailboxes) {
  if (mailboxes.empty()) return std::nullopt;
  return std::move(mailboxes.front());
}

Parties parties_of(const Mail& mail) {
  Parties parties;
  parties.from = first_of(first_field_mailboxes(mail.message, "From"));
  parties.reply_to = first_of(first_field_mailboxes(mail.message, "Reply-To"));
  parties.envelope_from = parse_path(mail.request.envelope.sender);
  parties.written = written_recipients(mail.message);
  for (const std::string& recipient : mail.request.envelope.recipients) {
    if (parties.recipients.size() < kMostMailboxes) parties.recipients.push_back(parse_path(recipient));
  }
  return parties;
}

bool has_domain(const std::vector<Mailbox>& mailboxes, const Mailbox& wanted) {
  for (const Mailbox& mailbox : mailboxes) {
    if (same_domain(mailbox, wanted)) return true;
  }
  return false;
}

// A name that reads as the address of somebody else. An address without a dot in its domain is a nickname.
void check_shown_address(const Parties& parties, Hits& hits) {
  const Mailbox& from = *parties.from;
  if (from.name.find('@') == std::string::npos) return;
  const auto shown = first_of(parse_addresses(from.name, 1));
  if (!shown || !is_complete(*shown) || same_domain(*shown, from)) return;
  const bool ours = has_domain(parties.written, *shown) || has_domain(parties.recipients, *shown);
  hits.add(ours ? "SPOOF_DISPLAY_NAME" : "FROM_NEQ_DISPLAY_NAME", {from.domain, shown->domain});
}

void check_from(const Parties& parties, bool from_list, Hits& hits) {
  const Mailbox& from = *parties.from;
  if (!is_complete(from)) hits.add("FROM_INVALID", {from.address()});
  if (from.name.empty()) {
    hits.add("FROM_NO_DN");
  } else if (iequals(from.name, from.address())) {
    hits.add("FROM_DN_EQ_ADDR");
  } else {
    hits.add("FROM_HAS_DN");
  }
  // A list puts its own name and the author's address there.
  if (!from_list) check_shown_address(parties, hits);
  const Mailbox& envelope = parties.envelope_from;
  if (same_address(envelope, from)) {
    hits.add("FROM_EQ_ENVFROM");
  } else if (!envelope.domain.empty()) {
    hits.add("FROM_NEQ_ENVFROM", {from.address(), envelope.address()});
    if (!from_list) hits.add("FORGED_SENDER", {from.address(), envelope.address()});
  }
}

// An answer that leaves the domain in which the mail claims to have been written and read. Forms of web
// sites send from the recipient's own address; lists set the field to their own.
bool is_spoofed_reply(const Parties& parties, bool from_list) {
  const Mailbox& from = *parties.from;
  if (from_list || same_domain(*parties.reply_to, from)) return false;
  if (!parties.written.empty() && same_address(parties.written[0], from)) return false;
  if (parties.recipients.size() == 1 && same_address(parties.recipients[0], from)) return false;
  return has_domain(parties.recipients, from);
}

void check_reply_to_sender(const Parties& parties, Hits& hits) {
  const Mailbox& from = *parties.from;
  const Mailbox& reply = *parties.reply_to;
  const bool same_name = !from.name.empty() && iequals(from.name, reply.name);
  if (same_address(from, reply)) {
    hits.add(same_name || (from.name.empty() && reply.name.empty()) ? "REPLYTO_EQ_FROM"
                                                                    : "REPLYTO_ADDR_EQ_FROM");
    return;
  }
  hits.add(same_domain(from, reply) ? "REPLYTO_DOM_EQ_FROM_DOM" : "REPLYTO_DOM_NEQ_FROM_DOM");
  if (same_name) hits.add("REPLYTO_DN_EQ_FROM_DN");
}

void check_reply_to(const Mail& mail, const Parties& parties, bool from_list, Hits& hits) {
  if (!parties.reply_to || parties.reply_to->address().empty()) return hits.add("REPLYTO_UNPARSEABLE");
  const Mailbox& reply = *parties.reply_to;
  hits.add("HAS_REPLYTO", {reply.address()});
  if (!is_complete(reply)) hits.add("REPLYTO_INVALID");
  if (!parties.from) return;
  check_reply_to_sender(parties, hits);
  if (is_spoofed_reply(parties, from_list)) hits.add("SPOOF_REPLYTO", {parties.from->domain, reply.domain});
  if (parties.written.empty()) return;
  const Mailbox& to = parties.written[0];
  if (same_address(to, reply)) {
    const bool automatic = from_list || mail.message.first("Auto-Submitted") != nullptr;
    if (!automatic && !same_address(*parties.from, reply)) hits.add("REPLYTO_EQ_TO_ADDR");
  } else if (!to.domain.empty()) {
    hits.add(same_domain(to, reply) ? "REPLYTO_DOM_EQ_TO_DOM" : "REPLYTO_DOM_NEQ_TO_DOM");
  }
}

Hits run(const Mail& mail, Deadline) {
  Hits hits;
  const Parties parties = parties_of(mail);
  const bool from_list = is_list_mail(mail.message);
  if (parties.from) check_from(parties, from_list, hits);
  if (mail.message.first("Reply-To") != nullptr) check_reply_to(mail, parties, from_list, hits);
  const std::string& sender = mail.request.envelope.sender;
  if (!sender.empty() && parties.envelope_from.domain.empty()) hits.add("ENVFROM_INVALID", {sender});
  if (parties.envelope_from.local.find('+') != std::string::npos) hits.add("TAGGED_FROM");
  return hits;
}

Result<Runner> make(conf::Section&, Services&) {
  return Runner{CpuCheck{run}};
}

}  // namespace

extern const Check senders_check;
const Check senders_check{.name = "senders",
                          .group = "headers",
                          .about = "The sender of the header against envelope, Reply-To and display name",
                          .phase = Phase::scan,
                          .after = {},
                          .symbols = kSymbols,
                          .make = make};

}  // namespace xspamd
