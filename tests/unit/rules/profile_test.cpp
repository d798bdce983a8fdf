#include "rules/profile.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "server/reply.h"
#include "tests/support/scanning.h"
#include "tests/support/test_plan.h"

using namespace xspamd;
using test::rendered;

namespace {

struct Delivery {
  std::vector<std::string> recipients{"bob@x.example"};
  std::string sender = "alice@s.example";
  std::string client = "192.0.2.7";
  std::string user = "";
  std::string message = "X-A: 1\n\n";
};

Envelope envelope_of(const Delivery& mail) {
  Envelope envelope;
  envelope.recipients = mail.recipients;
  envelope.sender = mail.sender;
  envelope.client = IpAddress::parse(mail.client);
  envelope.user = mail.user;
  return envelope;
}

test::Options with_rules(test::Options options) {
  options.emplace_back("rules.A={header=\"X-A\", exists=true, score=5.0}");
  options.emplace_back("rules.OFF={header=\"X-A\", exists=true, score=0.5, enabled=false}");
  return options;
}

Verdict verdict(const test::Options& options, const Delivery& mail) {
  const auto plan = test::bare_plan(with_rules(options));
  const auto scan = test::scan_with(plan, test::request_of(mail.message, envelope_of(mail)));
  return score(*plan, *scan);
}

std::string scanned(const test::Options& options, const Delivery& mail = {}) {
  return rendered(verdict(options, mail));
}

// The names of the profiles that are chosen, the first one of those that fit.
std::string chosen(const test::Options& options, const Delivery& mail = {}) {
  const auto plan = test::bare_plan(with_rules(options));
  return fmt::format("{}", fmt::join(plan->profiles.choose(envelope_of(mail)).names, ", "));
}

std::string problems(const test::Options& options) {
  return test::plan_problems(all_checks(), with_rules(options));
}

}  // namespace

TEST_CASE("profile: a recipient is meant by address, by domain, by what is below a domain, or at all") {
  const std::vector<std::tuple<const char*, const char*, bool>> kTable{
      {"bob@x.example", "bob@x.example", true},
      {"Bob@X.example", "bOB@x.EXAMPLE", true},
      {"bob@x.example", "rob@x.example", false},
      {"bob@x.example", "bob@a.x.example", false},
      {"x.example", "bob@x.example", true},
      {"@x.example", "bob@x.example", true},
      {"x.example", "bob@a.x.example", false},
      {"x.example", "bob@ax.example", false},
      {"*.x.example", "bob@a.x.example", true},
      {"*.x.example", "bob@b.a.x.example", true},
      {"*.x.example", "bob@x.example", false},
      {"*.x.example", "bob@ax.example", false},
      {"*", "bob@x.example", true},
      {"*", "postmaster", true},
      {"example", "bob@x.example", false},
      {"*.example", "<bob@x.example>", true}};
  for (const auto& [pattern, recipient, fits] : kTable) {
    CAPTURE(pattern, recipient);
    CHECK(chosen({fmt::format("profiles.p.for.recipient=\"{}\"", pattern)}, {.recipients = {recipient}}) ==
          (fits ? "p" : ""));
  }
}

TEST_CASE("profile: everything that is named must be true, of several values any") {
  const std::vector<std::tuple<const char*, Delivery, bool>> kTable{
      {"{sender=\"s.example\"}", {}, true},
      {"{sender=[\"t.example\", \"alice@s.example\"]}", {}, true},
      {"{sender=\"t.example\"}", {}, false},
      {"{sender=\"<>\"}", {.sender = ""}, true},
      {"{sender=\"<>\"}", {}, false},
      {"{ip=\"192.0.2.0/24\"}", {}, true},
      {"{ip=[\"10.0.0.0/8\", \"::1\"]}", {}, false},
      {"{ip=\"0.0.0.0/0\"}", {.client = ""}, false},
      {"{user=\"*\"}", {}, false},
      {"{user=\"*\"}", {.user = "bob"}, true},
      {"{user=[\"rob\", \"bob\"]}", {.user = "bob"}, true},
      {"{user=\"Bob\"}", {.user = "bob"}, false},
      {"{authenticated=true}", {.user = "bob"}, true},
      {"{authenticated=true}", {}, false},
      {"{authenticated=false}", {}, true},
      {"{authenticated=false}", {.user = "bob"}, false},
      {"{sender=\"s.example\", ip=\"192.0.2.7\", recipient=\"x.example\"}", {}, true},
      {"{sender=\"s.example\", ip=\"192.0.2.8\", recipient=\"x.example\"}", {}, false},
      {"{recipient=\"x.example\"}", {.recipients = {}}, false},
      {"{sender=\"s.example\"}", {.recipients = {}}, true},
      {"{}", {}, true}};
  for (const auto& [conditions, mail, fits] : kTable) {
    CAPTURE(conditions);
    CHECK(chosen({fmt::format("profiles.p.for={}", conditions)}, mail) == (fits ? "p" : ""));
  }
}

