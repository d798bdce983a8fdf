#include "rules/bayes/shape.h"

#include <algorithm>
#include <array>

#include "proto/base/text.h"
#include "proto/mail/message.h"
#include "rules/bayes/html_tags.h"
#include "rules/bayes/words.h"

namespace xspamd::bayes {

namespace {

void add_html(TokenSet& tokens, const Text& text) {
  const Html& html = text.html;
  const auto count = [&](std::string_view what, std::size_t number) {
    tokens.add_count(TokenKind::html, what, number);
  };
  count("links", html.link_count);
  count("images", html.images.size());
  count("tags", html.tags);
  if (html.unknown_tags > 0) count("unknown tags", html.unknown_tags);
  if (html.comments > 0) count("comments", html.comments);
  if (html.forms > 0) count("forms", html.forms);
  if (html.scripts > 0) count("scripts", html.scripts);
  if (html.frames > 0) count("frames", html.frames);
  if (html.event_handlers > 0) count("event handlers", html.event_handlers);
  if (html.unbalanced > 0) count("unbalanced", html.unbalanced);
  if (!html.has_html_tag) tokens.add(TokenKind::html, "no html tag");
  for (std::size_t i = 1; i < std::size(html.hidden_characters); ++i) {
    if (html.hidden_characters[i] > 0) tokens.add(TokenKind::html, "hidden by", name(static_cast<Hiding>(i)));
  }
  // How much of the source is seen: 0 little, 5 most.
  const std::size_t source = std::max<std::size_t>(text.source.size(), 1);
  const std::size_t share = std::min<std::size_t>(5, 8 * text.visible.size() / source);
  tokens.add(TokenKind::html, "seen", std::string(1, static_cast<char>('0' + share)));
}

void add_text(TokenSet& tokens, const TextCounts& counts) {
  tokens.add_count(TokenKind::shape, "words", counts.words);
  const auto share = [&](std::string_view what, std::size_t part) {
    tokens.add_count(TokenKind::shape, what, counts.letters == 0 ? 0 : 100 * part / counts.letters);
  };
  share("capitals", counts.capitals);
  share("digits", counts.digits);
  const auto some = [&](std::string_view what, std::size_t number) {
    if (number > 0) tokens.add_count(TokenKind::shape, what, number);
  };
  some("zero width", counts.zero_width);
  some("bidi", counts.bidi);
  some("replacement", counts.replacement);
  some("mixed words", counts.mixed_words);
  some("emoji", counts.emoji);
  for (std::size_t i = 0; i < kScripts; ++i) {
    if (counts.scripts[i] > 0)
      tokens.add_count(TokenKind::shape, name(static_cast<Script>(i)),
                       100 * counts.scripts[i] / std::max<std::size_t>(counts.letters, 1));
  }
}

void add_parts(TokenSet& tokens, const Message& message, std::size_t most) {
  constexpr std::size_t kLongestTree = 400;
  std::string tree;
  for (const Part& part : message.parts()) {
    if (most-- == 0) break;
    tokens.add(TokenKind::mime, "type", part.declared ? part.type : "none");
    if (!part.charset.empty()) tokens.add(TokenKind::mime, "charset", part.charset);
    if (!part.is_container()) tokens.add(TokenKind::mime, part.type, name(part.encoding));
    if (!part.disposition.empty()) tokens.add(TokenKind::mime, "disposition", part.disposition);
    if (tree.size() < kLongestTree) tree += part.type + (part.is_container() ? "(" : ",");
  }
  tokens.add(TokenKind::mime, "tree", tree);
  tokens.add_count(TokenKind::mime, "parts", message.parts().size());
}

// Those that do not depend on the form of line ends.
constexpr std::array<Defect, 12> kDefects{
    Defect::no_header_end, Defect::bad_header_line, Defect::nul,          Defect::eight_bit,
    Defect::no_boundary,   Defect::missing_end,     Defect::odd_boundary, Defect::bad_content_type,
    Defect::doubled_field, Defect::bad_encoding,    Defect::bad_base64,   Defect::body_nul};

void add_files(TokenSet& tokens, const Message& message, std::size_t most) {
  constexpr std::size_t kNameWords = 10;
  for (const Attachment& file : message.attachments()) {
    if (most-- == 0) return;
    tokens.add(TokenKind::file, "extension", file.extension);
    tokens.add(TokenKind::file, "type", file.type);
    if (!file.sniffed.empty()) tokens.add(TokenKind::file, "sniffed", file.sniffed);
    if (file.encrypted) tokens.add(TokenKind::file, "encrypted");
    WordLimits limits{kNameWords, 1};
    add_words(tokens, TokenKind::file, file.name, limits);
    for (std::size_t i = 0; i < std::min<std::size_t>(file.entries.size(), kNameWords); ++i)
      tokens.add(TokenKind::file, "entry", extension_of(file.entries[i].name));
  }
  tokens.add_count(TokenKind::file, "files", message.attachments().size());
}

}  // namespace

void add_shape(TokenSet& tokens, const Message& message, const TokenLimits& limits) {
  std::size_t tags = limits.tags;
  TextCounts counts;
  for (const Text& text : message.texts()) {
    counts += text.counts;
    if (!text.is_html) continue;
    add_html(tokens, text);
    add_html_tags(tokens, text.source, tags);
  }
  add_text(tokens, counts);
  add_parts(tokens, message, limits.fields);
  add_files(tokens, message, limits.fields);
  for (const Defect defect : kDefects) {
    if (message.defects().has(defect)) tokens.add(TokenKind::shape, "defect", name(defect));
  }
}

}  // namespace xspamd::bayes
