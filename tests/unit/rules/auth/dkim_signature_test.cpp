#include "rules/auth/dkim_signature.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "proto/base/text.h"

using namespace xspamd;
using namespace xspamd::auth;

namespace {

const std::string kHash = "bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
const std::string kHash1 = "bh=2jmj7l5rSw0yVb/vlWAYkK/YBwk=";
const std::string kSound = "v=1; a=rsa-sha256; d=example.org; s=sel; h=From; b=YWJj; " + kHash;

// A sound signature with one tag instead of its own, or added; with none of that name if it is empty.
std::string changed(std::string_view tag, std::string_view from = kSound) {
  const std::string name(tag.substr(0, tag.find('=') + 1));
  std::string text;
  for (std::string_view part : split(from, ';'))
    if (!trim_blanks(part).starts_with(name)) text += std::string(part) + ";";
  return text + (tag.ends_with("=!") ? "" : std::string(tag));
}

std::string problem(std::string_view tag) {
  return parse_signature(changed(tag), SignatureKind::dkim).problem;
}

std::string_view name(Canonicalization form) {
  return form == Canonicalization::simple ? "simple" : "relaxed";
}

}  // namespace

TEST_CASE("dkim signature: what its tags say (RFC 6376 §3.5)") {
  const std::string text =
      " v=1; a=ed25519-sha256; d=Example.ORG; s=Sel._x.y; c=relaxed/simple; q=dns/txt;\r\n"
      " i=J=6Fe@News.Example.org; t=100; x=200; l=42; z=From:x|To:y; h=From : to:\r\n\tSubject;\r\n "
      "b= YWJjZG\r\n VmZ2hp ; " +
      kHash;
  const auto tags = parse_signature(text, SignatureKind::dkim);
  CHECK(tags.problem == "");
  CHECK(tags.domain == "example.org");
  CHECK(tags.selector == "sel._x.y");
  CHECK(tags.key_name() == "sel._x.y._domainkey.example.org");
  CHECK(tags.identity == "joe@news.example.org");
  CHECK(tags.algorithm == "ed25519-sha256");
  CHECK(tags.is_ed25519);
  CHECK(tags.signature == "abcdefghi");
  CHECK(tags.begin_of_b == "YWJjZGVm");
  CHECK(tags.raw_signature == " YWJjZG\r\n VmZ2hp ");
  CHECK(tags.body_hash.size() == 32);
  CHECK(tags.header_form == Canonicalization::relaxed);
  CHECK(tags.body_form == Canonicalization::simple);
  CHECK(tags.names == std::vector<std::string_view>{"From", "to", "Subject"});
  CHECK(tags.length == 42);
  CHECK(tags.made == 100);
  CHECK(tags.expires == 200);
}

TEST_CASE("dkim signature: what is not said has its default") {
  const auto tags = parse_signature(kSound, SignatureKind::dkim);
  CHECK(tags.problem == "");
  CHECK(tags.identity == "@example.org");
  CHECK(tags.header_form == Canonicalization::simple);
  CHECK(tags.body_form == Canonicalization::simple);
  CHECK(tags.length == BodyHash::kWhole);
  CHECK_FALSE(tags.made);
  CHECK_FALSE(tags.expires);
}

TEST_CASE("dkim signature: the forms of c=") {
  const std::pair<std::string, std::string> kTable[] = {{"simple", "simple/simple"},
                                                        {"relaxed", "relaxed/simple"},
                                                        {"simple/relaxed", "simple/relaxed"},
                                                        {"Relaxed", "relaxed/simple"},
                                                        {"relaxed/relaxed", "relaxed/relaxed"}};
  for (const auto& [value, want] : kTable) {
    const auto tags = parse_signature(changed("c=" + value), SignatureKind::dkim);
    CHECK(fmt::format("{}/{}", name(tags.header_form), name(tags.body_form)) == want);
  }
  for (const char* none :
       {"c=", "c=nofws", "c=relaxed/", "c=/relaxed", "c=simple/simple/simple", "c=relaxed / simple"})
    CHECK(problem(none).ends_with("is not supported"));
}

