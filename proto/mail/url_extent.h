// Where a URL in running text ends: at white space and delimiters, at a bracket or quote that was opened in
// front of it, without the punctuation of the sentence around it. And URLs that are wrapped over lines in
// angle brackets (RFC 3986 appendix C). Linear.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace xspamd::urls {

// The end of the path, query and fragment that begin at `at`. `before` is the character in front of the URL,
// 0 if there is none.
std::size_t tail_end(std::string_view text, std::size_t at, char before);

struct Wrapped {
  std::string url;      // without its line ends
  std::size_t end = 0;  // of it in the text: where ">" stands
};
// The URL that begins at `at`, if it goes on in the next line and ">" ends it.
std::optional<Wrapped> unwrap(std::string_view text, std::size_t at);

}  // namespace xspamd::urls
