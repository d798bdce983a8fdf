// Text put together from pieces with its white space folded as fold_white_space() does: runs of it are one
// blank, or one LF where a block ends; none at both ends. A word that tags cut stays whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace xspamd::html {

class FoldedText {
 public:
  // Whether there was anything but white space. Line ends are blanks, or with `keeps_lines` ends of lines.
  bool append(std::string_view utf8, bool keeps_lines = false);
  void blank() {
    if (pending_ == Pending::none) pending_ = Pending::blank;
  }
  void line() { pending_ = Pending::line; }

  std::size_t size() const { return text_.size(); }
  std::string_view view() const { return text_; }
  std::string take();
  // Goes on with a text that was taken, behind a blank.
  void resume(std::string&& text);

 private:
  enum class Pending : std::uint8_t { none, blank, line };

  std::size_t skip_space(std::string_view utf8, std::size_t at, bool keeps_lines);
  void put(std::string_view word);

  std::string text_;
  Pending pending_ = Pending::none;  // white space that comes before the next word
};

// Characters of UTF-8.
std::size_t count_characters(std::string_view utf8);

}  // namespace xspamd::html
