#include "rules/auth/crypto.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <charconv>

#include "proto/base/hex.h"

using namespace xspamd::auth;
using xspamd::hex;

namespace {

std::string unhex(std::string_view digits) {
  std::string bytes;
  for (; digits.size() >= 2; digits.remove_prefix(2)) {
    int byte = 0;
    std::from_chars(digits.data(), digits.data() + 2, byte, 16);
    bytes += static_cast<char>(byte);
  }
  return bytes;
}

std::string digest_of(Hash hash, std::string_view first, std::string_view second) {
  Digest digest(hash);
  digest.add(first);
  digest.add(second);
  return digest.finish();
}

// A value of DER with this tag.
std::string der(unsigned char tag, const std::string& contents) {
  std::string text(1, static_cast<char>(tag));
  if (contents.size() >= 0x80) text += '\x82';
  if (contents.size() >= 0x80) text += static_cast<char>(contents.size() >> 8);
  text += static_cast<char>(contents.size() & 0xff);
  return text + contents;
}

std::string integer(const std::string& bytes) {
  return der(0x02, bytes);
}

std::string sequence(const std::string& contents) {
  return der(0x30, contents);
}

const std::string kRsaOid = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";
const std::string kExponent = integer(std::string("\1\0\1", 3));

// SubjectPublicKeyInfo around a key.
std::string info(const std::string& key, const std::string& oid = kRsaOid) {
  return sequence(sequence(der(0x06, oid) + der(0x05, "")) + der(0x03, std::string(1, '\0') + key));
}

std::string shown(const std::string& bytes) {
  const auto key = parse_rsa_key(bytes);
  return key ? fmt::format("{}/{}", key->modulus_bits(), key->exponent_bits()) : "none";
}

}  // namespace

TEST_CASE("crypto: digests of the message \"abc\" (FIPS 180-4)") {
  CHECK(hex(digest_of(Hash::sha1, "a", "bc")) == "a9993e364706816aba3e25717850c26c9cd0d89d");
  CHECK(hex(digest_of(Hash::sha256, "ab", "c")) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("crypto: a copy of a digest goes on from where it was copied") {
  Digest first(Hash::sha256);
  first.add("a");
  Digest second(first);
  first.add("bc");
  second.add("xy");
  CHECK(first.finish() == digest_of(Hash::sha256, "abc", ""));
  CHECK(second.finish() == digest_of(Hash::sha256, "axy", ""));
}

TEST_CASE("crypto: Ed25519, the second test of RFC 8032 §7.1") {
  const std::string key = unhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
  const std::string signature = unhex(
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
      "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
  CHECK(verify_ed25519(key, "r", signature));
  CHECK_FALSE(verify_ed25519(key, "s", signature));
  CHECK_FALSE(verify_ed25519(key.substr(1), "r", signature));
  CHECK_FALSE(verify_ed25519(key, "r", signature.substr(1)));
  CHECK_FALSE(verify_ed25519("", "r", ""));
}

TEST_CASE("crypto: what is no RSA signature of a digest is not verified") {
  const std::string modulus(256, '\x81');
  const std::string digest(32, 'd');
  const RsaKey key{modulus, "\x03"};
  for (const std::size_t length : {0, 1, 255, 256, 257, 4096})
    CHECK_FALSE(verify_rsa(key, Hash::sha256, digest, std::string(length, '\x01')));
  CHECK_FALSE(verify_rsa(key, Hash::sha256, "short", std::string(256, '\x01')));
  CHECK_FALSE(verify_rsa({"", "\x03"}, Hash::sha256, digest, std::string(256, '\x01')));
  CHECK_FALSE(verify_rsa({modulus, ""}, Hash::sha256, digest, std::string(256, '\x01')));
}

TEST_CASE("rsa key: with the algorithm around it or bare, in DER") {
  const std::string modulus = integer(std::string(1, '\0') + std::string(128, '\xc1'));
  const std::string bare = sequence(modulus + kExponent);
  CHECK(shown(bare) == "1024/17");
  CHECK(shown(info(bare)) == "1024/17");
  CHECK(shown(sequence(integer("\x01") + integer("\x03"))) == "1/2");
  CHECK(shown(sequence(integer(std::string("\0\0\x7f", 3)) + integer("\x03"))) == "7/2");
}

TEST_CASE("rsa key: what is no key") {
  const std::string bare = sequence(integer("\x7f") + kExponent);
  const std::string whole = info(bare);
  const std::string kTable[] = {
      "",
      "x",
      std::string("\x30\x80", 2),
      std::string("\x30\x84\0\0\0\1x", 7),
      sequence(""),
      sequence(integer("\x7f")),
      sequence(integer("\x7f") + kExponent + integer("\x01")),
      sequence(integer("") + kExponent),
      sequence(integer("\x80") + kExponent),
      sequence(integer(std::string(2, '\0')) + kExponent),
      bare + "x",
      whole + "x",
      info(bare + "x"),
      info(bare, "\x2a\x86\x48\xce\x3d\x02\x01"),
      info(""),
      sequence(sequence(der(0x06, kRsaOid)) + der(0x03, "")),
      sequence(sequence(der(0x06, kRsaOid)) + der(0x03, "\x01" + bare)),
      sequence(sequence(der(0x06, kRsaOid)) + der(0x04, std::string(1, '\0') + bare)),
      sequence(sequence(der(0x06, kRsaOid)) + der(0x03, std::string(1, '\0') + bare) + integer("\x01")),
  };
  for (const std::string& text : kTable) {
    INFO(hex(text));
    CHECK(shown(text) == "none");
  }
  for (std::size_t length = 0; length < whole.size(); ++length)
    CHECK(shown(whole.substr(0, length)) == "none");
}
