#include "server/client/rspamc_reply.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "proto/rspamc.h"
#include "server/client/rspamc_request.h"

using namespace xspamd;
using namespace xspamd::client;

namespace {

Result<Verdict> read(std::string_view bytes, std::size_t piece = 100'000) {
  RspamcReplyReader reader;
  while (!bytes.empty() && !reader.done()) {
    reader.feed(bytes.substr(0, piece));
    bytes.remove_prefix(std::min(piece, bytes.size()));
  }
  reader.end();
  return reader.take();
}

std::string sentence(std::string_view bytes) {
  const auto verdict = read(bytes);
  return verdict ? "a verdict" : verdict.error().sentence;
}

const std::string kReply =
    "RSPAMD/1.3 0 EX_OK\r\nMetric: default; False; 7.5 / 15.0 / 15.0\r\nAction: add header\r\n"
    "Symbol: ONE(2.50)[a%2Cb, %5Bc%5D, 100%]\r\nSymbol: TWO(-0.125)\r\nMessage: no: really\r\n"
    "Message-ID: x@example.org\r\n";

}  // namespace

TEST_CASE("rspamc reply: every line of it, in pieces of any size") {
  for (const std::size_t piece : {1, 7, 100'000}) {
    const auto verdict = read(kReply, piece);
    REQUIRE(verdict);
    CHECK(verdict->action == Action::add_header);
    CHECK(to_text(verdict->score) == "7.50");
    CHECK(to_text(verdict->required) == "15.00");
    CHECK(to_text(verdict->reject_at) == "15.00");
    REQUIRE(verdict->scores.size() == 2);
    CHECK(verdict->scores[0].symbol == "ONE");
    CHECK(verdict->scores[0].options == std::vector<std::string>{"a,b", "[c]", "100%"});
    CHECK(to_text(verdict->scores[1].value) == "-0.125");
    CHECK(verdict->message == "no: really");
    CHECK(verdict->message_id == "x@example.org");
  }
}

TEST_CASE("rspamc reply: what the server writes is what the client reads") {
  Verdict verdict;
  verdict.action = Action::rewrite_subject;
  verdict.score = {6'100};
  verdict.required = verdict.reject_at = {15'000};
  verdict.scores = {{"A", "", "", {6'100}, {"x, [y]"}}, {"B", "", "", {0}, {}}};
  verdict.subject = "*** SPAM *** hello";
  const auto read_back = read(rspamc::write(Request{}, verdict, {}));
  REQUIRE(read_back);
  CHECK(read_back->action == verdict.action);
  CHECK(read_back->score == verdict.score);
  CHECK(read_back->subject == verdict.subject);
  CHECK(read_back->message_id.empty());
  CHECK(read_back->scores[0].options == std::vector<std::string>{"x, [y]"});
  CHECK(read_back->thresholds == Thresholds{{Action::reject, {15'000}}});
}

TEST_CASE("rspamc reply: a threshold that is off is none") {
  std::string reply = kReply;
  reply.replace(reply.find("15.0 / 15.0"), 11, "9999.9 / 9999.9");
  const auto verdict = read(reply);
  REQUIRE(verdict);
  CHECK(verdict->thresholds.empty());
}

TEST_CASE("rspamc reply: cut off anywhere it is no answer") {
  for (std::size_t length = 0; length < kReply.size(); ++length) {
    INFO(length);
    CHECK_FALSE(read(std::string_view(kReply).substr(0, length)));
  }
  CHECK(sentence("") == "the server closed the connection without an answer");
  CHECK(read("").error().code == Errc::unavailable);
}

TEST_CASE("rspamc reply: odd ones are named") {
  const auto with = [](std::string_view from, std::string_view to) {
    std::string reply = kReply;
    return reply.replace(reply.find(from), from.size(), to);
  };
  CHECK(sentence("220 mail.example.org ESMTP\r\n") ==
        "the server does not answer as xspamd does: \"220 mail.example.org ESMTP\"");
  CHECK(sentence("SPAMD/1.0 76 Bad header line\r\n").starts_with("the server does not answer"));
  CHECK(sentence("RSPAMD/1.3 99 no\r\n") == "the server refused: \"RSPAMD/1.3 99 no\"");
  CHECK(sentence(with("add header", "add a header")) ==
        "the server's answer has an odd line: \"Action: add a header\"");
  CHECK(sentence(with("7.5 / 15.0 / 15.0", "7.5 / 15.0")).starts_with("the server's answer has an odd line"));
  CHECK(sentence(with("ONE(2.50)", "ONE(nan)")).starts_with("the server's answer has an odd line"));
  CHECK(sentence(with("ONE(2.50)", "(2.50)")).starts_with("the server's answer has an odd line"));
  CHECK(sentence(with("Message: no: really", "Something new")) == "a verdict");
  CHECK(sentence(kReply + std::string(RspamcReplyReader::kMostBytes, 'x')) ==
        "the server's answer has no end");
}

TEST_CASE("rspamc request: the envelope as far as it is known") {
  GivenEnvelope envelope;
  CHECK(rspamc_head(envelope, 5) == "CHECK RSPAMC/1.3\r\nContent-length: 5\r\n\r\n");
  envelope = {"192.0.2.1", "bob@example.net", {"a@example.org", "b@example.org"}, "helo", "host", "joe",
              "1a"};
  CHECK(rspamc_head(envelope, 5) ==
        "CHECK RSPAMC/1.3\r\nContent-length: 5\r\nQueue-Id: 1a\r\nFrom: bob@example.net\r\nHelo: helo\r\n"
        "Hostname: host\r\nIP: 192.0.2.1\r\nUser: joe\r\nRcpt: a@example.org\r\nRcpt: b@example.org\r\n\r\n");
  CHECK(check(envelope));
}

TEST_CASE("rspamc request: no value breaks its line") {
  GivenEnvelope envelope;
  envelope.helo = "a\r\nUser: root";
  CHECK(check(envelope).error().sentence == "--helo: \"a??User: root\" has control characters");
  envelope = {};
  envelope.recipients = {"a@example.org\n"};
  CHECK_FALSE(check(envelope));
  envelope = {};
  envelope.ip = "192.0.2";
  CHECK(check(envelope).error().sentence == "--ip: \"192.0.2\" is no IP address");
}
