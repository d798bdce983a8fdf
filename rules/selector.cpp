#include "rules/selector.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

#include "conf/selectors.h"
#include "proto/mail/address.h"
#include "proto/mail/header.h"
#include "proto/mail/message.h"

namespace xspamd {

namespace {

using Source = Selector::Source;
using Form = Selector::Form;
using Values = std::vector<std::string>;

constexpr std::array<std::pair<std::string_view, Source>, 7> kSources{{{"header", Source::header},
                                                                       {"envelope", Source::envelope},
                                                                       {"received", Source::received},
                                                                       {"part", Source::part},
                                                                       {"url", Source::url},
                                                                       {"attachment", Source::attachment},
                                                                       {"message", Source::message}}};

constexpr std::array<std::pair<std::string_view, Form>, 4> kForms{
    {{"raw", Form::raw}, {"addr", Form::address}, {"domain", Form::domain}, {"name", Form::name}}};

// A named place with one reader; empty texts are no values.
struct EnvelopeField {
  std::string_view name;
  void (*read)(const Envelope& envelope, Values& values);
};

void add(Values& values, std::string value) {
  if (!value.empty()) values.push_back(std::move(value));
}

constexpr std::array<EnvelopeField, 8> kEnvelope{{
    {"sender",
     [](const Envelope& e, Values& v) {
       add(v, e.sender);
     }},
    {"sender.domain",
     [](const Envelope& e, Values& v) {
       add(v, parse_path(e.sender).domain);
     }},
    {"recipient",
     [](const Envelope& e, Values& v) {
       v.insert(v.end(), e.recipients.begin(), e.recipients.end());
     }},
    {"ip",
     [](const Envelope& e, Values& v) {
       if (e.client) add(v, e.client->to_string());
     }},
    {"helo",
     [](const Envelope& e, Values& v) {
       add(v, e.helo);
     }},
    {"hostname",
     [](const Envelope& e, Values& v) {
       add(v, e.hostname);
     }},
    {"user",
     [](const Envelope& e, Values& v) {
       add(v, e.user);
     }},
    {"queue_id",
     [](const Envelope& e, Values& v) {
       add(v, e.queue_id);
     }},
}};

struct ReceivedField {
  std::string_view name;
  std::string (*read)(const Received& hop);
};

constexpr std::array<ReceivedField, 5> kReceived{{
    {"ip",
     [](const Received& hop) {
       return hop.ip ? hop.ip->to_string() : std::string();
     }},
    {"helo",
     [](const Received& hop) {
       return hop.helo;
     }},
    {"rdns",
     [](const Received& hop) {
       return hop.rdns;
     }},
    {"by",
     [](const Received& hop) {
       return hop.by;
     }},
    {"with",
     [](const Received& hop) {
       return hop.with;
     }},
}};

Selector header_selector(std::string_view what) {
  Selector selector;
  const std::string_view form = what.substr(std::min(what.size(), what.rfind(':') + 1));
  for (const auto& [word, known] : kForms) {
    if (form != word || form.size() == what.size()) continue;
    selector.form = known;
    what.remove_suffix(form.size() + 1);
    break;
  }
  selector.name = what;
  return selector;
}

Values header_values(const Selector& selector, const Message& message) {
  constexpr std::size_t kMostMailboxes = 1000;
  if (selector.name == "*") return {std::string(message.header_block())};
  Values values;
  for (const Field* field : message.all(selector.name)) {
    if (selector.form == Form::raw) {
      values.emplace_back(field->value);
    } else if (selector.form == Form::decoded) {
      values.push_back(decoded(*field));
    } else {
      for (const Mailbox& mailbox : parse_addresses(mail::unfold(field->value), kMostMailboxes)) {
        add(values, selector.form == Form::address  ? mailbox.address()
                    : selector.form == Form::domain ? mailbox.domain
                                                    : mailbox.name);
      }
    }
  }
  return values;
}

Values message_values(const Selector& selector, const Message& message) {
  if (selector.name == "size") return {std::to_string(message.raw().size())};
  return {std::string(message.raw())};
}

}  // namespace

Result<Selector> parse_selector(std::string_view source, std::string_view what) {
  const auto checked = conf::check_selector(fmt::format("{}.{}", source, what));
  if (!checked) return tl::unexpected(checked.error());
  if (source == "header") return header_selector(what);
  Selector selector;
  for (const auto& [word, known] : kSources) {
    if (word == source) selector.source = known;
  }
  selector.name = what;
  return selector;
}

bool is_readable(const Selector& selector) {
  switch (selector.source) {
    case Source::header:
    case Source::envelope:
    case Source::received:
    case Source::message:
      return true;
    case Source::part:
    case Source::url:
    case Source::attachment:
      return false;
  }
  return false;
}

std::vector<std::string> values_of(const Selector& selector, const Mail& mail) {
  Values values;
  if (selector.source == Source::header) return header_values(selector, mail.message);
  if (selector.source == Source::message) return message_values(selector, mail.message);
  if (selector.source == Source::envelope) {
    for (const EnvelopeField& field : kEnvelope) {
      if (field.name == selector.name) field.read(mail.request.envelope, values);
    }
  }
  if (selector.source == Source::received) {
    for (const ReceivedField& field : kReceived) {
      if (field.name != selector.name) continue;
      for (const Received& hop : mail.origin.hops)
        add(values, field.read(hop));
    }
  }
  return values;
}

}  // namespace xspamd
