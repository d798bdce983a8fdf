#include "proto/mail/dump.h"

#include <fmt/format.h>

#include <iterator>
#include <string_view>

#include "proto/base/text.h"
#include "proto/mail/message.h"

namespace xspamd {

namespace {

// " key=value", nothing for an empty value.
std::string pair(std::string_view key, std::string_view value) {
  return value.empty() ? std::string() : fmt::format(" {}={}", key, quoted(value));
}

std::string flag(std::string_view word, bool set) {
  return set ? fmt::format(" {}", word) : std::string();
}

std::string fields_of(const Message& message) {
  std::string text;
  mail::Charsets charsets;
  for (const Field& field : message.fields())
    text += fmt::format("{}: {}\n", field.name, printable(decoded(field, charsets)));
  if (message.field_count() > message.fields().size())
    text += fmt::format("[{} more fields]\n", message.field_count() - message.fields().size());
  return text;
}

std::string defects_of(Defects defects) {
  std::string text;
  for (std::size_t i = 0; i < std::size(kDefectNames); ++i) {
    const auto defect = static_cast<Defect>(i);
    if (defects.has(defect)) text += fmt::format(" {}", name(defect));
  }
  return text;
}

std::string part_line(std::size_t place, const Part& part) {
  constexpr std::size_t kMostIndent = 50;
  const std::size_t indent = 2 * std::min(part.depth, kMostIndent);
  std::string line = fmt::format("{:{}}part {} {}", "", indent, place, printable(part.type));
  if (!part.declared) line += " undeclared";
  line += pair("charset", part.charset);
  if (part.encoding != TransferEncoding::identity) line += fmt::format(" encoding={}", name(part.encoding));
  line += pair("disposition", part.disposition) + pair("name", part.file_name) + pair("id", part.content_id);
  const std::string defects = defects_of(part.defects);
  if (!defects.empty()) line += " defects:" + defects;
  return line + "\n";
}

std::string counts_of(const TextCounts& counts) {
  std::string line =
      fmt::format(" characters={} words={} lines={}", counts.characters, counts.words, counts.lines);
  const auto add = [&](std::string_view key, std::size_t count) {
    if (count > 0) line += fmt::format(" {}={}", key, count);
  };
  add("zero_width", counts.zero_width);
  add("bidi", counts.bidi);
  add("replacement", counts.replacement);
  add("confusable", counts.confusable);
  add("mixed_words", counts.mixed_words);
  add("emoji", counts.emoji);
  for (std::size_t i = 0; i < kScripts; ++i)
    add(name(static_cast<Script>(i)), counts.scripts[i]);
  return line;
}

// Each line of a text behind a mark that no text can be taken for.
std::string block(std::string_view mark, std::string_view text) {
  std::string lines;
  if (text.empty()) return lines;
  for (const std::string_view line : split(text, '\n'))
    lines += fmt::format("  {} {}\n", mark, printable(line));
  return lines;
}

std::string text_lines(const Text& text) {
  std::string lines = fmt::format("text of part {}{}{}:{}\n", text.part, flag("html", text.is_html),
                                  flag("attached", text.is_attached), counts_of(text.counts));
  if (text.is_html) {
    const Html& html = text.html;
    lines += fmt::format("  html tags={} links={} images={} forms={} scripts={} comments={}\n", html.tags,
                         html.link_count, html.images.size(), html.forms, html.scripts, html.comments);
    lines += block("title", html.title);
  }
  return lines + block("|", text.visible) + block("hidden", text.hidden);
}

std::string url_line(const Url& url) {
  std::string line = fmt::format("url {} place={} part={}", printable(url.full), name(url.place), url.part);
  if (url.count > 1) line += fmt::format(" count={}", url.count);
  line += pair("domain", url.domain) + pair("text", url.text) + flag("hidden", url.hidden) +
          flag("mismatch", url.mismatch);
  for (std::size_t i = 0; i <= static_cast<std::size_t>(UrlTrick::zero_width); ++i) {
    const auto trick = static_cast<UrlTrick>(i);
    line += flag(name(trick), url.tricks.has(trick));
  }
  return line + "\n";
}

std::string attachment_lines(const Attachment& file) {
  std::string lines = fmt::format("attachment of part {}{} type={} size={}", file.part,
                                  pair("name", file.name), printable(file.type), file.size);
  lines += pair("sniffed", file.sniffed) + flag("inline", file.is_inline) +
           flag("encrypted", file.encrypted) + flag("broken", file.broken_archive) + "\n";
  for (const ArchiveEntry& entry : file.entries)
    lines += fmt::format("  entry {}{} size={}{}\n", quoted(entry.name), entry.depth > 0 ? " inner" : "",
                         entry.size, flag("encrypted", entry.encrypted));
  return lines;
}

}  // namespace

std::string dump(const Message& message) {
  std::string text = fields_of(message);
  for (std::size_t i = 0; i < message.parts().size(); ++i)
    text += part_line(i, message.parts()[i]);
  for (const Text& each : message.texts())
    text += text_lines(each);
  for (const Url& url : message.urls())
    text += url_line(url);
  for (const Attachment& file : message.attachments())
    text += attachment_lines(file);
  const std::string defects = defects_of(message.defects());
  if (!defects.empty()) text += fmt::format("defects:{}\n", defects);
  return text;
}

}  // namespace xspamd
