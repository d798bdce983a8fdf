#include "rules/auth/canonicalization.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <random>

#include "rules/auth/body_hash.h"
#include "tests/support/canonical_reference.h"

using namespace xspamd;
using namespace xspamd::auth;

namespace {

constexpr auto kSimple = Canonicalization::simple;
constexpr auto kRelaxed = Canonicalization::relaxed;

template <class Put>
std::string gathered(Put put) {
  std::string text;
  Funnel funnel([&](std::string_view piece) { text += piece; });
  put(funnel);
  funnel.flush();
  return text;
}

std::string body(Canonicalization form, std::string_view text, char line_end = '\n') {
  return gathered([&](Funnel& funnel) { put_body(funnel, form, text, line_end); });
}

// Of the first field of a header.
std::string field(Canonicalization form, std::string_view header) {
  const Header read = parse_header(header, 1);
  return gathered([&](Funnel& funnel) { put_field(funnel, form, read.fields.front(), line_end_of(header)); });
}

std::string base64_digest(Hash hash, Canonicalization form, std::string_view text) {
  BodyHash wanted{form, hash, BodyHash::kWhole, {}, 0};
  hash_body(text, '\n', {&wanted, 1});
  std::string digits;
  for (const char c : wanted.digest)
    digits += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return digits;
}

}  // namespace

TEST_CASE("canonicalization: the example of RFC 6376 §3.4.5") {
  CHECK(field(kRelaxed, "A: X\r\n") == "a:X\r\n");
  CHECK(field(kRelaxed, "B : Y\t\r\n\tZ  \r\n") == "b:Y Z\r\n");
  CHECK(field(kSimple, "A: X\r\n") == "A: X\r\n");
  CHECK(field(kSimple, "B : Y\t\r\n\tZ  \r\n") == "B : Y\t\r\n\tZ  \r\n");
  CHECK(body(kRelaxed, " C \r\nD \t E\r\n\r\n\r\n") == " C\r\nD E\r\n");
  CHECK(body(kSimple, " C \r\nD \t E\r\n\r\n\r\n") == " C \r\nD \t E\r\n");
}

TEST_CASE("canonicalization: fields") {
  struct Row {
    std::string_view header, simple, relaxed;
  };
  const Row kTable[] = {
      {"A:X\n", "A:X\r\n", "a:X\r\n"},
      {"A: b\n  c\r\n\td\n", "A: b\r\n  c\r\n\td\r\n", "a:b c d\r\n"},
      {"A:\n", "A:\r\n", "a:\r\n"},
      {"A: \n \n\t\n", "A: \r\n \r\n\t\r\n", "a:\r\n"},
      {"A: \n b\n", "A: \r\n b\r\n", "a:b\r\n"},
      {"A: b \n c\n", "A: b \r\n c\r\n", "a:b c\r\n"},
      {"A: b\n  \n c\n", "A: b\r\n  \r\n c\r\n", "a:b c\r\n"},
      {"Subject \t:x  y\t\tz\n", "Subject \t:x  y\t\tz\r\n", "subject:x y z\r\n"},
      {"A: x\ry\n", "A: x\ry\r\n", "a:x\ry\r\n"},
      {"A: x\r\r\n y\n", "A: x\r\r\n y\r\n", "a:x\r y\r\n"},
      {"A: x\xff\xfe\n", "A: x\xff\xfe\r\n", "a:x\xff\xfe\r\n"},
      {"A: x\r y\r", "A: x\r\n y\r\n", "a:x y\r\n"},
  };
  for (const Row& row : kTable) {
    CHECK(field(kSimple, row.header) == row.simple);
    CHECK(field(kRelaxed, row.header) == row.relaxed);
  }
}

TEST_CASE("canonicalization: bodies, whatever their lines end with") {
  struct Row {
    std::string_view text, simple, relaxed;
  };
  const Row kTable[] = {
      {"", "\r\n", ""},
      {"\n", "\r\n", ""},
      {"\r\n\r\n\n", "\r\n", ""},
      {" \n\t\n", " \r\n\t\r\n", ""},
      {"a", "a\r\n", "a\r\n"},
      {"a\n", "a\r\n", "a\r\n"},
      {"a\r\n", "a\r\n", "a\r\n"},
      {"a\n\n\n", "a\r\n", "a\r\n"},
      {"\n\na\n", "\r\n\r\na\r\n", "\r\n\r\na\r\n"},
      {"a\n \n\nb\n", "a\r\n \r\n\r\nb\r\n", "a\r\n\r\n\r\nb\r\n"},
      {"a \t \n", "a \t \r\n", "a\r\n"},
      {"\t a  b\tc\n", "\t a  b\tc\r\n", " a b c\r\n"},
      {"a\rb\r\n", "a\rb\r\n", "a\rb\r\n"},
      {"a\r\r\n", "a\r\r\n", "a\r\r\n"},
      {"a \r\r\n", "a \r\r\n", "a \r\r\n"},
      {"a\r", "a\r\r\n", "a\r\r\n"},
      {"12345678 \t\n", "12345678 \t\r\n", "12345678\r\n"},
      {"1234567  9\n", "1234567  9\r\n", "1234567 9\r\n"},
      {"123456789 12345  89\n", "123456789 12345  89\r\n", "123456789 12345 89\r\n"},
      {"12345678901234\t6\n", "12345678901234\t6\r\n", "12345678901234 6\r\n"},
  };
  for (const Row& row : kTable) {
    CHECK(body(kSimple, row.text) == row.simple);
    CHECK(body(kRelaxed, row.text) == row.relaxed);
  }
  CHECK(body(kSimple, "a\rb\r\r", '\r') == "a\r\nb\r\n");
  CHECK(body(kRelaxed, "a \rb\t \r\r", '\r') == "a\r\nb\r\n");
}

