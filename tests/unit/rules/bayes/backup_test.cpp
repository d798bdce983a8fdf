#include "rules/bayes/backup.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>

using namespace xspamd;

namespace {

using Format = BackupReader::Format;
using std::chrono::seconds;
using std::chrono::sys_seconds;

struct Read {
  std::vector<BackupEntry> entries;
  Format format = Format::unknown;
  std::string failure;
};

Read read(std::string_view text, std::size_t piece = 1'000'000) {
  BackupReader reader;
  Read done;
  Result<void> result;
  for (std::size_t at = 0; at < text.size() && result; at += piece)
    result = reader.feed(text.substr(at, piece), done.entries);
  if (result) result = reader.finish(done.entries);
  done.format = reader.format();
  if (!result) done.failure = result.error().sentence;
  return done;
}

sys_seconds at(std::int64_t second) {
  return sys_seconds(seconds(second));
}

const std::string kSpamAssassin =
    "v\t3\tdb_version # this must be the first line!!!\n"
    "v\t474\tnum_spam\n"
    "v\t1038\tnum_nonspam\n"
    "v\t5\tsomething_later\n"
    "t\t1\t0\t1033696230\t00e0a19293\n"
    "t\t0\t99999999999\t0\tFFFFFFFFFF\n"
    "s\th\tone@example.org\n"
    "s\ts\ttwo\tparts\n";

const std::string kOwn =
    "v\t1\txspamd_bayes\n"
    "n\t7\t6\t\n"
    "n\t1\t0\tbob@example.org\n"
    "n\t0\t2\t%01spamassassin\n"
    "t\t3\t2\t1890000000\t00000000000000ff\n"
    "t\t0\t1\t0\tffffffffffffffff\n"
    "s\ts\t00ff\t1890000000\n"
    "s\th\tab\t0\n";

const std::string kOwnFirst = "v\t1\txspamd_bayes\n";
const std::string kSaFirst = "v\t3\tdb_version\n";

}  // namespace

