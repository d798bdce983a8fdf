// Host names in running text: labels and what is written between them, "." or what spammers put for it
// ("[.]", "(dot)", " dot "), and where text that hangs on a name without a blank begins. Linear; nothing
// fails otherwise than by a name that is empty or of no known top-level domain.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "proto/base/suffix.h"

namespace xspamd::urls {

// Whether labels are top-level domains. Remembers the answers, of which text needs the same again and again.
class TopLevels {
 public:
  explicit TopLevels(const Suffixes& suffixes) : suffixes_(suffixes) {}

  bool known(std::string_view label);  // in any case and spelling

 private:
  struct Answer {
    std::array<char, 15> label{};
    unsigned char length = 0;
    bool known = false;
  };

  const Suffixes& suffixes_;
  std::array<Answer, 64> answers_{};
};

// How sure it is that a host is meant, from what stands in front of it; a later one allows what those before
// it allow.
enum class Sureness { bare, www, scheme };

struct Host {
  std::size_t begin = 0, end = 0;  // in the text
  std::size_t run_end = 0;  // where the search goes on if it is none: its last label was read up to there
  std::string_view name;    // with "." between the labels
  bool known = false;       // its last label is a top-level domain
  bool obfuscated = false;
  bool foreign_dot = false;  // a dot of another script

  Host() = default;
  Host(const Host&) = delete;  // `name` may be a view of `rewritten`
  Host& operator=(const Host&) = delete;

  std::string_view last_label() const { return name.substr(name.rfind('.') + 1); }
  bool has_dot() const { return name.find('.') != std::string_view::npos; }

  std::string rewritten;  // holds the name if the text has other separators
};

// The longest host that begins at `begin`, into `host`.
void read_host(std::string_view text, std::size_t begin, Sureness sureness, TopLevels& levels, Host& host);

// The position of the label that ends at `end`, not below `floor`.
std::size_t label_begin(std::string_view text, std::size_t end, std::size_t floor);

// Length of what stands for a dot at `at`: "[.]", "(dot)", "{ dot }", with a blank around if it has one on
// both sides; 0 if there is none. `word` is "dot", or "at" for what stands for "@".
std::size_t bracketed_length(std::string_view text, std::size_t at, std::string_view word, char mark);

// Whether a last label is rather the first word of a sentence whose blank is missing: "end.It".
bool begins_sentence(std::string_view label);

// Whether DNS could know a name like this: no hyphen at the ends of labels and no underscore in its last two
// labels; `strict` looks at the hyphens of all labels.
bool is_well_formed(std::string_view name, bool strict);

}  // namespace xspamd::urls
