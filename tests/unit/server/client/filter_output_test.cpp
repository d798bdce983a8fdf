#include "server/client/filter_output.h"

#include <catch2/catch.hpp>

#include "server/client/exit_status.h"
#include "server/client/spamc_request.h"

using namespace xspamd;
using namespace xspamd::client;

namespace {

SpamdReply reply(bool is_spam, std::string body = "") {
  SpamdReply made;
  made.version = "1.1";
  made.verdict = SpamdReply::Verdict{is_spam, is_spam ? 15.0 : -0.5, 5.0};
  made.body = std::move(body);
  return made;
}

// Of the letters of spamc; "h" is --headers.
Wanted wanted(std::string_view letters) {
  Wanted made;
  for (const char letter : letters) {
    made.check = made.check || letter == 'c';
    made.full_if_spam = made.full_if_spam || letter == 'r';
    made.full = made.full || letter == 'R';
    made.tests = made.tests || letter == 'y';
    made.ping = made.ping || letter == 'K';
    made.headers = made.headers || letter == 'h';
    made.exit_code = made.exit_code || letter == 'E';
    made.strict = made.strict || letter == 'x';
    made.unavailable_is_temporary = made.unavailable_is_temporary || letter == 'X';
    if (letter == 'L') made.lesson = Lesson::spam;
    if (letter == 'C') made.report = Report::report;
  }
  return made;
}

}  // namespace

TEST_CASE("filter: of several wishes the one that spamc takes is asked for") {
  const std::pair<std::string_view, Command> rows[] = {
      {"", Command::process},          {"h", Command::headers},    {"K", Command::ping},
      {"Kh", Command::ping},           {"yK", Command::symbols},   {"Ry", Command::report},
      {"rR", Command::report_if_spam}, {"crRyKh", Command::check}, {"L", Command::tell},
      {"Cc", Command::tell},
  };
  for (const auto& [letters, command] : rows) {
    INFO(letters);
    CHECK(command_of(wanted(letters)) == command);
  }
}

TEST_CASE("filter: requests are spamc's, byte for byte") {
  CHECK(spamc_head({Command::process, {}, "joe", false, 7}) ==
        "PROCESS SPAMC/1.5\r\nUser: joe\r\nContent-length: 7\r\n\r\n");
  CHECK(spamc_head({Command::check, {}, "joe", true, 7}) ==
        "CHECK SPAMC/1.5\r\nUser: joe\r\nCompress: zlib\r\nContent-length: 7\r\n\r\n");
  CHECK(spamc_head({Command::ping, {}, "joe", false, 0}) == "PING SPAMC/1.5\r\n\r\n");
  Wanted report = wanted("C");
  CHECK(spamc_head({Command::tell, tell_of(report), "", false, 7}) ==
        "TELL SPAMC/1.5\r\nMessage-class: spam\r\nSet: local,remote\r\nContent-length: 7\r\n\r\n");
  report.report = Report::revoke;
  CHECK(spamc_head({Command::tell, tell_of(report), "", false, 7}) ==
        "TELL SPAMC/1.5\r\nMessage-class: ham\r\nSet: local\r\nRemove: remote\r\nContent-length: 7\r\n\r\n");
}

TEST_CASE("filter: what is printed, and the status") {
  struct Row {
    std::string_view letters;
    SpamdReply reply;
    std::string_view text;
    int status;
  };
  const Row rows[] = {
      {"", reply(true, "mail"), "mail", 0},
      {"E", reply(true, "mail"), "mail", 1},
      {"E", reply(false, "mail"), "mail", 0},
      {"c", reply(true), "15.0/5.0\n", 1},
      {"c", reply(false), "-0.5/5.0\n", 0},
      {"R", reply(false, "report"), "-0.5/5.0\nreport", 0},
      {"RE", reply(true, "report"), "15.0/5.0\nreport", 1},
      {"r", reply(true, "report"), "15.0/5.0\nreport", 0},
      {"r", reply(false, "report"), "report", 0},
      {"rR", reply(false, ""), "-0.5/5.0\n", 0},
      {"y", reply(true, "A,B"), "A,B", 0},
      {"K", reply(false), "SPAMD/1.1 0\n", 0},
      {"LE", reply(true), "Message was already un/learned\n", 0},
      {"C", reply(true), "Unable to report/revoke message\n", 0},
  };
  for (const Row& row : rows) {
    INFO(row.letters << (row.reply.verdict->is_spam ? " spam" : " ham"));
    CHECK(printed(wanted(row.letters), row.reply) == row.text);
    CHECK(exit_status(wanted(row.letters), row.reply) == row.status);
  }
}

TEST_CASE("filter: what was learned or reported depends on what was asked") {
  SpamdReply done = reply(true);
  done.set = {true, true};
  CHECK(printed(wanted("L"), done) == "Message successfully un/learned\n");
  CHECK(printed(wanted("C"), done) == "Message successfully reported/revoked\n");
  Wanted forget = wanted("L");
  forget.lesson = Lesson::forget;
  CHECK(printed(forget, done) == "Message was already un/learned\n");
  done.removed = {true, false};
  CHECK(printed(forget, done) == "Message successfully un/learned\n");
  Wanted revoke = wanted("C");
  revoke.report = Report::revoke;
  CHECK(printed(revoke, done) == "Unable to report/revoke message\n");
  done.removed = {true, true};
  CHECK(printed(revoke, done) == "Message successfully reported/revoked\n");
}

TEST_CASE("filter: without an answer the mail passes, unless -x says otherwise") {
  struct Row {
    std::string_view letters;
    int failure;
    bool too_large;
    std::string_view text;
    bool message;
    int status;
  };
  const Row rows[] = {
      {"", kUnavailable, false, "", true, 0},
      {"E", kIoError, false, "", true, 0},
      {"h", kProtocol, false, "", true, 0},
      {"c", kUnavailable, false, "0/0\n", false, 0},
      {"R", kUnavailable, false, "0/0\n", false, 0},
      {"r", kUnavailable, false, "0/0\n", false, 0},
      {"y", kUnavailable, false, "\n", false, 0},
      {"x", kUnavailable, false, "", false, 69},
      {"xE", kIoError, false, "", false, 74},
      {"cx", kUnavailable, false, "0/0\n", false, 69},
      {"xX", kUnavailable, false, "", false, 75},
      {"xX", kIoError, false, "", false, 74},
      {"X", kUnavailable, false, "", true, 0},
      {"x", kTooLarge, true, "", true, 0},
      {"", kTooLarge, true, "", true, 0},
      {"cx", kTooLarge, true, "0/0\n", false, 0},
      {"K", kUnavailable, false, "", false, 69},
      {"L", kUnavailable, false, "", false, 69},
      {"L", kTooLarge, true, "", false, 98},
      {"C", kUnavailable, false, "", true, 0},
  };
  for (const Row& row : rows) {
    INFO(row.letters << ' ' << row.failure);
    const FallBack back = fall_back(wanted(row.letters), row.failure, row.too_large);
    CHECK(back.text == row.text);
    CHECK(back.message == row.message);
    CHECK(back.status == row.status);
  }
}

TEST_CASE("filter: the body begins behind the first empty line") {
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"A: b\n\nbody\n\nmore", "body\n\nmore"}, {"A: b\r\n\r\nbody", "body"}, {"A: b\n", ""}, {"", ""},
      {"A: b\r\nC: d\n\nbody", "body"},         {"A: b\n\r\nbody", ""},
  };
  for (const auto& [message, body] : rows)
    CHECK(body_of(message) == body);
}
