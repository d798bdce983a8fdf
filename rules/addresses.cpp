#include "rules/addresses.h"

#include <algorithm>

#include "proto/base/text.h"
#include "proto/mail/message.h"

namespace xspamd {

namespace {

constexpr std::string_view kListFields[] = {"List-Id",      "List-Post",      "List-Unsubscribe",
                                            "Mailing-List", "X-Mailing-List", "X-BeenThere",
                                            "X-Loop",       "Resent-From",    "X-Google-Group-Id"};

void add_mailboxes(const Field& field, std::vector<Mailbox>& mailboxes) {
  if (mailboxes.size() >= kMostMailboxes) return;
  auto more = parse_addresses(mail::unfold(field.value), kMostMailboxes - mailboxes.size());
  std::move(more.begin(), more.end(), std::back_inserter(mailboxes));
}

}  // namespace

std::vector<Mailbox> first_field_mailboxes(const Message& message, std::string_view name) {
  std::vector<Mailbox> mailboxes;
  if (const Field* field = message.first(name)) add_mailboxes(*field, mailboxes);
  return mailboxes;
}

std::vector<Mailbox> written_recipients(const Message& message) {
  std::vector<Mailbox> mailboxes;
  for (const std::string_view name : {"To", "Cc"}) {
    for (const Field* field : message.all(name))
      add_mailboxes(*field, mailboxes);
  }
  return mailboxes;
}

bool same_address(const Mailbox& a, const Mailbox& b) {
  return same_domain(a, b) && iequals(a.local, b.local);
}

bool same_domain(const Mailbox& a, const Mailbox& b) {
  return !a.domain.empty() && iequals(a.domain, b.domain);
}

bool is_complete(const Mailbox& mailbox) {
  return !mailbox.local.empty() && mailbox.domain.find('.') != std::string::npos;
}

bool is_list_mail(const Message& message) {
  const auto has = [&](std::string_view name) {
    return message.first(name) != nullptr;
  };
  if (std::any_of(std::begin(kListFields), std::end(kListFields), has)) return true;
  const Field* precedence = message.first("Precedence");
  if (precedence == nullptr) return false;
  const std::string_view value = trim(precedence->value);
  return iequals(value, "list") || iequals(value, "bulk");
}

}  // namespace xspamd
