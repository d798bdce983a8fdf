#include <catch2/catch.hpp>

#include "tests/support/scanning.h"
#include "tests/support/test_plan.h"
#include "tests/unit/rules/checks/check_cases.h"

using namespace xspamd;

namespace {

std::string anchor(const std::string& target, const std::string& text = "More") {
  return "Content-Type: text/html; charset=utf-8\n\n<p><a href=\"" + target + "\">" + text + "</a>";
}

std::string plain(const std::string& text) {
  return "Content-Type: text/plain; charset=utf-8\n\n" + text;
}

void check(const std::vector<test::CheckCase>& table) {
  for (const test::CheckCase& row : table) {
    CAPTURE(row.why, row.header);
    CHECK(test::hits_of("urls", row) == row.hits);
  }
}

}  // namespace

TEST_CASE("urls: links that show one site and lead to another") {
  check({
      {"the same site", anchor("https://www.bank.example.com/x", "https://example.com/"), ""},
      {"another", anchor("http://shop.example.net/", "http://www.bigbank.com/"),
       "PHISHING[bigbank.com->example.net]x0.5"},
      {"made to look alike", anchor("http://bigbank.com.example.net/", "http://www.bigbank.com/"),
       "PHISHING[bigbank.com->example.net]"},
      {"a letter off", anchor("http://bigbanks.com/", "https://bigbank.com/login"),
       "PHISHING[bigbank.com->bigbanks.com]"},
      {"with a word more", anchor("http://bigbank-login.net/", "bigbank.com"),
       "PHISHING[bigbank.com->bigbank-login.net]"},
      {"the same name in another country", anchor("http://bigbank.de/", "www.bigbank.com"),
       "PHISHING[bigbank.com->bigbank.de]x0.5"},
      {"just what a site is called", anchor("http://tracker.example.net/", "Booking.com"), ""},
      {"a service that leads on",
       anchor("https://eur01.safelinks.protection.outlook.com/?url=x", "http://www.bigbank.com/"),
       "REDIRECTOR_FALSE[bigbank.com->outlook.com]"},
      {"words", anchor("http://shop.example.net/", "The shop"), ""},
  });
}

TEST_CASE("urls: names of sites that cannot be read") {
  check({
      {"plain", plain("http://www.example.com/"), ""},
      {"letters of two alphabets", plain("http://pаypal.com/"), "OMOGRAPH_URL[xn--pypal-4ve.com]"},
      {"all of another, all alike", plain("http://аррӏе.com/"), "OMOGRAPH_URL[xn--80ak6aa92e.com]"},
      {"an honest name", plain("http://bücher.example.com/ and http://пример.com/"), ""},
      {"in its own country", plain("http://хор.рф/"), ""},
      {"percent signs", anchor("http://%65xample.com/"), "R_SUSPICIOUS_URL[example.com]"},
      {"a number as a whole", anchor("http://3221225985/"), "R_SUSPICIOUS_URL[192.0.2.1]"},
      {"nothing between the letters", anchor("http://exa\u200bmple.com/"),
       "ZERO_WIDTH_SPACE_URL[example.com]"},
      {"a number", anchor("http://192.0.2.1/a"), "URL_NUMERIC_IP[192.0.2.1]"},
      {"a name in front of a number", anchor("http://bank.example@192.0.2.1/a"),
       "URL_NUMERIC_IP_USER[192.0.2.1]"},
      {"a name in front of a name", anchor("http://bank.example@example.com/a"),
       "URL_USER_PASSWORD[example.com]"},
      {"an address of mail", anchor("mailto:ann@example.com"), ""},
      {"of a hidden service", plain("http://expyuzz4wqqyqhjn.onion/"),
       "HAS_ONION_URI[expyuzz4wqqyqhjn.onion]"},
  });
}

TEST_CASE("urls: odd forms") {
  check({
      {"backslashes", anchor("http:\\\\example.com\\a"), "URL_BACKSLASH_PATH[example.com]"},
      {"many parts", plain("http://a.b.c.d.e.f.example.com/"), "URL_EXCESSIVE_DOTS[a.b.c.d.e.f.example.com]"},
      {"some parts", plain("http://a.b.c.d.example.com/"), ""},
      {"very long", plain("http://example.com/" + std::string(2000, 'a')), "URL_VERY_LONG[example.com]"},
      {"long", plain("http://example.com/" + std::string(1000, 'a')), ""},
      {"links of the list are its own",
       "List-Unsubscribe: <http://192.0.2.1/off>\nContent-Type: text/plain\n\ntext", ""},
  });
}

TEST_CASE("urls: in the Subject") {
  check({
      {"nothing else", "Subject: http://x.example.com/a\n", "URL_IN_SUBJECT[x.example.com]"},
      {"among words", "Subject: Look at http://x.example.com/a\n", "URL_IN_SUBJECT[x.example.com]x0.25"},
      {"a name", "Subject: News from example.com\n", ""},
      {"in the text", "Subject: News\n\nhttp://x.example.com/a\n", ""},
  });
}

TEST_CASE("urls: the same in both versions") {
  const auto message = [](const std::string& html) {
    return "Content-Type: multipart/alternative; boundary=b\n\n--b\n\nhttp://example.com/\n--b\n"
           "Content-Type: text/html\n\n" +
           html + "\n--b--\n";
  };
  check({
      {"the same", message("<a href=http://example.com/>Here</a>"), ""},
      {"one more", message("<a href=http://example.com/>Here</a> <a href=http://example.com/2>There</a>"),
       "URI_COUNT_ODD[3]"},
  });
}

TEST_CASE("urls: phishing by way of a WordPress site that was broken into") {
  const auto plan = test::shipped_plan();
  const auto verdict = [&](const std::string& head, const std::string& target) {
    const std::string message = head + anchor(target, "https://www.bigbank.com/");
    return test::rendered(score(*plan, *test::scan_with(plan, test::request_of(message))));
  };
  const std::string script = "X-PHP-Originating-Script: 1000:a.php\n";
  const std::string inside = "http://blog.example.net/wp-content/a.html";
  const auto hits = [](const std::string& text) {
    return text.find("HACKED_WP_PHISHING(4.50)") != std::string::npos;
  };
  CHECK(hits(verdict(script, inside)));
  CHECK_FALSE(hits(verdict("", inside)));
  CHECK_FALSE(hits(verdict(script, "http://blog.example.net/a.html")));
  CHECK_FALSE(hits(verdict(script, "https://www.bigbank.com/wp-content/a.html")));
}
