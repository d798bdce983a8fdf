#include "rules/domain_table.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "conf/shipped.h"
#include "proto/base/text.h"
#include "rules/listed_domain.h"

using namespace xspamd;

TEST_CASE("domain table: an entry is itself, another name of a service, or also what is below it") {
  const DomainTable table("# comment\nmail.example\nold.example mail.example\n\n  *.below.example\r\n");
  CHECK(table.size() == 3);
  CHECK(table.service("mail.example") == "mail.example");
  CHECK(table.service("old.example") == "mail.example");
  CHECK(table.service("below.example") == "below.example");
  CHECK(table.service("a.b.below.example") == "below.example");
  CHECK(table.service("a.mail.example") == "");
  CHECK(table.service("xbelow.example") == "");
  CHECK(table.service("example") == "");
  CHECK(table.service("") == "");
  CHECK(table.service(".") == "");
  CHECK(table.service("mail.example.") == "");
}

TEST_CASE("domain table: what is longer than any name is not looked for") {
  const DomainTable table("*.example");
  CHECK(table.service(std::string(245, 'a') + ".example") == "example");
  CHECK(table.service(std::string(246, 'a') + ".example") == "");
  CHECK(table.service(std::string(1'000'000, '.') + "example") == "");
}

TEST_CASE("domain table: the shipped tables hold domains, each once") {
  REQUIRE(conf::data_files().size() >= 2);
  for (const conf::Shipped& file : conf::data_files()) {
    INFO(file.name);
    CHECK(file.text.size() < 100'000);
    CHECK(file.text.starts_with("# "));
    std::vector<std::string> seen;
    for (const std::string_view line : split(file.text, '\n')) {
      if (line.empty() || line.front() == '#') continue;
      std::string name(line.substr(0, line.find(' ')));
      if (name.starts_with("*.")) name.erase(0, 2);
      const auto domain = listed_domain(name);
      REQUIRE(domain);
      CHECK(*domain == name);
      seen.push_back(name);
    }
    CHECK(seen.size() > 1000);
    std::sort(seen.begin(), seen.end());
    CHECK(std::adjacent_find(seen.begin(), seen.end()) == seen.end());
  }
}
