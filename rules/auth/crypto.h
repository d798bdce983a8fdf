// What OpenSSL computes: digests and signatures. The only place that knows OpenSSL. Safe from any thread.
// What is wrong with a key or a signature is "not verified"; only a library that lacks an algorithm throws.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "rules/auth/rsa_key.h"

struct evp_md_ctx_st;  // OpenSSL's EVP_MD_CTX

namespace xspamd::auth {

enum class Hash { sha1, sha256 };  // FIPS 180-4

constexpr std::size_t digest_size(Hash hash) {
  return hash == Hash::sha1 ? 20 : 32;
}

// A digest computed piece by piece. A copy goes on from where it was copied.
class Digest {
 public:
  explicit Digest(Hash hash);
  Digest(const Digest& other);
  Digest& operator=(const Digest&) = delete;

  void add(std::string_view bytes);
  // The digest as bytes. Only once, and nothing is added afterwards.
  std::string finish();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

// SHA-256 in lower-case hex digits.
std::string sha256_hex(std::string_view bytes);

// RSASSA-PKCS1-v1_5 (RFC 8017 §8.2.2): whether the key made the signature of what has this digest. The cost
// grows with the square of the modulus and with the length of the exponent: the caller bounds both.
bool verify_rsa(const RsaKey& key, Hash hash, std::string_view digest, std::string_view signature);

// Ed25519 (RFC 8032 §5.1.7). False too when the key has not 32 bytes or the signature not 64.
bool verify_ed25519(std::string_view key, std::string_view message, std::string_view signature);

}  // namespace xspamd::auth
