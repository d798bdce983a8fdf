#include "server/client/spamd_reply.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>

using namespace xspamd;
using namespace xspamd::client;

namespace {

using Shape = SpamdReplyReader::Shape;

std::string shown(const SpamdReply& reply) {
  std::string text = fmt::format("{} {}", reply.code, reply.text);
  if (reply.verdict)
    text += fmt::format(" {} {:.1f}/{:.1f}", reply.verdict->is_spam ? "spam" : "ham", reply.verdict->score,
                        reply.verdict->required);
  if (reply.set.local) text += " set";
  if (reply.removed.local) text += " removed";
  if (!reply.body.empty()) text += fmt::format(" <{}>", reply.body);
  return text;
}

// What came of the bytes, as one line.
std::string read(std::string_view bytes, std::size_t piece = 100'000, Shape shape = Shape::head) {
  constexpr std::size_t kMostBody = 100;
  SpamdReplyReader reader(shape, kMostBody);
  while (!bytes.empty() && !reader.done()) {
    reader.feed(bytes.substr(0, piece));
    bytes.remove_prefix(std::min(piece, bytes.size()));
  }
  const bool before_end = reader.done();
  reader.end();
  REQUIRE(reader.done());
  const auto reply = reader.take();
  if (!reply) return reply.error().sentence;
  return shown(*reply) + (before_end ? "" : " at the end");
}

const std::string kNothing = "the server closed the connection without an answer";
const std::string kCutOff = "the server's answer is cut off";

}  // namespace

TEST_CASE("spamd reply: to TELL, as spamd 4.0.1 sends it, and odd ones") {
  using namespace std::string_literals;
  const std::pair<std::string, std::string> rows[] = {
      {"SPAMD/1.1 0 EX_OK\r\nDidSet: local\r\n\r\n\r\n", "0 EX_OK set"},
      {"SPAMD/1.1 0 EX_OK\r\nDidRemove: local\r\n\r\n\r\n", "0 EX_OK removed"},
      {"SPAMD/1.1 0 EX_OK\r\n\r\n\r\n", "0 EX_OK"},
      {"SPAMD/1.1 0 EX_OK\r\nDidSet: local,remote\r\n\r\n", "0 EX_OK set"},
      {"SPAMD/1.1 0 EX_OK\r\nDidSet: remote\r\nDidRemove: remote , local\r\n\r\n", "0 EX_OK removed"},
      {"SPAMD/1.1 0 EX_OK\r\nDidSet: locally\r\n\r\n", "0 EX_OK"},
      {"SPAMD/1.1 0 EX_OK\ndidset:local\n\n", "0 EX_OK set"},
      {"SPAMD/1.1 0 EX_OK\r\nDidSet: local\r\nDidSet: remote\r\n\r\n", "0 EX_OK set"},
      {"SPAMD/1.5 0\r\nContent-length: 3\r\nno colon\r\n: x\r\n\r\nabc", "0 "},
      {"SPAMD/1.1  0 \t EX_OK and more\r\n\r\n", "0 EX_OK and more"},
      {"SPAMD/1.0 69 Service Unavailable: TELL commands are not enabled, set the --allow-tell switch.\r\n",
       "69 Service Unavailable: TELL commands are not enabled, set the --allow-tell switch."},
      {"SPAMD/1.0 76 Bad header line: (x)", "76 Bad header line: (x) at the end"},
      {"SPAMD/1.0 79\r\nDidSet: local\r\n\r\n", "79 "},
      {"SPAMD/1.0 69 a\x01\xff\0b\r\n"s, "69 a???b"},
      {"", kNothing},
      {"SPAMD/1.1 0 EX_OK", kCutOff},
      {"SPAMD/1.1 0 EX_OK\r\n", kCutOff},
      {"SPAMD/1.1 0 EX_OK\r\nDidSet: local\r\n", kCutOff},
      {"SPAMD/1.1 0 EX_OK\r\nDidSet: local\r\n\r", kCutOff},
  };
  for (const auto& [bytes, want] : rows) {
    INFO(bytes);
    CHECK(read(bytes) == want);
    CHECK(read(bytes, 1) == want);
    CHECK(read(bytes, 5) == want);
  }
}

