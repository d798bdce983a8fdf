#include "proto/spam_headers.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "proto/base/text.h"

using namespace xspamd;

namespace {

const Marker kMarker{"xspamd", "1.2.3", "2026-01-02", "mx.example"};

Verdict verdict_of(std::int64_t thousandths) {
  Verdict verdict;
  verdict.score = Points{thousandths};
  return verdict;
}

std::string headers(const Verdict& verdict) {
  SpamHeaderOptions options;
  options.required = Points{5'000};
  options.report = true;
  return spam_headers(verdict, kMarker, options);
}

std::string line_of(const Verdict& verdict, std::string_view name) {
  const std::string text = headers(verdict);
  const std::size_t at = text.find(fmt::format("{}: ", name));
  return at == std::string::npos ? std::string() : text.substr(at, text.find('\n', at) - at);
}

}  // namespace

TEST_CASE("spam headers: ham has three fields, spam five") {
  CHECK(headers(verdict_of(0)) ==
        "X-Spam-Checker-Version: xspamd 1.2.3 (2026-01-02) on mx.example\n"
        "X-Spam-Level: \n"
        "X-Spam-Status: No, score=0.0 required=5.0 tests=none autolearn=disabled\n"
        "\tversion=1.2.3\n");
  Verdict spam = verdict_of(1'000'000);
  spam.autolearn = "spam";
  spam.scores = {{"GTUBE", "", "Generic test", Points{1'000'000}, {}},
                 {"NO_RECEIVED", "", "No trace", Points{-1}, {}},
                 {"NO_RELAYS", "", "No relays", Points{1}, {}},
                 {"INFORMATION", "", "Not shown", Points{}, {}}};
  CHECK(headers(spam) ==
        "X-Spam-Checker-Version: xspamd 1.2.3 (2026-01-02) on mx.example\n"
        "X-Spam-Flag: YES\n"
        "X-Spam-Level: **************************************************\n"
        "X-Spam-Status: Yes, score=1000.0 required=5.0 tests=GTUBE,NO_RECEIVED,\n"
        "\tNO_RELAYS autolearn=spam version=1.2.3\n"
        "X-Spam-Report: \n"
        "\t* 1000.0 GTUBE Generic test\n"
        "\t* -0.001 NO_RECEIVED No trace\n"
        "\t* 0.001 NO_RELAYS No relays\n");
}

TEST_CASE("spam headers: one star for each whole point, fifty at most") {
  struct Row {
    std::int64_t score;
    std::size_t stars;
  };
  for (const Row& row : {Row{-9'999'900, 0}, Row{-100, 0}, Row{900, 0}, Row{1'000, 1}, Row{1'900, 1},
                         Row{49'900, 49}, Row{50'000, 50}, Row{9'999'900, 50}}) {
    CHECK(line_of(verdict_of(row.score), "X-Spam-Level") == "X-Spam-Level: " + std::string(row.stars, '*'));
  }
}

TEST_CASE("spam headers: the threshold itself is spam") {
  CHECK(line_of(verdict_of(5'000), "X-Spam-Flag") == "X-Spam-Flag: YES");
  CHECK(line_of(verdict_of(4'900), "X-Spam-Flag").empty());
}

TEST_CASE("spam headers: lines are folded where spamd folds them") {
  struct Row {
    std::string_view field, want;
  };
  // Widths: 79 fits, 80 does not; a blank at the end counts before it is dropped; a TAB counts eight.
  const std::string a71(71, 'a');
  const std::string a70(70, 'a');
  const std::string wide(90, 'w');
  const std::string x79 = "X: " + a71 + " 1234";
  const Row rows[] = {
      {"X: a b", "X: a b"},
      {"X: ", "X: "},
      {x79, x79},
      {"X: aaaa", "X: aaaa"},
  };
  for (const Row& row : rows)
    CHECK(fold_header(row.field) == row.want);
  CHECK(fold_header("X: " + a71 + " 12345") == "X: " + a71 + "\n\t12345");
  CHECK(fold_header("X: " + a71 + " 1234 5") == "X: " + a71 + "\n\t1234 5");
  CHECK(fold_header("X: " + a71 + " b,c,d,") == "X: " + a71 + " b,c,\n\td,");
  CHECK(fold_header("X: a " + wide + " b") == "X: a\n\t" + wide + "\n\tb");
  CHECK(fold_header("X: " + wide + "," + a70 + ",b") == "X: " + wide + ",\n\t" + a70 + ",\n\tb");
  CHECK(fold_header("X: " + wide + "," + a70 + " ") == "X: " + wide + ",\n\t" + a70 + " ");
}

TEST_CASE("spam headers: however many rules hit, the fields stay small, and say so") {
  Verdict spam = verdict_of(50'000);
  for (int i = 0; i < 2'000; ++i)
    spam.scores.push_back({fmt::format("RULE_NUMBER_{:04}", i), "", "About it", Points{25}, {}});
  const std::string text = headers(spam);
  CHECK(text.size() < 16'000);
  CHECK(text.find(",MORE_SYMBOLS autolearn=") + text.find(",\n\tMORE_SYMBOLS autolearn=") < 2 * text.size());
  CHECK(text.find("MORE_SYMBOLS Further symbols") != std::string::npos);
  for (const std::string_view line : split(text, '\n'))
    CHECK(line.size() <= 79);
}

TEST_CASE("spam headers: what came from the message stands encoded in its own line") {
  Verdict spam = verdict_of(7'000);
  spam.scores = {{"A", "", "Größer als erlaubt", Points{7'000}, {"a\r\nX-Evil: yes", "b\x01\xff"}}};
  const std::string text = headers(spam);
  CHECK(text.ends_with(
      "X-Spam-Report: \n\t*  7.0 A =?UTF-8?B?R3LDtsOfZXI=?= als erlaubt [a??X-Evil: yes, b??]\n"));
  CHECK(ascii_length(text) == text.size());
}
