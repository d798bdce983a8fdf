#include "proto/preamble.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <catch2/catch.hpp>

using namespace xspamd;

namespace {

constexpr std::string_view kReceived = "Received: from [127.0.0.1] (helo=c.x.example)\n";

std::string shown(std::string_view body) {
  const Preamble preamble = read_preamble(body);
  return fmt::format("{} <- {} | {}", fmt::join(preamble.recipients, " & "), preamble.sender.value_or("-"),
                     body.substr(preamble.length, 9));
}

}  // namespace

TEST_CASE("preamble: what Exim puts in front becomes envelope, once and only there") {
  struct Case {
    std::string_view why, front, want;
  };
  const Case cases[] = {
      {"Exim 4.96",
       "From MAILER-DAEMON Sun Nov 22 05:44:40 2026\nX-Envelope-From: <a@x.example>\nX-Envelope-To: "
       "b@t.example, c@t.example\n",
       "b@t.example & c@t.example <- a@x.example | Received:"},
      {"the null sender has no line", "From MAILER-DAEMON Sun Nov 22 05:44:40 2026\nX-Envelope-To: b@t\n",
       "b@t <- - | Received:"},
      {"CRLF", "From MAILER-DAEMON x\r\nX-Envelope-From: <a@x>\r\nX-Envelope-To: b@t\r\n",
       "b@t <- a@x | Received:"},
      {"nothing in front", "", " <- - | Received:"},
      {"a mbox line alone", "From x\n", " <- - | Received:"},
      {"a second mbox line is the message's", "From x\nFrom y\n", " <- - | From y\nRe"},
      {"after another field they are the sender's", "From x\nSubject: s\nX-Envelope-To: b@t\n",
       " <- - | Subject: "},
      {"a repeated line is the sender's", "X-Envelope-To: b@t\nX-Envelope-To: evil@t\n",
       "b@t <- - | X-Envelop"},
      {"so is one in the wrong order", "X-Envelope-To: b@t\nX-Envelope-From: <evil@t>\n",
       "b@t <- - | X-Envelop"},
      {"Exim never folds", "X-Envelope-To: b@t,\n c@t\n", " <- - | X-Envelop"},
      {"a sender may hold the bracket and the comma",
       "X-Envelope-From: <\"a> b,\\\"c\"@x>\nX-Envelope-To: \"p,q\"@t, <r@t>\n",
       "\"p,q\"@t & r@t <- \"a> b,\\\"c\"@x | Received:"},
      {"a quote without end hides no recipient", "X-Envelope-To: \"a@t, b@t,, c@t\n",
       "\"a@t & b@t & c@t <- - | Received:"},
      {"one bracket at each end goes", "X-Envelope-From: <<a@x>>\n", " <- <a@x> | Received:"},
      {"an mbox line that was escaped", ">From x y\nX-Envelope-To: b@t\n", "b@t <- - | Received:"},
      {"only one of both", "From x\n>From y\n", " <- - | >From y\nR"},
      {"an empty list", "X-Envelope-To: \n", " <- - | Received:"},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    CHECK(shown(std::string(c.front) + std::string(kReceived)) == c.want);
  }
}

TEST_CASE("preamble: a body that ends inside it gives what is there") {
  CHECK(read_preamble("").length == 0);
  CHECK(read_preamble("From ").length == 5);
  CHECK(read_preamble("From x\n").length == 7);
  CHECK(read_preamble("X-Envelope-To: a@t").length == 0);  // no line end: cut off
}

TEST_CASE("preamble: a text whose line ends are all CR has its mbox line taken off") {
  CHECK(read_preamble("From x\rSubject: s\r\rbody").length == 7);
  CHECK(read_preamble("From x\ry\nSubject: s\n").length == 9);
}

TEST_CASE("preamble: batch SMTP becomes envelope and message") {
  Request request;
  request.dialect = Dialect::spamc;
  request.body =
      "EHLO h.example\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@t>\r\nDATA\r\nSubject: s\r\n\r\n..\r\n.\r\nQUIT\r\n";
  Request named = request;
  named.envelope.helo = "head";
  named.envelope.recipients = {"head@t"};
  Request milter = request;
  take_preamble(request);
  CHECK(request.envelope.helo == "h.example");
  CHECK(request.envelope.sender == "a@x");
  CHECK(request.envelope.recipients == std::vector<std::string>{"b@t"});
  CHECK(request.body == "Subject: s\r\n\r\n.\r\n");
  take_preamble(named);
  CHECK(named.envelope.helo == "head");
  CHECK(named.envelope.recipients == std::vector<std::string>{"head@t"});
  CHECK(named.body == request.body);
  milter.dialect = Dialect::milter;
  const std::string body = milter.body;
  take_preamble(milter);
  CHECK(milter.body == body);
}

TEST_CASE("preamble: a list of 50,000 recipients is read whole, an endless one is bounded") {
  std::string body = "X-Envelope-To: a@t";
  for (int i = 1; i < 50'000; ++i)
    body += ", user" + std::to_string(i) + "@test.example";
  CHECK(read_preamble(body + "\n").recipients.size() == 50'000);
  for (int i = 0; i < 400'000; ++i)
    body += ",\"";
  CHECK(read_preamble(body + "\n").recipients.size() == Preamble::kMostRecipients);
}

TEST_CASE("preamble: the head of the request wins, and where it is silent the preamble speaks") {
  Request request;
  request.body = "From x\nX-Envelope-From: <a@x>\nX-Envelope-To: b@t\nSubject: s\n\n";
  Request spamc = request;
  spamc.dialect = Dialect::spamc;
  take_preamble(spamc);
  CHECK(spamc.envelope.sender == "a@x");
  CHECK(spamc.envelope.recipients == std::vector<std::string>{"b@t"});
  CHECK(spamc.body == "Subject: s\n\n");

  Request rspamc = request;
  rspamc.envelope.sender = "head@x";
  rspamc.envelope.recipients = {"head@t"};
  take_preamble(rspamc);
  CHECK(rspamc.envelope.sender == "head@x");
  CHECK(rspamc.envelope.recipients == std::vector<std::string>{"head@t"});
  CHECK(rspamc.body == "Subject: s\n\n");

  Request milter = request;
  milter.dialect = Dialect::milter;
  take_preamble(milter);
  CHECK(milter.body == request.body);  // a milter is given the message alone
}
