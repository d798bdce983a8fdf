// Mail addresses as header fields (RFC 5322 §3.4, obsolete §4.4) and envelopes (RFC 5321 §4.1.2) write them.
// Broken lists give the most useful reading, never a failure: the rules are listed in address.cpp. All
// strings are valid UTF-8; the domain is in lower case (ASCII letters) without a final dot, the local part
// unquoted. Linear; of one address or name no more than 4,096 words are read.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace xspamd {

struct Mailbox {
  std::string name;    // for display, encoded words decoded
  std::string local;   // "a b" for "\"a b\"@x"; all there is when there is no "@"
  std::string domain;  // literals with their brackets; empty when there is none

  // local@domain, the local part quoted where it must be; empty for the null address.
  std::string address() const;
};

// The mailboxes of an unfolded field, groups opened; at most `most`. "<>" is a mailbox with an empty address.
std::vector<Mailbox> parse_addresses(std::string_view unfolded, std::size_t most);

// One address of an envelope, with or without angle brackets; the null sender gives an empty Mailbox.
Mailbox parse_path(std::string_view text);

}  // namespace xspamd
