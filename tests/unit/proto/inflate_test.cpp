#include "proto/inflate.h"

#include <catch2/catch.hpp>
#include <string>

using namespace xspamd;

namespace {

// zlib's form of "hello hello hello hello\n".
const std::string kPacked("\x78\xda\xcb\x48\xcd\xc9\xc9\x57\xc8\x40\x27\xb9\x00\x70\xbe\x08\xbb", 17);
const std::string kText = "hello hello hello hello\n";

std::string inflated(std::string_view input, std::size_t piece, std::size_t most) {
  Inflate stream;
  std::string all;
  std::string slice;
  for (;;) {
    const std::string_view given = input.substr(0, piece);
    std::string_view left = given;
    const auto status = stream.run(left, most, slice);
    input.remove_prefix(given.size() - left.size());
    all += slice;
    if (status == Inflate::Status::end) return all;
    if (status == Inflate::Status::broken) return all + "(broken)";
    if (slice.empty() && input.empty()) return all + "(more)";
  }
}

}  // namespace

TEST_CASE("inflate: a stream in any pieces, into any pieces") {
  for (const std::size_t piece : {std::size_t{1}, std::size_t{3}, kPacked.size()}) {
    for (const std::size_t most : {std::size_t{1}, std::size_t{5}, std::size_t{1000}}) {
      CHECK(inflated(kPacked, piece, most) == kText);
      CHECK(inflated(kPacked + "behind", piece, most) == kText);
    }
  }
}

TEST_CASE("inflate: what is cut off waits for more, what is wrong is broken") {
  for (std::size_t length = 0; length < kPacked.size(); ++length)
    CHECK(inflated(kPacked.substr(0, length), kPacked.size(), 1000).ends_with("(more)"));
  CHECK(inflated("no stream", 9, 1000) == "(broken)");
  std::string wrong = kPacked;
  wrong.back() = static_cast<char>(wrong.back() ^ 1);
  CHECK(inflated(wrong, wrong.size(), 1000) == kText + "(broken)");
}
