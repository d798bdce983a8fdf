#include "tests/support/dialogue.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>
#include <stdexcept>

#include "conf/file.h"
#include "proto/base/text.h"

namespace xspamd::test {

namespace {

constexpr std::size_t kMostBytes = 1024 * 1024;

// One escape at the start of `text`, which it is taken from.
char take_escape(std::string_view& text) {
  const char kind = text.size() > 1 ? text[1] : '\0';
  text.remove_prefix(std::min<std::size_t>(2, text.size()));
  switch (kind) {
    case 'r':
      return '\r';
    case 'n':
      return '\n';
    case 't':
      return '\t';
    case '0':
      return '\0';
    case '\\':
      return '\\';
    case 'x': {
      unsigned value = 0;
      const std::string_view digits = text.substr(0, 2);
      const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
      if (error != std::errc{} || end != digits.data() + 2) break;
      text.remove_prefix(2);
      return static_cast<char>(value);
    }
    default:
      break;
  }
  throw std::runtime_error(fmt::format("\\{} is no escape", kind));
}

std::string line_bytes(std::string_view line) {
  std::string bytes;
  while (!line.empty()) {
    if (line.front() == '\\') {
      bytes += take_escape(line);
    } else {
      bytes += line.front();
      line.remove_prefix(1);
    }
  }
  return bytes;
}

std::string repeated(std::string_view line) {
  const std::size_t blank = line.find(' ');
  const auto times = parse_unsigned(line.substr(0, blank));
  if (!times || blank == std::string_view::npos)
    throw std::runtime_error("@repeat wants a number and a text");
  const std::string bytes = line_bytes(line.substr(blank + 1));
  std::string all;
  for (std::uint64_t i = 0; i < *times; ++i)
    all += bytes;
  return all;
}

std::string read_text(const std::string& path) {
  auto text = conf::read_file(path, kMostBytes);
  if (!text) throw std::runtime_error(fmt::format("{}: {}", path, text.error().sentence));
  return std::move(*text);
}

struct Blocks {
  std::string prose;
  std::map<std::string, std::string> fenced;  // by the word behind the fence
};

Blocks blocks_of(std::string_view text) {
  Blocks blocks;
  std::string* into = &blocks.prose;
  for (const std::string_view line : split(text, '\n')) {
    if (line == "```") {
      into = &blocks.prose;
    } else if (line.starts_with("```")) {
      into = &blocks.fenced[std::string(line.substr(3))];
    } else {
      into->append(line);
      into->push_back('\n');
    }
  }
  return blocks;
}

Dialogue::End end_of(const std::string& text) {
  const std::string_view word = trim(text);
  if (word.empty()) return Dialogue::End::none;
  if (word == "input") return Dialogue::End::input;
  if (word == "idle") return Dialogue::End::idle;
  throw std::runtime_error(fmt::format("{} is no end", word));
}

Dialogue parse_dialogue(const std::string& name, std::string_view text) {
  Blocks blocks = blocks_of(text);
  for (const auto& [word, block] : blocks.fenced) {
    const bool known = word == "send" || word == "config" || word == "end" || word == "reply";
    if (!known) throw std::runtime_error(fmt::format("{} is no block", word));
  }
  if (!blocks.fenced.contains("send") || !blocks.fenced.contains("reply"))
    throw std::runtime_error("there is no block send or no block reply");
  Dialogue dialogue;
  dialogue.name = name;
  dialogue.why = trim(blocks.prose);
  if (dialogue.why.empty()) throw std::runtime_error("nothing tells why");
  for (const std::string_view line : split(blocks.fenced["config"], '\n')) {
    if (!line.empty()) dialogue.config.emplace_back(line);
  }
  dialogue.send = unescaped(blocks.fenced["send"]);
  dialogue.reply = unescaped(blocks.fenced["reply"]);
  dialogue.end = end_of(blocks.fenced["end"]);
  return dialogue;
}

}  // namespace

std::string unescaped(std::string_view text) {
  constexpr std::string_view kRepeat = "@repeat ";
  std::string bytes;
  for (const std::string_view line : split(text, '\n')) {
    bytes += line.starts_with(kRepeat) ? repeated(line.substr(kRepeat.size())) : line_bytes(line);
  }
  return bytes;
}

std::string escaped(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    if (c == '\n') {
      text += "\\n\n";
    } else if (c == '\r') {
      text += "\\r";
    } else if (c == '\t') {
      text += "\\t";
    } else if (c == '\\') {
      text += "\\\\";
    } else if (is_control(c) || static_cast<unsigned char>(c) >= 0x80) {
      text += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      text += c;
    }
  }
  return text;
}

std::vector<Dialogue> read_dialogues(const std::string& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".md") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::vector<Dialogue> dialogues;
  for (const auto& file : files) {
    try {
      dialogues.push_back(parse_dialogue(file.stem().string(), read_text(file.string())));
    } catch (const std::exception& error) {
      throw std::runtime_error(fmt::format("{}: {}", file.string(), error.what()));
    }
  }
  return dialogues;
}

}  // namespace xspamd::test
