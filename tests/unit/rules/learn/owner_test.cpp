#include "rules/learn/owner.h"

#include <catch2/catch.hpp>

#include "rules/bayes/token_set.h"

using namespace xspamd;
using Per = conf::Learn::Per;

namespace {

std::string owner(Per per, std::vector<std::string> recipients, std::string user = {}) {
  Request request;
  request.envelope.recipients = std::move(recipients);
  request.profile_user = std::move(user);
  return owner_of(request, per);
}

}  // namespace

TEST_CASE("owner: whom a message concerns") {
  struct Row {
    Per per;
    std::vector<std::string> recipients;
    std::string user;
    std::string owner;
  };
  const std::vector<Row> rows{
      {Per::server, {"joe@example.org"}, "joe", ""},
      {Per::user, {"Joe@Example.ORG"}, "", "joe@example.org"},
      {Per::user, {"joe@example.org"}, "Ann", "ann"},
      {Per::user, {"joe@example.org"}, "nobody", "joe@example.org"},
      {Per::user, {"joe@example.org", "JOE@example.org"}, "", "joe@example.org"},
      {Per::user, {"joe@example.org", "ann@example.org"}, "", ""},
      {Per::user, {}, "", ""},
      {Per::domain, {"joe@example.org", "ann@Example.org"}, "", "example.org"},
      {Per::domain, {"joe@example.org", "ann@example.net"}, "", ""},
      {Per::domain, {"joe"}, "", ""},
      {Per::domain, {}, "joe@example.org", "example.org"},
      {Per::user, {std::string(201, 'a')}, "", ""},
      {Per::user, {std::string(200, 'a')}, "", std::string(200, 'a')},
      {Per::user, {}, "\x01spamassassin", ""},
      {Per::user, {}, "two words", ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.recipients, row.user);
    CHECK(owner(row.per, row.recipients, row.user) == row.owner);
  }
}

TEST_CASE("owner: tokens of the server stay, those of others are others, and none is 0") {
  const std::vector<std::uint64_t> tokens{1, 2, 0xFFFFFFFFFFFFFFFF};
  CHECK(scoped(tokens, "") == tokens);
  const auto joe = scoped(tokens, "joe@example.org");
  const auto ann = scoped(tokens, "ann@example.org");
  REQUIRE(joe.size() == tokens.size());
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    CHECK(joe[i] != tokens[i]);
    CHECK(joe[i] != ann[i]);
    CHECK(joe[i] != 0);
    CHECK(bayes::group_index(joe[i]) == bayes::group_index(tokens[i]));
  }
  // They are stored: these values must never change.
  CHECK(scoped(1, "joe@example.org") == scoped(1, "JOE@example.org"));
  CHECK(scoped(1, "joe@example.org") == 0x625357F1650446D1);
}
