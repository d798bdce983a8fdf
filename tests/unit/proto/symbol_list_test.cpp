#include "proto/symbol_list.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "proto/base/text.h"

using namespace xspamd;

namespace {

Score score_of(std::string symbol, std::int64_t thousandths, std::vector<std::string> options = {}) {
  return {std::move(symbol), "", "", Points{thousandths}, std::move(options)};
}

}  // namespace

TEST_CASE("symbol list: a symbol is its name, its points and its options") {
  CHECK(to_text(score_of("A", 2500)) == "A(2.50)");
  CHECK(to_text(score_of("A", -60, {"x"})) == "A(-0.06)[x]");
  CHECK(to_text(score_of("A", 125, {"x", "y z"})) == "A(0.125)[x, y z]");
}

TEST_CASE(
    "symbol list: separators in options are escaped, controls and bytes that are no UTF-8 are not shown") {
  CHECK(options_text({"a,b[c]"}) == "a%2Cb%5Bc%5D");
  CHECK(options_text({"a\r\nSymbol: X(1.00)"}) == "a??Symbol: X(1.00)");
  CHECK(options_text({"caf\xc3\xa9 \xff\xfe\x7f"}) == "caf\xc3\xa9 ???");
  CHECK(options_text({}) == "");
}

TEST_CASE("symbol list: an option has at most 100 bytes and no half of anything at its end") {
  CHECK(options_text({std::string(100, 'a')}) == std::string(100, 'a'));
  CHECK(options_text({std::string(101, 'a')}) == std::string(100, 'a'));
  CHECK(options_text({std::string(99, 'a') + "\xc3\xa9"}) == std::string(99, 'a'));
  CHECK(options_text({std::string(98, 'a') + "\xc3\xa9"}) == std::string(98, 'a') + "\xc3\xa9");
  CHECK(options_text({std::string(98, 'a') + ",b"}) == std::string(98, 'a'));
  CHECK(options_text({std::string(97, 'a') + ",b"}) == std::string(97, 'a') + "%2C");
}

TEST_CASE("symbol list: options have at most 900 bytes together") {
  const std::vector<std::string> many(50, std::string(100, 'a'));
  const std::string text = options_text(many);
  CHECK(text.size() <= 900);
  CHECK(text.size() > 780);
  CHECK(text.ends_with("a"));
}

TEST_CASE("symbol list: the largest points come first, whatever their sign, then by name") {
  const std::vector<Score> scores{score_of("C", 0), score_of("B", 1000), score_of("D", -2000),
                                  score_of("A", 1000)};
  CHECK(symbol_lines(scores, 1000) ==
        "Symbol: D(-2.00)\r\nSymbol: A(1.00)\r\nSymbol: B(1.00)\r\nSymbol: C(0.00)\r\n");
}

TEST_CASE("symbol list: what does not fit is folded from the smallest on, and the sum is kept") {
  const std::vector<Score> scores{score_of("BIG", 5000), score_of("MIDDLE", -1500), score_of("SMALL", 250),
                                  score_of("TINY", 125)};
  const std::string all = symbol_lines(scores, 10'000);
  CHECK(symbol_lines(scores, all.size()) == all);
  CHECK(symbol_lines(scores, all.size() - 1) ==
        "Symbol: BIG(5.00)\r\nSymbol: MIDDLE(-1.50)\r\nSymbol: MORE_SYMBOLS(0.375)[2]\r\n");
  CHECK(symbol_lines(scores, 40) == "Symbol: MORE_SYMBOLS(3.875)[4]\r\n");
  CHECK(symbol_lines({}, 0) == "");
}

TEST_CASE("symbol list: folding never needs more room than there is for one line") {
  std::vector<Score> scores;
  for (int i = 0; i < 300; ++i)
    scores.push_back(score_of(fmt::format("SYMBOL_NUMBER_{}", i), i * 10));
  for (std::size_t room = 64; room < 9'000; room += 61)
    CHECK(symbol_lines(scores, room).size() <= room);
}

TEST_CASE("symbol list: a log line is cut with the number of what is missing") {
  const std::vector<Score> scores{score_of("A", 1000), score_of("B", 500), score_of("C", 0)};
  CHECK(symbols_on_one_line(scores, 100) == "A(1.00),B(0.50),C(0.00)");
  CHECK(symbols_on_one_line(scores, 17) == "A(1.00),B(0.50),... 1 more");
  CHECK(symbols_on_one_line(scores, 3) == "... 3 more");
}
