#include "rules/auth/dkim_key.h"

#include <fmt/format.h>

#include "proto/base/text.h"
#include "rules/auth/tag_list.h"

namespace xspamd::auth {

namespace {

tl::unexpected<Error> wrong(std::string_view name, std::string_view value, std::string_view what) {
  return fail(Errc::invalid, fmt::format("{}={} {}", name, shown(value), what));
}

}  // namespace

Result<DkimKey> parse_dkim_key(std::string_view record) {
  const auto tags = parse_tag_list(record);
  if (!tags) return tl::unexpected(tags.error());
  DkimKey key;
  if (const Tag* version = find_tag(*tags, "v")) {
    if (version->value != "DKIM1") return wrong("v", version->value, "is no key of DKIM");
    if (version != &tags->front()) return wrong("v", version->value, "does not stand first");
  }
  if (const Tag* type = find_tag(*tags, "k")) {
    key.is_ed25519 = iequals(type->value, "ed25519");
    if (!key.is_ed25519 && !iequals(type->value, "rsa")) return wrong("k", type->value, "is not supported");
  }
  if (const Tag* hashes = find_tag(*tags, "h")) {
    key.takes_sha1 = value_has(to_lower(hashes->value), "sha1");
    key.takes_sha256 = value_has(to_lower(hashes->value), "sha256");
  }
  if (const Tag* services = find_tag(*tags, "s")) {
    const std::string value = to_lower(services->value);
    if (!value_has(value, "*") && !value_has(value, "email")) return wrong("s", value, "is not for mail");
  }
  if (const Tag* flags = find_tag(*tags, "t")) {
    key.testing = value_has(to_lower(flags->value), "y");
    key.strict = value_has(to_lower(flags->value), "s");
  }
  const Tag* bytes = find_tag(*tags, "p");
  if (bytes == nullptr) return fail(Errc::invalid, "there is no p=");
  if (bytes->value.empty()) return fail(Errc::invalid, "the key is revoked");
  auto decoded = parse_base64(bytes->value);
  if (!decoded) return fail(Errc::invalid, "p= is no base64");
  key.bytes = std::move(*decoded);
  return key;
}

}  // namespace xspamd::auth
