// Addresses at services where anyone gets a mailbox, and at those whose mailboxes are thrown away after use:
// who sent the mail, who gets it, who gets the answers. Alone it says little, so hardly any of it scores;
// other rules build on it. The domains are rules/data/freemail.txt and disposable.txt.
#include <algorithm>
#include <array>
#include <set>

#include "conf/section.h"
#include "conf/shipped.h"
#include "proto/mail/domain.h"
#include "proto/mail/message.h"
#include "rules/addresses.h"
#include "rules/check.h"
#include "rules/domain_table.h"
#include "rules/listed_domain.h"

namespace xspamd {

namespace {

constexpr std::size_t kMostShown = 5;  // domains of one symbol

constexpr std::array<Symbol, 15> kSymbols{
    {{"FREEMAIL_FROM", Points{}, "The From address is one that anyone can have"},
     {"FREEMAIL_ENVFROM", Points{}, "The sender of the envelope is one that anyone can have"},
     {"FREEMAIL_REPLYTO", Points{}, "Answers go to an address that anyone can have"},
     {"FREEMAIL_TO", Points{}, "A To address is one that anyone can have"},
     {"FREEMAIL_CC", Points{}, "A Cc address is one that anyone can have"},
     {"FREEMAIL_ENVRCPT", Points{}, "A recipient of the envelope is one that anyone can have"},
     {"FREEMAIL_MDN", Points{}, "The receipt goes to an address that anyone can have"},
     {"FREEMAIL_REPLYTO_NEQ_FROM_DOM", Points{3000},
      "Answers go to another service for everyone than the one that the mail is from"},
     {"DISPOSABLE_FROM", Points{}, "The From address is one to be thrown away after use"},
     {"DISPOSABLE_ENVFROM", Points{}, "The sender of the envelope is one to be thrown away after use"},
     {"DISPOSABLE_REPLYTO", Points{}, "Answers go to an address that is thrown away after use"},
     {"DISPOSABLE_TO", Points{}, "A To address is one to be thrown away after use"},
     {"DISPOSABLE_CC", Points{}, "A Cc address is one to be thrown away after use"},
     {"DISPOSABLE_ENVRCPT", Points{}, "A recipient of the envelope is one to be thrown away after use"},
     {"DISPOSABLE_MDN", Points{500}, "The receipt goes to an address that is thrown away after use"}}};

using Domains = std::set<std::string, std::less<>>;

// A table, and what the configuration adds to it and takes from it, with what is below them.
struct List {
  DomainTable table;
  Domains more;
  Domains except;

