#include "rules/auth/private_key.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "rules/auth/base64.h"
#include "rules/auth/dkim_key.h"
#include "tests/support/signing.h"

using namespace xspamd;
using namespace xspamd::auth;

namespace {

// RFC 8463 Appendix A.2, as PKCS #8.
const std::string kEd25519 =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
    "-----END PRIVATE KEY-----\n";
// Of 512 bits, as PKCS #1, made for this test.
const std::string kShort =
    "-----BEGIN RSA PRIVATE KEY-----\n"
    "MIIBOwIBAAJBAOInIw9WH9hsKVGRdYfA/S+J6vsIu2vIaEHvS8vwCllXAYJBDigf\n"
    "zguaRCDJ8nD3wb5Quydw6ofZHwlk47Ld9fkCAwEAAQJBAJQHDALQ271cZts2O9jk\n"
    "8JR6UO2J9KuDHQLzcAiIES4R8zFu8id+Fvv9TWxKivfqqTl4uLNWQEW+UNy2xe/N\n"
    "CbUCIQDynaM4aJrgO3wFW2py8jki8z/iS/BWs7it9aw+POV7DwIhAO6hAC+9W4J7\n"
    "XjGJcFTjatf81+nV3nP4/f999kD72h53AiEAwJ30mvE5nLK9SQeF4NJ8GEplOsWt\n"
    "fzhadAorAJKaYnMCIHpmewIBzv6O6THfnY7tV9CSEO4QlZpHDYIPylBq3ubhAiB0\n"
    "lTkE8ebOBWUudJSFBYQIxQBOonNZil9EunbrHjtHyg==\n"
    "-----END RSA PRIVATE KEY-----\n";
const std::string kElliptic =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgHjoov86oHWrFjAiN\n"
    "C0MqxLO8zKMZsJ/3YmvRtA9thqChRANCAATjpE9freFBgDFGhKGogeF08l02Gl8f\n"
    "PvMZMxlp5o1WdHcLwYtFk3qe/YwWn+VPLCfsAKakq+rujkkWT/mYnxrG\n"
    "-----END PRIVATE KEY-----\n";
const std::string kEncrypted =
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
    "MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAjMpiufbQ4K4gICCAAw\n"
    "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEAQIEEMIUQb7EDD1fM2bUVSD4AKkEQJi3\n"
    "wuQ/MEBXuEYJr5B3oB4p4nZfzKlHMHc+5wuhyn2pVF1CQnEwfJ+EkZJNjOA0ynMH\n"
    "7MvQQx7qsNV/TxjPOg0=\n"
    "-----END ENCRYPTED PRIVATE KEY-----\n";
const std::string kTraditional =
    "-----BEGIN RSA PRIVATE KEY-----\n"
    "MIICXQIBAAKBgQDFrPr76ZM+F+JTBDuU3ieB9M/P3mQyzfBhFb8IScOI1o0vIP9k\n"
    "lVleR45sNIQZSETv2U1U8LIoL+XODSGUXtqiB8pCp+mfZ3acSQmXtreDwVRAWZT5\n"
    "Gx2ttOOx2YYOnOFpjNCZqh6UEw4a8LVAiZ4UxQbYJKUHT3pHy9g6VM4zFQIDAQAB\n"
    "AoGBAIUQkFMLRIbD5SIk80ae1NFyToGLHr/kSS/RR6r4nJt8ccWL3N+EeYgxevnz\n"
    "0AiE0YLzME9BR2wt8e/mfvg1cc34pIUWg3VytsHO0qOQDGDIu5a+E7XLAKGv50yI\n"
    "fDqwYbWStS3qvF8MGvsy6g/nhNoma4m75VCQW0saaZqUtXPxAkEA9OPVusJZiPUt\n"
    "T8gQ+YbcDNmm21IyhSoTJZPLLcYTD0DW1UaceYeFsN5w3cqQcYLTcnyz83ZFnSGj\n"
    "4QuW+6UAgwJBAM6ky+PvbRt1OKBUee8SbckogOEawoILk8donmomU7r1AV0pGbef\n"
    "GaldO42DQ54UPFAdplesQjuBCBCnPRCZ+ocCQQChSSjrzrKfZDLKl86uOObWw8aE\n"
    "Lje9wn9HwXYQmKLW6fJUFyRZWitv2KDnQlEtoWdXwM/X6i5hFdXUEwkGhZ63AkAt\n"
    "X3X9aHb2jniOi73yRoOgpaoWwz9uOoiKQmh2OlAsPtu7zuh8rwx9aaFH40iXjy3n\n"
    "EXuSyJoKYryYm4AHAyhFAkAGiE5NpIOeNAbRn00DCZ/lmk3cs6/0Kh+ag7OU+p2F\n"
    "Je0zpAn1Xa9DL36TNie84XWSIS9/4yowkR2sB+x0md1K\n"
    "-----END RSA PRIVATE KEY-----\n";

std::string sentence_of(std::string_view pem) {
  const auto key = PrivateKey::from_pem(pem);
  return key ? "" : key.error().sentence;
}

std::string sha256_of(std::string_view text) {
  Digest digest(Hash::sha256);
  digest.add(text);
  return digest.finish();
}

bool verifies(const PrivateKey& key, const std::string& digest, std::string_view signature) {
  const auto record = parse_dkim_key(key.record_begin() + key.record_key());
  REQUIRE(record);
  CHECK(record->is_ed25519 == key.is_ed25519());
  if (key.is_ed25519()) return verify_ed25519(record->bytes, digest, signature);
  const auto numbers = parse_rsa_key(record->bytes);
  REQUIRE(numbers);
  CHECK(numbers->modulus_bits() == key.bits());
  return verify_rsa(*numbers, Hash::sha256, digest, signature);
}

}  // namespace

