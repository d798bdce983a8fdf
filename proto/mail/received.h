// Received fields (RFC 5321 §4.4, RFC 5322 §3.6.7), in the form that each mail server gives them: Exim
// exactly, some forty others as far as they tell (tests/data/received holds a sample of each). What is not
// told is empty. Strings are valid UTF-8 as they came, without angle brackets; only tls_version is made
// uniform ("TLS1.3"). Whether a field can be believed is for the caller to know: each server vouches for its
// own alone. Linear; words and comments beyond the 200th are not read.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "proto/base/ip.h"
#include "proto/mail/date.h"

namespace xspamd {

struct Received {
  std::string from;  // the word behind "from": the HELO, a name or address of the client, a local user
  std::string helo;  // as given, address literals with their brackets; empty where there is none (HTTP, POP3)
  std::string rdns;  // the name that the server found for the client; empty if it could not verify it
  std::string by;
  std::string via;
  std::string with;
  std::string id;
  std::string envelope_for;  // the first, if there are more
  std::string user;          // login, or the local user who submitted the message
  std::optional<IpAddress> ip;
  bool tls = false;
  std::string tls_version;     // empty if not told
  std::string tls_cipher;      // as written, empty if not told
  bool authenticated = false;  // by login (RFC 3848), also where the server does not tell which
  std::optional<Date> date;    // as parse_any_date() reads it
};

// Nothing when the text has neither a "from" nor a "by" clause.
std::optional<Received> parse_received(std::string_view unfolded);

}  // namespace xspamd
