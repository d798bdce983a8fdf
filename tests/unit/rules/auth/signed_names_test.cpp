#include "rules/auth/signed_names.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "conf/config.h"
#include "conf/schema.h"
#include "tests/support/parsing.h"

using namespace xspamd;
using namespace xspamd::auth;

namespace {

// h= for this header, or why there is none.
std::string names_of(const std::string& header, const std::vector<std::string>& list) {
  const auto parsed_list = parse_signed_names(list);
  if (!parsed_list) return parsed_list.error().sentence;
  const auto message = test::parsed(header + "\n");
  const auto names = names_to_sign(*message, *parsed_list);
  return names ? fmt::format("{}", fmt::join(*names, ":")) : names.error().sentence;
}

}  // namespace

TEST_CASE("signed names: a field is signed as often as it is there, and once more where none may be added") {
  const std::string kFrom = "From: a@example.org\n";
  struct Row {
    std::string header;
    std::vector<std::string> list;
    std::string names;
  };
  const Row kTable[] = {
      {kFrom, {"(o)from"}, "from:from"},
      {kFrom, {"from"}, "from"},
      {kFrom, {"(x)from"}, "from:from"},
      {kFrom + "To: x\nTO: y\n", {"(o)From", "To"}, "from:from:to:to"},
      {kFrom + "To: x\nTo: y\n", {"from", "(x)to"}, "from:to:to:to"},
      {kFrom, {"from", "to"}, "from"},
      {kFrom, {"from", "(x)to"}, "from"},
      {kFrom, {"from", "(o)to"}, "from:to"},
      {kFrom, {" (O)From ", "(X)Subject"}, "from:from"},
      // RFC 6376 §5.4: From is always signed.
      {kFrom, {}, "from:from"},
      {kFrom + "To: x\n", {"to"}, "from:from:to"},
  };
  for (const Row& row : kTable) {
    CAPTURE(row.header, row.list);
    CHECK(names_of(row.header, row.list) == row.names);
  }
}

TEST_CASE("signed names: what cannot be signed is refused with the reason") {
  const std::string kTail = " is no header field; expected \"subject\", \"(x)subject\" or \"(o)subject\"";
  const std::pair<std::string, std::string> kTable[] = {
      {"", "\"\"" + kTail},
      {"(o)", "\"(o)\"" + kTail},
      {"sub ject", "\"sub ject\"" + kTail},
      {"subject:", "\"subject:\"" + kTail},
      {"subject;l=0", "\"subject;l=0\"" + kTail},
      {"sübject", "\"sübject\"" + kTail},
      {"(o)return-path", "\"(o)return-path\" cannot be signed: it changes on its way"},
      {"Authentication-Results", "\"Authentication-Results\" cannot be signed: it changes on its way"},
      {"dkim-signature", "\"dkim-signature\" cannot be signed: more of them may be added"},
      {"ARC-Seal", "\"ARC-Seal\" cannot be signed: ARC seals it itself"},
  };
  for (const auto& [entry, sentence] : kTable)
    CHECK(names_of("", {entry}) == sentence);
  CHECK(names_of("", {std::string(1000, 'x')}) == "\"" + std::string(100, 'x') + "\"" + kTail);
  CHECK(names_of("", {"to", "(o)TO"}) == "\"to\" is there twice");
  CHECK(names_of("", std::vector<std::string>(101, "x")) == "101 header fields are more than 100");
}

TEST_CASE("signed names: a header of too many fields to sign is refused") {
  std::string header = "From: a@example.org\n";
  for (int i = 0; i < 498; ++i)
    header += "List-Id: x\n";
  CHECK(names_of(header, {"from", "list-id"}).size() == 4 + 498 * 8);
  CHECK(names_of(header, {"(o)from", "(x)list-id"}) ==
        "more than 500 header fields would have to be signed, the last of them \"list-id\"");
}

TEST_CASE("signed names: the default of the settings is the one that the schema tells") {
  conf::Array list;
  for (const std::string& entry : conf::Signing{}.headers)
    list.push_back(conf::Value{entry, {}});
  const conf::Key* key = conf::find_key({"signing", "x", "headers"});
  REQUIRE(key != nullptr);
  CHECK(conf::to_toml(conf::Value{list, {}}) == key->preset);
  CHECK(parse_signed_names(conf::Signing{}.headers)->size() == 27);
}
