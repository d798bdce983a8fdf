// Mail addresses that lists are asked about: those written into the text, and the one spelling of each. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "proto/mail/address.h"

namespace xspamd {

class Message;

// "local@domain" as it stands in what a reader sees, dot-atoms only (RFC 5322 §3.4.1); the first hundred.
std::vector<Mailbox> addresses_in_texts(const Message& message);

// In lower case, without "+tag"; at Gmail also without dots, and googlemail.com as gmail.com. This is the
// form in which lists of addresses hold them. `domain` is in lower case.
std::string canonical_mailbox(std::string_view local, std::string_view domain);

}  // namespace xspamd
