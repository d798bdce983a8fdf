// Received fields (RFC 5321 §4.4, RFC 5322 §3.6.7), in the form that each mail server gives them: Exim
// exactly, Postfix, Sendmail, qmail, Exchange and Gmail as far as they tell. What is not told is empty.
// Strings are valid UTF-8 as they came; only tls_version is made uniform ("TLS1.3"). Whether a field can be
// believed is for the caller to know: each server vouches for its own alone. Linear; words beyond the 200th
// are not read.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "proto/base/ip.h"
#include "proto/mail/date.h"

namespace xspamd {

struct Received {
  std::string helo;  // as given, address literals with their brackets
  std::string rdns;  // the name that the server found for the client; empty if it could not verify it
  std::string by;
  std::string with;
  std::string id;
  std::string envelope_for;  // without brackets; the first, if there are more
  std::string user;          // login, or the local user who submitted the message
  std::optional<IpAddress> ip;
  bool tls = false;
  std::string tls_version;     // empty if not told
  bool authenticated = false;  // by login (RFC 3848), also where the server does not tell which
  std::optional<Date> date;
};

// Nothing when the text has neither a "from" nor a "by" clause.
std::optional<Received> parse_received(std::string_view unfolded);

}  // namespace xspamd
