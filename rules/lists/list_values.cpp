#include "rules/lists/list_values.h"

#include <algorithm>
#include <unordered_set>

#include "proto/base/text.h"
#include "proto/mail/address.h"
#include "proto/mail/domain.h"
#include "proto/mail/message.h"
#include "rules/addresses.h"
#include "rules/listed_domain.h"
#include "rules/lists/mailboxes.h"
#include "rules/values.h"

namespace xspamd {

namespace {

// Keeps the first of equal values.
class Distinct {
 public:
  void add(std::string value) {
    if (!value.empty() && seen_.insert(value).second) list_.push_back(std::move(value));
  }
  std::vector<std::string> take() { return std::move(list_); }

 private:
  std::unordered_set<std::string> seen_;
  std::vector<std::string> list_;
};

// Who wants an answer, and whom links and text tell to write to.
std::vector<Mailbox> mailboxes_of(const Message& message) {
  std::vector<Mailbox> found;
  for (const std::string_view field : {"Reply-To", "From"}) {
    for (Mailbox& mailbox : first_field_mailboxes(message, field))
      found.push_back(std::move(mailbox));
  }
  for (const Url& url : message.urls()) {
    if (url.is_email()) found.push_back({{}, url.user, url.host});
  }
  for (Mailbox& mailbox : addresses_in_texts(message))
    found.push_back(std::move(mailbox));
  return found;
}

void add_mailboxes(const ListSubject& subject, const Message& message, Distinct& values) {
  for (const Mailbox& mailbox : mailboxes_of(message)) {
    if (!is_complete(mailbox)) continue;
    const std::string domain = mail::ascii_domain(mailbox.domain);
    const bool whole = subject.kind == ListSubject::Kind::emails;
    values.add(whole ? canonical_mailbox(mailbox.local, domain) : domain);
  }
}

void add_signers(const Facts& facts, Distinct& values) {
  for (const auth::DkimOutcome& dkim : facts.dkim) {
    if (dkim.result == auth::DkimResult::pass) values.add(dkim.domain);
  }
}

// Mail came to us from the client; addresses inside our own networks are nobody's to list.
bool is_askable_hop(const std::string& text, const Mail& mail, const std::vector<Network>& local) {
  const auto address = IpAddress::parse(text);
  return address && !contains(local, *address) && mail.request.envelope.client != address;
}

}  // namespace

std::vector<std::string> values_for(const ListSubject& subject, const Mail& mail, const Facts& facts,
                                    const std::vector<Network>& local, const NeverAsked& never) {
  using Kind = ListSubject::Kind;
  Distinct values;
  if (subject.kind == Kind::dkim_domains) {
    add_signers(facts, values);
  } else if (subject.kind != Kind::selector) {
    add_mailboxes(subject, mail.message, values);
  } else {
    const bool hops = subject.selector.source == Selector::Source::received && subject.selector.name == "ip";
    for (const std::string_view value : values_of(subject.selector, mail)) {
      if (!hops || is_askable_hop(std::string(value), mail, local)) values.add(to_lower(value));
    }
  }
  std::vector<std::string> found = values.take();
  // A mailbox at a large provider may well be listed, and who signed is asked about to speak for it.
  if (subject.kind == Kind::emails || subject.kind == Kind::dkim_domains) return found;
  std::erase_if(found, [&](const std::string& value) { return covering(never, value) != never.end(); });
  return found;
}

std::vector<std::string> some_of(const std::vector<std::string>& values, std::size_t most) {
  if (values.size() <= most) return values;
  std::vector<std::string> some;
  for (std::size_t i = 0; i < most; ++i)
    some.push_back(values[i * values.size() / most]);
  return some;
}

}  // namespace xspamd
