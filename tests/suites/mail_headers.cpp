// The header fields of mail-parser's tests: addresses, dates, Received, ids, lists and text, one by one and
// in whole messages. What it gives in another form is brought to ours: groups are opened, domains are in
// lower case, Received names its protocol in our words. Of a Received field each member it names is a case.
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iterator>
#include <set>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "proto/base/text.h"
#include "proto/mail/address.h"
#include "proto/mail/date.h"
#include "proto/mail/header.h"
#include "proto/mail/list.h"
#include "proto/mail/received.h"
#include "tests/suites/suite.h"
#include "tests/support/line_ends.h"

namespace xspamd::suites {

namespace {

using nlohmann::json;

constexpr std::string_view kFolder = "mime/mail-parser/";

std::string text_or_none(const json& value) {
  return value.is_string() ? value.get<std::string>() : "";
}

// The value of a field as it stands in a message: it may be followed by lines that are none of its own.
std::string value_of(const json& sample) {
  std::string text = "X:";
  text += sample["header"].get<std::string>();
  const Header header = parse_header(text, 1);
  return header.fields.empty() ? "" : std::string(header.fields.front().value);
}

std::string address_of(const json& value) {
  std::string address = text_or_none(value);
  if (address.starts_with("mailto:")) address.erase(0, 7);
  const std::size_t at = address.rfind('@');
  if (at == std::string::npos) return address;
  return address.substr(0, at) + to_lower(address.substr(at));
}

void add_mailboxes(const json& list, std::string& shown) {
  for (const json& mailbox : list) {
    const std::string name = text_or_none(mailbox["name"]);
    const bool bare = mailbox["address"].is_null() && name.find(' ') == std::string::npos;
    shown += fmt::format("{} <{}>\n", bare ? "" : trim(name), bare ? name : address_of(mailbox["address"]));
  }
}

std::string expected_addresses(const json& value) {
  std::string shown;
  if (value.contains("List")) add_mailboxes(value["List"], shown);
  if (value.contains("Group")) {
    for (const json& group : value["Group"])
      add_mailboxes(group["addresses"], shown);
  }
  return shown;
}

std::string shown_addresses(std::string_view raw) {
  std::string shown;
  for (const Mailbox& mailbox : parse_addresses(mail::unfold(raw), 1000))
    shown += fmt::format("{} <{}>\n", trim(mailbox.name),
                         mailbox.domain.empty() ? mailbox.local : mailbox.address());
  return shown;
}

std::string shown_date(const json& date) {
  if (!date.is_object()) return "-";
  const auto number = [&](const char* key) {
    return date[key].get<int>();
  };
  const int offset = number("tz_hour") * 60 + number("tz_minute");
  return fmt::format("{}-{:02}-{:02} {:02}:{:02}:{:02} {}", number("year"), number("month"), number("day"),
                     number("hour"), number("minute"), number("second"),
                     date["tz_before_gmt"].get<bool>() ? -offset : offset);
}

std::string shown_date(const std::optional<Date>& date) {
  if (!date) return "-";
  const auto local = date->at + std::chrono::minutes(date->offset_minutes);
  const auto day = std::chrono::floor<std::chrono::days>(local);
  const std::chrono::year_month_day ymd(day);
  const std::chrono::hh_mm_ss time(local - day);
  return fmt::format("{}-{:02}-{:02} {:02}:{:02}:{:02} {}", static_cast<int>(ymd.year()),
                     static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()),
                     time.hours().count(), time.minutes().count(), time.seconds().count(),
                     date->offset_minutes);
}

std::string shown_list(const json& value) {
  if (value.is_string()) return value.get<std::string>() + "\n";
  std::string shown;
  if (value.is_array()) {
    for (const json& item : value)
      shown += item.get<std::string>() + "\n";
  }
  return shown;
}

std::string shown_list(const std::vector<std::string>& list) {
  std::string shown;
  for (const std::string& item : list)
    shown += item + "\n";
  return shown;
}

// mail-parser gives protocols by name: the first in the text that it knows.
std::string shown_protocol(std::string_view with) {
  struct Known {
    std::string_view text, name;
  };
  constexpr Known kKnown[] = {{"ESMTPSA", "ESMTPSA"},  {"ESMTPS", "ESMTPS"}, {"ESMTPA", "ESMTPA"},
                              {"ESMTP-TLS", "ESMTPS"}, {"ESMTP", "ESMTP"},   {"SMTPSVC", "SMTP"},
                              {"SMTP", "SMTP"},        {"LMTPA", "LMTPA"},   {"LMTP", "LMTP"},
                              {"HTTP", "HTTP"},        {"POP3", "POP3"},     {"IMAP", "IMAP"}};
  if (iequals(with, "local")) return "Local";
  for (const auto& [text, name] : kKnown) {
    if (ifind(with, text) != std::string_view::npos) return std::string(name);
  }
  return "";
}

std::string shown_host(std::string_view host) {
  if (host.starts_with('[')) host = host.substr(1, host.find(']') - 1);
  return std::string(host);
}

// Of "TLSv1_3" or "SSLv3".
std::string shown_version(std::string_view version) {
  std::string shown(version);
  std::replace(shown.begin(), shown.end(), '_', '.');
  if (const std::size_t v = shown.find('v'); v != std::string::npos) shown.erase(v, 1);
  return shown;
}

std::string received_member(const Received& received, const std::string& key) {
  if (key == "from") return shown_host(received.from.empty() ? received.helo : received.from);
  if (key == "from_ip") return received.ip ? received.ip->to_string() : "";
  if (key == "from_iprev") return received.rdns;
  if (key == "by") return shown_host(received.by);
  if (key == "for_") return received.envelope_for;
  if (key == "with") return shown_protocol(received.with);
  if (key == "via") return received.via;
  if (key == "id") return received.id;
  if (key == "helo") return shown_host(received.helo);
  if (key == "tls_version") return received.tls_version;
  if (key == "tls_cipher") return received.tls_cipher;
  return shown_date(received.date);
}

std::string expected_member(const json& value, const std::string& key) {
  if (key == "date") return shown_date(value);
  if (value.is_object()) return value.begin()->get<std::string>();
  std::string text = value.get<std::string>();
  if (key == "from_ip") {
    const auto ip = IpAddress::parse(text);
    return ip ? ip->to_string() : text;
  }
  if (key == "from_iprev" && text.ends_with('.')) text.pop_back();
  if (key == "for_") return address_of(value);
  if (key == "tls_version") return shown_version(text);
  return text;
}

void check_received(Suite& suite, const std::string& id, std::string_view raw, const json& expected) {
  // How it says HELO says nothing, and the answers of ident it finds in other places than servers write them.
  static const std::set<std::string> kPassedOver = {"helo_cmd", "ident"};
  if (!expected.is_object()) return;
  const auto received = parse_received(mail::unfold(raw));
  for (const auto& [key, value] : expected.items()) {
    if (kPassedOver.contains(key) || (value.is_null() && key != "date")) continue;
    suite.check(id + " " + key, received ? received_member(*received, key) : "no Received",
                expected_member(value, key));
  }
}

void check_samples(Suite& suite, const std::string& name) {
  mail::Charsets charsets;
  std::size_t count = 0;
  for (const json& sample : json::parse(read(fmt::format("{}{}.json", kFolder, name)))) {
    const std::string id = fmt::format("{} {}", name, ++count);
    const std::string raw = value_of(sample);
    const std::string unfolded = mail::unfold(raw);
    const json& expected = sample["expected"];
    if (name == "address") suite.check(id, shown_addresses(raw), expected_addresses(expected));
    if (name == "date") suite.check(id, shown_date(parse_any_date(unfolded)), shown_date(expected));
    if (name == "unstructured")
      suite.check(id, mail::decode_words(unfolded, charsets), text_or_none(expected));
    if (name == "id") suite.check(id, shown_list(mail::parse_ids(unfolded, 100)), shown_list(expected));
    if (name == "list")
      suite.check(id, shown_list(mail::parse_phrases(unfolded, 100, charsets)), shown_list(expected));
    if (name == "received") check_received(suite, id, raw, expected);
  }
}

// It gives U+FFFD for raw bytes that are no UTF-8, and we what windows-1252 has for them, as mail programs
// do: the rest of the field is compared.
void replace_bytes(std::string& raw, std::string& expected) {
  constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
  if (is_utf8(raw) || expected.find(kReplacement) == std::string::npos) return;
  std::replace_if(
      raw.begin(), raw.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }, '?');
  for (std::size_t at = 0; (at = expected.find(kReplacement, at)) != std::string::npos;)
    expected.replace(at, kReplacement.size(), "?");
}

