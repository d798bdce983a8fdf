// RSA public keys as DKIM records hold them: a SubjectPublicKeyInfo (RFC 5280 §4.1, RFC 8017 §A.1) or a bare
// RSAPublicKey (RFC 6376 Erratum 3017), in DER. Pure and linear.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace xspamd::auth {

// The numbers, the most significant byte first and not 0; they view the DER.
struct RsaKey {
  std::string_view modulus, exponent;

  std::size_t modulus_bits() const;
  std::size_t exponent_bits() const;
};

// Nothing when it is no RSA key, or bytes follow it.
std::optional<RsaKey> parse_rsa_key(std::string_view der);

}  // namespace xspamd::auth
