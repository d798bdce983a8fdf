#include <fmt/format.h>

#include <asio/thread_pool.hpp>
#include <catch2/catch.hpp>

#include "server/version.h"
#include "tests/support/dialogue.h"
#include "tests/support/exchange.h"
#include "tests/support/reply_form.h"
#include "tests/support/test_plan.h"

using namespace xspamd;
using test::Dialogue;
using test::Exchange;

namespace {

// Larger ones are not cut at every byte: it would take a scan for each.
constexpr std::size_t kSmall = 2048;

std::string form_defect(const Exchange::Answer& answer) {
  if (answer.refusal == Refusal::unknown_protocol) return test::spamc_defect(answer.reply, Command::check);
  if (answer.request.dialect == Dialect::rspamc) return test::rspamc_defect(answer.reply);
  if (answer.request.dialect == Dialect::http)
    return answer.reply.starts_with("HTTP/1.1 50") ? "" : "no HTTP page";
  return test::spamc_defect(answer.reply, answer.request.command);
}

// What goes wrong when the input ends after `length` bytes; empty if nothing does.
std::string cut_defect(Exchange& exchange, const Dialogue& dialogue, std::size_t length) {
  const std::string_view bytes = std::string_view(dialogue.send).substr(0, length);
  const auto answer = exchange.ask(bytes, bytes.size(), Dialogue::End::input);
  const std::string defect = answer.complete ? form_defect(answer) : "the request never ends";
  if (defect.empty()) return {};
  return fmt::format("{} cut after {} bytes: {}: {}", dialogue.name, length, defect,
                     test::escaped(answer.reply));
}

// The reply with the version of the program where it says {version} and {released}.
std::string filled_in(std::string reply) {
  for (const auto& [word, value] : {std::pair{"{version}", kVersion}, std::pair{"{released}", kReleased}}) {
    for (std::size_t at = reply.find(word); at != std::string::npos; at = reply.find(word))
      reply.replace(at, std::string_view(word).size(), value);
  }
  return reply;
}

}  // namespace

TEST_CASE("dialogues: every request gets its reply, in whatever pieces it comes") {
  const auto dialogues = test::read_dialogues(XSPAMD_TEST_DATA "/dialogue");
  CHECK(dialogues.size() >= 30);
  for (const Dialogue& dialogue : dialogues) {
    INFO(dialogue.name << ": " << dialogue.why);
    Exchange exchange(test::bare_plan(dialogue.config));
    for (const std::size_t piece : {dialogue.send.size() + 1, std::size_t{1}, std::size_t{7}}) {
      const auto answer = exchange.ask(dialogue.send, piece, dialogue.end);
      CAPTURE(piece);
      CHECK(answer.complete);
      CHECK(test::escaped(answer.reply) == test::escaped(filled_in(dialogue.reply)));
      CHECK(form_defect(answer) == "");
    }
  }
}

TEST_CASE("dialogues: a request that is cut off anywhere gets a well-formed reply") {
  for (const Dialogue& dialogue : test::read_dialogues(XSPAMD_TEST_DATA "/dialogue")) {
    if (dialogue.send.size() >= kSmall) continue;
    Exchange exchange(test::bare_plan(dialogue.config));
    std::string defects;
    for (std::size_t length = 0; length < dialogue.send.size() && defects.empty(); ++length)
      defects = cut_defect(exchange, dialogue, length);
    CHECK(defects == "");
  }
}

TEST_CASE("dialogues: with the shipped rules the reply is well-formed too, wherever the message ends") {
  Dialogue gtube;
  gtube.name = "gtube";
  gtube.send =
      "CHECK RSPAMC/1.3\r\nQueue-Id: 1xV0aa-00070k-03\r\nFrom: <a@x.example>\r\nRcpt: <b@x.example>\r\n"
      "Helo: 192.0.2.1\r\nIP: 192.0.2.1\r\n\r\nFrom a@x.example Sun Nov 22 06:10:40 2026\n"
      "X-Envelope-From: <a@x.example>\nSubject: HELLO THERE\n\n"
      "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X\n";
  Exchange exchange(test::shipped_plan());
  for (std::size_t length = 0; length <= gtube.send.size(); ++length)
    CHECK(cut_defect(exchange, gtube, length) == "");
}

TEST_CASE("dialogues: while there is no room the configured answer is given in each dialect") {
  Exchange lenient(test::bare_plan({}));
  Exchange strict(test::bare_plan({"actions.on_failure=soft reject"}));
  const auto reply = [](Exchange& exchange, std::string_view request) {
    return exchange.ask(request, request.size(), Dialogue::End::input, "overload").reply;
  };
  const std::string_view rspamc = "CHECK RSPAMC/1.3\r\nContent-length: 2\r\n\r\nA\n";
  CHECK(reply(lenient, rspamc) ==
        "RSPAMD/1.3 0 EX_OK\r\nMetric: default; False; 0.0 / 15.0 / 15.0\r\nAction: no action\r\n"
        "Symbol: NOT_SCANNED(0.00)[overload]\r\nMessage-ID: undef\r\n");
  CHECK(reply(strict, rspamc) ==
        "RSPAMD/1.3 0 EX_OK\r\nMetric: default; False; 0.0 / 15.0 / 15.0\r\nAction: soft reject\r\n"
        "Symbol: NOT_SCANNED(0.00)[overload]\r\nMessage: Try again later\r\nMessage-ID: undef\r\n");
  const std::string_view spamc = "CHECK SPAMC/1.2\r\n\r\nA\n";
  CHECK(reply(lenient, spamc) == "SPAMD/1.1 0 EX_OK\r\nSpam: False ; 0.0 / 6.0\r\n\r\n");
  CHECK(reply(strict, spamc) == "SPAMD/1.1 0 EX_OK\r\nSpam: True ; 6.0 / 6.0\r\n\r\n");
  // Mail that is to be given back passes unchanged where its client gets an error.
  const std::string_view process = "PROCESS SPAMC/1.2\r\n\r\nA\n";
  CHECK(reply(lenient, process) == "SPAMD/1.0 69 Service Unavailable: not scanned: overload\r\n");
  CHECK(reply(strict, process) == "SPAMD/1.0 69 Service Unavailable: not scanned: overload\r\n");
  CHECK(reply(strict, "GET / HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 50"));
  // Whoever asks whether the server lives is told.
  CHECK(reply(strict, "PING RSPAMC/1.3\r\n\r\n") == "RSPAMD/1.3 0 PONG\r\n");
}

TEST_CASE("dialogues: a request that waited too long for a scan is answered, not scanned") {
  Exchange exchange(test::bare_plan({"limits.scans=1"}));
  Limits none;
  none.scans = 0;
  exchange.admission().set_limits(none);
  const std::string_view request = "CHECK RSPAMC/1.3\r\nContent-length: 2\r\n\r\nA\n";
  CHECK(exchange.ask(request, request.size(), Dialogue::End::none, {}, Clock::now()).reply ==
        "RSPAMD/1.3 0 EX_OK\r\nMetric: default; False; 0.0 / 15.0 / 15.0\r\nAction: no action\r\n"
        "Symbol: NOT_SCANNED(0.00)[overload]\r\nMessage-ID: undef\r\n");
}

TEST_CASE("dialogues: a message announced far beyond memory costs nothing before it comes") {
  const auto plan = test::bare_plan({});
  Reader reader(plan->config.limits);
  reader.feed("CHECK RSPAMC/1.3\r\nContent-length: 52428800\r\n\r\nhello");
  CHECK_FALSE(reader.done());
  CHECK(reader.held() < 200);
}
