#include "rules/values.h"

#include <algorithm>
#include <array>
#include <utility>

#include "proto/mail/address.h"
#include "proto/mail/header.h"
#include "proto/mail/message.h"
#include "rules/auth/crypto.h"

namespace xspamd {

namespace {

using Source = Selector::Source;
using Form = Selector::Form;

// A named place of a thing and what stands there; empty texts are no values. Adding a place is adding a row
// here and its name to conf/selectors.h.
template <class Thing>
struct Place {
  std::string_view name;
  void (*read)(const Thing& thing, Values& values);
};

void own(Values& values, std::string value) {
  if (!value.empty()) values.own(std::move(value));
}
void view(Values& values, std::string_view value) {
  if (!value.empty()) values.view(value);
}

constexpr std::array<Place<Envelope>, 8> kEnvelope{{
    {"sender",
     [](const Envelope& e, Values& v) {
       view(v, e.sender);
     }},
    {"sender.domain",
     [](const Envelope& e, Values& v) {
       own(v, parse_path(e.sender).domain);
     }},
    {"recipient",
     [](const Envelope& e, Values& v) {
       for (const std::string& recipient : e.recipients)
         v.view(recipient);
     }},
    {"ip",
     [](const Envelope& e, Values& v) {
       if (e.client) own(v, e.client->to_string());
     }},
    {"helo",
     [](const Envelope& e, Values& v) {
       view(v, e.helo);
     }},
    {"hostname",
     [](const Envelope& e, Values& v) {
       view(v, e.hostname);
     }},
    {"user",
     [](const Envelope& e, Values& v) {
       view(v, e.user);
     }},
    {"queue_id",
     [](const Envelope& e, Values& v) {
       view(v, e.queue_id);
     }},
}};

constexpr std::array<Place<Received>, 5> kReceived{{
    {"ip",
     [](const Received& hop, Values& v) {
       if (hop.ip) own(v, hop.ip->to_string());
     }},
    {"helo",
     [](const Received& hop, Values& v) {
       view(v, hop.helo);
     }},
    {"rdns",
     [](const Received& hop, Values& v) {
       view(v, hop.rdns);
     }},
    {"by",
     [](const Received& hop, Values& v) {
       view(v, hop.by);
     }},
    {"with",
     [](const Received& hop, Values& v) {
       view(v, hop.with);
     }},
}};

constexpr std::array<Place<Url>, 5> kUrl{{
    {"host",
     [](const Url& url, Values& v) {
       view(v, url.host);
     }},
    {"domain",
     [](const Url& url, Values& v) {
       view(v, url.domain);
     }},
    {"path",
     [](const Url& url, Values& v) {
       view(v, url.path);
     }},
    {"full",
     [](const Url& url, Values& v) {
       view(v, url.full);
     }},
    {"text",
     [](const Url& url, Values& v) {
       view(v, url.text);
     }},
}};

// Names inside archives count as names: what they hide is what is judged.
constexpr std::array<Place<Attachment>, 3> kAttachment{{
    {"name",
     [](const Attachment& file, Values& v) {
       view(v, file.name);
       for (const ArchiveEntry& entry : file.entries)
         view(v, entry.name);
     }},
    {"type",
     [](const Attachment& file, Values& v) {
       view(v, file.type);
       if (file.sniffed != file.type) view(v, file.sniffed);
     }},
    {"extension",
     [](const Attachment& file, Values& v) {
       view(v, file.extension);
       for (const ArchiveEntry& entry : file.entries)
         own(v, extension_of(entry.name));
     }},
}};

template <class Table, class Thing>
void add_place(const Table& table, std::string_view name, const Thing& thing, Values& values) {
  for (const auto& place : table) {
    if (place.name == name) place.read(thing, values);
  }
}

void add_fields(const Selector& selector, const Message& message, Values& values) {
  constexpr std::size_t kMostMailboxes = 1000;
  if (selector.name == "*") return values.view(message.header_block());
  for (const Field* field : message.all(selector.name)) {
    if (selector.form == Form::raw) {
      values.view(field->value);
    } else if (selector.form == Form::decoded) {
      values.own(decoded(*field));
    } else {
      for (const Mailbox& mailbox : parse_addresses(mail::unfold(field->value), kMostMailboxes)) {
        own(values, selector.form == Form::address  ? mailbox.address()
                    : selector.form == Form::domain ? mailbox.domain
                                                    : mailbox.name);
      }
    }
  }
}

// Decoded bytes in pieces, so that no pattern runs over tens of megabytes at once; what spans two pieces is
// found where it is no longer than the overlap.
void add_raw_parts(const Message& message, Values& values) {
  constexpr std::size_t kPiece = 64 * Limits::kKiB;
  constexpr std::size_t kOverlap = Limits::kKiB;
  for (const Part& part : message.parts()) {
    if (part.is_container()) continue;
    const std::string bytes = decoded_body(part, message.raw().size());
    for (std::size_t at = 0; at < bytes.size(); at += kPiece)
      values.own(bytes.substr(at, kPiece + kOverlap));
  }
}

void add_parts(const Selector& selector, const Message& message, Values& values) {
  if (selector.name == "raw") return add_raw_parts(message, values);
  if (selector.name == "subject+text") {
    if (const Field* subject = message.first("Subject")) own(values, decoded(*subject));
  }
  for (const Text& text : message.texts()) {
    if (selector.name == "html") {
      view(values, text.source);
    } else if (!text.is_attached) {
      view(values, selector.name == "hidden" ? text.hidden : text.visible);
    }
  }
}

void add_files(const Selector& selector, const Message& message, Values& values) {
  for (const Attachment& file : message.attachments()) {
    if (selector.name == "digest") {
      const std::string bytes = decoded_body(message.parts()[file.part], message.raw().size());
      values.own(auth::sha256_hex(bytes));
    } else {
      add_place(kAttachment, selector.name, file, values);
    }
  }
}

void add_message(const Selector& selector, const Message& message, Values& values) {
  if (selector.name == "size") return values.own(std::to_string(message.raw().size()));
  values.view(message.raw());
}

}  // namespace

Values values_of(const Selector& selector, const Mail& mail) {
  Values values;
  switch (selector.source) {
    case Source::header:
      add_fields(selector, mail.message, values);
      break;
    case Source::envelope:
      add_place(kEnvelope, selector.name, mail.request.envelope, values);
      break;
    case Source::received:
      for (const Received& hop : mail.origin.hops)
        add_place(kReceived, selector.name, hop, values);
      break;
    case Source::part:
      add_parts(selector, mail.message, values);
      break;
    case Source::url:
      for (const Url& url : mail.message.urls()) {
        if (!url.is_email()) add_place(kUrl, selector.name, url, values);
      }
      break;
    case Source::attachment:
      add_files(selector, mail.message, values);
      break;
    case Source::message:
      add_message(selector, mail.message, values);
      break;
  }
  return values;
}

bool may_be_cut(const Selector& selector, const Message& message) {
  const auto any = [&](std::initializer_list<Defect> defects) {
    return std::any_of(defects.begin(), defects.end(), [&](Defect d) { return message.defects().has(d); });
  };
  switch (selector.source) {
    case Source::header:
      return any({Defect::headers_over_limit});
    case Source::part:
      return any({Defect::text_over_limit, Defect::parts_over_limit, Defect::depth_over_limit,
                  Defect::html_over_limit});
    case Source::url:
      return any({Defect::urls_over_limit, Defect::text_over_limit, Defect::parts_over_limit,
                  Defect::depth_over_limit});
    case Source::attachment:
      return any({Defect::parts_over_limit, Defect::depth_over_limit, Defect::archive_over_limit});
    default:
      return false;
  }
}

}  // namespace xspamd
