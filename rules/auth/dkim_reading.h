// Signatures of a message read and hashed (RFC 6376 §6.1.1, §6.1.3 step 1), for DKIM and for the message
// signatures of ARC. Pure; the message must outlive the reader.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "proto/mail/message.h"
#include "rules/auth/dkim.h"
#include "rules/auth/dkim_signature.h"
#include "rules/auth/signed_fields.h"

namespace xspamd::auth {

class SignatureReader {
 public:
  SignatureReader(const Message& message, const DkimOptions& options);

  // In the order of the fields.
  std::vector<DkimSignature> read(const std::vector<const Field*>& fields, SignatureKind kind) const;

 private:
  std::pair<DkimResult, std::string> refuse(const SignatureTags& tags) const;
  std::string hash_header(const SignatureTags& tags, const Field& field) const;

  const Message& message_;
  const DkimOptions& options_;
  const char line_end_;
  const SignedFields fields_;
};

// What is known of a signature from its tags alone.
DkimSignature signature_of(const SignatureTags& tags);

}  // namespace xspamd::auth
