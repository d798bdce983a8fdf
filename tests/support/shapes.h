// Messages that are made to be slow to read: each shape in any size. For the proof that work grows with the
// size and not with its square.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace xspamd::test {

struct Shape {
  std::string_view name;
  std::string (*make)(std::size_t bytes);  // a message of about so many bytes
};

std::span<const Shape> shapes();

}  // namespace xspamd::test