TEST_CASE("profile: the highest priority is used, then the first by name") {
  const test::Options options{"profiles.c={for={recipient=\"*\"}}", "profiles.b={for={recipient=\"*\"}}",
                              "profiles.z={for={recipient=\"z.example\"}, priority=1}",
                              "profiles.low={for={sender=\"*\"}, priority=-1}"};
  CHECK(chosen(options) == "b");
  CHECK(chosen(options, {.recipients = {"bob@z.example"}}) == "z");
  CHECK(chosen(options, {.recipients = {}}) == "low");
  CHECK(chosen({"profiles.a={for={recipient=\"bob@x.example\"}}", "profiles.all={priority=1}"}) == "all");
}

TEST_CASE("profile: no header of the message and no user of the request chooses one") {
  const auto plan =
      test::bare_plan(with_rules({"profiles.p.for={user=\"*\"}", "profiles.q.for={recipient=\"*\"}"}));
  Request request = test::request_of("To: bob@x.example\nX-User: bob\n\n");
  request.envelope.client = IpAddress::parse("192.0.2.7");
  request.profile_user = "bob";
  CHECK(test::scan_with(plan, std::move(request))->profile.names.empty());
}

TEST_CASE("profile: thresholds are replaced, and those that are not named stay") {
  const test::Options options{"profiles.p={actions={reject=25, add_header=false, greylist=5.1}}"};
  const Verdict result = verdict(options, {});
  CHECK(rendered(result) == "no action 5.0: A(5.00) PROFILE(0.00)[p]");
  CHECK(to_tenths(result.required) == "25.0");
  CHECK(to_tenths(result.reject_at) == "25.0");
  CHECK(scanned({"profiles.p={actions={quarantine=5}}"}) == "quarantine 5.0: A(5.00) PROFILE(0.00)[p]");
  CHECK(scanned({"profiles.p={actions={reject=4}}"}) == "reject 5.0: A(5.00) PROFILE(0.00)[p]");
}

TEST_CASE("profile: the second number of SPAMC is that of the profile") {
  conf::Config config;
  CHECK(to_tenths(spamc_required(config, verdict({"profiles.p={actions={add_header=9}}"}, {}))) == "9.0");
  CHECK(to_tenths(spamc_required(config, verdict({}, {}))) == "6.0");
}

TEST_CASE("profile: GTUBE is worth the reject threshold of the profile") {
  const std::string gtube = "\nXJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X\n";
  CHECK(scanned({"profiles.p={actions={reject=25}}"}, {.message = gtube}) ==
        "reject 25.0: GTUBE(25.00) PROFILE(0.00)[p] (by GTUBE)");
}

TEST_CASE("profile: scores are replaced, of metas too") {
  CHECK(scanned({"profiles.p={scores={A=1.5, M=-0.5}}", "metas.M={when=\"A\", score=3.0}"}) ==
        "no action 1.0: A(1.50) M(-0.50) PROFILE(0.00)[p]");
}

TEST_CASE("profile: a symbol or check that is switched off does not hit, and counts nothing in metas") {
  const std::string meta = "metas.M={when=\"!A\", score=0.1}";
  CHECK(scanned({"profiles.p={disable=[\"A\"]}", meta}) == "no action 0.1: M(0.10) PROFILE(0.00)[p]");
  CHECK(scanned({"profiles.p={disable=[\"rules\"]}", meta}) == "no action 0.1: M(0.10) PROFILE(0.00)[p]");
  CHECK(scanned({"profiles.p={disable=[\"rules\", \"M\"]}", meta}) == "no action 0.0: PROFILE(0.00)[p]");
}

