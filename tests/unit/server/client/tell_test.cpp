#include "server/client/tell.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "server/client/teller.h"

using namespace xspamd;
using namespace xspamd::client;

namespace {

// What came of the bytes, as one line.
std::string read(std::string_view bytes, std::size_t piece = 100'000) {
  TellReplyReader reader;
  while (!bytes.empty() && !reader.done()) {
    reader.feed(bytes.substr(0, piece));
    bytes.remove_prefix(std::min(piece, bytes.size()));
  }
  const bool before_end = reader.done();
  reader.end();
  REQUIRE(reader.done());
  const auto reply = reader.take();
  if (!reply) return reply.error().sentence;
  return fmt::format("{} {}{}{}{}", reply->code, reply->text, reply->did_set ? " set" : "",
                     reply->did_remove ? " removed" : "", before_end ? "" : " at the end");
}

const std::string kNothing = "the server closed the connection without an answer";
const std::string kCutOff = "the server's answer is cut off";

}  // namespace

TEST_CASE("tell: the head is what spamc sends") {
  CHECK(tell_head(Lesson::spam, "joe", 52) ==
        "TELL SPAMC/1.5\r\nMessage-class: spam\r\nSet: local\r\nUser: joe\r\nContent-length: 52\r\n\r\n");
  CHECK(tell_head(Lesson::ham, "", 1) ==
        "TELL SPAMC/1.5\r\nMessage-class: ham\r\nSet: local\r\nContent-length: 1\r\n\r\n");
  CHECK(tell_head(Lesson::forget, "joe", 52) ==
        "TELL SPAMC/1.5\r\nRemove: local\r\nUser: joe\r\nContent-length: 52\r\n\r\n");
}

TEST_CASE("tell: replies as spamd 4.0.1 sends them, and odd ones") {
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

TEST_CASE("tell: what is no status line of spamd is told as it came") {
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

TEST_CASE("tell: a reply cut off anywhere is no answer") {
  const std::string reply = "SPAMD/1.1 0 EX_OK\r\nDidSet: local\r\n\r\n";
  for (std::size_t length = 0; length < reply.size(); ++length) {
    const std::string seen = read(reply.substr(0, length), 1);
    INFO(length << ": " << seen);
    CHECK((seen == kNothing || seen == kCutOff || seen.starts_with("the server does not answer as spamd")));
  }
}

TEST_CASE("tell: a reply without end is given up") {
  const std::string endless(1'000'000, 'x');
  CHECK(read(endless) == "the server's answer has a line without end");
  CHECK(read(endless, 100) == "the server's answer has a line without end");
  std::string headers = "SPAMD/1.1 0 EX_OK\r\n";
  for (int i = 0; i < 10'000; ++i)
    headers += "X-Header: y\r\n";
  CHECK(read(headers) == "the server's answer has no end");
  CHECK(read(headers, 100) == "the server's answer has no end");
  // At the bound it is still read: what comes behind the first line is a header of unknown name.
  const std::string longest = "SPAMD/1.1 0 EX_OK\r\n" + std::string(TellReplyReader::kMostLine, 'x') + "\n\n";
  CHECK(read(longest) == "0 EX_OK");
}

TEST_CASE("tell: what a reply means depends on what was asked") {
  using Outcome = Told::Outcome;
  const TellReply nothing{0, "EX_OK", false, false};
  const TellReply set{0, "EX_OK", true, false};
  const TellReply removed{0, "EX_OK", false, true};
  const TellReply refused{69, "Service Unavailable: no", true, true};
  for (const Lesson lesson : {Lesson::spam, Lesson::ham}) {
    CHECK(understood(lesson, set).outcome == Outcome::learned);
    CHECK(understood(lesson, nothing).outcome == Outcome::unchanged);
    CHECK(understood(lesson, removed).outcome == Outcome::unchanged);
  }
  CHECK(understood(Lesson::forget, removed).outcome == Outcome::forgotten);
  CHECK(understood(Lesson::forget, nothing).outcome == Outcome::unchanged);
  CHECK(understood(Lesson::forget, set).outcome == Outcome::unchanged);
  CHECK(understood(Lesson::spam, refused).outcome == Outcome::refused);
  CHECK(understood(Lesson::forget, refused).reason == "69 Service Unavailable: no");
}
