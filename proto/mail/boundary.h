// The boundaries of open multiparts (RFC 2046 §5.1.1) and the lines that hold one. A line is taken for the
// innermost multipart that it fits: with nothing but blanks behind the boundary, or closing ("--" behind it),
// or with a blank and other text behind. Where it fits none, it may merely begin with the boundary of the
// innermost, until a line fits that one: RFC 2046 calls it sufficient, but "aab" must not fit where "aa" is
// meant. A line costs a pass over as much of it as the longest boundary, and one comparison for each open
// multipart.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace xspamd::mail {

struct BoundaryMatch {
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  std::size_t level = kNone;  // which of the open ones
  bool closes = false;
  bool odd = false;  // RFC 2046 §5.1.1 does not allow what stands behind

  explicit operator bool() const { return level != kNone; }
};

// Levels count from 0 in the order of opening.
class Boundaries {
 public:
  // No line fits an empty one: what is no multipart has a level too.
  void open(std::string boundary);
  // No line fits that level any more: it met its end.
  void close(std::size_t level) { open_[level].active = false; }
  // Forgets `level` and those above it.
  void cut(std::size_t level) { open_.resize(level); }
  const std::string& text(std::size_t level) const { return open_[level].text; }
  // Whether any line could fit a level from `lowest` on.
  bool any(std::size_t lowest) const;
  // Whether one of the levels from `lowest` on has that boundary and is not closed.
  bool has(std::string_view boundary, std::size_t lowest) const;

  // `line` without its line end; levels from `lowest` on.
  BoundaryMatch match(std::string_view line, std::size_t lowest);

 private:
  struct Level {
    std::string text;
    std::uint64_t hash = 0;
    bool active = false;
    bool met = false;  // by a line that fits
  };

  void hash_prefixes(std::string_view candidate, std::size_t lowest);
  bool begins_with(std::string_view candidate, const Level& level) const;

  std::vector<Level> open_;
  std::vector<std::uint64_t> prefixes_;  // [n]: hash of the first n bytes of the candidate
};

}  // namespace xspamd::mail
