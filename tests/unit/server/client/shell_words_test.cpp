#include "server/client/shell_words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <catch2/catch.hpp>

#include "proto/inflate.h"
#include "server/client/batch_mail.h"
#include "server/client/config_words.h"
#include "server/client/deflate.h"

using namespace xspamd;
using namespace xspamd::client;

namespace {

std::string words(std::string_view line) {
  const auto found = shell_words(line);
  return found ? fmt::format("{}", fmt::join(*found, "|")) : found.error().sentence;
}

}  // namespace

TEST_CASE("shell words: quotes keep blanks, nothing is expanded") {
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"/usr/lib/dovecot/deliver -d joe", "/usr/lib/dovecot/deliver|-d|joe"},
      {"  a\t b \n", "a|b"},
      {"sh -c 'cat > \"$X\"; exit 75'", "sh|-c|cat > \"$X\"; exit 75"},
      {"a \"b c\" 'd e' f\\ g", "a|b c|d e|f g"},
      {"a'b'\"c\"d", "abcd"},
      {"a '' \"\"", "a||"},
      {R"(a "\"\\\$\x" '\n')", R"(a|"\$\x|\n)"},
      {"echo $HOME * ; rm", "echo|$HOME|*|;|rm"},
      {"a\\", "a\\"},
      {"a 'b", "\"a 'b\" has a quote that is not closed"},
      {"a \"b\\\"", "\"a \\\"b\\\\\\\"\" has a quote that is not closed"},
      {" \t", "\" ?\" names no command"},
      {"", "\"\" names no command"},
  };
  for (const auto& [line, want] : rows)
    CHECK(words(line) == want);
}

TEST_CASE("config words: blanks and lines divide, # begins a remark") {
  CHECK(config_words("# a\n-d host,other  -p\t783\r\n\n-x\n #no remark") ==
        std::vector<std::string>{"-d", "host,other", "-p", "783", "-x", "#no", "remark"});
  CHECK(config_words("").empty());
  CHECK(read_config_words("/nonexistent/file").error().code == Errc::not_found);
  CHECK(read_config_words("/dev/zero").error().code == Errc::limit);
  CHECK(read_config_words("/").error().code == Errc::unavailable);
}

TEST_CASE("batch: the message goes without its dots, and comes back with them") {
  const std::string text = "EHLO x\r\nMAIL FROM:<a@b>\r\ndata\r\nA: b\r\n\r\n..dot\r\n...\r\n.\r\nQUIT\r\n";
  const auto batch = batch_mail(text);
  REQUIRE(batch);
  CHECK(batch->before == "EHLO x\r\nMAIL FROM:<a@b>\r\ndata\r\n");
  CHECK(batch->message == "A: b\r\n\r\n.dot\r\n..\r\n");
  CHECK(batch->after == ".\r\nQUIT\r\n");
  CHECK(std::string(batch->before) + stuffed(batch->message) + std::string(batch->after) == text);
  CHECK(batch_mail("DATA\n.\n"));
  CHECK(batch_mail("DATA\nx\n."));
  for (const std::string_view no :
       {"", "A: b\n\nbody\n", "DATA", "DATA\nno dot\n", "DATA\n. \n", "XDATA\n.\n"}) {
    INFO(no);
    CHECK_FALSE(batch_mail(no));
  }
}

TEST_CASE("deflate: what was packed unpacks to the same") {
  for (const std::string& text :
       {std::string(), std::string("A: b\n\nbody\n"), std::string(1'000'000, 'x')}) {
    const auto packed = deflated(text);
    REQUIRE(packed);
    Inflate inflate;
    std::string_view rest = *packed;
    std::string output;
    CHECK(inflate.run(rest, 2'000'000, output) == Inflate::Status::end);
    CHECK(output == text);
  }
}
