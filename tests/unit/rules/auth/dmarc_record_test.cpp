#include "rules/auth/dmarc_record.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>

using namespace xspamd;

namespace {

// "p=reject sp=none adkim=s aspf=s pct=50 rua=a,b ruf=c", what is as by default left out; "-" for no record;
// behind "!" the problem.
std::string shown(std::string_view text) {
  const auth::ParsedDmarc parsed = auth::parse_dmarc(text);
  CHECK(auth::is_dmarc_record(text) == (parsed.record || !parsed.problem.empty()));
  std::string line = "-";
  if (const auto& record = parsed.record) {
    line = fmt::format("p={}", name(record->policy));
    if (record->subdomain_policy) line += fmt::format(" sp={}", name(*record->subdomain_policy));
    if (record->strict_dkim) line += " adkim=s";
    if (record->strict_spf) line += " aspf=s";
    if (record->percent != 100) line += fmt::format(" pct={}", record->percent);
    if (!record->aggregate_reports.empty())
      line += fmt::format(" rua={}", fmt::join(record->aggregate_reports, ","));
    if (!record->failure_reports.empty())
      line += fmt::format(" ruf={}", fmt::join(record->failure_reports, ","));
  }
  return parsed.problem.empty() ? line : line + " ! " + parsed.problem;
}

struct Case {
  std::string text, want;
};

void check(std::initializer_list<Case> cases) {
  for (const Case& c : cases) {
    INFO(c.text);
    CHECK(shown(c.text) == c.want);
  }
}

}  // namespace

TEST_CASE("dmarc record: every tag is read, in any order, with blanks and in any case") {
  check({{"v=DMARC1; p=none", "p=none"},
         {"v=DMARC1;p=quarantine;sp=reject;adkim=s;aspf=s;pct=25;",
          "p=quarantine sp=reject adkim=s aspf=s pct=25"},
         {"v=DMARC1; pct=0; aspf=r; sp=none; p=reject", "p=reject sp=none pct=0"},
         {" V = DMARC1 ;\tP = Reject ; SP=NONE ; ADKIM=S", "p=reject sp=none adkim=s"},
         {"v=DMARC1; p=none; rua=mailto:a@x.example!10m,mailto:b@y.example; ruf=mailto:c@x.example; "
          "fo=1:d:s; rf=afrf; "
          "ri=86400",
          "p=none rua=mailto:a@x.example!10m,mailto:b@y.example ruf=mailto:c@x.example"}});
}

TEST_CASE("dmarc record: what does not begin with this version is no record") {
  check({{"", "-"},
         {"v=spf1 -all", "-"},
         {"v=DMARC2; p=reject", "-"},
         {"v=dmarc1; p=reject", "-"},
         {"v=DMARC10; p=reject", "-"},
         {"v=DMARC1 p=reject", "-"},
         {"p=reject; v=DMARC1", "-"},
         {"DMARC1; p=reject", "-"},
         {"x v=DMARC1; p=reject", "-"},
         {";v=DMARC1; p=reject", "-"}});
}

TEST_CASE(
    "dmarc record: unknown tags are passed over, what is wrong takes its default, the first of two counts") {
  check({{"v=DMARC1; x=y; p=reject; np=none; ; =; rubbish; t=y", "p=reject"},
         {"v=DMARC1; p=reject; adkim=strict; aspf=; pct=101", "p=reject"},
         {"v=DMARC1; p=reject; pct=-1", "p=reject"},
         {"v=DMARC1; p=reject; pct=5%", "p=reject"},
         {"v=DMARC1; p=reject; pct=99999999999999999999", "p=reject"},
         {"v=DMARC1; p=none; p=reject; pct=10; pct=20", "p=none pct=10"},
         {"v=DMARC1; p=none; rua=a@x.example, mailto:, mailto:@x, mailto:a@, 1:x, https://r.example/d, :x, a "
          "b:c",
          "p=none rua=https://r.example/d"}});
}

TEST_CASE(
    "dmarc record: a policy that is none counts as p=none where reports are asked for, else the record is "
    "wrong") {
  check({{"v=DMARC1", "- ! the DMARC record has no p="},
         {"v=DMARC1; sp=reject", "- ! the DMARC record has no p="},
         {"v=DMARC1; p=", "- ! the DMARC record has p=\"\", which is no policy"},
         {"v=DMARC1; p=rejct; rua=nobody", "- ! the DMARC record has p=\"rejct\", which is no policy"},
         {"v=DMARC1; p=reject; sp=all", "- ! the DMARC record has sp=\"all\", which is no policy"},
         {"v=DMARC1; p=reject; sp=all; pct=5; adkim=s; rua=mailto:a@x.example",
          "p=none adkim=s pct=5 rua=mailto:a@x.example ! the DMARC record has sp=\"all\", which is no "
          "policy; it counts "
          "as p=none"},
         {"v=DMARC1; p=\x80\n; rua=mailto:a@x.example",
          "p=none rua=mailto:a@x.example ! the DMARC record has p=\"?\", which is no policy; it counts as "
          "p=none"}});
}

TEST_CASE("dmarc record: of report addresses no more than 20 are kept") {
  std::string text = "v=DMARC1; p=none; rua=";
  for (int i = 0; i < 1'000; ++i)
    text += fmt::format("mailto:a{}@x.example,", i);
  CHECK(auth::parse_dmarc(text).record->aggregate_reports.size() == 20);
}
