#include "proto/mail/zip.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "proto/base/text.h"
#include "proto/mail/attachment.h"

using namespace xspamd;
using namespace std::string_literals;

namespace {

std::string number(std::uint64_t value, std::size_t length) {
  std::string bytes;
  for (std::size_t i = 0; i < length; ++i)
    bytes += static_cast<char>(value >> 8 * i & 0xFF);
  return bytes;
}

struct File {
  std::string name;
  std::string data;
  unsigned flags = 0;
  unsigned method = 0;
  std::string extra = {};
};

constexpr unsigned kEncrypted = 1, kSizesBehind = 8, kUtf8 = 0x800;

// Deflate's own way of saying "as it is" (RFC 1951 §3.2.4).
std::string deflated(std::string_view data) {
  std::string stream;
  for (;;) {
    const std::string_view block = data.substr(0, 65535);
    data.remove_prefix(block.size());
    stream += (data.empty() ? "\1"s : "\0"s) + number(block.size(), 2) + number(~block.size(), 2);
    stream += block;
    if (data.empty()) return stream;
  }
}

std::string sizes(const File& file) {
  return number(0, 4) + number(file.data.size(), 4) + number(file.data.size(), 4);
}

struct Built {
  std::string files, directory;
  std::string end;
  std::string all() const { return files + directory + end; }
};

Built build(const std::vector<File>& files, const std::string& comment = "") {
  Built built;
  for (const File& file : files) {
    const std::string kind = number(20, 2) + number(file.flags, 2) + number(file.method, 2) + number(0, 4);
    const std::string lengths = number(file.name.size(), 2) + number(file.extra.size(), 2);
    const std::string told = (file.flags & kSizesBehind) != 0 ? std::string(12, '\0') : sizes(file);
    built.directory += "PK\1\2" + number(20, 2) + kind + sizes(file) + lengths + std::string(10, '\0') +
                       number(built.files.size(), 4) + file.name + file.extra;
    built.files += "PK\3\4" + kind + told + lengths + file.name + file.extra + file.data;
    if ((file.flags & kSizesBehind) != 0) built.files += "PK\7\10" + sizes(file);
  }
  built.end = "PK\5\6" + number(0, 4) + number(files.size(), 2) + number(files.size(), 2) +
              number(built.directory.size(), 4) + number(built.files.size(), 4) + number(comment.size(), 2) +
              comment;
  return built;
}

std::string zip_of(const std::vector<File>& files) {
  return build(files).all();
}

// The entries in words: "a.txt 3 +b/c.exe 0*", "*" for encrypted, "+" for those inside an inner archive.
std::string told(const Archive& archive) {
  std::string text;
  for (const ArchiveEntry& entry : archive.entries) {
    if (!text.empty()) text += ' ';
    text += (entry.depth == 1 ? "+" : "") + entry.name + " " + std::to_string(entry.size);
    if (entry.encrypted) text += '*';
  }
  if (archive.encrypted) text += " encrypted";
  if (archive.broken) text += " broken";
  if (archive.over_limit) text += " over_limit";
  return text;
}

std::string listed(std::string_view bytes, const Limits& limits = {}) {
  return told(list_zip(bytes, limits));
}

}  // namespace

