#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "tests/support/scanning.h"
#include "tests/support/test_plan.h"
#include "tests/unit/rules/checks/check_cases.h"

using namespace xspamd;

namespace {

std::string hits(std::string header, Envelope envelope = {}) {
  return test::hits_of("freemail", {"", std::move(header), "", std::move(envelope)});
}

// The check alone, with options.
std::string hits_with(const test::Options& options, std::string body) {
  const auto plan = test::shipped_plan(options);
  const auto scan = test::fresh_scan(*plan, test::request_of(std::move(body)));
  for (const PlannedCheck& planned : plan->checks) {
    if (planned.check->name == "freemail")
      return test::rendered(std::get<CpuCheck>(planned.runner)(scan->mail, Deadline::max()));
  }
  return "no such check";
}

}  // namespace

TEST_CASE("freemail: each place where an address stands has its symbol") {
  Envelope from;
  from.sender = "Ann@Gmail.com";
  Envelope disposable;
  disposable.sender = "<x@mailinator.com>";
  Envelope recipients;
  recipients.recipients = {"a@example.org", "b@web.de", "c@WEB.DE", "d@mailinator.com"};
  const std::tuple<std::string, Envelope, std::string> kTable[] = {
      {"From: a@gmail.com", {}, "FREEMAIL_FROM[gmail.com]"},
      {"From: Ann <a@GMail.COM>", {}, "FREEMAIL_FROM[gmail.com]"},
      {"From: a@mailinator.com", {}, "DISPOSABLE_FROM[mailinator.com]"},
      {"From: a@x.mailinator.com", {}, "DISPOSABLE_FROM[x.mailinator.com]"},
      {"From: a@example.org", {}, ""},
      {"From: a@x.gmail.com", {}, ""},
      {"From: a@notgmail.com", {}, ""},
      {"From: gmail.com", {}, ""},
      {"From: \"a@gmail.com\" <a@example.org>", {}, ""},
      {"From: a@example.org, b@gmail.com", {}, ""},
      {"Reply-To: a@gmx.de", {}, "FREEMAIL_REPLYTO[gmx.de]"},
      {"Reply-To: a@mailinator.com", {}, "DISPOSABLE_REPLYTO[mailinator.com]"},
      {"Disposition-Notification-To: a@gmx.de", {}, "FREEMAIL_MDN[gmx.de]"},
      {"Disposition-Notification-To: a@mailinator.com", {}, "DISPOSABLE_MDN[mailinator.com]"},
      {"To: a@example.org, b@gmx.de, c@gmx.de, d@yahoo.com", {}, "FREEMAIL_TO[gmx.de, yahoo.com]"},
      {"To: a@mailinator.com", {}, "DISPOSABLE_TO[mailinator.com]"},
      {"Cc: a@qq.com, b@mailinator.com", {}, "FREEMAIL_CC[qq.com] DISPOSABLE_CC[mailinator.com]"},
      {"X: y", from, "FREEMAIL_ENVFROM[gmail.com]"},
      {"X: y", disposable, "DISPOSABLE_ENVFROM[mailinator.com]"},
      {"X: y", recipients, "FREEMAIL_ENVRCPT[web.de] DISPOSABLE_ENVRCPT[mailinator.com]"},
  };
  for (const auto& [header, envelope, want] : kTable) {
    INFO(header);
    CHECK(hits(header, envelope) == want);
  }
}

TEST_CASE("freemail: answers to another service are told, those to another name of the same are not") {
  const std::tuple<std::string, std::string, bool> kTable[] = {
      {"a@gmail.com", "a@yahoo.com", true},       {"a@gmail.com", "b@gmail.com", false},
      {"a@gmail.com", "a@googlemail.com", false}, {"a@hotmail.co.uk", "a@outlook.com", false},
      {"a@yahoo.co.uk", "a@yahoo.com", false},    {"a@gmail.com", "a@example.org", false},
      {"a@example.org", "a@gmail.com", false},    {"a@proton.me", "a@pm.me", false},
  };
  for (const auto& [from, reply, want] : kTable) {
    const std::string found = hits(fmt::format("From: {}\nReply-To: {}", from, reply));
    INFO(from << " " << reply);
    CHECK((found.find("FREEMAIL_REPLYTO_NEQ_FROM_DOM") != std::string::npos) == want);
  }
  CHECK(hits("From: a@gmail.com\nReply-To: b@yahoo.com") ==
        "FREEMAIL_FROM[gmail.com] FREEMAIL_REPLYTO[yahoo.com] "
        "FREEMAIL_REPLYTO_NEQ_FROM_DOM[gmail.com, yahoo.com]");
  CHECK(hits("From: a@gmail.com\nReply-To: b@yahoo.com\nList-Id: <l.example.org>") ==
        "FREEMAIL_FROM[gmail.com] FREEMAIL_REPLYTO[yahoo.com]");
}

TEST_CASE("freemail: domains are added and taken away, with what is below them") {
  CHECK(hits_with({"checks.freemail.domains=[\"Mail.Example.\"]"}, "From: a@b.mail.example\n\n") ==
        "FREEMAIL_FROM[b.mail.example]");
  CHECK(hits_with({"checks.freemail.except=[\"gmail.com\"]"}, "From: a@gmail.com\n\n") == "");
  CHECK(hits_with({"checks.freemail.disposable=[\"bücher.example\"]"}, "From: a@bücher.example\n\n") ==
        "DISPOSABLE_FROM[xn--bcher-kva.example]");
  CHECK(hits_with({"checks.freemail.disposable_except=[\"mailinator.com\"]"}, "From: a@mailinator.com\n\n") ==
        "");
  CHECK(test::plan_problems(all_checks(), {"checks.freemail.except=[\"gmail\"]"})
            .find("[checks.freemail]: except: \"gmail\" is no domain") != std::string::npos);
}

TEST_CASE("freemail: hostile addresses are bounded and shown clean") {
  std::string many = "To: ";
  for (int i = 0; i < 5000; ++i)
    many += fmt::format("a@x{}.mailinator.com, ", i);
  CHECK(hits(many) ==
        "DISPOSABLE_TO[x0.mailinator.com, x1.mailinator.com, x2.mailinator.com, x3.mailinator.com, "
        "x4.mailinator.com]");
  CHECK(hits("From: a@" + std::string(200'000, '.') + "gmail.com") == "");
  CHECK(hits("From: a@gmail.com\x01") == "");
}
