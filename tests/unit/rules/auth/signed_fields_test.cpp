#include "rules/auth/signed_fields.h"

#include <catch2/catch.hpp>

#include "proto/base/text.h"
#include "rules/auth/tag_list.h"

using namespace xspamd;
using namespace xspamd::auth;

namespace {

// The values of the fields that h= selects from a header whose field `own` is the signature.
std::string selected(std::string_view header, std::string_view names, std::size_t own = 99) {
  const Header read = parse_header(header, 100);
  const auto wanted = split_value(names);
  const Field* field = own < read.fields.size() ? &read.fields[own] : nullptr;
  std::string list;
  for (const Field* each : SignedFields(read.fields).select(wanted, field))
    list += std::string(trim_blanks(each->value)) + " ";
  return list;
}

}  // namespace

TEST_CASE("signed fields: from the lowest of a name up, and no more than there are (RFC 6376 §5.4.2)") {
  const std::string header = "From: f\nReceived: 3\nTo: t\nRECEIVED: 2\nreceived : 1\n\n";
  CHECK(selected(header, "from:to") == "f t ");
  CHECK(selected(header, "To:From") == "t f ");
  CHECK(selected(header, "Received") == "1 ");
  CHECK(selected(header, "received:from:RECEIVED:received:received:to") == "1 f 2 3 t ");
  CHECK(selected(header, "from:from:from") == "f ");
  CHECK(selected(header, "Subject:x:") == "");
  CHECK(selected(header, "") == "");
  CHECK(selected("", "from") == "");
  CHECK(selected("ab: 1\nabc: 2\nb: 3\n\n", "b:abc:ab") == "3 2 1 ");
}

TEST_CASE("signed fields: a signature does not cover itself") {
  const std::string header = "Sig: 3\nSig: 2\nSig: 1\n\n";
  CHECK(selected(header, "sig:sig:sig", 1) == "1 3 ");
  CHECK(selected(header, "sig:sig:sig", 2) == "2 3 ");
  CHECK(selected(header, "sig:sig:sig", 0) == "1 2 ");
  CHECK(selected("Sig: 1\n\n", "sig", 0) == "");
}
