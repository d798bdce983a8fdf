#include <catch2/catch.hpp>

#include "tests/support/check_alone.h"
#include "tests/support/scanning.h"

using namespace xspamd;
using auth::DkimResult;
using auth::DmarcResult;
using auth::SpfResult;

namespace {

struct Seen {
  SpfResult spf = SpfResult::pass;
  std::vector<std::pair<DkimResult, std::string>> dkim = {};
  DmarcResult dmarc = DmarcResult::pass;
  std::string domain = "m.bank.test";  // of the envelope and the From field
};

std::string hits(
    const test::Options& options, const Seen& seen,
    const std::function<void(Facts&)>& change = [](Facts&) {}) {
  const auto scan =
      test::scan_alone({"whitelist", "", options}, test::request_of("Subject: x\n\n"), [&](Facts& facts) {
        facts.spf.emplace();
        facts.spf->result = seen.spf;
        facts.spf->domain = seen.domain;
        facts.dkim_checked = true;
        for (const auto& [result, domain] : seen.dkim) {
          facts.dkim.emplace_back();
          facts.dkim.back().result = result;
          facts.dkim.back().domain = domain;
        }
        facts.dmarc.emplace();
        facts.dmarc->result = seen.dmarc;
        facts.dmarc->domain = seen.domain;
        facts.dmarc->by_spf = seen.dmarc == DmarcResult::pass;
        change(facts);
      });
  return test::rendered(scan->hits);
}

test::Options list(std::string_view name, std::string_view entries) {
  return {"checks.whitelist." + std::string(name) + "=" + std::string(entries)};
}

}  // namespace

TEST_CASE("check whitelist: no domain is trusted out of the box") {
  CHECK(hits({}, {.dkim = {{DkimResult::pass, "bank.test"}}}) == "");
}

TEST_CASE("check whitelist: a domain and what is below it are trusted when they are proved") {
  CHECK(hits(list("spf", R"(["bank.test"])"), {}) == "WHITELIST_SPF[m.bank.test]");
  CHECK(hits(list("spf", R"(["Bank.Test."])"), {.domain = "bank.test"}) == "WHITELIST_SPF[bank.test]");
  CHECK(hits(list("spf", R"(["bank.test"])"), {.domain = "xbank.test"}) == "");
  CHECK(hits(list("spf", R"(["m.bank.test"])"), {.domain = "bank.test"}) == "");
  CHECK(hits(list("spf", R"(["bank.test"])"), {.spf = SpfResult::fail}) == "");
  CHECK(hits(list("dkim", R"(["bank.test"])"),
             {.dkim = {{DkimResult::fail, "bank.test"}, {DkimResult::pass, "bank.test"}}}) ==
        "WHITELIST_DKIM[bank.test]");
  CHECK(hits(list("dmarc", R"(["bank.test"])"), {}) == "WHITELIST_DMARC[m.bank.test]");
  CHECK(hits(list("dmarc", R"(["bank.test"])"), {.dmarc = DmarcResult::none}) == "");
}

TEST_CASE("check whitelist: SPF and DKIM together are of one entry") {
  const auto options = list("spf_dkim", R"(["bank.test", "shop.test"])");
  CHECK(hits(options, {}) == "");
  CHECK(hits(options, {.dkim = {{DkimResult::pass, "shop.test"}}}) == "");
  CHECK(hits(options, {.dkim = {{DkimResult::pass, "bank.test"}}}) == "WHITELIST_SPF_DKIM[m.bank.test]");
  CHECK(hits(options, {.spf = SpfResult::softfail, .dkim = {{DkimResult::pass, "bank.test"}}}) == "");
}

TEST_CASE("check whitelist: a factor weighs the score, of several the largest") {
  CHECK(hits(list("spf", R"(["bank.test 0.5"])"), {}) == "WHITELIST_SPF[m.bank.test]x0.5");
  CHECK(hits(list("dkim", R"(["bank.test wl:0.5", "shop.test 2"])"),
             {.dkim = {{DkimResult::pass, "bank.test"}, {DkimResult::pass, "shop.test"}}}) ==
        "WHITELIST_DKIM[bank.test, shop.test]x2");
}

