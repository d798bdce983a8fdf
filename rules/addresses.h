// What several checks ask of the address fields of a message: who it says it is from and to, and whether a
// mailing list sent it on. Pure; at most kMostMailboxes of a field are read.
#pragma once

#include <string_view>
#include <vector>

#include "proto/mail/address.h"

namespace xspamd {

class Message;

inline constexpr std::size_t kMostMailboxes = 1000;

// The mailboxes of the first field of that name; none if there is no such field.
std::vector<Mailbox> first_field_mailboxes(const Message& message, std::string_view name);
// The mailboxes of all To and Cc fields.
std::vector<Mailbox> written_recipients(const Message& message);

// The same address or domain without regard to ASCII case; nothing equals what is empty.
bool same_address(const Mailbox& a, const Mailbox& b);
bool same_domain(const Mailbox& a, const Mailbox& b);

// Has an address of the form local@domain, the domain with a dot.
bool is_complete(const Mailbox& mailbox);

// RFC 2369, RFC 2919, and what lists wrote before those.
bool is_list_mail(const Message& message);

}  // namespace xspamd
