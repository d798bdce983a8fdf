#include "server/client/mark_mail.h"

#include <catch2/catch.hpp>

#include "proto/mail/encoding.h"
#include "server/client/scan_report.h"
#include "server/version.h"

using namespace xspamd;
using namespace xspamd::client;

namespace {

constexpr std::chrono::milliseconds kTook{12};

Verdict verdict_of(Action action, std::int64_t thousandths) {
  Verdict verdict;
  verdict.action = action;
  verdict.score = {thousandths};
  verdict.reject_at = {15'000};
  verdict.scores = {{"ONE", "", "", {thousandths - 1'000}, {"a"}}, {"ANOTHER", "", "", {1'000}, {}}};
  return verdict;
}

std::string whole(std::string_view message, std::string_view fields) {
  const MarkedMail mail = marked(message, fields);
  return mail.head + std::string(mail.rest);
}

bool has(std::string_view text, std::string_view piece) {
  return text.find(piece) != std::string_view::npos;
}

}  // namespace

TEST_CASE("mark: the fields of rspamc's LDA mode") {
  CHECK(mark_fields(verdict_of(Action::add_header, 7'400), false, kTook) ==
        std::string("X-Spam-Scanner: xspamc ").append(kVersion) +
            "\nX-Spam-Scan-Time: 0.012\nX-Spam: yes\nX-Spam-Action: add header\n"
            "X-Spam-Score: 7.40 / 15.00\nX-Spam-Level: ********\nX-Spam-Symbols: ONE,\n\tANOTHER\n");
  CHECK(trouble_fields("no\nway", kTook) == std::string("X-Spam-Scanner: xspamc ").append(kVersion) +
                                                "\nX-Spam-Scan-Time: 0.012\nX-Spam-Error: no?way\n");
}

TEST_CASE("mark: what is spam, and how far") {
  const std::pair<Action, bool> rows[] = {{Action::no_action, false},   {Action::greylist, false},
                                          {Action::add_header, true},   {Action::rewrite_subject, true},
                                          {Action::soft_reject, false}, {Action::reject, true},
                                          {Action::discard, true},      {Action::quarantine, true}};
  for (const auto& [action, spam] : rows) {
    INFO(name(action));
    CHECK(has(mark_fields(verdict_of(action, 1'000), false, kTook), "\nX-Spam: yes\n") == spam);
  }
  // As rspamc 3.4: each point that was begun, at most 32.
  const std::pair<std::int64_t, std::size_t> levels[] = {{-2'400, 0}, {0, 0},     {400, 1},
                                                         {7'000, 7},  {7'400, 8}, {123'400, 32}};
  for (const auto& [thousandths, stars] : levels) {
    INFO(thousandths);
    CHECK(has(mark_fields(verdict_of(Action::no_action, thousandths), false, kTook),
              "\nX-Spam-Level: " + std::string(stars, '*') + "\n"));
  }
}

TEST_CASE("mark: the verdict as JSON in folded base64") {
  const Verdict verdict = verdict_of(Action::add_header, 7'400);
  const std::string fields = mark_fields(verdict, true, kTook);
  const std::size_t at = fields.find("X-Spam-Result: ");
  REQUIRE(at != std::string::npos);
  const std::string value = fields.substr(at + 15);
  CHECK(mail::decode_base64(value) == scan_json(verdict, kTook));
  for (std::size_t line = 0; line < value.size(); line = value.find('\n', line) + 1)
    CHECK(value.find('\n', line) - line <= 61);
}

TEST_CASE("mark: base64 with every length of its last group") {
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"", ""},        {"f", "Zg=="},        {"fo", "Zm8="},
      {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"\xff\xfe\xfd", "//79"}};
  for (const auto& [bytes, text] : rows)
    CHECK(base64(bytes) == text);
}

TEST_CASE("mark: fields stand behind the message's own, all else stays as it is") {
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"A: b\n\nbody\n", "A: b\nX: 1\nY: 2\n\nbody\n"},
      {"A: b\r\n\r\nbody", "A: b\r\nX: 1\r\nY: 2\r\n\r\nbody"},
      {"A: b\n", "A: b\nX: 1\nY: 2\n"},
      {"A: b", "A: b\nX: 1\nY: 2\n"},
      {"\nbody", "X: 1\nY: 2\n\nbody"},
      {"From bob Thu Jan  1 00:00:00 2026\nA: b\n\nbody",
       "From bob Thu Jan  1 00:00:00 2026\nA: b\nX: 1\nY: 2\n\nbody"},
      // A line that is no field begins the body.
      {"A: b\nno field\nC: d\n\nbody", "A: b\nX: 1\nY: 2\n\nno field\nC: d\n\nbody"},
  };
  for (const auto& [message, want] : rows) {
    INFO(message);
    CHECK(whole(message, "X: 1\nY: 2\n") == want);
  }
}

TEST_CASE("mark: no sender answers for the scanner") {
  CHECK(
      whole("X-Spam: no\nA: b\nx-spam-action : no action\n\tfolded\nX-Spam-Status: No\nX-Spam-Result: eA==\n"
            "X-Spam-Error: x\nX-Spam-Score: 0\nX-Spam-Level: \nX-Spam-Symbols: A,\n B\nX-Spam-Scan-Time: 1\n"
            "X-Spam-Scanner: y\n\nX-Spam: body\n",
            "X: 1\n") == "A: b\nX-Spam-Status: No\nX: 1\n\nX-Spam: body\n");
}

TEST_CASE("scan report: the lines of rspamc") {
  Verdict verdict = verdict_of(Action::soft_reject, 7'400);
  verdict.message = "try again";
  CHECK(scan_report("a.eml", verdict, kTook) ==
        "Results for file: a.eml (0.012 seconds)\n[Metric: default]\nAction: soft reject\nSpam: true\n"
        "Score: 7.40 / 15.00\nSymbol: ANOTHER (1.00)\nSymbol: ONE (6.40)[a]\nMessage-ID: undef\n"
        "Message - smtp_message: try again\n\n");
  verdict = verdict_of(Action::greylist, 4'000);
  verdict.message_id = "x@example.org";
  CHECK(has(scan_report("a.eml", verdict, kTook), "\nSpam: false\n"));
  CHECK(has(scan_report("a.eml", verdict, kTook), "\nMessage-ID: x@example.org\n\n"));
  CHECK(has(scan_json(verdict, kTook), "\"time_real\":0.012"));
}
