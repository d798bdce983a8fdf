// DKIM signatures made (RFC 6376 §5, RFC 8301, RFC 8463): relaxed/relaxed, SHA-256, the whole body (never
// l=). Pure but for the key's arithmetic; safe from any thread. One pass over the body for each signature.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "proto/base/result.h"
#include "proto/mail/message.h"
#include "rules/auth/private_key.h"
#include "rules/auth/signed_names.h"
#include "rules/auth/tag_writer.h"

namespace xspamd::auth {

// Views what it is made of.
struct SigningKey {
  const PrivateKey& key;
  std::string_view domain;    // d=: A-labels, in lower case
  std::string_view selector;  // s=
};

struct SignOptions {
  std::vector<SignedName> headers;
  std::chrono::sys_seconds now{};
  std::chrono::seconds expires{0};     // x= that much later; 0: never
  std::string_view line_end = "\r\n";  // of the fields that are made; "\n" for files
};

// How the lines of a message end, for fields that are put in front of it.
std::string_view line_end_for(const Message& message);

// "DKIM-Signature: ...", folded, with its line end, to be put in front of the message. Fails on a header that
// is no basis for a signature: no From or several (RFC 6376 §3.8), more fields than are looked at.
Result<std::string> dkim_sign(const Message& message, const SigningKey& key, const SignOptions& options);

// What DKIM-Signature and ARC-Message-Signature have in common: writes the tags a=, c=, d=, s=, t=, x=, h=,
// bh= behind those that `writer` holds, and signs header and body.
Result<std::string> sign_message(TagWriter writer, const Message& message, const SigningKey& key,
                                 const SignOptions& options);

}  // namespace xspamd::auth
