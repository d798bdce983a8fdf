#include "rules/fuzzy/digests.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "proto/base/hex.h"
#include "tests/support/parsing.h"
#include "tests/support/spam_texts.h"

using namespace xspamd;
using namespace xspamd::fuzzy;
using test::made_text;

namespace {

std::string text_part(const std::string& type, const std::string& text) {
  return "--b\nContent-Type: " + type + "; charset=utf-8\n\n" + text + "\n";
}

std::string plain(std::string_view text) {
  return fmt::format("\n{}", text);
}

std::string file_part(const std::string& type, const std::string& base64) {
  return "--b\nContent-Type: " + type +
         "\nContent-Disposition: attachment; filename=x\nContent-Transfer-Encoding: base64\n\n" + base64 +
         "\n";
}

std::string multipart(const std::string& parts) {
  return "Content-Type: multipart/mixed; boundary=b\n\n" + parts + "--b--\n";
}

std::vector<Digest> digests(const std::string& mail) {
  return digests_of(*test::parsed(mail));
}

// "shingles", "short", "bin", "img", in their order.
std::string kinds(const std::string& mail) {
  std::string kinds;
  for (const Digest& digest : digests(mail)) {
    CHECK(digest.id.size() == kDigest);
    const std::string_view kind = digest.kind != Kind::text ? name(digest.kind)
                                  : digest.shingles         ? "shingles"
                                                            : "short";
    kinds += fmt::format("{}{}", kinds.empty() ? "" : " ", kind);
  }
  return kinds;
}

const std::string kLong = made_text(kLeastWords + 50, 1);
const std::string kFile(2000, 'Q');  // 1,500 bytes

}  // namespace

TEST_CASE("fuzzy digests: of long texts shingles, of short ones the text, of very short ones nothing") {
  CHECK(kinds(plain(kLong)) == "shingles");
  CHECK(kinds(plain(made_text(kLeastWords - 1, 1))) == "short");
  CHECK(kinds(plain(made_text(kLeastShortWords, 1))) == "short");
  CHECK(kinds(plain(made_text(kLeastShortWords - 1, 1))) == "");
  CHECK(kinds("\n") == "");
  CHECK(kinds("") == "");
}

TEST_CASE("fuzzy digests: of a short text only white space and capitals may differ") {
  const std::string text = "we have sent your parcel with number one please look at the link below";
  const auto id = [](const std::string& body) {
    return digests(plain(body)).at(0).id;
  };
  CHECK(id(text) == id("We have  sent your parcel\n\nwith number one please look at the LINK below\n"));
  CHECK(id(text) == digests("Content-Type: text/html\n\n<p>" + text + "</p>").at(0).id);
  CHECK(id(text) != id(text + " 1"));
  CHECK(id(text + " http://a.example") != id(text + " http://b.example"));
}

TEST_CASE("fuzzy digests: HTML is the text that counts, if it says enough, else the longest") {
  const std::string html = made_text(100, 2);
  struct Row {
    const char* why;
    std::string mail, same_as;
  };
  const Row rows[] = {
      {"longer plain text beside it",
       multipart(text_part("text/plain", made_text(500, 3)) + text_part("text/html", html)), html},
      {"HTML without words", multipart(text_part("text/plain", kLong) + text_part("text/html", "<p>Hi")),
       kLong},
      {"the longest of several", multipart(text_part("text/plain", "short") + text_part("text/plain", kLong)),
       kLong}};
  for (const Row& row : rows) {
    INFO(row.why);
    CHECK(digests(row.mail).at(0).id == digests(plain(row.same_as)).at(0).id);
  }
}

TEST_CASE("fuzzy digests: files of some size are known by what sha256sum begins with") {
  CHECK(kinds(multipart(file_part("application/zip", kFile))) == "bin");
  CHECK(kinds(multipart(file_part("image/png", kFile))) == "img");
  CHECK(kinds(multipart(text_part("text/plain", kLong) + file_part("application/zip", kFile))) ==
        "shingles bin");
  CHECK(kinds(multipart(file_part("application/zip", kFile.substr(0, 1000)))) == "");
  CHECK(kinds(multipart(file_part("application/zip", kFile) + file_part("application/pdf", kFile))) == "bin");
  CHECK(hex(digests(multipart(file_part("application/zip", kFile))).at(0).id) ==
        "a00b991fb5e2f7db5024837986d40517");
}

TEST_CASE("fuzzy digests: of many files and of huge ones not all count") {
  std::string many;
  for (int i = 0; i < 20; ++i)
    many += file_part("application/zip", kFile + fmt::format("{:04}", i));
  CHECK(digests(multipart(many)).size() == kMostFiles);
  const std::string huge(kMostFileBytes / 3 * 4 + 8, 'Q');
  CHECK(kinds(multipart(file_part("application/zip", huge) + file_part("application/zip", kFile))) == "bin");
}