TEST_CASE("zip: the names are those of the central directory") {
  const std::string inner = zip_of({{"x.exe", "MZ"}, {"d/", ""}});
  struct Case {
    std::string why, bytes, want;
  };
  const Case cases[] = {
      {"two files, one in a folder", zip_of({{"a.txt", "abc"}, {"d/", ""}, {"d/b", ""}}), "a.txt 3 d/b 0"},
      {"none", zip_of({}), ""},
      {"a password", zip_of({{"a", "x", kEncrypted}, {"b", "y", 0, 99}}), "a 1* b 1* encrypted"},
      {"sizes behind the data", zip_of({{"a", "abc", kSizesBehind}}), "a 3"},
      {"a comment", build({{"a", "x"}}, "PK\5\6 is no end").all(), "a 1"},
      {"a comment longer than it says", zip_of({{"a", "x"}}) + "trailing bytes", "a 1"},
      {"something in front", "#!/bin/sh\n" + zip_of({{"a", "x"}}), "a 1"},
      {"a name in UTF-8 that says so", zip_of({{"\xC3\xA9", "", kUtf8}}), "é 0"},
      {"a name in UTF-8 that does not", zip_of({{"\xC3\xA9", ""}}), "é 0"},
      {"a name in code page 437", zip_of({{"\x82", ""}}), "é 0"},
      {"broken UTF-8", zip_of({{"\xFF", "", kUtf8}}), "\uFFFD 0"},
      {"a name in UTF-8 beside the other", zip_of({{"a?", "", 0, 0, "\x75\x70\x08\0\1\x2A\xDD\x5B\x5Axyz"s}}),
       "a? 0"},
      {"the same, and it fits", zip_of({{"a?", "", 0, 0, "\x75\x70\x08\0\1\x24\x65\x59\x8Bxyz"s}}), "xyz 0"},
      {"folders alone", zip_of({{"d/", ""}, {"d/e/", ""}}), ""},
      {"controls and the other slash", zip_of({{"a\r\n\x01\x7F\\b", "x"}}),
       "a???"
       "?/b 1"},
      {"an inner archive, stored", zip_of({{"i.zip", inner}}),
       "i.zip " + std::to_string(inner.size()) + " +x.exe 2"},
      {"an inner archive, deflated", zip_of({{"i.dat", deflated(inner), 0, 8}, {"z", ""}}),
       "i.dat " + std::to_string(deflated(inner).size()) + " +x.exe 2 z 0"},
      {"a document is none", zip_of({{"i.docx", inner}}), "i.docx " + std::to_string(inner.size())},
      {"what is locked is none", zip_of({{"i.zip", inner, kEncrypted}}),
       "i.zip " + std::to_string(inner.size()) + "* encrypted"},
      {"only once", zip_of({{"o", zip_of({{"i", inner}})}}),
       "o " + std::to_string(zip_of({{"i", inner}}).size()) + " +i " + std::to_string(inner.size())},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    CHECK(listed(c.bytes) == c.want);
  }
}

TEST_CASE("zip: of Zip64 the larger numbers count") {
  Built built = build({{"a", "abc"}});
  const std::string record = "PK\6\6" + number(44, 8) + number(45, 2) + number(45, 2) + number(0, 8) +
                             number(1, 8) + number(1, 8) + number(built.directory.size(), 8) +
                             number(built.files.size(), 8);
  const std::string locator =
      "PK\6\7" + number(0, 4) + number(built.files.size() + built.directory.size(), 8) + number(1, 4);
  const std::string end = "PK\5\6" + std::string(4, '\0') + std::string(12, '\xFF') + "\0\0"s;
  CHECK(listed(built.files + built.directory + record + locator + end) == "a 3");
  // With bytes in front the locator misses, but the record stands just before it.
  CHECK(listed("in front" + built.files + built.directory + record + locator + end) == "a 3");
}

TEST_CASE("zip: a broken directory leaves the local headers") {
  const Built built = build({{"a", "abc"}, {"b", "def", kSizesBehind}, {"c", "PK\3\4"}});
  CHECK(listed(built.files) == "a 3 b 0 c 4 broken");
  CHECK(listed(built.files + "PK\1\2" + built.end) == "a 3 b 0 c 4 broken");
  CHECK(listed(built.files.substr(0, built.files.size() - 2)) == "a 3 b 0 c 4 broken");
  CHECK(listed("PK\3\4PK\3\4PK\3\4") == " broken");
  CHECK(listed("no archive") == " broken");
  CHECK(listed("") == " broken");
  std::string cut = built.all();
  cut.replace(cut.size() - 14, 2, number(4, 2));  // one entry more than there are
  cut.replace(cut.size() - 12, 2, number(4, 2));
  CHECK(listed(cut) == "a 3 b 3 c 4 broken");
  std::string other = built.all();
  other[30] = 'x';  // the local header tells another name
  CHECK(listed(other) == "a 3 b 3 c 4 broken");
}