TEST_CASE("dkim signature: what is sound") {
  for (const char* tag : {"h=from", "h=Subject:FROM", "h=to::from", "q=dns/txt", "q=foo/bar:dns/txt:exam/ple",
                          "t=0", "l=0", "i=@example.org", "i=a@b.c.EXAMPLE.org", "i=jlong=40example.org",
                          "i=\"a@b\"@example.org", "x=99999999999999999999", "w=flarp", "d=a-b_c.example",
                          "s=2023-05-ed25519", "a=RSA-SHA256", "b=YWJ", "i=@example=2Eorg"})
    CHECK(problem(tag) == "");
}

TEST_CASE("dkim signature: U-labels are asked for as A-labels (RFC 8616 §5)") {
  const std::string domain =
      "b\xc3\xbc"
      "cher.example";
  const auto tags = parse_signature(changed("d=" + domain + "; i=J\xc3\xb6@" + domain), SignatureKind::dkim);
  CHECK(tags.problem == "");
  CHECK(tags.key_name() == "sel._domainkey.xn--bcher-kva.example");
  CHECK(tags.identity == "j\xc3\xb6@xn--bcher-kva.example");
  CHECK(parse_signature(changed("s=\xc3\xbc"), SignatureKind::dkim).selector == "xn--tda");
  CHECK(problem("d=\xff.example") == "d=\"?.example\" is no domain");
}

TEST_CASE("dkim signature: what is wrong, in a sentence (RFC 6376 §6.1.1)") {
  const std::string long_label(64, 'x');
  const std::string long_name = "s=" + std::string(60, 'a') + "." + std::string(60, 'b') + "." +
                                std::string(60, 'c') + "." + std::string(60, 'd');
  const std::pair<std::string, std::string> kTable[] = {
      {"v=!", "there is no v="},
      {"v=", "there is no v="},
      {"v=2", "v=\"2\" is not supported"},
      {"v=0.5", "v=\"0.5\" is not supported"},
      {"a=!", "there is no a="},
      {"a=rsa-md5", "a=\"rsa-md5\" is not supported"},
      {"a=ed25519-sha1", "a=\"ed25519-sha1\" is not supported"},
      {"a=rsa-sha256 x", "a=\"rsa-sha256 x\" is not supported"},
      {"b=!", "there is no b="},
      {"b= ", "there is no b="},
      {"b=not_base_64", "b= is no base64"},
      {"bh=!", "there is no bh="},
      {"bh=YWJj", "bh= is no hash"},
      {kHash1, "bh= is no hash"},
      {"d=!", "there is no d="},
      {"d=org", "d=\"org\" is no domain"},
      {"d=example...", "d=\"example...\" is no domain"},
      {"d=example.org.", "d=\"example.org.\" is no domain"},
      {"d=***", "d=\"***\" is no domain"},
      {"d=a b.example", "d=\"a b.example\" is no domain"},
      {"d=" + long_label + ".example", "d=\"" + long_label + ".example\" is no domain"},
      {"s=!", "there is no s="},
      {"s=a..b", "s=\"a..b\" is no selector"},
      {"s=a/b", "s=\"a/b\" is no selector"},
      {long_name, "the name of its key is too long"},
      {"h=!", "there is no h="},
      {"h=", "From is not signed"},
      {"h=To:Subject", "From is not signed"},
      {"h=Fromx", "From is not signed"},
      {"i=example.org", "i=\"example.org\" is no identity"},
      {"i=", "i=\"\" is no identity"},
      {"i=a=@example.org", "i=\"a=@example.org\" is no identity"},
      {"i=a@example.com", "i=\"a@example.com\" is not in the domain of d="},
      {"i=a@badexample.org", "i=\"a@badexample.org\" is not in the domain of d="},
      {"i=a@org", "i=\"a@org\" is not in the domain of d="},
      {"i=a@", "i=\"a@\" is not in the domain of d="},
      {"q=http", "q=\"http\" is not supported"},
      {"q=dns/special", "q=\"dns/special\" is not supported"},
      {"l=-1", "l= is no number"},
      {"l=", "l= is no number"},
      {"t=12 345", "t= is no time"},
      {"t=", "t= is no time"},
      {"x=icecream", "x= is no time"},
      {"t=5; x=5", "x= is not later than t="},
      {"synerr", "\"synerr\" is no tag"},
      {"V=1;;", "\"\" is no tag"},
  };
  for (const auto& [tag, want] : kTable)
    CHECK(problem(tag) == want);
}

