#include <catch2/catch.hpp>

#include "tests/unit/rules/checks/check_cases.h"

using namespace xspamd;

namespace {

// What nearly every row has.
constexpr std::string_view kUsual = "MIME_GOOD MIME_UNKNOWN MIME_BAD MIME_TRACE HAS_ATTACHMENT";

std::string part(const std::string& fields, const std::string& text = "text") {
  return "--b\n" + fields + "\n" + text + "\n";
}
std::string multipart(const std::string& kind, const std::string& parts) {
  return "Content-Type: multipart/" + kind + "; boundary=b\n\n" + parts + "--b--\n";
}

const std::string kPlain = part("Content-Type: text/plain\n");
const std::string kHtml = part("Content-Type: text/html\n", "<p>text");

void check(const std::vector<test::CheckCase>& table, std::string_view without) {
  for (const test::CheckCase& row : table) {
    CAPTURE(row.why, row.header);
    CHECK(test::hits_of("mime", row, without) == row.hits);
  }
}

}  // namespace

TEST_CASE("mime: the types of the parts") {
  check(
      {
          {"no type is text/plain", "From: a@x.example\n\ntext", "MIME_GOOD[text/plain] MIME_TRACE[0:+]"},
          {"each type once", multipart("mixed", kPlain + kPlain + part("Content-Type: image/png\n")),
           "MIME_GOOD[multipart/mixed, text/plain] MIME_TRACE[0:+, 1:+, 2:+, 3:~]"},
          {"of the web", multipart("form-data", kPlain),
           "MIME_GOOD[text/plain] MIME_BAD[multipart/form-data] MIME_TRACE[0:-, 1:+]"},
          {"there is no such family", "Content-Type: virus/new\n\nx",
           "MIME_UNKNOWN[virus/new] MIME_TRACE[0:~]"},
          {"a broken one", "Content-Type: text\n\nx",
           "MIME_UNKNOWN[text/plain] MIME_TRACE[0:~] BROKEN_CONTENT_TYPE"},
          {"an unknown kind of text is ordinary enough", "Content-Type: text/x-new\n\nx", "MIME_TRACE[0:~]"},
      },
      {});
}

TEST_CASE("mime: versions of the text") {
  check(
      {
          {"both", multipart("alternative", kPlain + kHtml), ""},
          {"HTML alone", "Content-Type: text/html\n\n<p>text", "MIME_HTML_ONLY"},
          {"plain alone", "Content-Type: text/plain\n\ntext", ""},
          {"an attached page is no version",
           multipart("mixed", kPlain + part("Content-Type: text/html\n"
                                            "Content-Disposition: attachment\n")),
           ""},
          {"no plain one", multipart("alternative", kHtml), "MIME_HTML_ONLY MIME_MA_MISSING_TEXT"},
          {"nothing to choose", multipart("alternative", kPlain), "MIME_MA_MISSING_HTML"},
          {"an invitation", multipart("alternative", kPlain + part("Content-Type: text/calendar\n")), ""},
          {"nothing at all", "Content-Type: multipart/alternative; boundary=b\n\n--b--\n", ""},
          {"the plain one deeper",
           multipart("alternative",
                     "--b\nContent-Type: multipart/related; boundary=c\n\n--c\n\n"
                     "text\n--c--\n" +
                         kHtml),
           ""},
      },
      kUsual);
}

TEST_CASE("mime: parts that are not what they should be") {
  const std::string octets = "Content-Type: application/octet-stream; name=a.bin\n";
  check(
      {
          {"mixed for one text", multipart("mixed", kPlain), "CTYPE_MIXED_BOGUS"},
          {"mixed for the versions of one",
           multipart("mixed",
                     "--b\nContent-Type: multipart/alternative; boundary=c\n\n--c\n\ntext\n"
                     "--c\nContent-Type: text/html\n\n<p>text\n--c--\n"),
           "CTYPE_MIXED_BOGUS"},
          {"the footer of a list", multipart("mixed", kPlain + kPlain), ""},
          {"a file", multipart("mixed", part("Content-Type: image/png\n")), ""},
          {"a file without disposition", multipart("mixed", kPlain + part(octets)),
           "CTYPE_MISSING_DISPOSITION"},
          {"with it", multipart("mixed", kPlain + part(octets + "Content-Disposition: attachment\n")), ""},
          {"another part needs it", multipart("mixed", kPlain + part(octets + "Content-ID: <1@x>\n")), ""},
          {"a key", multipart("mixed", kPlain + part("Content-Type: application/octet-stream; name=a.asc\n")),
           ""},
          {"encrypted",
           multipart("encrypted", part("Content-Type: application/pgp-encrypted\n") + part(octets)),
           "ENCRYPTED_PGP"},
          {"a multipart without parts", "Content-Type: multipart/mixed; boundary=b\n\ntext",
           "BROKEN_CONTENT_TYPE"},
      },
      kUsual);
}

