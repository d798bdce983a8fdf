// Request: one message with its envelope, as any dialect delivers it. Plain data; the Readers fill it.
// Every field of the envelope may be absent: a mail server tells what it knows.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "proto/base/ip.h"
#include "proto/fuzzy_flag.h"

namespace xspamd {

enum class Dialect { spamc, rspamc, http, milter };
enum class Command { check, symbols, report, report_if_spam, process, headers, tell, ping, skip };

std::string_view name(Dialect dialect);

// Whether the client wants its mail back.
constexpr bool rewrites_mail(Command command) {
  return command == Command::process || command == Command::headers;
}

struct Version {
  int major = 1;
  int minor = 0;
  friend auto operator<=>(const Version&, const Version&) = default;
};

struct Envelope {
  std::optional<IpAddress> client;
  std::string helo;
  std::string hostname;  // verified reverse name of the client
  std::string queue_id;
  std::string sender;  // without angle brackets; empty is the null sender <>
  std::vector<std::string> recipients;
  std::string user;  // the authenticated login, empty if none
  // Known from the mail server's own Received alone, which names no login (Exim's default variant).
  bool authenticated_without_name = false;

  bool is_authenticated() const { return !user.empty() || authenticated_without_name; }
};

struct Tell {
  enum class Class { spam, ham };
  Class which = Class::ham;
  bool set_local = false;
  bool set_remote = false;
  bool remove_local = false;
  bool remove_remote = false;
  FuzzyOrder fuzzy;  // of what is set and removed remotely: here, the fuzzy digests
};

struct Request {
  Dialect dialect = Dialect::rspamc;
  Version version;
  Command command = Command::check;
  Envelope envelope;
  Tell tell;
  std::string profile_user;  // SPAMC "User:"; never means authenticated
  bool zlib = false;         // SPAMC "Compress: zlib": how the body was sent; inflated here
  std::string body;          // as received, mbox line and X-Envelope lines included until take_preamble
  std::string preamble;      // those lines then, where the mail is given back
  bool was_batch = false;    // the body was batch SMTP: what is left of it is not what was sent
};

}  // namespace xspamd
