#include "rules/auth/tag_writer.h"

#include <fmt/format.h>

#include <utility>

#include "rules/auth/base64.h"

namespace xspamd::auth {

namespace {

constexpr std::size_t kColumns = 76;
constexpr std::string_view kIndent = "  ";

}  // namespace

TagWriter::TagWriter(std::string_view name, std::string_view line_end)
    : text_(fmt::format("{}:", name)), line_end_(line_end), column_(text_.size()) {}

void TagWriter::fold() {
  text_ += line_end_;
  text_ += kIndent;
  column_ = kIndent.size();
}

// `before` is left out where a new line begins.
void TagWriter::put(std::string_view piece, std::string_view before) {
  if (column_ > kIndent.size() && column_ + before.size() + piece.size() >= kColumns) {
    fold();
  } else {
    text_ += before;
    column_ += before.size();
  }
  text_ += piece;
  column_ += piece.size();
}

void TagWriter::begin_tag(std::string_view piece) {
  if (!first_) {
    text_ += ';';
    ++column_;
  }
  put(piece, " ");
  first_ = false;
}

void TagWriter::add(std::string_view tag, std::string_view value) {
  begin_tag(fmt::format("{}={}", tag, value));
}

void TagWriter::add_names(std::string_view tag, std::span<const std::string_view> names) {
  begin_tag(fmt::format("{}=", tag));
  for (std::size_t i = 0; i < names.size(); ++i)
    put(fmt::format("{}{}", names[i], i + 1 < names.size() ? ":" : ""), "");
}

void TagWriter::begin_signature() {
  begin_tag("b=");
}

std::string TagWriter::finish(std::string_view signature) {
  const std::string digits = to_base64(signature);
  for (std::size_t at = 0; at < digits.size();) {
    if (column_ >= kColumns) fold();
    const std::string_view line = std::string_view(digits).substr(at, kColumns - column_);
    text_ += line;
    column_ += line.size();
    at += line.size();
  }
  text_ += line_end_;
  return std::move(text_);
}

}  // namespace xspamd::auth
