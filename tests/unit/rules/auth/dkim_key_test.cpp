#include "rules/auth/dkim_key.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>

using namespace xspamd::auth;

namespace {

// "rsa abc sha1 sha256 testing", or the problem.
std::string read(std::string_view record) {
  const auto key = parse_dkim_key(record);
  if (!key) return key.error().sentence;
  return fmt::format("{} {}{}{}{}{}", key->is_ed25519 ? "ed25519" : "rsa", key->bytes,
                     key->takes_sha1 ? " sha1" : "", key->takes_sha256 ? " sha256" : "",
                     key->testing ? " testing" : "", key->strict ? " strict" : "");
}

}  // namespace

TEST_CASE("dkim key: records that are keys for mail (RFC 6376 §3.6.1)") {
  const std::pair<std::string, std::string> kTable[] = {
      {"p=YWJj", "rsa abc sha1 sha256"},
      {"v=DKIM1; k=rsa; p=YWJj", "rsa abc sha1 sha256"},
      {"v=DKIM1; k=RSA; p=YWJj;", "rsa abc sha1 sha256"},
      {"v=DKIM1;k=ed25519;p= Y W\tJj ", "ed25519 abc sha1 sha256"},
      {"v=DKIM1; s=email; p=YWJj", "rsa abc sha1 sha256"},
      {"v=DKIM1; s=web : Email; p=YWJj", "rsa abc sha1 sha256"},
      {"v=DKIM1; s=*; p=YWJj", "rsa abc sha1 sha256"},
      {"v=DKIM1; h=sha256; p=YWJj", "rsa abc sha256"},
      {"v=DKIM1; h=md5:SHA1; p=YWJj", "rsa abc sha1"},
      {"v=DKIM1; h=; p=YWJj", "rsa abc"},
      {"v=DKIM1; t=y; p=YWJj", "rsa abc sha1 sha256 testing"},
      {"v=DKIM1; t= y : s ; p=YWJj", "rsa abc sha1 sha256 testing strict"},
      {"v=DKIM1; t=n:extra; x1 = extra ; g=jl*g; n=a=b; p=YWJj", "rsa abc sha1 sha256"},
  };
  for (const auto& [record, want] : kTable)
    CHECK(read(record) == want);
}

TEST_CASE("dkim key: records that are none") {
  const std::pair<std::string, std::string> kTable[] = {
      {"", "\"\" is no tag"},
      {"v=spf1 -all", "v=\"spf1 -all\" is no key of DKIM"},
      {"v=DKIM3; p=YWJj", "v=\"DKIM3\" is no key of DKIM"},
      {"v=dkim1; p=YWJj", "v=\"dkim1\" is no key of DKIM"},
      {"k=rsa; v=DKIM1; p=YWJj", "v=\"DKIM1\" does not stand first"},
      {"v=DKIM1; k=foobar; p=YWJj", "k=\"foobar\" is not supported"},
      {"v=DKIM1; k=; p=YWJj", "k=\"\" is not supported"},
      {"v=DKIM1; s=chat; p=YWJj", "s=\"chat\" is not for mail"},
      {"v=DKIM1; s=emails; p=YWJj", "s=\"emails\" is not for mail"},
      {"v=DKIM1; k=rsa", "there is no p="},
      {"v=DKIM1; p=", "the key is revoked"},
      {"v=DKIM1; p= ;", "the key is revoked"},
      {"v=DKIM1; p=!", "p= is no base64"},
      {"k=rsa; t; p=YWJj", "\"t\" is no tag"},
      {"v=DKIM1\\; k=rsa\\; p=YWJj", "v=\"DKIM1\\\\\" is no key of DKIM"},
      {"p=YWJj; p=YWJj", "p= is there twice"},
  };
  for (const auto& [record, want] : kTable)
    CHECK(read(record) == want);
}
