// Messages as they are understood: tests/data/messages/NN-name.{msg,want,why}.
#include "proto/mail/dump.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "proto/preamble.h"
#include "tests/support/line_ends.h"
#include "tests/support/parsing.h"

using namespace xspamd;

namespace {

const std::filesystem::path kFolder = std::filesystem::path(XSPAMD_TEST_DATA) / "messages";

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  REQUIRE(file);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::set<std::filesystem::path> messages() {
  std::set<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    if (entry.path().extension() == ".msg") paths.insert(entry.path());
  }
  return paths;
}

// As it comes in the body of a request.
std::string dumped(std::string bytes) {
  Request request;
  request.dialect = Dialect::spamc;
  request.body = std::move(bytes);
  take_preamble(request);
  return dump(*test::parsed(std::move(request.body)));
}

}  // namespace

TEST_CASE("dump: every message is understood as its file tells") {
  for (const auto& path : messages()) {
    INFO(path << ": " << read(std::filesystem::path(path).replace_extension(".why")));
    CHECK(dumped(read(path)) == read(std::filesystem::path(path).replace_extension(".want")));
  }
  CHECK(messages().size() >= 12);
}

TEST_CASE("dump: the same for LF, for CRLF, with an mbox line, and the second time") {
  for (const auto& path : messages()) {
    INFO(path);
    const std::string bytes = read(path);
    const std::string once = dumped(bytes);
    CHECK(dumped(bytes) == once);
    CHECK(dumped(test::with_crlf(bytes)) == once);
    if (!bytes.empty()) CHECK(dumped("From sender@example.org Sun Nov 22 12:00:00 2026\n" + bytes) == once);
  }
}
