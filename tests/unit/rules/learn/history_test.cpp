#include "rules/learn/history.h"

#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "proto/base/text.h"
#include "proto/rspamd_json.h"
#include "rules/store/memory.h"
#include "tests/unit/rules/store/store_loop.h"

namespace xspamd::test {

namespace {

using std::chrono::milliseconds;

const WallTime kNow{milliseconds(1'750'000'000'042)};

Verdict verdict_of(std::vector<Score> scores) {
  Verdict verdict;
  verdict.action = Action::add_header;
  verdict.score = Points{7'500};
  verdict.required = Points{15'000};
  verdict.message_id = "1@example.net";
  verdict.timings.total = std::chrono::microseconds(12'300);
  verdict.scores = std::move(scores);
  return verdict;
}

Envelope envelope_of() {
  Envelope envelope;
  envelope.client = *IpAddress::parse("192.0.2.7");
  envelope.queue_id = "1abc-000-xyz";
  envelope.sender = "bob@example.net";
  envelope.recipients = {"alice@example.org", "carol@example.org"};
  envelope.user = "bob";
  return envelope;
}

Score hit(std::string symbol, std::int64_t thousandths, std::vector<std::string> options = {}) {
  return {std::move(symbol), "group", "about", Points{thousandths}, std::move(options)};
}

// The largest there can be of all that a sender controls.
Envelope hostile_envelope() {
  const std::string endless(100'000, '"');
  Envelope envelope;
  envelope.queue_id = envelope.sender = envelope.user = endless;
  envelope.recipients.assign(1'000, endless);
  return envelope;
}

std::size_t entries_in(StoreLoop& loop, Store& store) {
  auto rows = loop.wait(store.list({Space::history, "", 10'000, false}, soon()));
  REQUIRE(rows);
  return rows->size();
}

}  // namespace

TEST_CASE("history: a record has the names of rspamd's rows, the symbols by weight") {
  const Verdict verdict = verdict_of({hit("SMALL", 100), hit("LARGE", 7'400, {"a \"b\"", "c"})});
  const Envelope envelope = envelope_of();
  CHECK(history_record({verdict, envelope, 5'432, "Hello", kNow}) ==
        R"({"unix_time":1750000000.042,"id":"1abc-000-xyz","message-id":"1@example.net","ip":"192.0.2.7",)"
        R"("sender_smtp":"bob@example.net","rcpt_smtp":["alice@example.org","carol@example.org"],)"
        R"("user":"bob","subject":"Hello","action":"add header","score":7.5,"required_score":15.0,)"
        R"("size":5432,"time_real":0.0123,"symbols":{"LARGE":{"score":7.40,"options":["a \"b\"","c"]},)"
        R"("SMALL":{"score":0.10,"options":[]}}})");
}

TEST_CASE("history: what the mail server did not tell is empty, and a record all the same") {
  const Verdict verdict;
  const Envelope envelope;
  const auto row = read_history_row(history_record({verdict, envelope, 0, "", kNow}));
  REQUIRE(row);
  CHECK(row->action == "no action");
  CHECK(row->recipients.empty());
  CHECK(row->hits.empty());
}

TEST_CASE("history: a record is read as it was made") {
  const Verdict verdict = verdict_of({hit("ONE", -1'200), hit("TWO", 8'700, {"x"})});
  const Envelope envelope = envelope_of();
  const auto row = read_history_row(history_record({verdict, envelope, 1, "", kNow}));
  REQUIRE(row);
  CHECK(row->unix_time == Approx(1'750'000'000.042).margin(0.0001));
  CHECK(row->action == "add header");
  CHECK(row->score == 7.5);
  CHECK(row->required == 15);
  CHECK(row->sender == "bob@example.net");
  CHECK(row->recipients == envelope.recipients);
  REQUIRE(row->hits.size() == 2);
  CHECK(row->hits[0].symbol == "TWO");
  CHECK(row->hits[1].score == -1.2);
}

TEST_CASE("history: whatever a sender writes, a record is one line of UTF-8 within its bound") {
  const std::string endless(100'000, '\\');
  std::vector<Score> scores;
  for (int i = 0; i < 500; ++i)
    scores.push_back(hit("SYMBOL_" + std::to_string(i), 100, {endless, "\xff\r\n", "\xc3\xa9"}));
  Verdict verdict = verdict_of(std::move(scores));
  verdict.message_id = endless;
  const Envelope envelope = hostile_envelope();
  const std::string subject = "\xff\x01\r\n" + endless;
  const std::string record = history_record({verdict, envelope, ~std::uint64_t{0}, subject, kNow});
  CHECK(record.size() <= kMostRecord);
  CHECK(is_utf8(record));
  CHECK(record.find_first_of("\r\n") == std::string::npos);
  const auto row = read_history_row(record);
  REQUIRE(row);
  CHECK(row->hits.size() > 3);
  CHECK(record.find(fmt::format(R"("more_symbols":{}}})", 500 - row->hits.size())) != std::string::npos);
}

TEST_CASE("history: at most ten recipients are kept") {
  const Verdict verdict;
  Envelope envelope;
  envelope.recipients.assign(11, "a@example.org");
  CHECK(read_history_row(history_record({verdict, envelope, 0, "", kNow}))->recipients.size() == 10);
}

TEST_CASE("history: what is no record is not read") {
  for (const std::string_view text : {"", "[]", "7", "{\"score\":", R"({"score":"7"})", R"({"symbols":[1]})",
                                      R"({"symbols":{"A":1}})", R"({"rcpt_smtp":[1]})", "{} {}"}) {
    INFO(text);
    CHECK_FALSE(read_history_row(text));
  }
  CHECK(read_history_row("{}"));
}

TEST_CASE("history: ids have one length and are in the order of time, then of number") {
  const std::vector<std::string> ids{history_id(WallTime(milliseconds(-5)), 0),
                                     history_id(WallTime(milliseconds(1)), 7),
                                     history_id(kNow, 0),
                                     history_id(kNow, 1),
                                     history_id(kNow, 0xffff),
                                     history_id(kNow + milliseconds(1), 0x1'0000)};
  for (const std::string& id : ids)
    CHECK(id.size() == 15);
  CHECK(std::is_sorted(ids.begin(), ids.end()));
  CHECK(std::adjacent_find(ids.begin(), ids.end()) == ids.end());
}

TEST_CASE("history: a verdict is kept under its time and expires") {
  StoreLoop loop;
  MemoryStore store(loop.clock());
  History history;
  conf::History settings;
  settings.expiry = milliseconds(1'500);
  const Verdict verdict = verdict_of({});
  const Envelope envelope = envelope_of();
  CHECK_FALSE(history.record(store, {verdict, envelope, 1, "", loop.now}, settings));
  CHECK_FALSE(history.record(store, {verdict, envelope, 1, "", loop.now}, settings));
  CHECK(entries_in(loop, store) == 2);  // of the same millisecond
  loop.now += std::chrono::seconds(2);
  CHECK(entries_in(loop, store) == 0);
}

TEST_CASE("history: nothing is kept where it is switched off") {
  StoreLoop loop;
  MemoryStore store(loop.clock());
  conf::History settings;
  settings.enabled = false;
  const Verdict verdict;
  const Envelope envelope;
  History history;
  CHECK_FALSE(history.record(store, {verdict, envelope, 1, "", loop.now}, settings));
  CHECK(entries_in(loop, store) == 0);
}

TEST_CASE("history: every few hundred records the oldest beyond the bound are dropped") {
  StoreLoop loop;
  const auto store = std::make_shared<MemoryStore>(loop.clock());
  conf::History settings;
  settings.entries = 10;
  const Verdict verdict;
  const Envelope envelope;
  History history;
  int until_due = 0;
  for (bool due = false; !due && until_due < 1'000; ++until_due) {
    loop.now += milliseconds(1);
    due = history.record(*store, {verdict, envelope, 1, "", loop.now}, settings);
  }
  CHECK(until_due == 256);
  const auto before = loop.wait(store->list({Space::history, "", 10, true}, soon()));
  loop.spawn(trim_history(store, settings.entries, soon()));
  CHECK(loop.until([&] { return entries_in(loop, *store) == 10; }));
  const auto after = loop.wait(store->list({Space::history, "", 99, true}, soon()));
  CHECK(*after == *before);
  loop.spawn(trim_history(store, settings.entries, soon()));
  CHECK(entries_in(loop, *store) == 10);
  CHECK_FALSE(history.record(*store, {verdict, envelope, 1, "", loop.now}, settings));
}

}  // namespace xspamd::test
