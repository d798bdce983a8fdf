#include "proto/first_line.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>

using namespace xspamd;

namespace {

std::string rendered(std::string_view line) {
  const FirstLine first = parse_first_line(line);
  if (!first.dialect) return "unknown";
  return fmt::format("{} {} {}.{}", name(*first.dialect), first.command ? name(*first.command) : "-",
                     first.version.major, first.version.minor);
}

}  // namespace

TEST_CASE("first line: the dialect, the command and the version are told") {
  CHECK(rendered("CHECK RSPAMC/1.3") == "rspamc CHECK 1.3");
  CHECK(rendered("PING RSPAMC/1.0") == "rspamc PING 1.0");
  CHECK(rendered("REPORT_IFSPAM SPAMC/1.2") == "spamc REPORT_IFSPAM 1.2");
  CHECK(rendered("CHECK SPAMC/1.5\r") == "spamc CHECK 1.5");
  CHECK(rendered("GET / HTTP/1.1").starts_with("http "));
  CHECK(rendered("POST /checkv2 HTTP/1.0").starts_with("http "));
}

TEST_CASE("first line: RSPAMC is not mistaken for SPAMC, nor a path for a protocol") {
  CHECK(rendered("CHECKRSPAMC/1.3") == "unknown");
  CHECK(rendered("CHECK XSPAMC/1.3") == "unknown");
  CHECK(rendered("GET /SPAMC/1.2 HTTP/1.1").starts_with("http "));
}

TEST_CASE("first line: every command is found by its own name alone") {
  for (const char* verb :
       {"CHECK", "SYMBOLS", "REPORT", "REPORT_IFSPAM", "PROCESS", "HEADERS", "TELL", "PING", "SKIP"})
    CHECK(rendered(fmt::format("{} SPAMC/1.2", verb)) == fmt::format("spamc {} 1.2", verb));
  for (const char* verb : {"check", "CHECKS", "CHEC", "", "REPORT_"})
    CHECK(rendered(fmt::format("{} SPAMC/1.2", verb)) == "spamc - 1.2");
}

TEST_CASE("first line: an RSPAMC version that nobody speaks becomes 1.3") {
  for (const char* version : {"", "1", "1.4", "2.0", "1.33", "01.3", "x", "-1.3", "1.3.1"})
    CHECK(rendered(fmt::format("CHECK RSPAMC/{}", version)) == "rspamc CHECK 1.3");
}

TEST_CASE("first line: an SPAMC version is a number with whatever follows it") {
  CHECK(rendered("CHECK SPAMC/") == "spamc CHECK 0.0");
  CHECK(rendered("CHECK SPAMC/abc") == "spamc CHECK 0.0");
  CHECK(rendered("CHECK SPAMC/2") == "spamc CHECK 2.0");
  CHECK(rendered("CHECK SPAMC/9.9 junk") == "spamc CHECK 9.9");
  CHECK(rendered("CHECK SPAMC/99999999999999999999999.123456789") == "spamc CHECK 99.99");
}

TEST_CASE("first line: what no protocol begins with is unknown") {
  for (const char* line : {"", " ", "HELO x", "RSPAMC/1.3", "CHECK", "GET /", "HTTP/1.1", "GET / HTTP/x"})
    CHECK(rendered(line) == "unknown");
}

TEST_CASE("first line: control characters are binary, text and line ends are not") {
  CHECK(is_binary(std::string_view("\x16\x03\x01", 3)));
  CHECK(is_binary(std::string_view("CHECK\0", 6)));
  CHECK(is_binary("\x7f"));
  CHECK_FALSE(is_binary("CHECK RSPAMC/1.3\r\n"));
  CHECK_FALSE(is_binary("a\tb \xc3\xa9"));
}
