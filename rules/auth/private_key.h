// Private keys that sign mail: RSA (RFC 6376 §3.3.1, RFC 8301) and Ed25519 (RFC 8463), from PEM. Immutable;
// safe from any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "proto/base/result.h"
#include "rules/auth/crypto.h"

namespace xspamd::auth {

class PrivateKey {
 public:
  // RFC 8301 §3.2: verifiers handle 1,024 to 4,096 bits.
  static constexpr std::size_t kLeastBits = 1'024;
  static constexpr std::size_t kMostBits = 4'096;

  // PKCS #8, of RSA also PKCS #1. Fails on what is no such key, is encrypted, or has too few or too many
  // bits.
  static Result<PrivateKey> from_pem(std::string_view pem);
  static PrivateKey make_rsa(std::size_t bits) { return PrivateKey(KeyPair::make_rsa(bits)); }
  static PrivateKey make_ed25519() { return PrivateKey(KeyPair::make_ed25519()); }

  bool is_ed25519() const { return pair_.kind() == KeyPair::Kind::ed25519; }
  std::size_t bits() const { return pair_.bits(); }
  std::string_view algorithm() const { return is_ed25519() ? "ed25519-sha256" : "rsa-sha256"; }  // a=
  std::string to_pem() const { return pair_.to_pem(); }

  // What stands in the DNS for it (RFC 6376 §3.6.1, RFC 8463 §4): the tags before p=, and p= with its value.
  std::string record_begin() const;
  std::string record_key() const;

  // The bytes of b= for this SHA-256 digest. Empty when the key is unsound.
  std::string sign(std::string_view sha256) const { return pair_.sign(sha256); }

 private:
  explicit PrivateKey(KeyPair pair) : pair_(std::move(pair)) {}

  KeyPair pair_;
};

}  // namespace xspamd::auth
