#include "rules/bayes/sa_fields.h"

#include <algorithm>
#include <array>
#include <map>

#include "proto/base/text.h"
#include "proto/mail/message.h"
#include "rules/bayes/sa_field_values.h"
#include "rules/bayes/sa_words.h"

namespace xspamd::bayes {

namespace {

constexpr std::size_t kLongestValue = 2'048;
constexpr std::size_t kMostRelays = 12;
constexpr std::size_t kReceivedRead = 2;

enum class Form { words, addresses, ids, content_type, none };

struct Known {
  std::string_view name;  // in lower case
  Form form;
  std::string_view also;  // the fields' common name
};

// Signatures only stand there, which makes no token; a subject counts as text. Of the rest those that never
// make a token are here for speed.
constexpr auto kKnown = std::to_array<Known>({
    {"arc-authentication-results", Form::none, ""},
    {"arc-message-signature", Form::none, ""},
    {"arc-seal", Form::none, ""},
    {"authentication-results", Form::none, ""},
    {"autocrypt", Form::none, ""},
    {"cc", Form::addresses, "*Ad"},
    {"content-type", Form::content_type, ""},
    {"date", Form::none, ""},
    {"delivered-to", Form::none, ""},
    {"dkim-signature", Form::none, ""},
    {"domainkey-signature", Form::none, ""},
    {"errors-to", Form::addresses, ""},
    {"from", Form::addresses, "*Ad"},
    {"in-reply-to", Form::words, "*MI"},
    {"message-id", Form::ids, "*MI"},
    {"received", Form::none, ""},
    {"references", Form::words, "*MI"},
    {"reply-to", Form::addresses, ""},
    {"resent-cc", Form::addresses, ""},
    {"resent-from", Form::addresses, ""},
    {"resent-message-id", Form::ids, ""},
    {"resent-to", Form::addresses, ""},
    {"return-path", Form::addresses, ""},
    {"subject", Form::none, ""},
    {"to", Form::addresses, "*Ad"},
    {"user-agent", Form::words, "*UA"},
    {"x-face", Form::none, ""},
    {"x-google-dkim-signature", Form::none, ""},
    {"x-mailer", Form::words, "*UA"},
    {"x-message-id", Form::ids, ""},
    {"x-to", Form::addresses, ""},
});

// Names by which tokens of a field begin, where it is not the name itself; here the letter case counts.
struct Short {
  std::string_view name;
  std::string_view shorter;
};
constexpr auto kShort = std::to_array<Short>({
    {"Message-Id", "*m"},
    {"Message-ID", "*M"},
    {"Received", "*r"},
    {"User-Agent", "*u"},
    {"References", "*f"},
    {"In-Reply-To", "*i"},
    {"From", "*F"},
    {"Reply-To", "*R"},
    {"Return-Path", "*p"},
    {"Return-path", "*rp"},
    {"X-Mailer", "*x"},
    {"X-Authentication-Warning", "*a"},
    {"Organization", "*o"},
    {"Organisation", "*o"},
    {"Content-Type", "*ct"},
    {"Content-Disposition", "*cd"},
    {"Content-Transfer-Encoding", "*ce"},
});

// Values of fields of one name stand in one line.
using Values = std::map<std::string, std::string, std::less<>>;

void append(Values& values, std::string_view name, std::string_view value) {
  std::string& all = values.try_emplace(std::string(name)).first->second;
  if (!all.empty()) all += ' ';
  all += value;
}

std::string_view short_name(std::string_view name) {
  const auto* found =
      std::find_if(kShort.begin(), kShort.end(), [&](const Short& s) { return s.name == name; });
  return found == kShort.end() ? name : found->shorter;
}

Known known(std::string_view name) {
  const std::string lower = to_lower(name);
  const auto* found = std::lower_bound(kKnown.begin(), kKnown.end(), lower,
                                       [](const Known& one, std::string_view n) { return one.name < n; });
  if (found != kKnown.end() && found->name == lower) return *found;
  return {"", lower.starts_with("x-spam-") ? Form::none : Form::words, ""};
}

std::string value_of(const Field& field, Form form) {
  if (form == Form::addresses) return sa_addresses(mail::unfold(field.value.substr(0, kLongestValue)));
  const std::string decoded_value = decoded({field.name, field.value.substr(0, kLongestValue)});
  if (form == Form::ids) return sa_message_ids(decoded_value);
  return form == Form::content_type ? sa_content_type(decoded_value) : decoded_value;
}

void read_fields(Values& values, const Message& message, std::size_t most) {
  for (const Field& field : message.fields()) {
    if (most-- == 0) return;
    const Known what = known(field.name);
    if (what.form == Form::none) continue;
    const std::string value = value_of(field, what.form);
    append(values, short_name(field.name), value);
    if (!what.also.empty()) append(values, what.also, value);
  }
}

void read_received(Values& values, const Message& message) {
  const auto received = message.all("Received");
  for (std::size_t i = 0; i < std::min(received.size(), kReceivedRead); ++i) {
    const Field& field = *received[received.size() - 1 - i];
    append(values, short_name(field.name),
           sa_received(decoded({field.name, field.value.substr(0, kLongestValue)})));
  }
}

void read_relay(Values& values, const Received& relay) {
  if (!relay.ip) return;
  std::string value = relay.ip->to_string();
  for (const std::string* piece : {&relay.rdns, &relay.helo, &relay.by, &relay.id})
    value.append(" ").append(*piece);
  append(values, "*RU", value);
  append(values, "x-spam-relays-external", value);
}

}  // namespace

void add_sa_fields(SaTokenSet& tokens, const Mail& mail, const SaTokenLimits& limits) {
  Values values;
  read_fields(values, mail.message, limits.fields);
  read_received(values, mail.message);
  if (mail.origin.own) read_relay(values, *mail.origin.own);
  for (std::size_t i = 0; i < std::min(mail.origin.hops.size(), kMostRelays); ++i)
    read_relay(values, mail.origin.hops[i]);
  std::size_t words = limits.field_words;
  for (const auto& [name, value] : values)
    add_sa_words(tokens, SaPlace::field, "H" + name + ":", value, words);
}

}  // namespace xspamd::bayes