TEST_CASE("private key: an Ed25519 key of PKCS #8 is the one of its record and its signatures") {
  const auto key = PrivateKey::from_pem(kEd25519);
  REQUIRE(key);
  CHECK(key->is_ed25519());
  CHECK(key->algorithm() == "ed25519-sha256");
  CHECK(key->record_begin() == "v=DKIM1; k=ed25519; ");
  // RFC 8463 Appendix A.2.
  CHECK(key->record_key() == "p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
  CHECK(to_base64(key->sign("what is signed")) == test::ed25519_signature("what is signed"));
  CHECK(key->to_pem() == kEd25519);
}

TEST_CASE("private key: an RSA key of PKCS #1 is taken and written as PKCS #8") {
  const auto key = PrivateKey::from_pem(kTraditional);
  REQUIRE(key);
  CHECK_FALSE(key->is_ed25519());
  CHECK(key->bits() == 1024);
  CHECK(key->algorithm() == "rsa-sha256");
  CHECK(key->record_begin() == "v=DKIM1; k=rsa; ");
  CHECK(key->to_pem().starts_with("-----BEGIN PRIVATE KEY-----\n"));
  const auto again = PrivateKey::from_pem(key->to_pem());
  REQUIRE(again);
  CHECK(again->record_key() == key->record_key());
}

TEST_CASE("private key: what was generated signs, and its record verifies that alone") {
  const PrivateKey keys[] = {PrivateKey::make_rsa(1024), PrivateKey::make_rsa(1536),
                             PrivateKey::make_ed25519()};
  for (const PrivateKey& key : keys) {
    const std::string digest = sha256_of("text");
    const std::string signature = key.sign(digest);
    CHECK(verifies(key, digest, signature));
    CHECK_FALSE(verifies(key, sha256_of("texT"), signature));
    CHECK(PrivateKey::from_pem(key.to_pem())->record_key() == key.record_key());
  }
  CHECK(keys[0].bits() == 1024);
  CHECK(keys[1].bits() == 1536);
}

TEST_CASE("private key: what is no digest is signed by no RSA key") {
  CHECK(PrivateKey::from_pem(kTraditional)->sign("short").empty());
}

TEST_CASE("private key: what cannot be used is refused with the reason") {
  const std::string kNone = "this is no key in PEM form (-----BEGIN PRIVATE KEY-----)";
  CHECK(sentence_of("") == kNone);
  CHECK(sentence_of(std::string(100'000, '-')) == kNone);
  CHECK(sentence_of("-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----\n") ==
        "this is the public key, the private one is needed");
  CHECK(sentence_of("-----BEGIN CERTIFICATE-----\nMCow\n-----END CERTIFICATE-----\n") ==
        "this is no private key");
  CHECK(sentence_of(kEncrypted) == "the key is encrypted, and nobody is there to give the passphrase");
  CHECK(sentence_of("-----BEGIN PRIVATE KEY-----\nMC4CAQAw\n-----END PRIVATE KEY-----\n") ==
        "the key is damaged, or of a kind that is not known");
  CHECK(sentence_of(kEd25519.substr(0, 60)) == "the key is damaged, or of a kind that is not known");
  CHECK(sentence_of(kElliptic) == "the key is neither an RSA nor an Ed25519 key");
  CHECK(sentence_of(kShort) == "the RSA key has 512 bits; verifiers take 1024 to 4096");
}

TEST_CASE("base64: the vectors of its standard") {
  const std::pair<std::string_view, std::string_view> kTable[] = {
      {"", ""},
      {"f", "Zg=="},
      {"fo", "Zm8="},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="},
      {"fooba", "Zm9vYmE="},
      {"foobar", "Zm9vYmFy"},
      {"\xff\xfe\xfb", "//77"},
  };
  for (const auto& [bytes, text] : kTable)
    CHECK(to_base64(bytes) == text);
}
