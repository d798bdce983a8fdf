#include "proto/rewrite.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "proto/base/text.h"
#include "proto/encoded_word.h"
#include "proto/header_lines.h"
#include "proto/wrap.h"

namespace xspamd {

namespace {

// As libspamc finds the end of the header: behind the first of these two.
std::size_t first_empty_line(std::string_view text) {
  for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1)) {
    if (text.substr(at, 2) == "\n\n") return at + 2;
    if (at > 0 && text.substr(at - 1, 4) == "\r\n\r\n") return at + 3;
  }
  return std::string_view::npos;
}

// The same of the original, counted from where its message begins.
std::size_t first_empty_line(const OriginalMail& original) {
  const bool lf = original.preamble.ends_with('\n') && original.message.starts_with('\n');
  const bool crlf = original.preamble.ends_with("\r\n") && original.message.starts_with("\r\n");
  if (lf || crlf) return lf ? 1 : 2;
  return first_empty_line(original.message);
}

bool is_removed(std::string_view name) {
  return istarts_with(name, "X-Spam-") && !istarts_with(name, "X-Spam-Prev-");
}

// "%s" divides it.
struct SubjectPattern {
  std::string before;
  std::string after;
  bool has_original = false;
};

SubjectPattern subject_pattern(std::string_view pattern) {
  const std::size_t at = pattern.find("%s");
  SubjectPattern parts;
  parts.has_original = at != std::string_view::npos;
  parts.before = encode_words(printable(pattern.substr(0, at)));
  if (parts.has_original) parts.after = encode_words(printable(pattern.substr(at + 2)));
  // RFC 2047 §5 (1): white space stands between an encoded word and what follows.
  if (parts.before.ends_with("?=")) parts.before += ' ';
  if (parts.after.starts_with("=?")) parts.after = fmt::format(" {}", parts.after);
  return parts;
}

// Mode 0: fields come in, the new header goes out.
class Edit {
 public:
  Edit(const OriginalMail& original, std::string added, const RewriteOptions& options)
      : lines_(header_lines(original.message)), added_(std::move(added)), subject_(options.subject) {
    constexpr std::size_t kUsual = 2048;
    out_.reserve(original.preamble.size() + lines_.block.size() + added_.size() + kUsual);
    out_ = original.preamble;
  }

  std::string header() {
    while (!lines_.block.empty())
      add(take_field(lines_));
    add_marks();
    if (!subject_.empty() && !has_subject_) {
      append_lines(out_, fmt::format("Subject: {}\n", marked_subject(subject_, {})), lines_.eol);
      append_lines(previous_, "X-Spam-Prev-Subject: (nonexistent)\n", lines_.eol);
    }
    if (!previous_.empty()) append_lines(out_, {}, lines_.eol);
    return out_ + previous_;
  }
  const HeaderLines& lines() const { return lines_; }

 private:
  void add_marks() {
    if (!added_.empty()) append_lines(out_, std::exchange(added_, {}), lines_.eol);
  }

  void add(const FieldLines& field) {
    if (is_removed(field.name)) return;
    const bool leads = !std::exchange(has_fields_, true) && iequals(field.name, "Return-Path");
    if (!leads) add_marks();
    append_lines(out_, {}, lines_.eol);
    if (subject_.empty() || !iequals(field.name, "Subject")) {
      out_ += field.text;
      return;
    }
    has_subject_ = true;
    const std::string_view behind = field.text.substr(
        static_cast<std::size_t>(field.value.data() + field.value.size() - field.text.data()));
    out_ += fmt::format("{} {}{}", field.start, marked_subject(subject_, field.value), behind);
    append_lines(previous_, {}, lines_.eol);
    previous_ += fmt::format("X-Spam-Prev-{}", field.text);
    append_lines(previous_, {}, lines_.eol);
  }

  HeaderLines lines_;
  std::string added_;
  const std::string& subject_;
  std::string out_;
  std::string previous_;
  bool has_fields_ = false;
  bool has_subject_ = false;
};

RewrittenMail with_fields(const OriginalMail& original, const Verdict& verdict,
                          const RewriteOptions& options) {
  constexpr std::size_t kMostReport = 8 * 1024;
  SpamHeaderOptions fields;
  fields.required = options.required;
  fields.report = true;
  fields.max_report = std::min(options.max_report, kMostReport);
  Edit edit(original, spam_headers(verdict, options.marker, fields), options);
  RewrittenMail mail;
  mail.head = edit.header();
  mail.body = edit.lines().rest;
  // A body without a header: what we put in front of it would otherwise be one with its first line.
  const bool has_header = mail.body.size() < original.message.size();
  if (!has_header && !edit.lines().has_empty_line) mail.head += edit.lines().eol;
  const std::size_t behind = first_empty_line(original);
  mail.headers = mail.head.size() + mail.body.size();
  if (behind != std::string_view::npos) mail.headers -= original.message.size() - behind;
  return mail;
}

}  // namespace

std::string marked_subject(std::string_view pattern, std::string_view original) {
  const SubjectPattern parts = subject_pattern(pattern);
  if (!parts.has_original) return parts.before;
  if (parts.after.empty() && istarts_with(original, parts.before))
    original.remove_prefix(parts.before.size());
  return fmt::format("{}{}{}", parts.before, original, parts.after);
}

RewrittenMail rewrite(const OriginalMail& original, const Verdict& verdict, const RewriteOptions& options) {
  const bool spam = verdict.score >= options.required;
  if (!spam || options.report_safe == 0) return with_fields(original, verdict, options);
  RewrittenMail mail = wrap(original, verdict, options);
  mail.headers = first_empty_line(std::string_view(mail.head).substr(original.preamble.size()));
  mail.headers += original.preamble.size();
  return mail;
}

}  // namespace xspamd