TEST_CASE("canonicalization: a message without any LF has lines that CRs end") {
  CHECK(line_end_of("a\r\nb") == '\n');
  CHECK(line_end_of("a\rb\n") == '\n');
  CHECK(line_end_of("a\rb\r") == '\r');
}

TEST_CASE("canonicalization: empty bodies have the digests of RFC 6376 §3.4.3 and §3.4.4") {
  // "uoq1oCgLlTqpdDX/iUbLy7J1Wic=" and "frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY=" there, the latter two
  // "2jmj7l5rSw0yVb/vlWAYkK/YBwk=" and "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
  CHECK(base64_digest(Hash::sha1, kSimple, "") == "ba8ab5a0280b953aa97435ff8946cbcbb2755a27");
  CHECK(base64_digest(Hash::sha256, kSimple, "") ==
        "7eb70257593da06f682a3ddda54a9d260d4fc514f645237f5ca74b08f8da61a6");
  CHECK(base64_digest(Hash::sha1, kRelaxed, "") == "da39a3ee5e6b4b0d3255bfef95601890afd80709");
  CHECK(base64_digest(Hash::sha256, kRelaxed, "") ==
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_CASE("canonicalization: the same as the plain reading of the standard, on any text") {
  std::mt19937 random(7);
  const std::string kBytes = "ab  \t\r\n\n";
  for (int round = 0; round < 20'000; ++round) {
    std::string text(random() % 40, '\0');
    for (char& c : text)
      c = kBytes[random() % kBytes.size()];
    for (const Canonicalization form : {kSimple, kRelaxed}) {
      const std::string want = test::canonical_body(form, text);
      if (body(form, text) != want) CHECK(body(form, text) == want);
    }
  }
}

TEST_CASE("canonicalization: texts larger than the funnel come through whole") {
  std::string text;
  for (int i = 0; i < 3'000; ++i)
    text += fmt::format("line {} {}\n", i, std::string(static_cast<std::size_t>(i) % 50, 'x'));
  text += std::string(50'000, 'y') + "\n";
  for (const Canonicalization form : {kSimple, kRelaxed})
    CHECK(body(form, text) == test::canonical_body(form, text));
}

TEST_CASE("body hash: one pass gives the hashes of all lengths") {
  const std::string text = "first line\nsecond line\n\n\n";  // 12 and 13 bytes
  BodyHash wanted[] = {{kSimple, Hash::sha256, 25, {}, 0}, {kSimple, Hash::sha256, BodyHash::kWhole, {}, 0},
                       {kSimple, Hash::sha256, 0, {}, 0},  {kSimple, Hash::sha256, 12, {}, 0},
                       {kSimple, Hash::sha256, 26, {}, 0}, {kSimple, Hash::sha256, 12, {}, 0},
                       {kRelaxed, Hash::sha1, 12, {}, 0},  {kRelaxed, Hash::sha256, 12, {}, 0}};
  hash_body(text, '\n', wanted);
  const auto digest_of = [](std::string_view bytes, Hash hash) {
    Digest digest(hash);
    digest.add(bytes);
    return digest.finish();
  };
  const std::string whole = "first line\r\nsecond line\r\n";
  CHECK(wanted[0].digest == digest_of(whole, Hash::sha256));
  CHECK(wanted[1].digest == wanted[0].digest);
  CHECK(wanted[2].digest == digest_of("", Hash::sha256));
  CHECK(wanted[3].digest == digest_of("first line\r\n", Hash::sha256));
  CHECK(wanted[4].digest.empty());
  CHECK(wanted[5].digest == wanted[3].digest);
  CHECK(wanted[6].digest == digest_of("first line\r\n", Hash::sha1));
  CHECK(wanted[7].digest == wanted[3].digest);
  for (const BodyHash& each : wanted)
    CHECK(each.size == whole.size());
}