  std::string_view service(std::string_view domain) const {
    if (covering(except, domain) != except.end()) return {};
    const auto added = covering(more, domain);
    return added != more.end() ? std::string_view(*added) : table.service(domain);
  }
};

struct Options {
  List free;
  List disposable;
};

using Mailboxes = std::vector<Mailbox>;

struct Place {
  std::string_view free, disposable;  // symbols
  Mailboxes (*read)(const Mail& mail);
};

// The sender of a message is one, whatever the field holds beside it.
Mailboxes first_of(const Mail& mail, std::string_view field) {
  Mailboxes mailboxes = first_field_mailboxes(mail.message, field);
  if (mailboxes.size() > 1) mailboxes.resize(1);
  return mailboxes;
}

Mailboxes recipients_of(const Mail& mail) {
  const auto& recipients = mail.request.envelope.recipients;
  Mailboxes mailboxes;
  for (std::size_t i = 0; i < std::min(kMostMailboxes, recipients.size()); ++i)
    mailboxes.push_back(parse_path(recipients[i]));
  return mailboxes;
}

constexpr std::array<Place, 7> kPlaces{{{"FREEMAIL_FROM", "DISPOSABLE_FROM",
                                         [](const Mail& mail) {
                                           return first_of(mail, "From");
                                         }},
                                        {"FREEMAIL_REPLYTO", "DISPOSABLE_REPLYTO",
                                         [](const Mail& mail) {
                                           return first_of(mail, "Reply-To");
                                         }},
                                        {"FREEMAIL_MDN", "DISPOSABLE_MDN",
                                         [](const Mail& mail) {
                                           return first_of(mail, "Disposition-Notification-To");
                                         }},
                                        {"FREEMAIL_TO", "DISPOSABLE_TO",
                                         [](const Mail& mail) {
                                           return first_field_mailboxes(mail.message, "To");
                                         }},
                                        {"FREEMAIL_CC", "DISPOSABLE_CC",
                                         [](const Mail& mail) {
                                           return first_field_mailboxes(mail.message, "Cc");
                                         }},
                                        {"FREEMAIL_ENVFROM", "DISPOSABLE_ENVFROM",
                                         [](const Mail& mail) {
                                           return Mailboxes{parse_path(mail.request.envelope.sender)};
                                         }},
                                        {"FREEMAIL_ENVRCPT", "DISPOSABLE_ENVRCPT", recipients_of}}};

void add_once(std::vector<std::string>& shown, const std::string& domain) {
  if (shown.size() < kMostShown && std::find(shown.begin(), shown.end(), domain) == shown.end())
    shown.push_back(domain);
}

// Whoever writes from one service and wants the answers at another has often lost mailboxes before. A list
// puts its own address there.
void check_reply_to(const List& list, const Mail& mail, Hits& hits) {
  const Mailboxes from = first_of(mail, "From");
  const Mailboxes reply = first_of(mail, "Reply-To");
  if (from.empty() || reply.empty() || is_list_mail(mail.message)) return;
  const std::string from_domain = mail::ascii_domain(from.front().domain);
  const std::string reply_domain = mail::ascii_domain(reply.front().domain);
  const std::string_view from_service = list.service(from_domain);
  const std::string_view reply_service = list.service(reply_domain);
  if (from_service.empty() || reply_service.empty() || from_service == reply_service) return;
  hits.add("FREEMAIL_REPLYTO_NEQ_FROM_DOM", {from_domain, reply_domain});
}

Hits run(const Options& options, const Mail& mail) {
  Hits hits;
  for (const Place& place : kPlaces) {
    std::vector<std::string> free;
    std::vector<std::string> disposable;
    for (const Mailbox& mailbox : place.read(mail)) {
      const std::string domain = mail::ascii_domain(mailbox.domain);
      if (!options.free.service(domain).empty()) add_once(free, domain);
      if (!options.disposable.service(domain).empty()) add_once(disposable, domain);
    }
    if (!free.empty()) hits.add(place.free, std::move(free));
    if (!disposable.empty()) hits.add(place.disposable, std::move(disposable));
  }
  check_reply_to(options.free, mail, hits);
  return hits;
}

std::string_view data_file(std::string_view name) {
  for (const conf::Shipped& file : conf::data_files()) {
    if (file.name == name) return file.text;
  }
  return {};
}

Result<Domains> read_domains(conf::Section& section, std::string_view key, std::string_view about) {
  Domains domains;
  for (const std::string& text : section.get(key, std::vector<std::string>(), about)) {
    auto domain = listed_domain(text);
    if (!domain) return fail(Errc::invalid, std::string(key) + ": " + domain.error().sentence);
    domains.insert(std::move(*domain));
  }
  return domains;
}

struct Key {
  std::string_view key, about;
  Domains List::*domains;
  List Options::*list;
};
constexpr std::array<Key, 4> kKeys{
    {{"domains", "More domains where anyone gets a mailbox, with what is below them", &List::more,
      &Options::free},
     {"except", "Domains that are none of these, with what is below them", &List::except, &Options::free},
     {"disposable", "More domains of mailboxes that are thrown away, with what is below them", &List::more,
      &Options::disposable},
     {"disposable_except", "Domains that are none of these, with what is below them", &List::except,
      &Options::disposable}}};

Result<Runner> make(conf::Section& section, Services&) {
  auto options = std::make_shared<Options>(Options{{DomainTable(data_file("freemail.txt")), {}, {}},
                                                   {DomainTable(data_file("disposable.txt")), {}, {}}});
  for (const Key& key : kKeys) {
    auto domains = read_domains(section, key.key, key.about);
    if (!domains) return tl::unexpected<Error>(domains.error());
    (*options).*key.list.*key.domains = std::move(*domains);
  }
  std::shared_ptr<const Options> shared = std::move(options);
  return Runner{CpuCheck{[shared](const Mail& mail, Deadline) {
    return run(*shared, mail);
  }}};
}

}  // namespace

extern const Check freemail_check;
const Check freemail_check{.name = "freemail",
                           .group = "freemail",
                           .about = "Addresses that anyone can have, or that are thrown away after use",
                           .phase = Phase::scan,
                           .after = {},
                           .symbols = kSymbols,
                           .make = make};

}  // namespace xspamd
