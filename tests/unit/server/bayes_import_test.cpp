#include "server/bayes_import.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <map>

#include "rules/bayes/sa_token_set.h"
#include "rules/learn/bayes_memory.h"
#include "rules/learn/owner.h"
#include "rules/store/memory.h"
#include "tests/unit/rules/store/store_loop.h"
#include "tests/unit/server/temp_folder.h"

using namespace xspamd;
using namespace xspamd::test;

namespace {

constexpr std::size_t kMany = 1'000'000;
const std::string kSpamAssassin =
    "v\t3\tdb_version\nv\t4\tnum_spam\nv\t5\tnum_nonspam\n"
    "t\t3\t1\t1033696230\t00e0a19293\nt\t0\t2\t1033696230\t71f9451190\ns\th\tone@example.org\n";
const std::string kOwn =
    "v\t1\txspamd_bayes\nn\t7\t6\t\nn\t1\t0\tbob@example.org\n"
    "t\t3\t2\t1890000000\t00000000000000f1\nt\t0\t1\t0\t00000000000001f2\ns\ts\t00ff\t1890000000\n";

struct Site {
  TempFolder folder;
  StoreLoop loop;
  MemoryStore store{loop.clock(), std::size_t{64} << 20};

  BackupSource source(const std::string& text) {
    write_file(folder / "backup", text);
    auto source = BackupSource::open(folder / "backup");
    REQUIRE(source);
    return std::move(*source);
  }
  Result<BayesImported> import(const std::string& text, bool replace = false, std::size_t most = kMany) {
    BackupSource from = source(text);
    auto survey = BackupSurvey::of(from, most);
    if (!survey) return tl::unexpected<Error>(survey.error());
    BayesImport import{from, std::move(*survey), replace, loop.in(1'000), {}};
    return loop.wait(import_bayes(store, import));
  }
  std::string shown_at(Space space, std::string id) {
    const auto entries = loop.wait(store.get({{space, std::move(id)}}, soon()));
    REQUIRE(entries);
    return shown(entries->front());
  }
  std::string shown_token(std::uint64_t token) { return shown_at(Space::token, token_id(token)); }
  std::string imported(std::uint64_t hash) {
    return shown_token(scoped(sa_token_from(hash), kSpamAssassinOwner));
  }
  std::string imported_totals() { return shown_at(Space::total, std::string(kSpamAssassinOwner)); }
  std::string generation() { return shown_at(Space::total, std::string(kGenerationId)); }
};

}  // namespace

TEST_CASE("bayes import: of SpamAssassin's tokens and totals, under an owner of their own") {
  Site site;
  const auto done = site.import(kSpamAssassin);
  REQUIRE(done);
  CHECK(done->tokens == 2);
  CHECK(site.imported(0x00e0a19293) == "1/3");
  CHECK(site.imported(0x71f9451190) == "2/0");
  CHECK(site.imported_totals() == "5/4");
  CHECK(site.shown_at(Space::total, "") == "-");
  CHECK(site.shown_token(sa_token("pills")) == "-");  // only as the owner's
  site.loop.now += std::chrono::seconds(1'001);
  CHECK(site.imported(0x71f9451190) == "-");
  CHECK(site.imported_totals() == "-");
}

TEST_CASE("bayes import: each tells a server that runs to load again") {
  Site site;
  CHECK(site.generation() == "-");
  REQUIRE(site.import(kSpamAssassin));
  const std::string first = site.generation();
  CHECK(first.size() == std::string("0/0 ").size() + 16);
  REQUIRE(site.import(kSpamAssassin, true));
  CHECK(site.generation() != first);
}

TEST_CASE("bayes import: a second backup of SpamAssassin is refused, and replaces the first when asked to") {
  Site site;
  REQUIRE(site.import(kOwn));
  REQUIRE(site.import(kSpamAssassin));
  const auto again = site.import(kSpamAssassin);
  REQUIRE(!again);
  CHECK(
      again.error().sentence ==
      "a backup of SpamAssassin's has been imported already (5 ham, 4 spam messages) and would count twice; "
      "--replace forgets that one first");
  CHECK(site.imported(0x00e0a19293) == "1/3");
  const auto replaced = site.import(
      "v\t3\tdb_version\nv\t1\tnum_spam\nv\t2\tnum_nonspam\nt\t1\t0\t5\t00e0a19293\nt\t1\t0\t5\t0000000001\n",
      true);
  REQUIRE(replaced);
  CHECK(replaced->forgotten == 2);
  CHECK(site.imported(0x00e0a19293) == "0/1");
  CHECK(site.imported(0x71f9451190) == "-");
  CHECK(site.imported_totals() == "2/1");
  // What was taught stays.
  CHECK(site.shown_token(0xf1) == "2/3");
  CHECK(site.shown_at(Space::total, "") == "7/6");
  CHECK(site.shown_at(Space::learned, std::string("\0\xff", 2)) == "0/0 spam");
}

TEST_CASE("bayes import: ours adds, and tells which messages count twice") {
  Site site;
  const auto first = site.import(kOwn);
  REQUIRE(first);
  CHECK(first->tokens == 2);
  CHECK(first->twice == 0);
  CHECK(site.shown_token(0xf1) == "2/3");
  CHECK(site.shown_at(Space::total, "bob@example.org") == "1/0");
  const auto second = site.import(kOwn);
  REQUIRE(second);
  CHECK(second->twice == 1);
  CHECK(site.shown_token(0xf1) == "4/6");
  CHECK(site.shown_at(Space::total, "") == "14/12");
}

TEST_CASE("bayes import: ours replaces what was taught, and what was imported where it brings it") {
  Site site;
  REQUIRE(site.import(kSpamAssassin));
  REQUIRE(site.import(kOwn));
  const std::string other = "v\t1\txspamd_bayes\nn\t1\t1\t\nt\t1\t0\t0\t00000000000003f1\n";
  const auto replaced = site.import(other, true);
  REQUIRE(replaced);
  CHECK(replaced->forgotten == 2);
  CHECK(site.shown_token(0xf1) == "-");
  CHECK(site.shown_token(0x3f1) == "0/1");
  CHECK(site.shown_at(Space::total, "") == "1/1");
  CHECK(site.shown_at(Space::total, "bob@example.org") == "-");
  CHECK(site.shown_at(Space::learned, std::string("\0\xff", 2)) == "-");
  CHECK(site.imported(0x71f9451190) == "2/0");
  CHECK(site.imported_totals() == "5/4");
  REQUIRE(site.import(other + "n\t9\t9\t%01spamassassin\n", true));
  CHECK(site.imported(0x71f9451190) == "-");
  CHECK(site.imported_totals() == "9/9");
}

TEST_CASE("bayes import: of too many tokens those that the fewest messages had stay out") {
  Site site;
  std::string text = "v\t3\tdb_version\nv\t300\tnum_spam\nv\t300\tnum_nonspam\nt\t0\t0\t5\t00000000ff\n";
  for (int i = 1; i <= 10; ++i)
    text += fmt::format("t\t{}\t0\t5\t{:010x}\n", i <= 4 ? 1 : i <= 8 ? 2 : 300, i);
  BackupSource from = site.source(text);
  const auto survey = BackupSurvey::of(from, 4);
  REQUIRE(survey);
  CHECK(survey->tokens() == 11);
  CHECK(survey->left_out() == 7);
  const auto done = site.import(text, false, 4);
  REQUIRE(done);
  CHECK(done->tokens == 4);
  std::string taken;
  for (std::uint64_t hash = 1; hash <= 10; ++hash)
    taken += site.imported(hash) == "-" ? '.' : 'x';
  CHECK(taken == "....xx..xx");
  Site all;
  const auto whole = all.import(text);
  REQUIRE(whole);
  CHECK(whole->tokens == 10);  // what no message had says nothing
}

TEST_CASE("bayes import: a line that is wrong at the very end keeps all of it out") {
  Site site;
  std::string text = kSpamAssassin;
  for (int i = 0; i < 20'000; ++i)
    text += fmt::format("t\t1\t0\t5\t{:010x}\n", i);
  const auto done = site.import(text + "t\t1\t0\n");
  REQUIRE(!done);
  CHECK(done.error().sentence ==
        site.folder / "backup" + ": line 20007: \"t\": expected t, spam, ham, a time and a token");
  CHECK(site.imported_totals() == "-");
}

TEST_CASE("bayes import: many tokens are written in parts, with progress") {
  Site site;
  std::string text = "v\t3\tdb_version\nv\t1\tnum_spam\nv\t1\tnum_nonspam\n";
  for (int i = 0; i < 120'000; ++i)
    text += fmt::format("t\t1\t0\t5\t{:010x}\n", i);
  BackupSource from = site.source(text);
  auto survey = BackupSurvey::of(from, kMany);
  REQUIRE(survey);
  std::vector<std::uint64_t> told;
  BayesImport import{from, std::move(*survey), false, {}, [&](std::uint64_t written) {
                       told.push_back(written);
                     }};
  const auto done = site.loop.wait(import_bayes(site.store, import));
  REQUIRE(done);
  CHECK(done->tokens == 120'000);
  CHECK(told.size() == 2);
  CHECK(site.imported(119'999) == "0/1");
}

TEST_CASE("bayes import: a file that is not there or a folder is named") {
  TempFolder folder;
  const auto none = BackupSource::open(folder / "none");
  REQUIRE(!none);
  CHECK(none.error().sentence == folder / "none" + " cannot be opened: No such file or directory");
  const auto directory = BackupSource::open(folder.path());
  REQUIRE(!directory);
  CHECK(directory.error().sentence.find(folder.path() + " cannot be read") == 0);
}
