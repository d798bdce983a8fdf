// What OpenSSL computes: digests and signatures. The only place that knows OpenSSL. Safe from any thread.
// What is wrong with a key or a signature is "not verified"; only a library that lacks an algorithm throws.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "rules/auth/rsa_key.h"

struct evp_md_ctx_st;  // OpenSSL's EVP_MD_CTX
struct evp_pkey_st;    // OpenSSL's EVP_PKEY

namespace xspamd::auth {

enum class Hash { sha1, sha256, blake2b };  // FIPS 180-4; RFC 7693 with 64 bytes

constexpr std::size_t digest_size(Hash hash) {
  return hash == Hash::sha1 ? 20 : hash == Hash::sha256 ? 32 : 64;
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

// Of all bytes at once.
std::string digest_of(Hash hash, std::string_view bytes);

// SHA-256 in hex digits.
std::string sha256_hex(std::string_view bytes);

// RSASSA-PKCS1-v1_5 (RFC 8017 §8.2.2): whether the key made the signature of what has this digest. The cost
// grows with the square of the modulus and with the length of the exponent: the caller bounds both.
bool verify_rsa(const RsaKey& key, Hash hash, std::string_view digest, std::string_view signature);

// Ed25519 (RFC 8032 §5.1.7). False too when the key has not 32 bytes or the signature not 64.
bool verify_ed25519(std::string_view key, std::string_view message, std::string_view signature);

// A private key and its public half, as OpenSSL holds them.
class KeyPair {
 public:
  enum class Kind { rsa, ed25519, other };

  // The first private key in the text. Nothing when there is none that can be read without a passphrase.
  static std::optional<KeyPair> from_pem(std::string_view pem);
  static KeyPair make_rsa(std::size_t bits);
  static KeyPair make_ed25519();

  Kind kind() const;
  std::size_t bits() const;
  std::string to_pem() const;      // PKCS #8
  std::string public_key() const;  // of RSA a SubjectPublicKeyInfo in DER, of Ed25519 the 32 bytes
  // RSASSA-PKCS1-v1_5 of what has this SHA-256 digest; Ed25519 of the digest as a message. Empty when the key
  // is of another kind or unsound.
  std::string sign(std::string_view sha256) const;

 private:
  struct Free {
    void operator()(evp_pkey_st* key) const;
  };
  explicit KeyPair(evp_pkey_st* key) : key_(key) {}

  std::unique_ptr<evp_pkey_st, Free> key_;
};

}  // namespace xspamd::auth
