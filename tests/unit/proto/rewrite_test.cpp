#include "proto/rewrite.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "proto/base/text.h"
#include "tests/support/dialogue.h"
#include "tests/support/rewrite_case.h"

using namespace xspamd;
using test::RewriteCase;
using test::Rewriting;

namespace {

// What spamc --headers makes of a reply: its own bytes behind it, from the first empty line on. Nothing when
// it finds none, and leaves the mail alone.
std::string put_together(const Rewriting& result, const std::string& sent) {
  const std::size_t lf = sent.find("\n\n");
  const std::size_t crlf = sent.find("\r\n\r\n");
  if (lf == std::string::npos && crlf == std::string::npos) return {};
  const std::size_t behind = lf < crlf ? lf + 2 : crlf + 4;
  return result.headers() + sent.substr(behind);
}

RewriteOptions plain_options() {
  RewriteOptions options;
  options.required = Points{6'000};
  options.marker = {"xspamd", "1.2.3", "2026-01-02", "mx.example"};
  return options;
}

Rewriting spam_rewritten(const std::string& sent, unsigned report_safe = 0, std::string subject = {}) {
  RewriteOptions options = plain_options();
  options.report_safe = report_safe;
  options.subject = std::move(subject);
  return test::rewritten(sent, test::rewrite_verdict(true), options);
}

}  // namespace

TEST_CASE("rewrite: each message of the folder comes back as the file beside it says") {
  const auto cases = test::read_rewrite_cases(XSPAMD_TEST_DATA "/rewrite");
  CHECK(cases.size() >= 30);
  for (const RewriteCase& data : cases) {
    INFO(data.name << ": " << data.why);
    const Rewriting result = test::rewritten(data.sent, test::rewrite_verdict(data.spam), data.options);
    CHECK(test::escaped(result.text()) == test::escaped(data.want));
  }
}

TEST_CASE("rewrite: what a client puts together from HEADERS is what PROCESS gives") {
  for (const RewriteCase& data : test::read_rewrite_cases(XSPAMD_TEST_DATA "/rewrite")) {
    INFO(data.name << ": " << data.why);
    const Rewriting result = test::rewritten(data.sent, test::rewrite_verdict(data.spam), data.options);
    CHECK(result.mail.headers <= result.text().size());
    if (data.spam && data.options.report_safe > 0) {
      // The header of the new message: spamc glues its body behind it all the same, as it does with spamd's.
      CHECK(result.headers().find("boundary=") != std::string::npos);
      CHECK(result.headers().find("Content-Type: text/plain") == std::string::npos);
      continue;
    }
    const std::string whole = put_together(result, data.sent);
    if (whole.empty()) {
      CHECK(result.headers() == result.text());
    } else {
      CHECK(test::escaped(whole) == test::escaped(result.text()));
    }
  }
}

TEST_CASE("rewrite: the attached original is the one that came") {
  for (const RewriteCase& data : test::read_rewrite_cases(XSPAMD_TEST_DATA "/rewrite")) {
    for (const unsigned report_safe : {1U, 2U}) {
      INFO(data.name << ": " << data.why);
      RewriteOptions options = data.options;
      options.report_safe = report_safe;
      const Rewriting result = test::rewritten(data.sent, test::rewrite_verdict(true), options);
      CHECK(test::escaped(result.mail.body) == test::escaped(result.message));
      CHECK(result.preamble + result.message == data.sent);
    }
  }
}

TEST_CASE("rewrite: a boundary that the sender wrote into the message is not taken") {
  const std::string first = spam_rewritten("Subject: a\n\nb\n", 1).mail.tail;
  const std::string boundary = first.substr(3, first.size() - 3 - 4);
  REQUIRE(boundary.starts_with("----------=_"));
  const Rewriting next = spam_rewritten(fmt::format("Subject: a\n\n--{}--\nb\n", boundary), 1);
  CHECK(next.mail.tail != first);
  CHECK(next.message.find(next.mail.tail.substr(3, boundary.size())) == std::string::npos);
}

TEST_CASE("rewrite: a header of a megabyte is kept, in one field and in many") {
  for (const std::string& field : {"X-Long: " + std::string(1'000'000, 'x') + "\n", std::string("a:\n")}) {
    std::string sent = "Subject: x\n";
    while (sent.size() < 1'000'000)
      sent += field;
    sent += "\nbody\n";
    const Rewriting result = spam_rewritten(sent, 0, "SPAM %s");
    const std::string text = result.text();
    const std::size_t at = text.find("Subject: SPAM x\n");
    REQUIRE(at != std::string::npos);
    const bool same =
        text.substr(at + 16) == sent.substr(11, sent.size() - 11 - 6) + "X-Spam-Prev-Subject: x\n\nbody\n";
    CHECK(same);
    CHECK(spam_rewritten(sent, 1).mail.body.size() == sent.size());
  }
}

TEST_CASE("rewrite: a subject takes the pattern's place for the original") {
  struct Row {
    std::string_view pattern, original, want;
  };
  const std::string longer(60, 'x');
  const Row rows[] = {
      {"*** SPAM *** %s", "Lunch", "*** SPAM *** Lunch"},
      {"*** SPAM *** %s", "*** spam *** Lunch", "*** SPAM *** Lunch"},
      {"*** SPAM *** %s", "*** SPAM ***Lunch", "*** SPAM *** *** SPAM ***Lunch"},
      {"%s (spam)", "Lunch", "Lunch (spam)"},
      {"%s (spam)", "Lunch (spam)", "Lunch (spam) (spam)"},
      {"Spam", "Lunch", "Spam"},
      {"%s", "Lunch", "Lunch"},
      {"a %s b %s", "Lunch", "a Lunch b %s"},
      {"SPAM %s", "", "SPAM "},
      {"SPAM %s", "=?utf-8?q?=C3=A4?=\n\tb", "SPAM =?utf-8?q?=C3=A4?=\n\tb"},
      {"ÄRGER %s", "Lunch", "=?UTF-8?B?w4RSR0VS?= Lunch"},
      {"%s (Ärger)", "Lunch", "Lunch =?UTF-8?B?KMOEcmdlcik=?="},
      {"a\nX: b %s", "Lunch", "a?X: b Lunch"},
  };
  for (const Row& row : rows)
    CHECK(marked_subject(row.pattern, row.original) == row.want);
}
