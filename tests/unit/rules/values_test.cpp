#include "rules/values.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "tests/support/parsing.h"

using namespace xspamd;

namespace {

// The values joined by " | ", or why there is no such selector.
std::string found(std::string_view source, std::string_view what, const std::string& bytes,
                  const Limits& limits = {}) {
  const auto selector = parse_selector(source, what);
  if (!selector) return selector.error().sentence;
  const Request request;
  const auto message = test::parsed(bytes, limits);
  const Origin origin;
  const Values values = values_of(*selector, {request, *message, origin});
  return fmt::format("{}", fmt::join(values, " | "));
}

constexpr std::string_view kMail =
    "Subject: =?utf-8?q?gr=C3=BCn?=\n"
    "MIME-Version: 1.0\n"
    "Content-Type: multipart/mixed; boundary=x\n"
    "\n"
    "--x\n"
    "Content-Type: text/plain\n"
    "\n"
    "Hello  you,\nsee http://www.example.org/a.\n\nBye\n"
    "--x\n"
    "Content-Type: text/html\n"
    "Content-Transfer-Encoding: quoted-printable\n"
    "\n"
    "<p>Hi <a href=3D\"https://example.net/b?c=3D1\">there</a><b style=3D\"display:none\">secret</b>\n"
    "--x\n"
    "Content-Type: application/octet-stream\n"
    "Content-Disposition: attachment; filename=\"Photo.PNG\"\n"
    "Content-Transfer-Encoding: base64\n"
    "\n"
    "iVBORw0KGgo=\n"
    "--x\n"
    "Content-Type: text/plain\n"
    "Content-Disposition: attachment; filename=notes.txt\n"
    "\n"
    "attached words\n"
    "--x--\n";

}  // namespace

TEST_CASE("values: what each part, url and attachment selector gives") {
  const struct {
    std::string_view source, what, want;
  } cases[] = {
      {"part", "text", "Hello you, see http://www.example.org/a.\nBye | Hi there"},
      {"part", "subject+text", "grün | Hello you, see http://www.example.org/a.\nBye | Hi there"},
      {"part", "hidden", "secret"},
      {"part", "html",
       "<p>Hi <a href=\"https://example.net/b?c=1\">there</a><b style=\"display:none\">secret</b>"},
      {"url", "host", "www.example.org | example.net"},
      {"url", "domain", "example.org | example.net"},
      {"url", "path", "/a | /b"},
      {"url", "full", "http://www.example.org/a | https://example.net/b?c=1"},
      {"url", "text", "there"},
      {"attachment", "name", "Photo.PNG | notes.txt"},
      {"attachment", "extension", "png | txt"},
      {"attachment", "type", "application/octet-stream | image/png | text/plain"},
      // printf '\x89PNG\r\n\x1a\n' | sha256sum; printf 'attached words' | sha256sum
      {"attachment", "digest",
       "4c4b6a3be1314ab86138bef4314dde022e600960d8689a2c8f8631802d20dab6 | "
       "6211ee1c6e5d083dcbd70457169c3d72a2e8a0e24b8bf5f6869235cc1ba6d985"},
  };
  for (const auto& c : cases) {
    INFO(c.source << "." << c.what);
    CHECK(found(c.source, c.what, std::string(kMail)) == c.want);
  }
}

TEST_CASE("values: raw gives decoded bytes in pieces that overlap") {
  const std::string half(64 * 1024 - 3, 'a');
  const std::string values = found("part", "raw", "A: b\n\n" + half + "needle" + half);
  CHECK(values.find("needle | ") == std::string::npos);
  CHECK(values.find("needle") != std::string::npos);
  CHECK(found("part", "raw", "Content-Transfer-Encoding: base64\n\naGk=") == "hi");
}

TEST_CASE("values: mail addresses are no URLs") {
  CHECK(found("url", "full", "A: b\n\nwrite to someone@example.org") == "");
}

TEST_CASE("values: what a limit cut off may be there") {
  Limits limits;
  limits.urls = 1;
  const auto message = test::parsed("A: b\n\nhttp://a.example http://b.example", limits);
  CHECK(message->urls().size() == 1);
  CHECK(may_be_cut(*parse_selector("url", "host"), *message));
  CHECK_FALSE(may_be_cut(*parse_selector("part", "text"), *message));
  CHECK_FALSE(may_be_cut(*parse_selector("header", "A"), *message));
}
