#include <catch2/catch.hpp>

#include "tests/unit/rules/checks/check_cases.h"

using namespace xspamd;

TEST_CASE("encodings: encoded without need, or not encoded where it is needed") {
  const test::CheckCase kTable[] = {
      {"plain", "Subject: Lunch\n", ""},
      {"needed", "Subject: =?utf-8?B?R3LDvMOfZQ==?=\n", ""},
      {"base64 around plain text", "Subject: =?utf-8?B?THVuY2g=?=\n", "SUBJ_EXCESS_BASE64"},
      {"quoted-printable", "Subject: =?utf-8?q?Lunch?=\n", "SUBJ_EXCESS_QP"},
      {"one word needs it, the other is near", "Subject: =?utf-8?Q?Lunch?= =?utf-8?Q?_f=C3=BCr?=\n", ""},
      {"no encoded word", "Subject: =?utf-8?Q?open\n", ""},
      {"text that looks like one", "Subject: =?utf-8?Q?=3D=3Futf-8=3FQ=3Fx=3F=3D?=\n", ""},
      {"the name of a sender", "From: =?utf-8?B?QW5u?= <a@x.example>\n", "FROM_EXCESS_BASE64"},
      {"of a recipient", "To: =?utf-8?Q?Ann?= <a@x.example>\n", "TO_EXCESS_QP"},
      {"of another", "Cc: =?utf-8?Q?Ann?= <a@x.example>\n", "CC_EXCESS_QP"},
      {"of the answer", "Reply-To: =?utf-8?B?QW5u?= <a@x.example>\n", "REPLYTO_EXCESS_BASE64"},
      {"raw Latin-1", "Subject: Gr\xfc\xdf\n", "SUBJECT_NEEDS_ENCODING"},
      {"raw UTF-8 is allowed today", "Subject: Gr\xc3\xbc\xc3\x9f\n", ""},
      {"raw in From and To", "From: \xe4 <a@x.example>\nTo: \xe4 <a@x.example>\n",
       "FROM_NEEDS_ENCODING TO_NEEDS_ENCODING"},
      {"in Cc nobody minds", "Cc: \xe4 <a@x.example>\n", ""},
  };
  for (const test::CheckCase& row : kTable) {
    CAPTURE(row.why, row.header);
    CHECK(test::hits_of("encodings", row) == row.hits);
  }
}
