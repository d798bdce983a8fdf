#include "rules/lists/mailboxes.h"

#include <catch2/catch.hpp>

#include "proto/mail/message.h"
#include "tests/support/parsing.h"

using namespace xspamd;

namespace {

std::string found(const std::string& text) {
  const auto message = test::parsed("Subject: x\n\n" + text);
  std::string list;
  for (const Mailbox& mailbox : addresses_in_texts(*message))
    list += mailbox.local + "@" + mailbox.domain + " ";
  return list;
}

}  // namespace

TEST_CASE("mailboxes: addresses in the text, with what stands around them") {
  CHECK(found("write to Anna.B+x@Example.ORG. Or (c@d.example), <e@f.example>!") ==
        "Anna.B+x@example.org c@d.example e@f.example ");
  CHECK(found("mailto:me@x.example?subject=y") == "me@x.example ");
  CHECK(found("@x.example a@ a@b @ a@b..c@d.example") == "b..c@d.example ");
  CHECK(found("no address") == "");
}

TEST_CASE("mailboxes: a text of nothing but signs costs no more than its length") {
  CHECK(found(std::string(300'000, '@')) == "");
  CHECK(found(std::string(300'000, 'a') + "@b.example").size() == 64 + 1 + 9 + 1);
  std::string many;
  for (int i = 0; i < 500; ++i)
    many += "a" + std::to_string(i) + "@b.example\n";
  const auto message = test::parsed("Subject: x\n\n" + many);
  CHECK(addresses_in_texts(*message).size() == 100);
}

TEST_CASE("mailboxes: one spelling of each") {
  CHECK(canonical_mailbox("Anna", "example.org") == "anna@example.org");
  CHECK(canonical_mailbox("anna+shop", "example.org") == "anna@example.org");
  CHECK(canonical_mailbox("a.n.na+x", "googlemail.com") == "anna@gmail.com");
  CHECK(canonical_mailbox("a.nna", "example.org") == "a.nna@example.org");
  CHECK(canonical_mailbox("+x", "example.org") == "+x@example.org");
}
