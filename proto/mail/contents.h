// Contents: what a message holds for its reader: texts, URLs, attached files, read from the parts of Mime.
// Bounded by Limits::text (of all texts together), urls, html_depth, archive and archive_files; what is over
// a limit is not read, and a defect says so. Never fails, linear.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "proto/base/limits.h"
#include "proto/base/suffix.h"
#include "proto/mail/attachment.h"
#include "proto/mail/html.h"
#include "proto/mail/mime.h"
#include "proto/mail/text.h"
#include "proto/mail/url.h"

namespace xspamd {

// A part that mail programs show. All strings are valid UTF-8.
struct Text {
  std::size_t part = 0;  // index in Mime::parts
  bool is_html = false;
  bool is_attached = false;  // shown only when it is opened
  std::string visible;       // as fold_white_space() gives it
  std::string hidden;        // of HTML: what the sender hid
  std::string source;        // of HTML: as it was written
  Html html;                 // of HTML: the rest, without the two texts
  TextCounts counts;         // of the visible text
};

struct Contents {
  std::vector<Text> texts;
  std::vector<Url> urls;
  std::vector<Attachment> attachments;
  Defects defects;
};

Contents read_contents(const Mime& mime, const Limits& limits, const Suffixes& suffixes,
                       mail::Charsets& charsets);

}  // namespace xspamd
