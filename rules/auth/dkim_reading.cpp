#include "rules/auth/dkim_reading.h"

#include "rules/auth/body_hash.h"
#include "rules/auth/canonicalization.h"
#include "rules/auth/crypto.h"

namespace xspamd::auth {

namespace {

// l= and bh= against the body (§3.5, §3.7).
void compare_body(DkimSignature& signature, const SignatureTags& tags, const BodyHash& body) {
  if (body.digest.empty()) {
    signature.done = true;
    signature.outcome.problem = "l= is more than the body has";
    return;
  }
  signature.body_differs = body.digest != tags.body_hash;
  if (tags.length != BodyHash::kWhole)
    signature.outcome.unsigned_bytes = static_cast<std::size_t>(body.size - tags.length);
}

}  // namespace

DkimSignature signature_of(const SignatureTags& tags) {
  DkimSignature signature;
  signature.outcome.domain = tags.domain;
  signature.outcome.selector = tags.selector;
  signature.outcome.identity = tags.identity;
  signature.outcome.algorithm = tags.algorithm;
  signature.outcome.begin_of_b = tags.begin_of_b;
  signature.key_name = tags.key_name();
  signature.signature = tags.signature;
  signature.is_ed25519 = tags.is_ed25519;
  signature.is_sha1 = tags.hash == Hash::sha1;
  return signature;
}

SignatureReader::SignatureReader(const Message& message, const DkimOptions& options)
    : message_(message),
      options_(options),
      line_end_(line_end_of(message.raw())),
      fields_(message.fields()) {}

// What ends a signature before any key is known; no problem if nothing does.
std::pair<DkimResult, std::string> SignatureReader::refuse(const SignatureTags& tags) const {
  if (!tags.problem.empty()) return {DkimResult::permerror, tags.problem};
  if (std::string problem = problem_of_times(tags, options_.now); !problem.empty())
    return {DkimResult::permerror, std::move(problem)};
  // RFC 8301 §3.1.
  if (tags.hash == Hash::sha1 && !options_.allow_sha1)
    return {DkimResult::policy, "SHA-1 signs nothing any more"};
  // Fields are taken from the end of the header, which is not known.
  if (message_.field_count() > message_.fields().size())
    return {DkimResult::policy, "the header has more fields than are looked at"};
  return {};
}

std::string SignatureReader::hash_header(const SignatureTags& tags, const Field& field) const {
  Digest digest(tags.hash);
  Funnel funnel([&](std::string_view piece) { digest.add(piece); });
  for (const Field* covered : fields_.select(tags.names, &field))
    put_field(funnel, tags.header_form, *covered, line_end_);
  put_signature_field(funnel, tags.header_form, field, tags.raw_signature, line_end_);
  funnel.flush();
  return digest.finish();
}

std::vector<DkimSignature> SignatureReader::read(const std::vector<const Field*>& fields,
                                                 SignatureKind kind) const {
  std::vector<DkimSignature> signatures;
  std::vector<SignatureTags> sound;
  std::vector<BodyHash> bodies;
  for (const Field* field : fields) {
    SignatureTags tags = parse_signature(field->value, kind);
    signatures.push_back(signature_of(tags));
    DkimSignature& signature = signatures.back();
    auto [result, problem] = refuse(tags);
    signature.done = !problem.empty();
    if (signature.done) {
      signature.outcome.result = result;
      signature.outcome.problem = std::move(problem);
      continue;
    }
    signature.header_hash = hash_header(tags, *field);
    bodies.push_back({tags.body_form, tags.hash, tags.length, {}, 0});
    sound.push_back(std::move(tags));
  }
  hash_body(message_.body(), line_end_, bodies);
  std::size_t next = 0;
  for (DkimSignature& signature : signatures) {
    if (signature.done) continue;
    compare_body(signature, sound[next], bodies[next]);
    ++next;
  }
  return signatures;
}

}  // namespace xspamd::auth