TEST_CASE("dkim signature: long fields and lists are not read") {
  CHECK(problem("z=" + std::string(60'000, 'x')) == "");
  CHECK(problem("z=" + std::string(66'000, 'x')) == "the field has more than 65536 bytes");
  std::string names = "h=From";
  for (int i = 1; i < 1'000; ++i)
    names += ":To";
  CHECK(problem(names) == "");
  CHECK(problem(names + ":To") == "h= names more than 1000 fields");
}

TEST_CASE("dkim signature: times, with clocks that differ by five minutes") {
  const auto at = [](const char* tags, std::int64_t now) {
    const auto read = parse_signature(changed(tags), SignatureKind::dkim);
    return problem_of_times(read, std::chrono::sys_seconds(std::chrono::seconds(now)));
  };
  CHECK(at("x=1000", 1'300) == "");
  CHECK(at("x=1000", 1'301) == "the signature has expired");
  CHECK(at("x=99999999999999999999", 1'301) == "");
  CHECK(at("t=1000", 700) == "");
  CHECK(at("t=1000", 699) == "the signature is from the future");
  CHECK(at("t=99999999999999999999", 699) == "the signature is from the future");
  CHECK(at("t=1000; x=2000", -5) == "the signature is from the future");
}

TEST_CASE("dkim signature: the fields of ARC are like it, and differ (RFC 8617 §4.1)") {
  const std::string message = "i=1; a=rsa-sha256; d=example.org; s=sel; h=; b=YWJj; " + kHash;
  const auto of = [&](std::string_view tag) {
    return parse_signature(changed(tag, message), SignatureKind::arc_message).problem;
  };
  CHECK(of("i=1") == "");
  CHECK(of("i=50") == "");
  CHECK(of("v=7") == "");
  CHECK(of("h=Subject:ARC-Authentication-Results:ARC-Message-Signature") == "");
  CHECK(of("h=from:arc-seal") == "ARC-Seal is signed");
  CHECK(of("h=!") == "there is no h=");
  CHECK(of("a=rsa-sha1") == "a=\"rsa-sha1\" is not supported");
  for (const char* none : {"i=!", "i=", "i=0", "i=51", "i=a", "i=001", "i=@example.org"})
    CHECK(of(none).ends_with("is no instance"));
  CHECK(parse_signature(message, SignatureKind::arc_message).body_form == Canonicalization::relaxed);

  const std::string seal = "i=2; a=rsa-sha256; d=example.org; s=sel; cv=pass; t=12345; b=YWJj";
  const auto seal_of = [&](std::string_view tag) {
    return parse_signature(changed(tag, seal), SignatureKind::arc_seal).problem;
  };
  CHECK(seal_of("cv=none") == "");
  CHECK(seal_of("cv=Fail") == "");
  CHECK(seal_of("l=x") == "");
  CHECK(seal_of("cv=:)") == "cv=\":)\" is none");
  CHECK(seal_of("cv=!") == "cv=\"\" is none");
  CHECK(seal_of("h=from") == "there is h=, which a seal must not have");
  CHECK(seal_of("t=x") == "t= is no time");
  CHECK(parse_signature(seal, SignatureKind::arc_seal).header_form == Canonicalization::relaxed);
}
