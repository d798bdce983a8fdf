#include "rules/auth/crypto.h"

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "proto/base/hex.h"

namespace xspamd::auth {

namespace {

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeContext {
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
};
struct FreeDigest {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
struct FreeBuffer {
  void operator()(BIO* buffer) const { BIO_free(buffer); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, FreeContext>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, FreeDigest>;
using Buffer = std::unique_ptr<BIO, FreeBuffer>;

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
  static const EVP_MD* const kBlake2b = EVP_MD_fetch(nullptr, "BLAKE2B-512", nullptr);
  return hash == Hash::sha1 ? kSha1 : hash == Hash::sha256 ? kSha256 : kBlake2b;
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

// The library would ask for it on the terminal.
int no_passphrase(char*, int, int, void*) {
  return -1;
}

std::string sign_rsa(EVP_PKEY* key, std::string_view digest) {
  const KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  std::string signature(static_cast<std::size_t>(EVP_PKEY_get_size(key)), '\0');
  std::size_t length = signature.size();
  const bool made = context && EVP_PKEY_sign_init(context.get()) == 1 &&
                    EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) == 1 &&
                    EVP_PKEY_CTX_set_signature_md(context.get(), algorithm(Hash::sha256)) == 1 &&
                    EVP_PKEY_sign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &length,
                                  bytes_of(digest), digest.size()) == 1;
  return verdict(made) ? signature.substr(0, length) : std::string();
}

std::string sign_ed25519(EVP_PKEY* key, std::string_view message) {
  constexpr std::size_t kSignature = 64;
  const DigestContext context(EVP_MD_CTX_new());
  std::string signature(kSignature, '\0');
  std::size_t length = signature.size();
  const bool made = context && EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key) == 1 &&
                    EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &length,
                                   bytes_of(message), message.size()) == 1;
  return verdict(made) ? signature : std::string();
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

std::string digest_of(Hash hash, std::string_view bytes) {
  Digest digest(hash);
  digest.add(bytes);
  return digest.finish();
}

std::string sha256_hex(std::string_view bytes) {
  return hex(digest_of(Hash::sha256, bytes));
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
  const DigestContext context(EVP_MD_CTX_new());
  return verdict(point && context &&
                 EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, point.get()) == 1 &&
                 EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(message),
                                  message.size()) == 1);
}

void KeyPair::Free::operator()(evp_pkey_st* key) const {
  EVP_PKEY_free(key);
}

std::optional<KeyPair> KeyPair::from_pem(std::string_view pem) {
  const Buffer buffer(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  EVP_PKEY* key = buffer ? PEM_read_bio_PrivateKey(buffer.get(), nullptr, no_passphrase, nullptr) : nullptr;
  if (!verdict(key != nullptr)) return std::nullopt;
  return KeyPair(key);
}

KeyPair KeyPair::make_rsa(std::size_t bits) {
  EVP_PKEY* key = EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", bits);
  require(key != nullptr, "an RSA key");
  return KeyPair(key);
}

KeyPair KeyPair::make_ed25519() {
  EVP_PKEY* key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  require(key != nullptr, "an Ed25519 key");
  return KeyPair(key);
}

KeyPair::Kind KeyPair::kind() const {
  switch (EVP_PKEY_get_base_id(key_.get())) {
    case EVP_PKEY_RSA:
      return Kind::rsa;
    case EVP_PKEY_ED25519:
      return Kind::ed25519;
    default:
      return Kind::other;
  }
}

std::size_t KeyPair::bits() const {
  return static_cast<std::size_t>(std::max(EVP_PKEY_get_bits(key_.get()), 0));
}

std::string KeyPair::to_pem() const {
  const Buffer buffer(BIO_new(BIO_s_mem()));
  require(buffer && PEM_write_bio_PKCS8PrivateKey(buffer.get(), key_.get(), nullptr, nullptr, 0, nullptr,
                                                  nullptr) == 1,
          "the text of a key");
  char* text = nullptr;
  const long length = BIO_get_mem_data(buffer.get(), &text);
  return {text, static_cast<std::size_t>(length)};
}

std::string KeyPair::public_key() const {
  std::string bytes;
  if (kind() == Kind::ed25519) {
    std::size_t length = 32;
    bytes.resize(length);
    require(
        EVP_PKEY_get_raw_public_key(key_.get(), reinterpret_cast<unsigned char*>(bytes.data()), &length) == 1,
        "a public key");
    return bytes;
  }
  const int length = i2d_PUBKEY(key_.get(), nullptr);
  require(length > 0, "a public key");
  bytes.resize(static_cast<std::size_t>(length));
  auto* out = reinterpret_cast<unsigned char*>(bytes.data());
  i2d_PUBKEY(key_.get(), &out);
  return bytes;
}

std::string KeyPair::sign(std::string_view sha256) const {
  switch (kind()) {
    case Kind::rsa:
      return sign_rsa(key_.get(), sha256);
    case Kind::ed25519:
      return sign_ed25519(key_.get(), sha256);
    case Kind::other:
      break;
  }
  return {};
}

}  // namespace xspamd::auth
