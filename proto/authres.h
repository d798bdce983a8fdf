// Authentication-Results fields (RFC 8601), read and written. Reading is tolerant: what is not understood is
// left out, text before the results of an ARC-Authentication-Results field (RFC 8617 §4.1.1, "i=1;") is
// passed over. Strings are valid UTF-8 on one line, of at most 400 bytes. parse and format are inverses on
// what format gives. Linear.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace xspamd {

struct AuthProperty {
  std::string type;  // "smtp", "header", "body", "policy"; empty where a server writes none ("action=none")
  std::string name;  // "mailfrom", "d", "i", "from", ...; lower case, as the type
  std::string value;

  friend bool operator==(const AuthProperty&, const AuthProperty&) = default;
};

struct AuthResult {
  std::string method;  // "spf", "dkim", "dmarc", "arc", "iprev", "auth", ...; lower case, without its version
  std::string result;  // "pass", "fail", ...; lower case
  std::string reason;
  std::string comment;                   // behind the result, without its parentheses
  std::vector<AuthProperty> properties;  // at most 100 are read

  friend bool operator==(const AuthResult&, const AuthResult&) = default;
};

struct AuthenticationResults {
  // The authserv-id. Empty where results stand without one, as Microsoft's servers write them: nothing in
  // such a field says who wrote it.
  std::string server;
  std::string version;              // empty if not given
  std::vector<AuthResult> results;  // empty for "none"; at most 100 are read

  friend bool operator==(const AuthenticationResults&, const AuthenticationResults&) = default;
};

// Nothing when there is neither an authserv-id nor a result.
std::optional<AuthenticationResults> parse_authentication_results(std::string_view unfolded);

// The value of the field, without its name: one result a line, folded with "\n\t" (the caller gives line ends
// their final form), quoted where it must be. Values that would break the line are cleaned; what has no name
// that the grammar allows is left out.
std::string format_authentication_results(const AuthenticationResults& results);

}  // namespace xspamd
