#include <catch2/catch.hpp>

#include "tests/unit/rules/checks/check_cases.h"

using namespace xspamd;

namespace {

const std::string kPlain =
    "Received: from m.example (m.example [192.0.2.9]) by mx.b.example with ESMTP id 1; Sun, 22 Nov 2026 "
    "10:00:00 "
    "+0000\n";
const std::string kTls =
    "Received: from m.example (m.example [192.0.2.9]) by mx.b.example with ESMTPSA id 1; Sun, 22 Nov 2026 "
    "10:00:00 +0000\n";

std::string times(int count, const std::string& field) {
  std::string all;
  for (int i = 0; i < count; ++i)
    all += field;
  return all;
}

Envelope client(std::string user = {}) {
  Envelope made;
  made.client = IpAddress::parse("203.0.113.9");
  made.user = std::move(user);
  return made;
}

}  // namespace

TEST_CASE("hops: how many servers passed the message on") {
  const std::pair<int, std::string> kTable[] = {{2, "TWO"},   {3, "THREE"},  {5, "FIVE"},   {6, "FIVE"},
                                                {7, "SEVEN"}, {11, "SEVEN"}, {12, "TWELVE"}};
  for (const auto& [count, band] : kTable) {
    const test::CheckCase row{"", times(count, kPlain), "", client()};
    CHECK(test::hits_of("hops", row, "RCVD_NO_TLS_LAST") ==
          "RCVD_COUNT_" + band + "[" + std::to_string(count) + "]");
  }
}

TEST_CASE("hops: what they tell") {
  const test::CheckCase kTable[] = {
      {"none", "", "RCVD_COUNT_ZERO[0] ONCE_RECEIVED", client()},
      {"none, from a mail program", "User-Agent: Mutt\n",
       "RCVD_COUNT_ZERO[0] ONCE_RECEIVED DIRECT_TO_MX[Mutt]", client()},
      {"nobody tells from where", "User-Agent: Mutt\n", "RCVD_COUNT_ZERO[0]"},
      {"our own user", "User-Agent: Mutt\n", "RCVD_COUNT_ZERO[0]", client("ann")},
      {"the server's own line is no hop",
       "Received: from m.example ([203.0.113.9]) by us.example with esmtp (Exim 4.96) id 1xV0NU-00070k-33; "
       "Sun, 22 "
       "Nov 2026 10:00:00 +0000\n",
       "RCVD_COUNT_ZERO[0] ONCE_RECEIVED RCVD_NO_TLS_LAST", client()},
      {"one", kPlain, "RCVD_COUNT_ONE[1] ONCE_RECEIVED RCVD_NO_TLS_LAST", client()},
      {"encrypted, with login", kTls, "RCVD_COUNT_ONE[1] ONCE_RECEIVED RCVD_TLS_ALL RCVD_VIA_SMTP_AUTH",
       client()},
      {"the last alone encrypted", kTls + kPlain, "RCVD_COUNT_TWO[2] RCVD_TLS_LAST RCVD_VIA_SMTP_AUTH",
       client()},
      {"a client called user",
       "Received: from User ([192.0.2.9]) by m.example with SMTP; Sun, 22 Nov 2026 10:00:00 +0000\n",
       "RCVD_COUNT_ONE[1] ONCE_RECEIVED RCVD_NO_TLS_LAST RCVD_HELO_USER", client()},
      {"delivered before",
       "To: bob@b.example\nReceived: from m.example by x.example for <Bob@b.example>; Sun, 22 Nov 2026 "
       "10:00:00 "
       "+0000\n",
       "RCVD_COUNT_ONE[1] ONCE_RECEIVED RCVD_NO_TLS_LAST PREVIOUSLY_DELIVERED[Bob@b.example]", client()},
  };
  for (const test::CheckCase& row : kTable) {
    CAPTURE(row.why, row.header);
    CHECK(test::hits_of("hops", row) == row.hits);
  }
}