TEST_CASE("zip: limits hold, whatever is inside") {
  Limits limits;
  limits.archive_files = 3;
  const std::string inner = zip_of({{"x", ""}, {"y", ""}, {"z", ""}});
  CHECK(listed(zip_of({{"a", ""}, {"b", ""}, {"c", ""}, {"d", ""}}), limits) == "a 0 b 0 c 0 over_limit");
  CHECK(listed(zip_of({{"a", inner}, {"b", ""}}), limits) ==
        "a " + std::to_string(inner.size()) + " +x 0 +y 0 over_limit");
  limits = {};
  limits.archive = 100;
  // Cut off inside its third local header.
  const std::string cut =
      told(list_zip(zip_of({{"a", deflated(inner), 0, 8}, {"b", deflated(inner), 0, 8}}), limits));
  CHECK(cut == "a " + std::to_string(deflated(inner).size()) + " +x 0 +y 0 +z 0 b " +
                   std::to_string(deflated(inner).size()) + " over_limit");
}

TEST_CASE("zip: many entries may share one body and cost it once") {
  // A thousand names for one archive of 4 MB without a directory.
  std::string body = "PK\3\4";
  body.resize(4'000'000, 'x');
  Built built = build({{"i", body}});
  const std::string one = built.directory;
  for (int i = 1; i < 1000; ++i)
    built.directory += one;
  built.end = "PK\5\6" + number(0, 4) + number(1000, 2) + number(1000, 2) +
              number(built.directory.size(), 4) + number(built.files.size(), 4) + number(0, 2);
  const Archive archive = list_zip(built.all(), Limits{});
  CHECK(archive.entries.size() == 1000);
  CHECK(archive.over_limit);
}

TEST_CASE("zip: a name of any length gives a path of at most a few kilobytes") {
  const Archive archive = list_zip(zip_of({{std::string(60'000, '\xE9') + ".exe", "x"}}), Limits{});
  REQUIRE(archive.entries.size() == 1);
  CHECK(archive.entries[0].name.size() < 4096);
  CHECK(extension_of(archive.entries[0].name) == "exe");
}

TEST_CASE("zip: deflated data gives what came before its break") {
  zip::Inflater inflater;
  CHECK(inflater.inflate(deflated("hello"), 100) == "hello");
  CHECK(inflater.inflate(deflated("hello"), 2) == "he");
  CHECK(inflater.inflate(deflated("hello").substr(0, 8), 100) == "hel");
  CHECK(inflater.inflate("\xFF\xFF", 100).empty());
  CHECK(inflater.inflate("", 100).empty());
  const std::string big(200'000, 'x');
  CHECK(inflater.inflate(deflated(big), 1'000'000) == big);
}

TEST_CASE("zip: the names inside tell the type") {
  const std::string types = "[Content_Types].xml";
  struct Case {
    std::string bytes, want;
  };
  const Case cases[] = {
      {zip_of({{"a", ""}}), "application/zip"},
      {zip_of({}), "application/zip"},
      {zip_of({{types, ""}, {"word/document.xml", ""}}),
       "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
      {zip_of({{"word/vbaProject.bin", ""}, {"word/x", ""}, {types, ""}}),
       "application/vnd.ms-word.document.macroEnabled.12"},
      {zip_of({{types, ""}, {"xl/workbook.xml", ""}}),
       "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
      {zip_of({{types, ""}, {"xl/vbaProject.bin", ""}}), "application/vnd.ms-excel.sheet.macroEnabled.12"},
      {zip_of({{types, ""}, {"xl/workbook.bin", ""}}),
       "application/vnd.ms-excel.sheet.binary.macroEnabled.12"},
      {zip_of({{types, ""}, {"ppt/presentation.xml", ""}}),
       "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
      {zip_of({{types, ""}, {"other", ""}}), "application/zip"},
      {zip_of({{"word/document.xml", ""}}), "application/zip"},
      {zip_of({{"mimetype", "application/vnd.oasis.opendocument.text"}, {"content.xml", ""}}),
       "application/vnd.oasis.opendocument.text"},
      {zip_of({{"mimetype", "application/epub+zip"}}), "application/epub+zip"},
      {zip_of({{"mimetype", "application/x-dosexec"}}), "application/zip"},
      {zip_of({{"META-INF/MANIFEST.MF", ""}}), "application/java-archive"},
      {zip_of({{"META-INF/MANIFEST.MF", ""}, {"AndroidManifest.xml", ""}}),
       "application/vnd.android.package-archive"},
      {zip_of({{"manifest.json", ""}, {"META-INF/mozilla.rsa", ""}}), "application/x-xpinstall"},
      {"PK\3\4", "application/zip"},
  };
  for (const Case& c : cases) {
    INFO(c.want);
    CHECK(sniff_type(c.bytes) == c.want);
  }
}
