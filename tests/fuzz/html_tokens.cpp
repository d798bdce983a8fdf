// The tokens of any HTML, from every state: they stand in the source one after the other, are UTF-8, stay
// within their limits, and are the same whatever the line ends are and wherever between two tokens reading
// starts.
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "proto/base/text.h"
#include "proto/mail/charset.h"
#include "proto/mail/html_tokens.h"
#include "tests/fuzz/require.h"

using namespace xspamd;

namespace {

struct Start {
  HtmlState state;
  std::string_view last_start_tag;
};
constexpr Start kStarts[] = {{HtmlState::data, ""},         {HtmlState::rcdata, "title"},
                             {HtmlState::rawtext, "style"}, {HtmlState::script_data, "script"},
                             {HtmlState::plaintext, ""},    {HtmlState::cdata, ""}};

bool is_markup(const HtmlToken& token) {
  return token.type != HtmlToken::Type::text;
}

void check_attributes(const HtmlToken& token) {
  const auto& attributes = token.attributes;
  require(attributes.size() <= HtmlTokenizer::kMostAttributes);
  require(attributes.empty() || token.type == HtmlToken::Type::start_tag);
  for (auto at = attributes.begin(); at != attributes.end(); ++at) {
    require(!at->name.empty() && is_utf8(at->name) && is_utf8(at->value));
    require(at->name == to_lower(at->name) &&
            at->name.find_first_of("\t\n\f\r />") == std::string_view::npos);
    require(std::none_of(attributes.begin(), at, [&](const auto& other) { return other.name == at->name; }));
  }
}

void check_token(const HtmlToken& token, std::size_t last_end, std::size_t size) {
  require(last_end <= token.begin && token.begin < token.end && token.end <= size);
  require(is_utf8(token.name) && is_utf8(token.text) && is_utf8(token.public_id) && is_utf8(token.system_id));
  require(token.name == to_lower(token.name) && token.name.find('\0') == std::string_view::npos);
  require(token.text.empty() || token.name.empty());
  require(is_markup(token) || !token.text.empty());
  check_attributes(token);
}

// A token in one string; fields end with a byte that no UTF-8 holds.
std::string rendered(const HtmlToken& token) {
  std::string all(1, static_cast<char>('0' + static_cast<int>(token.type)));
  const auto add = [&](std::string_view field) {
    (all += field) += '\xff';
  };
  add(token.name);
  add(token.text);
  for (const HtmlAttribute& attribute : token.attributes) {
    add(attribute.name);
    add(attribute.value);
  }
  if (token.self_closing) add("/");
  if (token.has_public_id) add(token.public_id);
  if (token.has_system_id) add(token.system_id);
  if (token.force_quirks) add("quirks");
  return all;
}

// Where texts that follow each other are cut is nobody's concern: they are joined.
struct Tokens {
  std::string all;
  std::vector<std::size_t> ends;  // where markup ends in the source, and how long `all` is there
  std::vector<std::size_t> sizes;
};

Tokens read(std::string_view source, const Start& start, bool switch_by_tag) {
  HtmlTokenizer tokenizer(source, switch_by_tag);
  tokenizer.set_state(start.state, start.last_start_tag);
  Tokens tokens;
  std::size_t last_end = 0;
  for (HtmlToken token; tokenizer.next(token); last_end = token.end) {
    check_token(token, last_end, source.size());
    if (!is_markup(token)) {
      tokens.all += token.text;
      continue;
    }
    tokens.all += '\xff' + rendered(token);
    tokens.ends.push_back(token.end);
    tokens.sizes.push_back(tokens.all.size());
  }
  return tokens;
}

std::string with_line_feeds(std::string_view source) {
  std::string plain;
  for (std::size_t at = 0; at < source.size(); ++at) {
    if (source[at] == '\r' && source.substr(at + 1).starts_with('\n')) continue;
    plain += source[at] == '\r' ? '\n' : source[at];
  }
  return plain;
}

// Without switches by tag a tokenizer has no memory once it is in the data state, where markup leaves it.
void check_restart(std::string_view source, const Tokens& tokens) {
  if (tokens.ends.empty()) return;
  const std::size_t middle = tokens.ends.size() / 2;
  const Tokens rest = read(source.substr(tokens.ends[middle]), kStarts[0], false);
  require(tokens.all.substr(tokens.sizes[middle]) == rest.all);
}

void check_references(std::string_view source) {
  for (const bool in_attribute : {false, true}) {
    const std::string decoded = decode_html_references(source, in_attribute);
    require(is_utf8(decoded) && decoded.size() <= source.size() / 5 * 6 + 6);
    if (source.find('&') == std::string_view::npos) require(decoded == source);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // The first byte chooses the state, so that a corpus is mostly HTML.
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string source = mail::to_utf8(bytes, "utf-8");
  const Start& start = kStarts[data[0] % std::size(kStarts)];
  const Tokens tokens = read(source, start, false);
  check_restart(source, tokens);
  const std::string plain = with_line_feeds(source);
  for (const bool switch_by_tag : {false, true})
    require(read(source, start, switch_by_tag).all == read(plain, start, switch_by_tag).all);
  check_references(source);
  return 0;
}
