#include "rules/fuzzy/shingles.h"

#include <catch2/catch.hpp>
#include <chrono>

#include "tests/support/spam_texts.h"

using namespace xspamd;
using namespace xspamd::fuzzy;
using test::joined;
using test::made_text;
using test::made_words;

namespace {

std::size_t common_of(const std::string& a, const std::string& b) {
  const TextShape first = text_shape(a);
  const TextShape second = text_shape(b);
  REQUIRE(first.shingles);
  REQUIRE(second.shingles);
  return common(*first.shingles, *second.shingles);
}

}  // namespace

TEST_CASE("shingles: what differs from copy to copy does not count") {
  const std::string text = made_text(200, 1);
  const std::string words = joined(made_words(100, 1));
  const std::pair<const char*, const char*> rows[] = {
      {"Order 4711 of 2026-11-22", "Order 99 of 1999-01-01"},
      {"write to joe@example.org", "write to someone@mail.example.net"},
      {"see http://a.example/?id=77 now", "see https://b.example/x now"},
      {"code a1b2c3 of yours", "code 9f8e7d6c of yours"},
      {"only $ 99.95!", "only $ 5!!!"},
      {"HURRY up", "hurry Up"},
      {"twenty\r\n\r\n  words", "twenty words"}};
  for (const auto& [a, b] : rows) {
    INFO(a);
    CHECK(common_of(words + " " + a + " " + text, words + " " + b + " " + text) == kShingles);
  }
}

TEST_CASE("shingles: a near copy shares most of them, another text none") {
  auto words = made_words(300, 1);
  const std::string text = joined(words);
  CHECK(common_of(text, text) == kShingles);
  CHECK(common_of(text, made_text(300, 2)) == 0);
  words[10] = "other";
  words[200] = "another";
  CHECK(common_of(text, "Dear Mr Miller, " + joined(words) + " " + made_text(20, 3)) >= kLeastCommon);
  CHECK(common_of(text, "Dear Mr Miller, " + joined(words) + " " + made_text(20, 3)) < kShingles);
  // Half of it is the same, the other half is not: a third of all shingles.
  CHECK(common_of(text, joined(made_words(150, 1)) + " " + made_text(150, 3)) < kLeastCommon + 4);
}

TEST_CASE("shingles: their order counts, not where they stand") {
  const std::string a = made_text(150, 1);
  const std::string b = made_text(150, 2);
  CHECK(common_of(a + " " + b, b + " " + a) >= 28);
  auto turned = made_words(300, 1);
  std::reverse(turned.begin(), turned.end());
  CHECK(common_of(joined(made_words(300, 1)), joined(turned)) == 0);
}

TEST_CASE("shingles: short texts and such as say the same again have none") {
  CHECK_FALSE(text_shape("").shingles);
  CHECK(text_shape("").words == 0);
  CHECK_FALSE(text_shape(made_text(kLeastWords - 1, 1)).shingles);
  CHECK(text_shape(made_text(kLeastWords, 1)).words == kLeastWords);
  CHECK(text_shape(made_text(kLeastWords + 20, 1)).shingles);
  std::string again;
  for (int i = 0; i < 1000; ++i)
    again += "spam ";
  CHECK_FALSE(text_shape(again).shingles);
  CHECK(text_shape(again).words == 1000);
  again.clear();
  for (int i = 0; i < 200; ++i)
    again += "buy this now ";
  CHECK_FALSE(text_shape(again).shingles);
}

TEST_CASE("shingles: text without blanks between its words has them too") {
  const std::string sentence =
      "我们的公司为您提供最好的产品和服务请立即与我们联系获取更多信息谢谢您的支持与信任";
  const std::string more =
      "本周所有商品打折欢迎新老客户前来选购地址电话网站都可以在下面找到祝您生活愉快身体健康";
  CHECK(common_of(sentence + more, sentence + more) == kShingles);
  CHECK(common_of(sentence + more, more + sentence) >= 20);
}

TEST_CASE("shingles: bytes that are no text are bounded and do no harm") {
  using namespace std::string_literals;
  CHECK_FALSE(text_shape("\0\0\0\0"s).shingles);
  CHECK_FALSE(text_shape(std::string(1000, '\xff')).shingles);
  CHECK_FALSE(text_shape(std::string(100'000, '@')).shingles);
  CHECK(text_shape(made_text(100, 1) + std::string(1000, '\0')).shingles ==
        text_shape(made_text(100, 1)).shingles);
  CHECK_FALSE(text_shape("a@b a@b a@b @ @ a@").shingles);
}

TEST_CASE("shingles: twenty megabytes of words take no more than their share of time") {
  std::string text;
  for (unsigned seed = 0; text.size() < 20'000'000; ++seed)
    text += made_text(100'000, seed) + "\n";
  const auto began = std::chrono::steady_clock::now();
  CHECK(text_shape(text).shingles);
  // 35 ns a word; the bound only tells linear from worse.
  CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(20));
}

// They are stored: another value loses all that was taught.
TEST_CASE("shingles: the values are those of before") {
  const TextShape shape = text_shape(made_text(100, 1));
  REQUIRE(shape.shingles);
  CHECK(shape.words == 100);
  CHECK((*shape.shingles)[0] == 0x27201241);
  CHECK((*shape.shingles)[31] == 0x6a647ded);
  CHECK(to_bytes(*shape.shingles).size() == 128);
}
