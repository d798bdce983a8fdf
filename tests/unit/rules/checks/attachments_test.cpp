#include <catch2/catch.hpp>

#include "tests/unit/rules/checks/check_cases.h"

using namespace xspamd;

namespace {

// A message with a text and a file, whose name is in the form of RFC 2231.
std::string file(const std::string& name, const std::string& type = "application/octet-stream",
                 const std::string& base64 = "eA==") {
  return "Content-Type: multipart/mixed; boundary=b\n\n--b\n\ntext\n--b\nContent-Type: " + type +
         "\nContent-Disposition: attachment; filename*=utf-8''" + name +
         "\nContent-Transfer-Encoding: base64\n\n" + base64 + "\n--b--\n";
}

// Stored, made with Python's zipfile. The first four hold the file they are named by.
constexpr const char* kInvoiceExe =
    "UEsDBBQAAAAAAAAAIVhdm7CPAgAAAAIAAAALAAAAaW52b2ljZS5leGVNWlBLAQIUAxQAAAAAAAAAIVhdm7CPAgAAAAIAAAALAAAAAAAA"
    "AAAAAACAAQAAAABpbnZvaWNlLmV4ZVBLBQYAAAAAAQABADkAAAArAAAAAAA=";
constexpr const char* kInnerRar =
    "UEsDBBQAAAAAAAAAIViDFtyMAQAAAAEAAAAJAAAAaW5uZXIucmFyeFBLAQIUAxQAAAAAAAAAIViDFtyMAQAAAAEAAAAJAAAAAAAAAAAA"
    "AACAAQAAAABpbm5lci5yYXJQSwUGAAAAAAEAAQA3AAAAKAAAAAAA";
constexpr const char* kTxt =
    "UEsDBBQAAAAAAAAAIViDFtyMAQAAAAEAAAAFAAAAYS50eHR4UEsBAhQDFAAAAAAAAAAhWIMW3IwBAAAAAQAAAAUAAAAAAAAAAAAAAIAB"
    "AAAAAGEudHh0UEsFBgAAAAABAAEAMwAAACQAAAAAAA==";
constexpr const char* kEncryptedTxt =
    "UEsDBBQAAQAAAAAAIViDFtyMAQAAAAEAAAAFAAAAYS50eHR4UEsBAhQDFAABAAAAAAAhWIMW3IwBAAAAAQAAAAUAAAAAAAAAAAAAAIAB"
    "AAAAAGEudHh0UEsFBgAAAAABAAEAMwAAACQAAAAAAA==";
// a.txt in front of the file, b.txt in the directory.
constexpr const char* kTwoNames =
    "UEsDBBQAAAAAAAAAIViDFtyMAQAAAAEAAAAFAAAAYS50eHR4UEsBAhQDFAAAAAAAAAAhWIMW3IwBAAAAAQAAAAUAAAAAAAAAAAAAAIAB"
    "AAAAAGIudHh0UEsFBgAAAAABAAEAMwAAACQAAAAAAA==";
// a.exe, b.txt, c.txt and d.txt
constexpr const char* kFourFiles =
    "UEsDBBQAAAAAAAAAIViDFtyMAQAAAAEAAAAFAAAAYS5leGV4UEsDBBQAAAAAAAAAIViDFtyMAQAAAAEAAAAFAAAAYi50eHR4UEsDBBQA"
    "AAAAAAAAIViDFtyMAQAAAAEAAAAFAAAAYy50eHR4UEsDBBQAAAAAAAAAIViDFtyMAQAAAAEAAAAFAAAAZC50eHR4UEsBAhQDFAAAAAAA"
    "AAAhWIMW3IwBAAAAAQAAAAUAAAAAAAAAAAAAAIABAAAAAGEuZXhlUEsBAhQDFAAAAAAAAAAhWIMW3IwBAAAAAQAAAAUAAAAAAAAAAAAA"
    "AIABJAAAAGIudHh0UEsBAhQDFAAAAAAAAAAhWIMW3IwBAAAAAQAAAAUAAAAAAAAAAAAAAIABSAAAAGMudHh0UEsBAhQDFAAAAAAAAAAh"
    "WIMW3IwBAAAAAQAAAAUAAAAAAAAAAAAAAIABbAAAAGQudHh0UEsFBgAAAAAEAAQAzAAAAJAAAAAAAA==";

void check(const std::vector<test::CheckCase>& table) {
  for (const test::CheckCase& row : table) {
    CAPTURE(row.why, row.header);
    CHECK(test::hits_of("attachments", row) == row.hits);
  }
}

}  // namespace

TEST_CASE("attachments: what their names say that they are") {
  check({
      {"no file", "From: a@x.example\n\ntext", ""},
      {"a document", file("a.pdf"), ""},
      {"a program", file("a.exe"), "MIME_BAD_EXTENSION[exe]"},
      {"worse", file("a.LNK"), "MIME_BAD_EXTENSION[lnk]x2"},
      {"people send links", file("a.url"), "MIME_BAD_EXTENSION[url]x0.25"},
      {"and sources", file("a.py"), ""},
      {"blanks behind", file("a.scr%20%20"), "MIME_BAD_EXTENSION[scr]x2"},
      {"named as a document", file("a.pdf.exe"), "MIME_DOUBLE_BAD_EXTENSION[a.pdf.exe]"},
      {"two dots are not enough", file("a.2024.pdf"), ""},
      {"turned round", file("a%E2%80%AEfdp.exe"),
       "MIME_DOUBLE_BAD_EXTENSION[a\u202Efdp.exe] MIME_BAD_UNICODE[a\u202Efdp.exe]"},
      {"right to left by itself", file("%D7%A9%D7%9C%D7%95%D7%9D.pdf"), ""},
  });
}

TEST_CASE("attachments: names and types that do not go together") {
  check({
      {"as it should be", file("a.pdf", "application/pdf"), ""},
      {"a page that says it is a document", file("a.html", "application/pdf"),
       "MIME_BAD_ATTACHMENT[html:application/pdf]"},
      {"a picture of another kind is one", file("a.jpg", "image/png"), ""},
      {"a picture that says it is an archive", file("a.jpg", "application/zip"),
       "MIME_BAD_ATTACHMENT[jpg:application/zip]x0.4"},
      {"an unknown name", file("a.foo", "image/png"), ""},
      {"a program that says it is a picture", file("a", "image/png", "f0VMRgIBAQAAAAAAAAAAAAIAPgABAAAA"),
       "MIME_BAD_ATTACHMENT[application/x-executable:image/png]"},
      {"a program that says so", file("a", "application/x-executable", "f0VMRgIBAQAAAAAAAAAAAAIAPgABAAAA"),
       ""},
  });
}

TEST_CASE("attachments: what is inside archives") {
  const std::string zip = "application/zip";
  check({
      {"a text", file("a.zip", zip, kTxt), ""},
      {"a program", file("a.zip", zip, kInvoiceExe), "MIME_BAD_EXTENSION[exe]"},
      {"one file of many", file("a.zip", zip, kFourFiles), "MIME_BAD_EXTENSION[exe]x0.2"},
      {"another archive", file("a.zip", zip, kInnerRar), "MIME_ARCHIVE_IN_ARCHIVE[rar]"},
      {"a password", file("a.zip", zip, kEncryptedTxt), "MIME_ENCRYPTED_ARCHIVE[a.zip]"},
      {"two names for one file", file("a.zip", zip, kTwoNames), "MIME_OBFUSCATED_ARCHIVE[a.zip]"},
  });
}
