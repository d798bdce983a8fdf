#include "proto/rspamc.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "tests/support/reply_form.h"

using namespace xspamd;

namespace {

Verdict passing() {
  Verdict verdict;
  verdict.required = Points{15'000};
  verdict.reject_at = Points{15'000};
  return verdict;
}

void add(Verdict& verdict, std::string symbol, std::int64_t thousandths, std::string option) {
  verdict.scores.push_back({std::move(symbol), "", "", Points{thousandths}, {std::move(option)}});
  verdict.score += Points{thousandths};
}

std::string write(const Verdict& verdict, rspamc::ReplyOptions options = {}) {
  Request request;
  request.version = {1, 3};
  return rspamc::write(request, verdict, options);
}

}  // namespace

TEST_CASE("rspamc: a reply is status, Metric, Action, symbols, then what is said in words") {
  Verdict verdict = passing();
  add(verdict, "A", 16'500, "x");
  verdict.action = Action::reject;
  verdict.message = "No thanks";
  verdict.message_id = "1@x.example";
  CHECK(write(verdict) ==
        "RSPAMD/1.3 0 EX_OK\r\nMetric: default; True; 16.5 / 15.0 / 15.0\r\nAction: reject\r\n"
        "Symbol: A(16.50)[x]\r\nMessage: No thanks\r\nMessage-ID: 1@x.example\r\n");
}

TEST_CASE("rspamc: every action is a name that Exim's buffer of 31 characters holds") {
  for (const std::string_view spelled : action_names()) {
    Verdict verdict = passing();
    verdict.action = *action_from(spelled);
    CHECK(write(verdict).find(fmt::format("\r\nAction: {}\r\n", spelled)) != std::string::npos);
    CHECK(spelled.size() <= 31);
  }
}

TEST_CASE("rspamc: five thousand symbols fit, and still add up") {
  Verdict verdict = passing();
  for (int i = 0; i < 5'000; ++i)
    add(verdict, fmt::format("SYMBOL_NUMBER_{}", i), (i % 7 - 3) * 100, std::string(150, 'o'));
  for (const std::size_t limit : {std::size_t{512}, std::size_t{16 * 1024}, std::size_t{32'000}}) {
    rspamc::ReplyOptions options;
    options.max_bytes = limit;
    const std::string reply = write(verdict, options);
    CHECK(reply.size() <= limit);
    CHECK(test::rspamc_defect(reply) == "");
    CHECK(reply.find("\r\nSymbol: MORE_SYMBOLS(") != std::string::npos);
  }
}

TEST_CASE("rspamc: texts of the sender do not make the reply longer than its limit") {
  Verdict verdict = passing();
  for (int i = 0; i < 100; ++i)
    add(verdict, fmt::format("SYMBOL_NUMBER_{}", i), 100, "");
  verdict.action = Action::rewrite_subject;
  verdict.message = std::string(5'000, 'm');
  verdict.subject = std::string(5'000, 's');
  verdict.message_id = std::string(5'000, 'i');
  for (const std::size_t limit : {std::size_t{512}, std::size_t{2'000}, std::size_t{16 * 1024}}) {
    rspamc::ReplyOptions options;
    options.max_bytes = limit;
    const std::string reply = write(verdict, options);
    CHECK(reply.size() <= limit);
    CHECK(test::rspamc_defect(reply) == "");
    CHECK(reply.find("\r\nMessage-ID: iiii") != std::string::npos);
  }
}

TEST_CASE("rspamc: no text of the sender ends a line") {
  Verdict verdict = passing();
  verdict.action = Action::rewrite_subject;
  verdict.message = "a\r\nAction: no action";
  verdict.subject = "b\nSymbol: X(1.00)";
  verdict.message_id = std::string("c\0d", 3);
  const std::string reply = write(verdict);
  CHECK(test::rspamc_defect(reply) == "");
  CHECK(reply.find("Message: a??Action: no action\r\n") != std::string::npos);
  CHECK(reply.find("Subject: b?Symbol: X(1.00)\r\n") != std::string::npos);
  CHECK(reply.find("Message-ID: c?d\r\n") != std::string::npos);
}

TEST_CASE("rspamc: an action is renamed by the map, and the subject told by what it was") {
  Verdict verdict = passing();
  verdict.action = Action::rewrite_subject;
  verdict.subject = "changed";
  rspamc::ReplyOptions options;
  options.map = {{Action::rewrite_subject, Action::add_header}, {Action::add_header, Action::reject}};
  const std::string reply = write(verdict, options);
  CHECK(reply.find("\r\nAction: add header\r\n") != std::string::npos);
  CHECK(reply.find("\r\nSubject: changed\r\n") != std::string::npos);
}
