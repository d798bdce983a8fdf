// Dialogues as data: tests/data/dialogue/NN-name.md tells in a sentence or two why, then in fenced blocks
// what is configured, what the client sends and what must come back. In `send` and `reply` line breaks of the
// file are ignored, \r \n \t \0 \xHH \\ are bytes, and a line "@repeat N TEXT" is TEXT N times.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace xspamd::test {

struct Dialogue {
  enum class End { none, input, idle };  // what follows the last byte: nothing, the end of input, silence

  std::string name;
  std::string why;
  std::vector<std::string> config;  // key=value, as for -o
  std::string send;
  std::string reply;
  End end = End::none;
};

// Every dialogue of the folder, by name; throws where a file is not of the form above.
std::vector<Dialogue> read_dialogues(const std::string& folder);

// The bytes of an escaped block, and back, one line of output a line of input.
std::string unescaped(std::string_view text);
std::string escaped(std::string_view bytes);

}  // namespace xspamd::test
