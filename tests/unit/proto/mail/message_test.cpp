#include "proto/mail/message.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "proto/base/text.h"
#include "tests/support/parsing.h"

using namespace xspamd;
using test::parsed;
using namespace std::string_literals;

namespace {

// Fields, the size of the body and what is wrong with the header.
std::string shown(const std::string& bytes, std::size_t most = 2000) {
  const Header header = parse_header(bytes, most);
  std::string text;
  for (const Field& field : header.fields)
    text += fmt::format("{}: {}\n", field.name, printable(decoded(field)));
  if (header.count > most) text += fmt::format("[{} more fields]\n", header.count - most);
  text += fmt::format("body {}\n", bytes.size() - header.body_at);
  for (std::size_t i = 0; i < std::size(kDefectNames); ++i) {
    const auto defect = static_cast<Defect>(i);
    if (header.defects.has(defect)) text += fmt::format("defect {}\n", name(defect));
  }
  return text;
}

}  // namespace

TEST_CASE("message: fields, body and defects of every shape that comes in") {
  struct Case {
    std::string why, bytes, want;
  };
  const Case cases[] = {
      {"LF", "A: 1\nB: 2\n\nbody\n", "A: 1\nB: 2\nbody 5\n"},
      {"CRLF", "A: 1\r\nB: 2\r\n\r\nbody\r\n", "A: 1\nB: 2\nbody 6\n"},
      {"mixed", "A: 1\r\nB: 2\n\r\nbody\n", "A: 1\nB: 2\nbody 5\n"},
      {"folded", "A: 1\n 2\n\t3\nB:4\n\n", "A: 1 2 3\nB: 4\nbody 0\n"},
      {"a folded line of blanks goes on", "A: 1\n \n 2\n\n", "A: 1 2\nbody 0\n"},
      {"blanks before the colon", "A \t: 1\n\n", "A: 1\nbody 0\n"},
      {"no value", "A:\nB: \n\n", "A: \nB: \nbody 0\n"},
      {"nothing", "", "body 0\ndefect no_header_end\n"},
      {"no field at all", "\nbody", "body 4\n"},
      {"cut off in the header", "A: 1\nB: 2", "A: 1\nB: 2\nbody 0\ndefect no_header_end\n"},
      {"no colon: the header ends", "A: 1\nhello\nB: 2\n\n", "A: 1\nbody 12\ndefect bad_header_line\n"},
      {"a blank in the name", "A: 1\nB C: 2\n\n", "A: 1\nbody 8\ndefect bad_header_line\n"},
      {"8 bits in the name", "A: 1\nB\xE9: 2\n\n", "A: 1\nbody 7\ndefect bad_header_line\n"},
      {"an empty name", ": 2\n\n", "body 5\ndefect bad_header_line\n"},
      {"a fold of nothing", " x\nA: 1\n\n", "body 9\ndefect bad_header_line\n"},
      {"an empty line of CRs", "A: 1\n\r\r\nbody", "A: 1\nbody 4\n"},
      {"a bare CR", "A: 1\r2\n\n", "A: 1 2\nbody 0\ndefect bare_cr\n"},
      {"a NUL", "A: V\0iagra\n\n"s, "A: Viagra\nbody 0\ndefect nul\n"},
      {"a NUL in the name", "A\0: 1\n\n"s, "body 7\ndefect bad_header_line\n"},
      {"raw 8 bits", "A: caf\xE9\n\n", "A: café\nbody 0\ndefect eight_bit\n"},
      {"the body may be anything", "A: 1\n\n\0\r\xFF"s, "A: 1\nbody 3\n"},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    CHECK(shown(c.bytes) == c.want);
  }
}

TEST_CASE("message: fields over the limit are counted and not looked at") {
  CHECK(shown("A: 1\nB: 2\n 3\nC: 4\n 5\n\nx", 2) ==
        "A: 1\nB: 2 3\n[1 more fields]\nbody 1\ndefect headers_over_limit\n");
  CHECK(shown("A: 1\n 2\n\nx", 0) == "[1 more fields]\nbody 1\ndefect headers_over_limit\n");
}

TEST_CASE("message: a line of 999 bytes is long, the body's lines are not looked at") {
  const std::string most = "A: " + std::string(995, 'x');
  CHECK_FALSE(parsed(most + "\r\n\n")->defects().has(Defect::long_line));
  CHECK(parsed(most + "x\r\n\n")->defects().has(Defect::long_line));
  CHECK(parsed("A: 1\n\n" + most + "x\n")->defects().empty());
}

TEST_CASE("message: look-ups ignore case and keep the order") {
  const auto message = parsed("To: 1\nReceived: a\nRECEIVED: b\nX: 2\nreceived : c\n\n");
  std::string values;
  for (const Field* field : message->all("Received"))
    values += decoded(*field);
  CHECK(values == "abc");
  CHECK(decoded(*message->first("rEcEiVeD")) == "a");
  CHECK(message->first("Receive") == nullptr);
  CHECK(message->all("").empty());
}

TEST_CASE("message: fields and their values are kept byte for byte") {
  const auto message = parsed("A : 1 \r\n\t2\r\nB:3\n\nbody");
  CHECK(message->fields()[0].value == " 1 \r\n\t2");
  CHECK(message->fields()[0].raw() == "A : 1 \r\n\t2");
  CHECK(message->header_block() == "A : 1 \r\n\t2\r\nB:3\n");
  CHECK(message->body() == "body");
}

TEST_CASE("message: the id has no brackets") {
  CHECK(parsed("Message-Id: <a@b>\n\n")->message_id() == "a@b");
  CHECK(parsed("Message-ID:\n <a@b> (x)\n\n")->message_id() == "a@b");
  CHECK(parsed("Message-ID: a@b\n\n")->message_id() == "a@b");
  CHECK(parsed("Message-ID: <a@b\n\n")->message_id() == "a@b");
  CHECK(parsed("Message-ID: <\xE9>\n\n")->message_id() == "é");
  CHECK(parsed("Subject: x\n\n")->message_id().empty());
}

TEST_CASE("message: 100,000 fields, one of 4 MB and one of a million folds take linear time") {
  std::string bytes;
  for (int i = 0; i < 100'000; ++i)
    bytes += "X-" + std::to_string(i) + ": v\n";
  const auto many = parsed(bytes + "\nbody");
  CHECK(many->field_count() == 100'000);
  CHECK(many->fields().size() == Limits().headers);
  CHECK(many->body() == "body");

  const auto wide = parsed("Subject: " + std::string(4'000'000, 'x') + "\n\n");
  // Of one field a mebibyte is decoded.
  CHECK(decoded(*wide->first("subject")).size() == 1024 * 1024 - 1);

  std::string folded = "Subject:";
  for (int i = 0; i < 1'000'000; ++i)
    folded += "\n a";
  const auto folds = parsed(folded + "\n\n");
  CHECK(folds->field_count() == 1);
  CHECK(decoded(folds->fields()[0]).size() < 1024 * 1024);
}
