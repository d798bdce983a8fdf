#include <catch2/catch.hpp>

#include "proto/base/text.h"
#include "rules/fuzzy/memory.h"
#include "tests/support/parsing.h"
#include "tests/support/spam_texts.h"
#include "tests/unit/rules/checks/with_store.h"

using namespace xspamd;
using namespace std::chrono_literals;
using test::made_text;
using test::made_words;
using test::WithStore;

namespace {

constexpr auto kLifetime = 24h * 90;

std::string text_mail(const std::string& text) {
  return "Content-Type: text/plain; charset=utf-8\n\n" + text + "\n";
}

std::string with_file(const std::string& text, const std::string& type, const std::string& base64) {
  return "Content-Type: multipart/mixed; boundary=b\n\n--b\n\n" + text + "\n--b\nContent-Type: " + type +
         "; name=x\nContent-Disposition: attachment; filename=x\nContent-Transfer-Encoding: base64\n\n" +
         base64 + "\n--b--\n";
}

const std::string kFile(4000, 'Q');  // 3,000 bytes

struct Teaching {
  FuzzyFlag flag = FuzzyFlag::denied;
  unsigned weight = 10;
  bool forget = false;
};

bool teach(WithStore& world, const std::string& mail, const Teaching& teaching = {}) {
  fuzzy::Lesson lesson;
  lesson.digests = fuzzy::digests_of(*test::parsed(mail));
  lesson.order.flag = teaching.flag;
  lesson.order.weight = teaching.weight;
  lesson.forget = teaching.forget;
  lesson.now = std::chrono::sys_seconds(1'750'000'000s) + world.later;
  lesson.lifetime = kLifetime;
  const auto done = test::run_task(fuzzy::teach(*world.store, lesson, Deadline::max()));
  REQUIRE(done);
  return *done;
}

std::unique_ptr<Scan> scanned(WithStore& world, const std::string& mail, const Envelope& envelope = {}) {
  return world.scan(test::request_of(mail, envelope), [](Facts&) {});
}

// "FUZZY_DENIED 1.00 txt=1.00 bin=1.00".
std::string judged(WithStore& world, const std::string& mail) {
  const auto scan = scanned(world, mail);
  std::string text;
  for (const Hit& hit : scan->hits.list) {
    text += fmt::format("{}{} {:.2f}", text.empty() ? "" : ", ", hit.symbol, hit.weight);
    for (const std::string& option : hit.options) {
      const auto parts = split(option, ':');
      REQUIRE(parts.size() == 4);
      CHECK(parts[1].size() == 10);
      text += fmt::format(" {}={}", parts[3], parts[2]);
    }
  }
  for (const std::string_view check : scan->store_failed)
    text += fmt::format("failed: {}", check);
  return text;
}

const std::string kSpam = made_text(200, 1);

}  // namespace

TEST_CASE("check fuzzy: what was taught is known, other mail is not") {
  struct Row {
    FuzzyFlag flag;
    const char* hits;
  };
  for (const Row& row : {Row{FuzzyFlag::denied, "FUZZY_DENIED 1.00 txt=1.00"},
                         Row{FuzzyFlag::probable, "FUZZY_PROB 1.00 txt=1.00"},
                         Row{FuzzyFlag::white, "FUZZY_WHITE 1.00 txt=1.00"}}) {
    WithStore world("fuzzy");
    CHECK(teach(world, text_mail(kSpam), {.flag = row.flag}));
    CHECK(judged(world, text_mail(kSpam)) == row.hits);
    CHECK(judged(world, text_mail(made_text(200, 2))) == "");
    CHECK(judged(world, "\n") == "");
  }
}

TEST_CASE("check fuzzy: the option is flag, digest, share and kind") {
  WithStore world("fuzzy");
  teach(world, with_file("short", "application/zip", kFile));
  // As sha256sum says of the 3,000 bytes.
  CHECK(test::rendered(scanned(world, with_file("other", "application/pdf", kFile))->hits) ==
        "FUZZY_DENIED[1:d3f5ca3894:1.00:bin]");
}

TEST_CASE("check fuzzy: near copies are known by their share") {
  WithStore world("fuzzy");
  teach(world, text_mail(kSpam));
  auto words = made_words(200, 1);
  words[50] = "changed";
  const std::string personal = "Dear Joe,\n\n" + test::joined(words) + "\n\nYour order: 4711\n";
  CHECK(judged(world, text_mail(personal)).starts_with("FUZZY_DENIED 0.9"));
  std::string html = "Content-Type: text/html\n\n<html><body><p>";
  for (const std::string& word : made_words(200, 1))
    html += "<b>" + word + "</b>\n";
  CHECK(judged(world, html + "</p></body></html>\n") == "FUZZY_DENIED 1.00 txt=1.00");
  const std::string half = test::joined(made_words(80, 1)) + " " + made_text(120, 3);
  CHECK(judged(world, text_mail(half)) == "");
}

TEST_CASE("check fuzzy: the points grow with the weight, that of several near copies too") {
  WithStore world("fuzzy");
  teach(world, text_mail(kSpam), {.weight = 1});
  CHECK(judged(world, text_mail(kSpam)) == "FUZZY_DENIED 0.10 txt=1.00");
  teach(world, text_mail(kSpam), {.weight = 2});
  CHECK(judged(world, text_mail(kSpam)) == "FUZZY_DENIED 0.30 txt=1.00");
  teach(world, text_mail(kSpam + " " + made_text(30, 9)), {.weight = 3});
  const std::string both = judged(world, text_mail(kSpam));
  INFO(both);
  CHECK(both.starts_with("FUZZY_DENIED 0.5"));
  CHECK(both.find(" txt=1.00 txt=0.") != std::string::npos);
  teach(world, text_mail(kSpam), {.weight = 1000});
  teach(world, text_mail(kSpam), {.weight = 1000});
  CHECK(judged(world, text_mail(kSpam)).starts_with("FUZZY_DENIED 1.00"));

  WithStore strict("fuzzy", {"checks.fuzzy.full_weight=1"});
  teach(strict, text_mail(kSpam), {.weight = 1});
  CHECK(judged(strict, text_mail(kSpam)) == "FUZZY_DENIED 1.00 txt=1.00");
}

TEST_CASE("check fuzzy: a weight fades evenly until it is gone, and is renewed by teaching") {
  WithStore world("fuzzy");
  teach(world, text_mail(kSpam));
  world.later = kLifetime / 2;
  CHECK(judged(world, text_mail(kSpam)) == "FUZZY_DENIED 0.50 txt=1.00");
  world.later = kLifetime - 1h;
  CHECK(judged(world, text_mail(kSpam)) == "");
  world.later = kLifetime / 2;
  teach(world, text_mail(kSpam), {.weight = 3});
  CHECK(judged(world, text_mail(kSpam)) == "FUZZY_DENIED 0.80 txt=1.00");
  world.later = kLifetime;
  CHECK(judged(world, text_mail(kSpam)) == "FUZZY_DENIED 0.40 txt=1.00");
  world.later = kLifetime * 2;
  CHECK(judged(world, text_mail(kSpam)) == "");
}

TEST_CASE("check fuzzy: what is taught as something else is nothing else any more") {
  WithStore world("fuzzy");
  teach(world, text_mail(kSpam));
  teach(world, text_mail(kSpam), {.flag = FuzzyFlag::white, .weight = 5});
  CHECK(judged(world, text_mail(kSpam)) == "FUZZY_WHITE 0.50 txt=1.00");
}

TEST_CASE("check fuzzy: forgetting forgets all that was like it, of the flag that is named") {
  WithStore world("fuzzy");
  const std::string near = kSpam + " " + made_text(30, 9);
  teach(world, text_mail(kSpam));
  teach(world, text_mail(near), {.flag = FuzzyFlag::probable});
  CHECK_FALSE(teach(world, text_mail(near), {.flag = FuzzyFlag::white, .forget = true}));
  CHECK(teach(world, text_mail(near), {.flag = FuzzyFlag::denied, .forget = true}));
  CHECK(judged(world, text_mail(kSpam)).starts_with("FUZZY_PROB"));
  CHECK(teach(world, text_mail(kSpam), {.flag = FuzzyFlag::probable, .forget = true}));
  CHECK(judged(world, text_mail(kSpam)) == "");
  CHECK_FALSE(teach(world, text_mail(kSpam), {.flag = FuzzyFlag::probable, .forget = true}));
  teach(world, text_mail(kSpam));
  CHECK(judged(world, text_mail(kSpam)) == "FUZZY_DENIED 1.00 txt=1.00");
}

TEST_CASE("check fuzzy: a file is known in another mail, an image by option only") {
  for (const bool images : {false, true}) {
    WithStore world("fuzzy", images ? test::Options{"checks.fuzzy.images=true"} : test::Options{});
    teach(world, with_file(kSpam, "image/png", kFile));
    CHECK(judged(world, with_file("x", "image/png", kFile)) == (images ? "FUZZY_DENIED 1.00 img=1.00" : ""));
    teach(world, with_file(kSpam, "application/zip", kFile));
    CHECK(judged(world, with_file("x", "application/zip", kFile)) == "FUZZY_DENIED 1.00 bin=1.00");
    CHECK(judged(world, with_file("x", "application/zip", kFile + "QUJD")) == "");
    CHECK(judged(world, with_file("x", "application/zip", kFile.substr(0, 1200))) == "");
  }
}

TEST_CASE("check fuzzy: own mail is left alone, by option it is not") {
  Envelope own;
  own.user = "alice";
  WithStore world("fuzzy");
  teach(world, text_mail(kSpam));
  CHECK(scanned(world, text_mail(kSpam), own)->hits.list.empty());
  WithStore all("fuzzy", {"checks.fuzzy.check_authed=true"});
  teach(all, text_mail(kSpam));
  CHECK(scanned(all, text_mail(kSpam), own)->hits.list.size() == 1);
}

TEST_CASE("check fuzzy: a store that was empty is asked again after five seconds") {
  WithStore world("fuzzy");
  CHECK(judged(world, text_mail(kSpam)) == "");
  teach(world, text_mail(kSpam));
  world.later = 4s;
  CHECK(judged(world, text_mail(kSpam)) == "");
  world.later = 5s;
  CHECK(judged(world, text_mail(kSpam)) == "FUZZY_DENIED 1.00 txt=1.00");
}

TEST_CASE("check fuzzy: trouble of the store is no hit") {
  WithStore world("fuzzy");
  world.store = std::make_shared<test::BrokenStore>();
  CHECK(judged(world, text_mail(kSpam)) == "failed: fuzzy");
  world.store = nullptr;
  CHECK(judged(world, text_mail(kSpam)) == "");
}

TEST_CASE("check fuzzy: entries that something else wrote are none") {
  WithStore world("fuzzy");
  teach(world, text_mail(kSpam));
  for (const auto& digest : fuzzy::digests_of(*test::parsed(text_mail(kSpam)))) {
    for (const char* bytes :
         {"", "1", "1 10\n", "9 10 0\n", "1 nan 0\n", "1 1e9 0\n", "1 10 -1\n", "1 10 0\nshort"}) {
      world.store->put(fuzzy::record_key(digest.id), bytes, {});
      INFO(bytes);
      CHECK(judged(world, text_mail(kSpam)) == "");
    }
    for (const StoreKey& key : fuzzy::place_keys(*digest.shingles))
      world.store->put(key, std::string(10'007, 'x'), {});
  }
  CHECK(judged(world, text_mail(kSpam)) == "");
}
