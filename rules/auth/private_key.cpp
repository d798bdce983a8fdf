#include "rules/auth/private_key.h"

#include <fmt/format.h>

#include <utility>

#include "rules/auth/base64.h"

namespace xspamd::auth {

namespace {

// Why there is no key in the text.
std::string_view why_no_key(std::string_view pem) {
  const auto has = [&](std::string_view text) {
    return pem.find(text) != std::string_view::npos;
  };
  if (has("ENCRYPTED")) return "the key is encrypted, and nobody is there to give the passphrase";
  if (has("PRIVATE KEY-----")) return "the key is damaged, or of a kind that is not known";
  if (has("PUBLIC KEY-----")) return "this is the public key, the private one is needed";
  if (has("-----BEGIN ")) return "this is no private key";
  return "this is no key in PEM form (-----BEGIN PRIVATE KEY-----)";
}

}  // namespace

Result<PrivateKey> PrivateKey::from_pem(std::string_view pem) {
  auto pair = KeyPair::from_pem(pem);
  if (!pair) return fail(Errc::invalid, std::string(why_no_key(pem)));
  const KeyPair::Kind kind = pair->kind();
  if (kind == KeyPair::Kind::other)
    return fail(Errc::invalid, "the key is neither an RSA nor an Ed25519 key");
  const std::size_t bits = pair->bits();
  if (kind == KeyPair::Kind::rsa && (bits < kLeastBits || bits > kMostBits))
    return fail(Errc::invalid,
                fmt::format("the RSA key has {} bits; verifiers take {} to {}", bits, kLeastBits, kMostBits));
  return PrivateKey(std::move(*pair));
}

std::string PrivateKey::record_begin() const {
  return fmt::format("v=DKIM1; k={}; ", is_ed25519() ? "ed25519" : "rsa");
}

std::string PrivateKey::record_key() const {
  return "p=" + to_base64(pair_.public_key());
}

}  // namespace xspamd::auth
