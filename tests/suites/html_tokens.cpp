// The tokenizer tests of html5lib-tests (tokenizer/README.md there): input, initial states, tokens. Errors
// are not compared. Of lone surrogates, which no UTF-8 holds, both sides make U+FFFD.
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "proto/base/text.h"
#include "proto/mail/html_tokens.h"
#include "tests/suites/suite.h"

namespace xspamd::suites {

namespace {

using nlohmann::json;

constexpr std::string_view kFolder = "url-html/html5lib/tokenizer/";
struct State {
  std::string_view name;
  HtmlState state;
};
constexpr State kStates[] = {
    {"Data state", HtmlState::data},           {"RCDATA state", HtmlState::rcdata},
    {"RAWTEXT state", HtmlState::rawtext},     {"Script data state", HtmlState::script_data},
    {"PLAINTEXT state", HtmlState::plaintext}, {"CDATA section state", HtmlState::cdata}};

HtmlState state_of(std::string_view name) {
  const auto* found = std::find_if(std::begin(kStates), std::end(kStates),
                                   [&](const State& state) { return state.name == name; });
  if (found == std::end(kStates)) throw std::runtime_error(fmt::format("unknown state {}", name));
  return found->state;
}

std::string utf8(std::uint32_t character) {
  std::string text;
  const auto add = [&](std::uint32_t byte) {
    text += static_cast<char>(byte);
  };
  if (character < 0x80) {
    add(character);
  } else if (character < 0x800) {
    add(0xc0 | character >> 6);
    add(0x80 | (character & 0x3f));
  } else {
    if (character < 0x10000) {
      add(0xe0 | character >> 12);
    } else {
      add(0xf0 | character >> 18);
      add(0x80 | (character >> 12 & 0x3f));
    }
    add(0x80 | (character >> 6 & 0x3f));
    add(0x80 | (character & 0x3f));
  }
  return text;
}

bool is_unit(std::string_view text, std::size_t at) {
  return text.substr(at).starts_with("\\u") && text.size() >= at + 6;
}

// "\uXXXX" as text, of a doubleEscaped test.
std::string unescaped(std::string_view text) {
  const auto unit = [&](std::size_t at) {
    return static_cast<std::uint32_t>(std::stoul(std::string(text.substr(at + 2, 4)), nullptr, 16));
  };
  std::string plain;
  for (std::size_t at = 0; at < text.size();) {
    if (!is_unit(text, at)) {
      plain += text[at++];
      continue;
    }
    std::uint32_t character = unit(at);
    at += 6;
    const bool high = character >= 0xd800 && character < 0xdc00;
    if (high && is_unit(text, at) && unit(at) >= 0xdc00 && unit(at) < 0xe000) {
      character = 0x10000 + ((character - 0xd800) << 10) + (unit(at) - 0xdc00);
      at += 6;
    }
    const bool lone = character >= 0xd800 && character < 0xe000;
    plain += utf8(lone ? 0xfffd : character);
  }
  return plain;
}

// The strings of a token; names of attributes too.
json unescaped(const json& value) {
  if (value.is_string()) return unescaped(std::string_view(value.get_ref<const std::string&>()));
  if (!value.is_structured()) return value;
  json plain = value.is_array() ? json::array() : json::object();
  for (const auto& [key, item] : value.items()) {
    if (value.is_array())
      plain.push_back(unescaped(item));
    else
      plain[unescaped(std::string_view(key))] = unescaped(item);
  }
  return plain;
}

json rendered(const HtmlToken& token) {
  const auto optional = [](bool has, std::string_view text) {
    return has ? json(text) : json();
  };
  switch (token.type) {
    case HtmlToken::Type::text:
      return {"Character", token.text};
    case HtmlToken::Type::comment:
      return {"Comment", token.text};
    case HtmlToken::Type::end_tag:
      return {"EndTag", token.name};
    case HtmlToken::Type::doctype:
      return {"DOCTYPE", optional(!token.name.empty(), token.name),
              optional(token.has_public_id, token.public_id), optional(token.has_system_id, token.system_id),
              !token.force_quirks};
    case HtmlToken::Type::start_tag:
    case HtmlToken::Type::end:
      break;
  }
  json attributes = json::object();
  for (const HtmlAttribute& attribute : token.attributes)
    attributes[std::string(attribute.name)] = attribute.value;
  json tag = {"StartTag", token.name, attributes};
  if (token.self_closing) tag.push_back(true);
  return tag;
}

// Neighbouring texts become one.
void add(json& tokens, const json& token) {
  if (token[0] == "Character" && !tokens.empty() && tokens.back()[0] == "Character")
    tokens.back()[1] = tokens.back()[1].get<std::string>() + token[1].get<std::string>();
  else
    tokens.push_back(token);
}

json tokens_of(const std::string& input, HtmlState state, const std::string& last_start_tag) {
  HtmlTokenizer tokenizer(input, false);
  tokenizer.set_state(state, last_start_tag);
  json tokens = json::array();
  for (HtmlToken token; tokenizer.next(token);)
    add(tokens, rendered(token));
  return tokens;
}

void run(Suite& suite, const std::string& id, const json& test) {
  const bool escaped = test.value("doubleEscaped", false);
  const auto plain = [&](const json& value) {
    return escaped ? unescaped(value) : value;
  };
  json want = json::array();
  for (const json& token : test.at("output"))
    add(want, plain(token));
  const auto input = plain(test.at("input")).get<std::string>();
  for (const json& name : test.value("initialStates", json::array({"Data state"}))) {
    const HtmlState state = state_of(name.get_ref<const std::string&>());
    const json got = tokens_of(input, state, test.value("lastStartTag", ""));
    suite.check(fmt::format("{} in {}", id, name.get_ref<const std::string&>()), got.dump(), want.dump());
  }
}

}  // namespace

void html_tokens(Suite& suite) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder() + std::string(kFolder)))
    names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) {
    const json file = json::parse(read(std::string(kFolder) + name));
    // xmlViolation.test is for those who make XML of HTML: its tests have another key.
    if (!file.contains("tests")) continue;
    std::size_t number = 0;
    for (const json& test : file.at("tests"))
      run(suite, fmt::format("{} {}: {}", name, ++number, test.at("description").get<std::string>()), test);
  }
}

}  // namespace xspamd::suites