TEST_CASE("profile: what is disabled hits only where a profile switches it on") {
  const std::string enables = "profiles.p={for={recipient=\"x.example\"}, enable=[\"OFF\", \"M\"]}";
  const std::string meta = "metas.M={when=\"OFF\", score=1.0, enabled=false}";
  CHECK(scanned({enables, meta}) == "add header 6.5: A(5.00) M(1.00) OFF(0.50) PROFILE(0.00)[p]");
  CHECK(scanned({enables, meta}, {.recipients = {"bob@y.example"}}) == "greylist 5.0: A(5.00)");
  CHECK(scanned({"profiles.p={for={recipient=\"x.example\"}, enable=[\"rules\"]}",
                 "checks.rules.enabled=false"}) == "greylist 5.0: A(5.00) PROFILE(0.00)[p]");
  CHECK(scanned({"profiles.p={for={recipient=\"y.example\"}, enable=[\"rules\"]}",
                 "checks.rules.enabled=false"}) == "no action 0.0:");
}

TEST_CASE("profile: mail that is allowed or denied is not scanned") {
  CHECK(scanned({"profiles.p={allow=true}"}) == "no action 0.0: PROFILE(0.00)[p] (by PROFILE)");
  CHECK(scanned({"profiles.p={deny=true}"}) == "reject 0.0: PROFILE(0.00)[p] (by PROFILE)");
}

TEST_CASE("profile: of several recipients the most lenient thresholds count, and the report names them all") {
  const test::Options options{
      "profiles.a={for={recipient=\"a.example\"}, actions={greylist=1, add_header=5}}",
      "profiles.b={for={recipient=\"b.example\"}, actions={greylist=false, add_header=7}}"};
  CHECK(scanned(options, {.recipients = {"1@a.example", "2@a.example"}}) ==
        "add header 5.0: A(5.00) PROFILE(0.00)[a]");
  CHECK(scanned(options, {.recipients = {"1@b.example", "2@a.example"}}) ==
        "no action 5.0: A(5.00) PROFILE(0.00)[a, b]");
  CHECK(scanned(options, {.recipients = {"1@a.example", "2@c.example"}}) ==
        "greylist 5.0: A(5.00) PROFILE(0.00)[a, (default)]");
}

TEST_CASE("profile: scores and switches of several profiles count where they agree") {
  const test::Options options{
      "profiles.a={for={recipient=\"a.example\"}, scores={A=1.0, M=0.3}, disable=[\"N\"], enable=[\"OFF\"]}",
      "profiles.b={for={recipient=\"b.example\"}, scores={A=2.0, M=0.3}, disable=[\"N\", \"M\"]}",
      "metas.M={when=\"A\", score=0.1}", "metas.N={when=\"A\", score=0.2}"};
  CHECK(scanned(options, {.recipients = {"1@a.example", "2@b.example"}}) ==
        "greylist 5.3: A(5.00) M(0.30) PROFILE(0.00)[a, b]");
}

TEST_CASE("profile: mail to several is allowed or denied only where all profiles say so") {
  const auto both = [](const char* a, const char* b) {
    return scanned({fmt::format("profiles.a={{for={{recipient=\"a.example\"}}, {}}}", a),
                    fmt::format("profiles.b={{for={{recipient=\"b.example\"}}, {}}}", b)},
                   {.recipients = {"1@a.example", "2@b.example"}});
  };
  CHECK(both("allow=true", "allow=true") == "no action 0.0: PROFILE(0.00)[a, b] (by PROFILE)");
  CHECK(both("deny=true", "deny=true") == "reject 0.0: PROFILE(0.00)[a, b] (by PROFILE)");
  CHECK(both("allow=true", "deny=true") == "greylist 5.0: A(5.00) PROFILE(0.00)[a, b]");
  CHECK(both("allow=true", "priority=1") == "greylist 5.0: A(5.00) PROFILE(0.00)[b, a]");
}

TEST_CASE("profile: unknown names and bad patterns are refused") {
  CHECK(problems({"profiles.p.scores.GTUB=1"}) ==
        "-o: profile p: no symbol is called \"GTUB\", did you mean GTUBE?");
  CHECK(problems({"profiles.p.disable=[\"GTUB\"]"}) ==
        "-o: profile p: no symbol is called \"GTUB\", did you mean GTUBE?");
  CHECK(problems({"profiles.p.enable=[\"ruls\"]"}) ==
        "-o: profile p: no symbol is called \"ruls\", did you mean rules?");
  CHECK(problems({"profiles.p={disable=[\"A\"], enable=[\"A\"]}"}) ==
        "-o: profile p: \"A\" stands in disable and in enable");
  for (const char* pattern : {"b*@x.example", "a b", "bob@", "@", "*@x.example", "*.", "*x.example"}) {
    CAPTURE(pattern);
    CHECK(problems({fmt::format("profiles.p.for.recipient=\"{}\"", pattern)})
              .starts_with(fmt::format("-o: profile p: \"{}\" is no address pattern", pattern)));
  }
}