TEST_CASE("check whitelist: a protected domain is held against mail that claims it and fails") {
  CHECK(hits(list("spf", R"(["bank.test both"])"), {.spf = SpfResult::softfail}) ==
        "BLACKLIST_SPF[m.bank.test]");
  CHECK(hits(list("spf", R"(["bank.test both"])"), {}) == "WHITELIST_SPF[m.bank.test]");
  CHECK(hits(list("spf", R"(["bank.test bl"])"), {}) == "");
  CHECK(hits(list("dkim", R"(["bank.test bl:0.5"])"), {.dkim = {{DkimResult::fail, "bank.test"}}}) ==
        "BLACKLIST_DKIM[bank.test]x0.5");
  CHECK(hits(list("dkim", R"(["bank.test both"])"),
             {.dkim = {{DkimResult::fail, "bank.test"}, {DkimResult::pass, "bank.test"}}}) ==
        "WHITELIST_DKIM[bank.test]");
  CHECK(hits(list("spf_dkim", R"(["bank.test both"])"), {}) == "BLACKLIST_SPF_DKIM[m.bank.test]");
  CHECK(hits(list("dmarc", R"(["bank.test both"])"), {.dmarc = DmarcResult::fail}) ==
        "BLACKLIST_DMARC[m.bank.test]");
  CHECK(hits(list("dmarc", R"(["bank.test both"])"), {.dmarc = DmarcResult::none}) ==
        "BLACKLIST_DMARC[m.bank.test]");
}

TEST_CASE("check whitelist: what could not be checked counts for neither") {
  const test::Options all{
      R"(checks.whitelist={spf=["bank.test both"], dkim=["bank.test both"], spf_dkim=["bank.test both"], dmarc=["bank.test both"]})"};
  CHECK(hits(all, {.spf = SpfResult::temperror,
                   .dkim = {{DkimResult::temperror, "bank.test"}},
                   .dmarc = DmarcResult::temperror}) == "");
  CHECK(hits(all, {}, [](Facts& facts) { facts = Facts(); }) == "");
  const auto unknown = [](Facts& facts) {
    facts = Facts();
    facts.dmarc.emplace();
    facts.dmarc->result = DmarcResult::fail;
    facts.dmarc->domain = "bank.test";
    facts.dmarc->unknown = true;
  };
  CHECK(hits(all, {}, unknown) == "");
}

TEST_CASE(
    "check whitelist: a record that lets everyone send and a signature that covers a part prove nothing") {
  const auto everyone = [](Facts& facts) {
    facts.spf->plus_all = true;
  };
  CHECK(hits(list("spf", R"(["bank.test"])"), {}, everyone) == "");
  CHECK(hits(list("dmarc", R"(["bank.test"])"), {}, everyone) == "");
  const auto part = [](Facts& facts) {
    facts.dkim.at(0).unsigned_bytes = 1;
  };
  CHECK(hits(list("dkim", R"(["bank.test both"])"), {.dkim = {{DkimResult::pass, "bank.test"}}}, part) == "");
}

TEST_CASE("check whitelist: entries that are wrong are refused by name") {
  const auto problem = [](std::string_view entry) {
    return test::plan_problems(all_checks(), list("spf", "[\"" + std::string(entry) + "\"]"));
  };
  CHECK(problem("b\xc3\xbc"
                "cher.test both")
            .empty());
  CHECK(problem("").find("[checks.whitelist]: spf: \"\" is no domain") != std::string::npos);
  CHECK(problem("bank").find("\"bank\" is no domain") != std::string::npos);
  CHECK(problem("*.bank.test").find("\"*.bank.test\" is no domain") != std::string::npos);
  for (const std::string_view wrong : {"bank.test x", "bank.test wl:", "bank.test 0", "bank.test -1",
                                       "bank.test both:nan", "bank.test 1 2", "bank.test 1000"})
    CHECK(problem(wrong).find("behind the domain stands") != std::string::npos);
}
