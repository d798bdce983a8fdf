// The structure of a message (RFC 2045, 2046, 2183): which parts it has, of which types and how encoded. The
// types themselves are configuration.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "conf/section.h"
#include "proto/base/text.h"
#include "proto/mail/message.h"
#include "rules/check.h"

namespace xspamd {

namespace {

constexpr std::array<Symbol, 18> kSymbols{
    {{"MIME_HTML_ONLY", Points{200}, "The message has an HTML version of its text, but no plain one"},
     {"MIME_GOOD", Points{-100}, "A part has a type that ordinary mail is made of"},
     {"MIME_UNKNOWN", Points{100}, "A part has a type that does not exist"},
     {"MIME_BAD", Points{1000}, "A part has a type that ordinary mail does not have"},
     {"MIME_TRACE", Points{}, "The parts of the message: ordinary (+), other (~) or bad (-)"},
     {"MIME_BASE64_TEXT", Points{100}, "A text is encoded in base64"},
     {"MIME_BASE64_TEXT_BOGUS", Points{1000}, "A text is encoded in base64 without need"},
     {"MIME_MA_MISSING_TEXT", Points{2000}, "The message offers versions of its text, but no plain one"},
     {"MIME_MA_MISSING_HTML", Points{1000}, "The message offers versions of its text, but all are plain"},
     {"CTYPE_MIXED_BOGUS", Points{1000}, "The message is made for attachments, but has only its text"},
     {"CTYPE_MISSING_DISPOSITION", Points{4000}, "A file in the message is not marked as an attachment"},
     {"BROKEN_CONTENT_TYPE", Points{1500}, "The type of a part is broken"},
     {"R_BAD_CTE_7BIT", Points{3500}, "A text holds bytes that its encoding does not allow"},
     {"HAS_ATTACHMENT", Points{}, "The message has attachments"},
     // Nobody has looked whether signature and encryption are real: a hint, not rspamd's -2.0.
     {"SIGNED_PGP", Points{-500}, "The message carries a PGP signature, which is not verified here"},
     {"ENCRYPTED_PGP", Points{-500}, "The message is encrypted with PGP"},
     {"SIGNED_SMIME", Points{-500}, "The message carries an S/MIME signature, which is not verified here"},
     {"ENCRYPTED_SMIME", Points{-500}, "The message is encrypted with S/MIME"}}};

struct Options {
  std::vector<std::string> good;
  std::vector<std::string> bad;
  std::vector<std::string> families;  // "text": what may stand before the "/"
};

bool has(const std::vector<std::string>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

const Field* field_of(const Part& part, std::string_view name) {
  for (const Field& field : part.header.fields) {
    if (iequals(field.name, name)) return &field;
  }
  return nullptr;
}

// What the field says before any ";", as written.
std::string_view encoding_as_written(const Part& part) {
  const Field* field = field_of(part, "Content-Transfer-Encoding");
  if (field == nullptr) return {};
  return trim(field->value.substr(0, field->value.find(';')));
}

bool is_attached(const Part& part) {
  return part.parent != Part::kNone && part.disposition == "attachment";
}
bool is_text_leaf(const Part& part) {
  return part.is_text() && !is_attached(part);
}

// '+', '~' or '-'. Told as it is read: a broken type is text/plain, and none that exists.
char kind_of(const Options& options, const Part& part) {
  if (part.defects.has(Defect::bad_content_type)) return '?';
  if (has(options.good, part.type)) return '+';
  if (has(options.bad, part.type)) return '-';
  return has(options.families, std::string_view(part.type).substr(0, part.type.find('/'))) ? '~' : '?';
}

void check_types(const Options& options, const std::vector<Part>& parts, Hits& hits) {
  constexpr std::size_t kMostTold = 20;
  struct Kind {
    char mark;
    std::string_view symbol;
    std::vector<std::string> types = {};
  };
  std::array<Kind, 3> kinds{{{'+', "MIME_GOOD"}, {'?', "MIME_UNKNOWN"}, {'-', "MIME_BAD"}}};
  std::vector<std::string> trace;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const char mark = kind_of(options, parts[i]);
    if (i < kMostTold) trace.push_back(fmt::format("{}:{}", i, mark == '?' ? '~' : mark));
    for (Kind& kind : kinds) {
      const bool room = kind.types.size() < kMostTold;
      if (kind.mark == mark && room && !has(kind.types, parts[i].type)) kind.types.push_back(parts[i].type);
    }
  }
  for (Kind& kind : kinds) {
    if (!kind.types.empty()) hits.add(kind.symbol, std::move(kind.types));
  }
  hits.add("MIME_TRACE", std::move(trace));
}

// What stands below each multipart/alternative.
void check_alternatives(const std::vector<Part>& parts, Hits& hits) {
  struct Offer {
    bool alternative = false, plain = false, other = false;
  };
  std::vector<Offer> offers(parts.size());
  bool any = false;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    offers[i].alternative = parts[i].type == "multipart/alternative";
    any = any || offers[i].alternative;
    if (!any || parts[i].is_multipart()) continue;
    // At most Limits::depth steps up.
    for (std::size_t up = parts[i].parent; up != Part::kNone; up = parts[up].parent) {
      offers[up].plain = offers[up].plain || parts[i].type == "text/plain";
      offers[up].other = offers[up].other || parts[i].type != "text/plain";
    }
  }
  const auto some = [&](bool Offer::*is_there) {
    return std::any_of(offers.begin(), offers.end(), [&](const Offer& o) {
      return o.alternative && (o.plain || o.other) && !(o.*is_there);
    });
  };
  if (some(&Offer::plain)) hits.add("MIME_MA_MISSING_TEXT");
  if (some(&Offer::other)) hits.add("MIME_MA_MISSING_HTML");
}

void check_versions(const Message& message, Hits& hits) {
  bool html = false;
  bool plain = false;
  for (const Text& text : message.texts()) {
    if (text.is_attached) continue;
    (text.is_html ? html : plain) = true;
  }
  if (html && !plain) hits.add("MIME_HTML_ONLY");
}

// A multipart/mixed with one child, or none, that is text; lists add a second for their footer.
bool is_mixed_for_nothing(const std::vector<Part>& parts) {
  const Part& whole = parts.front();
  if (whole.type != "multipart/mixed" || whole.children > 1) return false;
  return std::all_of(parts.begin() + 1, parts.end(),
                     [](const Part& part) { return part.is_multipart() || is_text_leaf(part); });
}

// RFC 2183 §2.2: a file of no special type is an attachment. What another part shows or needs is none.
bool lacks_disposition(const std::vector<Part>& parts, const Part& part) {
  if (!part.declared || part.type != "application/octet-stream") return false;
  if (part.disposition == "attachment" || !part.content_id.empty()) return false;
  if (part.file_name.ends_with(".asc")) return false;
  return part.parent == Part::kNone || parts[part.parent].type != "multipart/encrypted";
}

// RFC 2045 §6.2: bytes above 0x7f need 8bit or binary, or one of the encodings. Where no encoding is named
// nothing was promised, and that is mostly ham: unlike rspamd it does not count here.
void check_bytes(const std::vector<Part>& parts, Hits& hits) {
  double weight = 0;
  std::string_view written;
  for (const Part& part : parts) {
    if (!is_text_leaf(part) || ascii_length(part.body) == part.body.size()) continue;
    const std::string_view encoding = encoding_as_written(part);
    if (encoding.empty() || iequals(encoding, "8bit") || iequals(encoding, "binary")) continue;
    // Many a program takes UTF-8 for something that needs no announcement.
    const double one = part.charset == "utf-8" ? 0.3 : 1.0;
    if (one > weight) written = encoding;
    weight = std::max(weight, one);
  }
  if (weight > 0) hits.add("R_BAD_CTE_7BIT", {std::string(written)}, weight);
}

void check_base64(const Message& message, Hits& hits) {
  const std::vector<Part>& parts = message.parts();
  const auto is_base64 = [&](const Part& part) {
    return is_text_leaf(part) && part.encoding == TransferEncoding::base64;
  };
  if (std::none_of(parts.begin(), parts.end(), is_base64)) return;
  hits.add("MIME_BASE64_TEXT");
  for (const Text& text : message.texts()) {
    const Part& part = parts[text.part];
    const std::string& utf8 = text.is_html ? text.source : text.visible;
    // Of UTF-16 and the like base64 is the only plain form.
    if (utf8.empty() || !is_base64(part) || mail::is_wide(part.charset)) continue;
    if (ascii_length(utf8) == utf8.size()) return hits.add("MIME_BASE64_TEXT_BOGUS");
  }
}

// RFC 3156, RFC 8551: by the types of their parts.
void check_privacy(const std::vector<Part>& parts, Hits& hits) {
  std::array<std::string_view, 4> found;
  for (const Part& part : parts) {
    const std::string_view type = part.type;
    if (!type.starts_with("application/p") && !type.starts_with("application/x-pkcs7")) continue;
    if (type.ends_with("/pgp-signature")) found[0] = "SIGNED_PGP";
    if (type.ends_with("/pgp-encrypted")) found[1] = "ENCRYPTED_PGP";
    if (type.ends_with("pkcs7-signature")) found[2] = "SIGNED_SMIME";
    if (!type.ends_with("pkcs7-mime")) continue;
    const Field* field = field_of(part, "Content-Type");
    const bool is_signed = field != nullptr && ifind(field->value, "signed-data") != std::string_view::npos;
    is_signed ? found[2] = "SIGNED_SMIME" : found[3] = "ENCRYPTED_SMIME";
  }
  for (const std::string_view symbol : found) {
    if (!symbol.empty()) hits.add(symbol);
  }
}

Hits run(const Options& options, const Message& message) {
  Hits hits;
  const std::vector<Part>& parts = message.parts();
  const auto any = [&](auto is) {
    return std::any_of(parts.begin(), parts.end(), is);
  };
  check_versions(message, hits);
  check_types(options, parts, hits);
  check_alternatives(parts, hits);
  check_base64(message, hits);
  check_bytes(parts, hits);
  check_privacy(parts, hits);
  // What was not split for a limit is not known to be nothing but text.
  const bool whole = !message.defects().has(Defect::parts_over_limit);
  if (whole && is_mixed_for_nothing(parts)) hits.add("CTYPE_MIXED_BOGUS");
  if (any([&](const Part& part) { return lacks_disposition(parts, part); }))
    hits.add("CTYPE_MISSING_DISPOSITION");
  if (any([](const Part& part) {
        return part.defects.has(Defect::bad_content_type) || part.defects.has(Defect::no_boundary);
      }))
    hits.add("BROKEN_CONTENT_TYPE");
  if (any(is_attached)) hits.add("HAS_ATTACHMENT");
  return hits;
}

Result<Runner> make(conf::Section& section, Services&) {
  auto options = std::make_shared<Options>();
  const std::vector<std::string> none;
  options->good = section.get("good", none, "Types that ordinary mail is made of");
  options->bad = section.get("bad", none, "Types that ordinary mail does not have");
  options->families = section.get("families", none, "What stands before the / of types that exist");
  std::shared_ptr<const Options> shared = std::move(options);
  return Runner{CpuCheck{[shared](const Mail& mail, Deadline) {
    return run(*shared, mail.message);
  }}};
}

}  // namespace

extern const Check mime_check;
const Check mime_check{.name = "mime",
                       .group = "mime",
                       .about = "The parts of the message, their types and encodings",
                       .phase = Phase::scan,
                       .after = {},
                       .symbols = kSymbols,
                       .make = make};

}  // namespace xspamd