void check_field(Suite& suite, const std::string& id, const Field& field, const json& value) {
  std::string raw(field.value);
  if (value.contains("Address")) {
    std::string want = expected_addresses(value["Address"]);
    replace_bytes(raw, want);
    suite.check(id, shown_addresses(raw), want);
  } else if (value.contains("DateTime")) {
    suite.check(id, shown_date(parse_any_date(mail::unfold(field.value))), shown_date(value["DateTime"]));
  } else if (value.contains("Text")) {
    std::string want(trim(text_or_none(value["Text"])));
    replace_bytes(raw, want);
    suite.check(id, decoded({field.name, raw}), want);
  } else if (value.contains("Received")) {
    check_received(suite, id, field.value, value["Received"]);
  }
}

void check_message(Suite& suite, const std::string& id, std::string_view text, const json& expected) {
  struct Name {
    std::string_view theirs, ours;
  };
  constexpr Name kNames[] = {{"from", "From"},         {"to", "To"},     {"cc", "Cc"},
                             {"reply_to", "Reply-To"}, {"date", "Date"}, {"subject", "Subject"},
                             {"received", "Received"}};
  const Header header = parse_header(text, 2000);
  for (const auto& [theirs, ours] : kNames) {
    std::vector<Field> fields;
    std::copy_if(header.fields.begin(), header.fields.end(), std::back_inserter(fields),
                 [&](const Field& field) { return iequals(field.name, ours); });
    std::size_t count = 0;
    for (const json& field : expected["parts"][0]["headers"]) {
      if (!field["name"].is_string() || field["name"].get<std::string>() != theirs) continue;
      const std::string case_id = fmt::format("{} {} {}", id, ours, ++count);
      if (count <= fields.size()) {
        check_field(suite, case_id, fields[count - 1], field["value"]);
      } else {
        suite.check(case_id, "no such field", "a field");
      }
    }
  }
}

void check_messages(Suite& suite) {
  namespace fs = std::filesystem;
  const std::string top = folder() + std::string(kFolder) + "eml/";
  std::set<std::string> paths;
  for (const auto& entry : fs::recursive_directory_iterator(top)) {
    if (entry.path().extension() == ".json") paths.insert(entry.path().string().substr(folder().size()));
  }
  for (const std::string& path : paths) {
    const std::string id = path.substr(kFolder.size(), path.size() - kFolder.size() - 5);
    const bool crlf = id.ends_with(".crlf");
    const std::string text = read(std::string(kFolder) + id.substr(0, id.size() - (crlf ? 5 : 0)) + ".eml");
    check_message(suite, id, crlf ? test::with_crlf(text) : text, json::parse(read(path)));
  }
}

}  // namespace

void mail_headers(Suite& suite) {
  for (const char* name : {"address", "date", "unstructured", "id", "list", "received"})
    check_samples(suite, name);
  check_messages(suite);
}

}  // namespace xspamd::suites