TEST_CASE("mime: how texts are encoded") {
  const std::string base64 = "Content-Transfer-Encoding: base64\n\n";
  check(
      {
          {"without need",
           "Content-Type: text/plain\n" + base64 + "THVuY2g=", "MIME_BASE64_TEXT MIME_BASE64_TEXT_BOGUS"},
          {"with need",
           "Content-Type: text/plain; charset=utf-8\n" + base64 + "R3LDvMOfZQ==", "MIME_BASE64_TEXT"},
          {"UTF-16 has no other way",
           "Content-Type: text/plain; charset=utf-16le\n" + base64 + "TAB1AG4AYwBoAA==", "MIME_BASE64_TEXT"},
          {"HTML that names its letters", "Content-Type: text/html\n" + base64 + "PHA+R3ImdXVtbDtu",
           "MIME_HTML_ONLY MIME_BASE64_TEXT MIME_BASE64_TEXT_BOGUS"},
          {"a picture", "Content-Type: image/png\n" + base64 + "THVuY2g=", ""},
          {"7bit that is none", "Content-Transfer-Encoding: 7bit\n\nGr\xfc\xdf", "R_BAD_CTE_7BIT[7bit]"},
          {"UTF-8 is forgiven more",
           "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 7BIT\n\nGr\xc3\xbc\xc3\x9f",
           "R_BAD_CTE_7BIT[7BIT]x0.3"},
          {"quoted-printable that is none", "Content-Transfer-Encoding: quoted-printable\n\nGr\xfc\xdf",
           "R_BAD_CTE_7BIT[quoted-printable]"},
          {"as announced", "Content-Transfer-Encoding: 8bit\n\nGr\xfc\xdf", ""},
          {"nothing was promised", "Subject: x\n\nGr\xfc\xdf", ""},
          {"a file is not looked at",
           multipart("mixed",
                     kPlain + part("Content-Transfer-Encoding: 7bit\nContent-Disposition: attachment\n",
                                   "Gr\xfc\xdf")),
           ""},
      },
      kUsual);
}

TEST_CASE("mime: signatures, encryption, attachments") {
  check(
      {
          {"PGP", multipart("signed", kPlain + part("Content-Type: application/pgp-signature\n")),
           "SIGNED_PGP"},
          {"encrypted with PGP", multipart("encrypted", part("Content-Type: application/pgp-encrypted\n")),
           "ENCRYPTED_PGP"},
          {"S/MIME", multipart("signed", kPlain + part("Content-Type: application/pkcs7-signature\n")),
           "SIGNED_SMIME"},
          {"its older name",
           multipart("signed", kPlain + part("Content-Type: application/x-pkcs7-signature\n")),
           "SIGNED_SMIME"},
          {"signed as one part", "Content-Type: application/pkcs7-mime; smime-type=signed-data\n\nx",
           "SIGNED_SMIME"},
          {"encrypted", "Content-Type: application/pkcs7-mime; smime-type=enveloped-data\n\nx",
           "ENCRYPTED_SMIME"},
          {"a key is no signature", multipart("mixed", kPlain + part("Content-Type: application/pgp-keys\n")),
           ""},
          {"attached", multipart("mixed", kPlain + part("Content-Disposition: attachment\n")),
           "HAS_ATTACHMENT"},
          {"shown", multipart("mixed", kPlain + part("Content-Disposition: inline\n")), ""},
      },
      "MIME_GOOD MIME_UNKNOWN MIME_BAD MIME_TRACE CTYPE_MIXED_BOGUS");
}
