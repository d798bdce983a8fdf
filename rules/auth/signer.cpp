#include "rules/auth/signer.h"

#include <fmt/format.h>

#include "rules/auth/base64.h"
#include "rules/auth/body_hash.h"
#include "rules/auth/canonicalization.h"
#include "rules/auth/crypto.h"
#include "rules/auth/new_field.h"
#include "rules/auth/signed_fields.h"

namespace xspamd::auth {

namespace {

constexpr Canonicalization kForm = Canonicalization::relaxed;

std::string hash_of_body(const Message& message) {
  BodyHash hash{kForm, Hash::sha256, BodyHash::kWhole, {}, 0};
  hash_body(message.body(), line_end_of(message.raw()), {&hash, 1});
  return hash.digest;
}

// RFC 6376 §3.7: the fields in the order of the names, then the signature's own without the value of b=.
std::string hash_of_header(const Message& message, std::span<const std::string_view> names,
                           const NewField& own) {
  Digest digest(Hash::sha256);
  Funnel funnel([&](std::string_view piece) { digest.add(piece); });
  for (const Field* covered : SignedFields(message.fields()).select(names, nullptr))
    put_field(funnel, kForm, *covered, line_end_of(message.raw()));
  own.put_unsigned(funnel);
  funnel.flush();
  return digest.finish();
}

// RFC 6376 §3.8: what RFC 5322 §3.6 does not allow is not signed, as readers disagree about it.
std::string_view why_no_basis(const Message& message) {
  const std::size_t authors = message.all("From").size();
  if (authors == 0) return "the message has no From field";
  return authors > 1 ? "the message has more than one From field" : "";
}

}  // namespace

std::string_view line_end_for(const Message& message) {
  const std::string_view raw = message.raw();
  const std::size_t lf = raw.find('\n');
  if (lf == std::string_view::npos) return raw.find('\r') == std::string_view::npos ? "\r\n" : "\r";
  return lf > 0 && raw[lf - 1] == '\r' ? "\r\n" : "\n";
}

Result<std::string> dkim_sign(const Message& message, const SigningKey& key, const SignOptions& options) {
  if (const auto why = why_no_basis(message); !why.empty()) return fail(Errc::invalid, std::string(why));
  TagWriter writer("DKIM-Signature", options.line_end);
  writer.add("v", "1");
  return sign_message(std::move(writer), message, key, options);
}

Result<std::string> sign_message(TagWriter writer, const Message& message, const SigningKey& key,
                                 const SignOptions& options) {
  // Fields are taken from the end of the header, which is not known.
  if (message.field_count() > message.fields().size())
    return fail(Errc::limit, fmt::format("the message has {} header fields, of which {} are looked at "
                                         "(limits.headers)",
                                         message.field_count(), message.fields().size()));
  const auto names = names_to_sign(message, options.headers);
  if (!names) return tl::unexpected(names.error());
  const auto made = options.now.time_since_epoch();
  writer.add("a", key.key.algorithm());
  writer.add("c", "relaxed/relaxed");
  writer.add("d", key.domain);
  writer.add("s", key.selector);
  writer.add("t", fmt::to_string(made.count()));
  if (options.expires.count() > 0) writer.add("x", fmt::to_string((made + options.expires).count()));
  writer.add_names("h", *names);
  writer.add("bh", to_base64(hash_of_body(message)));
  writer.begin_signature();
  const std::string signature = key.key.sign(hash_of_header(message, *names, NewField(writer.text())));
  if (signature.empty()) return fail(Errc::unavailable, "the key is unsound: it signs nothing");
  return writer.finish(signature);
}

}  // namespace xspamd::auth