TEST_CASE("spamd reply: what is no status line of spamd is told as it came") {
  using namespace std::string_literals;
  for (const std::string& line :
       {"\r\n"s, "HTTP/1.1 200 OK\r\n"s, "RSPAMD/1.3 0 EX_OK\r\n"s, "spamd/1.1 0 EX_OK\r\n"s,
        "SPAMD/0.9 0 EX_OK\r\n"s, "SPAMD/ 0 EX_OK\r\n"s, "SPAMD/x 0 EX_OK\r\n"s, "SPAMD/nan 0 EX_OK\r\n"s,
        "SPAMD/1.1 EX_OK\r\n"s, "SPAMD/1.1 -1 EX_OK\r\n"s, "SPAMD/1.1 1000 EX_OK\r\n"s,
        "SPAMD/1.1 99999999999999999999 x\r\n"s, "\0\0\0\n"s, "220 mail.example.org ESMTP\r\n"s,
        "garbage"s}) {
    for (const std::size_t piece : {1, 100'000}) {
      INFO(line);
      CHECK(read(line, piece).starts_with("the server does not answer as spamd does: \""));
    }
  }
  CHECK(read("HTTP/1.1 200 OK\r\n") == "the server does not answer as spamd does: \"HTTP/1.1 200 OK\"");
  CHECK(read(std::string(5000, 'x') + "\n").size() < 300);
}

TEST_CASE("spamd reply: a reply cut off anywhere is no answer") {
  const std::string reply = "SPAMD/1.1 0 EX_OK\r\nDidSet: local\r\n\r\n";
  for (std::size_t length = 0; length < reply.size(); ++length) {
    const std::string seen = read(reply.substr(0, length), 1);
    INFO(length << ": " << seen);
    CHECK((seen == kNothing || seen == kCutOff || seen.starts_with("the server does not answer as spamd")));
  }
}

TEST_CASE("spamd reply: a reply without end is given up") {
  const std::string endless(1'000'000, 'x');
  CHECK(read(endless) == "the server's answer has a line without end");
  CHECK(read(endless, 100) == "the server's answer has a line without end");
  std::string headers = "SPAMD/1.1 0 EX_OK\r\n";
  for (int i = 0; i < 10'000; ++i)
    headers += "X-Header: y\r\n";
  CHECK(read(headers) == "the server's answer has no end");
  CHECK(read(headers, 100) == "the server's answer has no end");
  // At the bound it is still read: what comes behind the first line is a header of unknown name.
  const std::string longest =
      "SPAMD/1.1 0 EX_OK\r\n" + std::string(SpamdReplyReader::kMostLine, 'x') + "\n\n";
  CHECK(read(longest) == "0 EX_OK");
}

TEST_CASE("spamd reply: verdicts and bodies") {
  const std::string ok = "SPAMD/1.1 0 EX_OK\r\n";
  const std::string spam = "Spam: True ; 15.0 / 5.0\r\n";
  struct Row {
    Shape shape;
    std::string bytes;
    std::string want;
  };
  const Row rows[] = {
      {Shape::verdict, ok + spam + "\r\n", "0 EX_OK spam 15.0/5.0"},
      {Shape::verdict, ok + "Spam: False ; -0.5 / 5.0\r\n\r\n", "0 EX_OK ham -0.5/5.0"},
      {Shape::verdict, ok + "Spam: true;1e30/5\r\n\r\n", "0 EX_OK spam 10000000000.0/5.0"},
      // spamc takes no other word for spam, and so prints no score line for REPORT_IFSPAM.
      {Shape::verdict, ok + "Spam: Yes ; 15.0 / 5.0\r\n\r\n", "0 EX_OK ham 15.0/5.0"},
      {Shape::verdict, ok + "\r\n", "the server's answer has no verdict"},
      {Shape::verdict, ok + "Spam: True\r\n\r\n", "the server's answer has an odd line: Spam: \"True\""},
      {Shape::verdict, ok + "Spam: True ; x / 5.0\r\n\r\n",
       "the server's answer has an odd line: Spam: \"True ; x / 5.0\""},
      {Shape::head_and_body, ok + "Content-length: 3\r\n" + spam + "\r\nA,B",
       "0 EX_OK spam 15.0/5.0 <A,B> at the end"},
      {Shape::head_and_body, ok + "Content-length: 0\r\n\r\n", "0 EX_OK at the end"},
      {Shape::head_and_body, ok + "Content-length: 4\r\n\r\nA,B",
       "the server's answer is cut off: 3 of 4 bytes"},
      {Shape::head_and_body, ok + "Content-length: 2\r\n\r\nA,B",
       "the server's answer has more than the 2 bytes of its Content-length"},
      {Shape::head_and_body, ok + "Content-length: 101\r\n\r\n",
       "the server's answer has 101 bytes, over 100"},
      {Shape::head_and_body, ok + "Content-length: -1\r\n\r\n",
       "the server's answer has an odd Content-length: \"-1\""},
      {Shape::head_and_body, ok + spam + "\r\nA,B", "the server's answer has no Content-length"},
      {Shape::status, "SPAMD/1.5 0 PONG\r\n", "0 PONG"},
      {Shape::status, "", kNothing},
  };
  for (const Row& row : rows) {
    INFO(row.bytes);
    CHECK(read(row.bytes, 100'000, row.shape) == row.want);
    CHECK(read(row.bytes, 1, row.shape) == row.want);
  }
}

TEST_CASE("spamd reply: an early end is another failure than an odd answer") {
  const auto code = [](std::string_view bytes) {
    SpamdReplyReader reader(Shape::head_and_body, 100);
    reader.feed(bytes);
    reader.end();
    return reader.take().error().code;
  };
  CHECK(code("") == Errc::unavailable);
  CHECK(code("SPAMD/1.1 0 EX_OK\r\nSpam") == Errc::unavailable);
  CHECK(code("220 mail\r\n") == Errc::invalid);
  CHECK(code("SPAMD/1.1 0 EX_OK\r\nContent-length: 3\r\n\r\nA") == Errc::invalid);
}
