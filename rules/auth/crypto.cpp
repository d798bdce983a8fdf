#include "rules/auth/crypto.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace xspamd::auth {

namespace {

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeContext {
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, FreeContext>;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

void require(bool done, const char* what) {
  if (!done) throw std::runtime_error(std::string("OpenSSL cannot compute ") + what);
}

// Looked up once: the library does so anew for each digest that is begun by EVP_sha256().
const EVP_MD* algorithm(Hash hash) {
  static const EVP_MD* const kSha1 = EVP_MD_fetch(nullptr, "SHA1", nullptr);
  static const EVP_MD* const kSha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return hash == Hash::sha1 ? kSha1 : kSha256;
}

// What a wrong key or signature leaves behind would be taken for the failure of somebody else.
bool verdict(bool verified) {
  if (!verified) ERR_clear_error();
  return verified;
}

// Integers of parameters are native ones, of any length: the least significant byte first here.
std::string native(std::string_view big_endian) {
  std::string bytes(big_endian);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  std::reverse(bytes.begin(), bytes.end());
#endif
  return bytes;
}

// From its two numbers: the library's reader of DER costs more than the verification.
Key make_rsa(const RsaKey& numbers) {
  std::string modulus = native(numbers.modulus);
  std::string exponent = native(numbers.exponent);
  OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_N, reinterpret_cast<unsigned char*>(modulus.data()),
                              modulus.size()),
      OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_E, reinterpret_cast<unsigned char*>(exponent.data()),
                              exponent.size()),
      OSSL_PARAM_construct_end()};
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  EVP_PKEY* key = nullptr;
  if (!context || EVP_PKEY_fromdata_init(context.get()) != 1) return nullptr;
  EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters);
  return Key(key);
}

}  // namespace

void Digest::Free::operator()(evp_md_ctx_st* context) const {
  EVP_MD_CTX_free(context);
}

Digest::Digest(Hash hash) : context_(EVP_MD_CTX_new()) {
  require(context_ && EVP_DigestInit_ex2(context_.get(), algorithm(hash), nullptr) == 1, "a digest");
}

Digest::Digest(const Digest& other) : context_(EVP_MD_CTX_new()) {
  require(context_ && EVP_MD_CTX_copy_ex(context_.get(), other.context_.get()) == 1, "a digest");
}

void Digest::add(std::string_view bytes) {
  require(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1, "a digest");
}

std::string Digest::finish() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  require(EVP_DigestFinal_ex(context_.get(), digest.data(), &length) == 1, "a digest");
  return {digest.begin(), digest.begin() + length};
}

std::string sha256_hex(std::string_view bytes) {
  Digest digest(Hash::sha256);
  digest.add(bytes);
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const char c : digest.finish()) {
    const auto byte = static_cast<unsigned char>(c);
    text += kDigits[byte >> 4];
    text += kDigits[byte & 0xf];
  }
  return text;
}

bool verify_rsa(const RsaKey& key, Hash hash, std::string_view digest, std::string_view signature) {
  const Key rsa = make_rsa(key);
  if (!rsa) return verdict(false);
  const KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, rsa.get(), nullptr));
  return verdict(context && EVP_PKEY_verify_init(context.get()) == 1 &&
                 EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) == 1 &&
                 EVP_PKEY_CTX_set_signature_md(context.get(), algorithm(hash)) == 1 &&
                 EVP_PKEY_verify(context.get(), bytes_of(signature), signature.size(), bytes_of(digest),
                                 digest.size()) == 1);
}

bool verify_ed25519(std::string_view key, std::string_view message, std::string_view signature) {
  const Key point(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(key), key.size()));
  struct FreeDigest {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  const std::unique_ptr<EVP_MD_CTX, FreeDigest> context(EVP_MD_CTX_new());
  return verdict(point && context &&
                 EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, point.get()) == 1 &&
                 EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(message),
                                  message.size()) == 1);
}

}  // namespace xspamd::auth