TEST_CASE("backup: what sa-learn wrote") {
  const std::vector<BackupEntry> wanted{BackupTotals{"", 0, 474},
                                        BackupTotals{"", 1038, 0},
                                        BackupToken{0xe0a19293, {0, 1}, at(1'033'696'230)},
                                        BackupToken{0xffffffffff, {0xffffffff, 0}, at(0)},
                                        BackupMessage{false, "one@example.org", {}},
                                        BackupMessage{true, "two", {}}};
  const Read done = read(kSpamAssassin);
  CHECK(done.failure.empty());
  CHECK(done.format == Format::spamassassin);
  CHECK(done.entries == wanted);
}

TEST_CASE("backup: what we wrote") {
  const std::vector<BackupEntry> wanted{BackupTotals{"", 7, 6},
                                        BackupTotals{"bob@example.org", 1, 0},
                                        BackupTotals{"\x01spamassassin", 0, 2},
                                        BackupToken{0xff, {2, 3}, at(1'890'000'000)},
                                        BackupToken{0xffffffffffffffff, {1, 0}, at(0)},
                                        BackupMessage{true, std::string("\0\xff", 2), at(1'890'000'000)},
                                        BackupMessage{false, "\xab", at(0)}};
  const Read done = read(kOwn);
  CHECK(done.failure.empty());
  CHECK(done.format == Format::own);
  CHECK(done.entries == wanted);
}

TEST_CASE("backup: writing and reading are inverses") {
  std::string written = backup_heading();
  for (const BackupEntry& entry : read(kOwn).entries)
    written += backup_line(entry);
  CHECK(written.substr(written.find('\n')) == kOwn.substr(kOwn.find('\n')));
  CHECK(read(written).entries == read(kOwn).entries);
}

TEST_CASE("backup: owners of any bytes come back") {
  std::string owner;
  for (int byte = 0; byte < 255; ++byte)
    owner += static_cast<char>(byte);
  const std::string line = backup_line(BackupTotals{owner, 1, 2});
  CHECK(std::count(line.begin(), line.end(), '\t') == 3);
  CHECK(read(kOwnFirst + line).entries == std::vector<BackupEntry>{BackupTotals{owner, 1, 2}});
}

TEST_CASE("backup: any pieces, line ends and a last line without an end make no difference") {
  for (const std::string& text : {kSpamAssassin, kOwn}) {
    const auto whole = read(text).entries;
    for (const std::size_t piece : {1, 2, 3, 7, 50})
      CHECK(read(text, piece).entries == whole);
    CHECK(read(text.substr(0, text.size() - 1)).entries == whole);
    std::string crlf;
    for (const char c : text)
      crlf += c == '\n' ? std::string("\r\n") : std::string(1, c);
    CHECK(read(crlf).entries == whole);
  }
}

TEST_CASE("backup: what is wrong is told with its line, its value and what was expected") {
  struct Row {
    std::string text, failure;
  };
  const Row row = GENERATE(
      Row{"", "line 1: nothing: expected v 1 xspamd_bayes or v 3 db_version"},
      Row{"From joe\nv\t3\tdb_version\n",
          "line 1: \"From joe\": expected v, 1 and xspamd_bayes, or v, 3 and db_version, with TABs between "
          "them, "
          "as xspamd bayes-export and sa-learn --backup begin"},
      Row{"v\t2\tdb_version\n", "line 1: \"2\": expected version 3 of SpamAssassin's db_version"},
      Row{"v\t9\txspamd_bayes\n", "line 1: \"9\": expected version 1 of xspamd_bayes"},
      Row{kSaFirst + "v\t1\tnum_spam\n", "line 2: the end: expected a line v N num_nonspam before it"},
      Row{kSaFirst + "v\t1\tnum_nonspam\n", "line 2: the end: expected a line v N num_spam before it"},
      Row{kSaFirst + "v\t1\tnum_spam\nv\t1\tnum_spam\n", "line 3: \"num_spam\": expected it once"},
      Row{kSaFirst + "v\t-1\tnum_spam\n", "line 2: \"-1\": expected v, a number and a name"},
      Row{kSaFirst + "n\t1\t1\tx\n", "line 2: \"n\": expected v, t or s in front"},
      Row{kSaFirst + "t\t1\t0\t5\t00e0a192\n", "line 2: \"00e0a192\": expected a token of 10 hex digits"},
      Row{kSaFirst + "t\t1\t0\t5\t00e0a1929g\n", "line 2: \"00e0a1929g\": expected a token of 10 hex digits"},
      Row{kSaFirst + "s\tx\tid\n", "line 2: \"x\": expected s for spam or h for ham"},
      Row{kSaFirst + "s\tx\n", "line 2: \"s\": expected s, s or h, and a Message-ID"},
      Row{kOwnFirst + "\nq\n", "line 3: \"q\": expected n, t or s in front"},
      Row{kOwnFirst + "v\t1\tnum_spam\n", "line 2: \"v\": expected n, t or s in front"},
      Row{kOwnFirst + "n\t1\t1\n", "line 2: \"n\": expected n, ham, spam and an owner"},
      Row{kOwnFirst + "n\tx\t1\t\n", "line 2: \"x\": expected a number of messages"},
      Row{kOwnFirst + "n\t1\t1\t%4\n",
          "line 2: \"%4\": expected an owner, with % and two hex digits for what is no text"},
      Row{kOwnFirst + "t\t1\t1\t5\n", "line 2: \"t\": expected t, spam, ham, a time and a token"},
      Row{kOwnFirst + "t\t1x\t1\t5\t00000000000000ff\n",
          "line 2: \"1x\": expected a number of spam messages"},
      Row{kOwnFirst + "t\t1\t\t5\t00000000000000ff\n", "line 2: \"\": expected a number of ham messages"},
      Row{kOwnFirst + "t\t1\t1\t300000000000\t00000000000000ff\n",
          "line 2: \"300000000000\": expected a time in seconds since 1970"},
      Row{kOwnFirst + "t\t1\t1\t5\t0000000000000000\n",
          "line 2: \"0000000000000000\": expected a token of 16 hex digits"},
      Row{kOwnFirst + "s\ts\tabc\t0\n", "line 2: \"abc\": expected a digest in hex digits"},
      Row{kOwnFirst + "s\ts\tab\tx\n", "line 2: \"x\": expected a time in seconds since 1970"},
      Row{kOwnFirst + "s\ts\tab\n", "line 2: \"s\": expected s, s or h, a digest and a time"},
      Row{kOwnFirst + "t\t" + std::string(100, 'x') + "\t1\t5\t00000000000000ff\n",
          "line 2: \"" + std::string(60, 'x') + "\" and more: expected a number of spam messages"});
  CHECK(read(row.text).failure == row.failure);
  CHECK(read(row.text, 1).failure == row.failure);
}

TEST_CASE("backup: a line is not held without end") {
  const std::string text = kOwnFirst + std::string(BackupReader::kLongestLine + 1, 'x');
  CHECK(read(text, 1'000).failure.find("line 2: ") == 0);
  CHECK(read(text, 1'000).failure.find("expected a line of at most 16384 bytes") != std::string::npos);
  CHECK(read(text).failure.find("expected a line of at most 16384 bytes") != std::string::npos);
}
