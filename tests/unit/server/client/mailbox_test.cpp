#include "server/client/mailbox.h"

#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <vector>

#include "proto/base/text.h"

using namespace xspamd;
using namespace xspamd::client;

namespace {

using Texts = std::vector<std::string>;

constexpr std::size_t kMany = 1'000'000;

Texts split_in_pieces(std::string_view bytes, std::size_t piece, std::size_t most = kMany) {
  Texts texts;
  MailboxSplitter splitter(most);
  const auto keep = [&](const MailMessage& message) {
    texts.push_back(message.too_large ? fmt::format("too large: {}", message.bytes) : message.text);
    if (!message.too_large) CHECK(message.bytes == message.text.size());
    CHECK(message.text.size() <= most);
  };
  while (!bytes.empty()) {
    std::string_view taken = bytes.substr(0, piece);
    bytes.remove_prefix(taken.size());
    while (!taken.empty()) {
      if (const auto message = splitter.take(taken)) keep(*message);
    }
  }
  if (const auto message = splitter.end()) keep(*message);
  return texts;
}

struct Row {
  const char* why;
  std::string bytes;
  Texts want;
};

}  // namespace

TEST_CASE("mailbox: what begins with a From line is split, all else is one message") {
  using namespace std::string_literals;
  const Row rows[] = {
      {"nothing", "", {}},
      {"a message", "A: b\n\nText\n", {"A: b\n\nText\n"}},
      {"without a final line end", "A: b\n\nText", {"A: b\n\nText"}},
      {"a From line later makes no mbox", "A: b\n\nFrom x\nC: d\n", {"A: b\n\nFrom x\nC: d\n"}},
      {"nothing is unquoted in a message", "A: b\n\n>From x\n", {"A: b\n\n>From x\n"}},
      {"a quoted From line begins no mbox", ">From x\nA: b\n\ny\n", {">From x\nA: b\n\ny\n"}},
      {"empty lines end no message", "A: b\n\n\n", {"A: b\n\n\n"}},
      {"shorter than the mark", "From", {"From"}},
      {"no blank behind From", "From:x\n\ny\n", {"From:x\n\ny\n"}},
      {"another case", "from x\nA: b\n", {"from x\nA: b\n"}},
      {"two", "From x\nA: b\n\ny\n\nFrom z\nC: d\n\nw\n\n", {"A: b\n\ny\n", "C: d\n\nw\n"}},
      {"the last without an empty line",
       "From x\nA: b\n\ny\n\nFrom z\nC: d\n\nw\n",
       {"A: b\n\ny\n", "C: d\n\nw\n"}},
      {"the last without a line end", "From x\nA: b\n\ny\n\nFrom z\nC: d\n\nw", {"A: b\n\ny\n", "C: d\n\nw"}},
      {"one empty line belongs to the format",
       "From x\nA: b\n\ny\n\n\n\nFrom z\nC: d\n",
       {"A: b\n\ny\n\n\n", "C: d\n"}},
      {"CRLF", "From x\r\nA: b\r\n\r\ny\r\n\r\nFrom z\r\nC: d\r\n\r\n", {"A: b\r\n\r\ny\r\n", "C: d\r\n"}},
      {"From inside a text",
       "From x\nA: b\n\nwe go\nFrom here to there\n",
       {"A: b\n\nwe go\nFrom here to there\n"}},
      {"From inside a line", "From x\nA: b\n\n\nsays From x\n", {"A: b\n\n\nsays From x\n"}},
      {"a line of blanks is not empty", "From x\nA: b\n\ny\n \nFrom z\n", {"A: b\n\ny\n \nFrom z\n"}},
      {"a CR alone is no empty line", "From x\nA: b\n\ny\n\rz\nFrom z\n", {"A: b\n\ny\n\rz\nFrom z\n"}},
      {"two CRs are no empty line", "From x\nA: b\n\ny\n\r\r\nFrom z\n", {"A: b\n\ny\n\r\r\nFrom z\n"}},
      {"From in front of an end", "From x\nA: b\n\ny\n\nFrom", {"A: b\n\ny\n\nFrom"}},
      {"unquoted", "From x\nA: b\n\n>From y\nz\n>From w\n", {"A: b\n\nFrom y\nz\nFrom w\n"}},
      {"quoted twice by its writer", "From x\nA: b\n\n>>From y\n", {"A: b\n\n>>From y\n"}},
      {"quoted, no blank", "From x\nA: b\n\n>From\n>Fromage\n", {"A: b\n\n>From\n>Fromage\n"}},
      {"a From line alone", "From x\n", {}},
      {"a From line without an end", "From x", {}},
      {"From lines alone", "From x\n\nFrom y\n\n\nFrom z\n", {"\n"}},
      {"a From line behind a From line", "From x\nFrom y\nA: b\n", {"From y\nA: b\n"}},
      {"no body", "From x\nA: b\n\nFrom y\nC: d\n\n", {"A: b\n", "C: d\n"}},
      {"NULs", "From x\nA: b\n\n\0y\0\n\nFrom z\nC: d\n\0"s, {"A: b\n\n\0y\0\n"s, "C: d\n\0"s}},
      {"Content-Length is not trusted",
       "From x\nContent-Length: 1000\n\ny\n\nFrom z\nC: d\n",
       {"Content-Length: 1000\n\ny\n", "C: d\n"}},
      {"a long line",
       "From x\nA: b\n\n" + std::string(100'000, 'y') + "\n\nFrom z\nC: d\n",
       {"A: b\n\n" + std::string(100'000, 'y') + "\n", "C: d\n"}},
  };
  for (const Row& row : rows) {
    for (const std::size_t piece : {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{7}, kMany}) {
      if (row.bytes.size() > 1000 && piece < 7) continue;
      INFO(row.why << ", in pieces of " << piece);
      CHECK(split_in_pieces(row.bytes, piece) == row.want);
    }
  }
}

TEST_CASE("mailbox: a message that is too large is counted and not held, the others come") {
  const std::string large(1000, 'y');
  const std::string mbox = "From x\nA: b\n\ny\n\nFrom x\nA: b\n\n" + large + "\n\nFrom x\nC: d\n\nz\n";
  for (const std::size_t piece : {std::size_t{1}, std::size_t{100}, kMany}) {
    CHECK(split_in_pieces(mbox, piece, 100) == Texts{"A: b\n\ny\n", "too large: 1007", "C: d\n\nz\n"});
    CHECK(split_in_pieces(large, piece, 999) == Texts{"too large: 1000"});
    CHECK(split_in_pieces(large, piece, 1000) == Texts{large});
  }
}

TEST_CASE("mailbox: a hundred thousand messages are split in the time that their bytes take") {
  std::string mbox;
  for (int i = 0; i < 100'000; ++i)
    mbox += "From x\nA: b\n\ny\n\n";
  const Texts texts = split_in_pieces(mbox, 65'536);
  CHECK(texts.size() == 100'000);
  CHECK(std::ranges::count(texts, "A: b\n\ny\n") == 100'000);
}
