// From [lists.NAME] tables to Lists. The schema has checked names and types; here stands what only a reader
// of lists can know.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "conf/section.h"
#include "proto/base/text.h"
#include "rules/lists/list.h"
#include "rules/symbols.h"

namespace xspamd {

namespace {

constexpr std::string_view kKeyPlace = "{key}";

struct Label {
  std::string_view subject, label;
};
// As rspamd calls them.
constexpr std::array<Label, 7> kLabels{{{"envelope.ip", "from"},
                                        {"received.ip", "received"},
                                        {"envelope.helo", "helo"},
                                        {"envelope.hostname", "rdns"},
                                        {"envelope.sender", "envfrom"},
                                        {"envelope.sender.domain", "envfrom"},
                                        {"header.Reply-To:addr", "replyto"}}};

std::string label_of(std::string_view subject) {
  for (const Label& row : kLabels) {
    if (row.subject == subject) return std::string(row.label);
  }
  const std::size_t dot = subject.find('.');
  const std::string_view noun = subject.substr(0, dot);
  if (noun != "header") return std::string(noun);
  const std::string_view field = subject.substr(dot + 1);
  return to_lower(field.substr(0, field.find(':')));
}

ListSubject::Kind kind_of(std::string_view subject) {
  using Kind = ListSubject::Kind;
  if (subject == "email") return Kind::emails;
  if (subject == "email.domain") return Kind::email_domains;
  return subject == "dkim.domain" ? Kind::dkim_domains : Kind::selector;
}

// Nothing when the schema has told already that there is no such subject.
void add_subject(const std::string& text, std::vector<ListSubject>& subjects) {
  ListSubject& subject = subjects.emplace_back();
  subject.kind = kind_of(text);
  subject.text = text;
  subject.label = label_of(text);
  if (subject.kind != ListSubject::Kind::selector) return;
  const std::size_t dot = std::min(text.find('.'), text.size());
  auto selector = parse_selector(text.substr(0, dot), text.substr(std::min(dot + 1, text.size())));
  if (selector) {
    subject.selector = std::move(*selector);
  } else {
    subjects.pop_back();
  }
}

ListHash hash_from(std::string_view name) {
  if (name == "sha1") return ListHash::sha1;
  return name == "blake2" ? ListHash::blake2 : ListHash::none;
}

// A key is part of a name in the DNS (RFC 1035 §2.3.1).
bool is_key(std::string_view key) {
  const bool fine = std::all_of(key.begin(), key.end(), [](char c) {
    const char lower = to_lower(c);
    return is_digit(c) || (lower >= 'a' && lower <= 'z') || c == '-' || c == '_';
  });
  return fine && !key.empty() && key.size() <= 63;
}

class ListReader {
 public:
  ListReader(const std::string& name, const conf::Value& value, Services& services)
      : value_(value), services_(services), section_("lists." + name, &value, services.problems) {
    list_.name = name;
  }

  List read() {
    list_.enabled = section_.get("enabled", true, "Whether the list is asked");
    group_ = section_.get("group", "lists", "The group that its symbols count in");
    read_zone();
    read_subjects();
    list_.hash = hash_from(section_.get("hash", "", "Ask for the digest of the value"));
    list_.ipv4 = section_.get("ipv4", true, "Whether it knows IPv4 addresses");
    list_.ipv6 = section_.get("ipv6", true, "Whether it knows IPv6 addresses");
    list_.addresses = section_.get("addresses", asks_about_addresses(), "Whether it knows addresses");
    list_.refused = section_.get("refused", default_refused(), "Answers that mean: you are blocked");
    refuse_plain_mailboxes();
    read_codes();
    read_refused_symbol();
    read_test();
    return std::move(list_);
  }

 private:
  // The answers of those who refuse, which all large lists share since RFC 5782 §2.1.1 left them open.
  static std::vector<Network> default_refused() { return {*Network::parse("127.255.255.0/24")}; }

  void read_zone() {
    std::string zone = section_.get("zone", "", "DNS zone of the list");
    const std::string key = section_.get("key", "", "Secret that the zone's operator gave you");
    while (zone.ends_with('.'))
      zone.pop_back();
    list_.zone_shown = zone;
    const std::size_t at = zone.find(kKeyPlace);
    if (at != std::string::npos) {
      if (key.empty()) {  // a shipped list that waits for its key
        list_.enabled = false;
        return;
      }
      if (!is_key(key)) return problem("key", "a key has letters, digits, \"-\" and \"_\" only, 63 at most");
      zone.replace(at, kKeyPlace.size(), key);
    }
    const auto host = askable_host(zone);
    if (!host) return problem("zone", fmt::format("{} is no name of a DNS zone", quoted(list_.zone_shown)));
    list_.zone = *host;
  }

  void read_subjects() {
    const conf::Value* told = section_.get_value("look_at", "What is asked about");
    if (told == nullptr) return;
    std::vector<const std::string*> texts;
    if (const std::string* one = told->string()) texts.push_back(one);
    if (told->array() != nullptr) {
      for (const conf::Value& each : *told->array())
        texts.push_back(each.string());
    }
    for (const std::string* text : texts) {
      if (text != nullptr) add_subject(*text, list_.subjects);
    }
  }

  // No name in the DNS has an "@".
  void refuse_plain_mailboxes() {
    for (const ListSubject& subject : list_.subjects) {
      if (subject.kind == ListSubject::Kind::emails && list_.hash == ListHash::none)
        problem("look_at",
                "whole addresses are asked about by their digest only: add hash, or look at email.domain");
    }
  }

  bool asks_about_addresses() const {
    return std::any_of(list_.subjects.begin(), list_.subjects.end(),
                       [](const ListSubject& subject) { return subject.selector.name == "ip"; });
  }

  void read_codes() {
    const conf::Value* codes = section_.get_value("codes", "What its answers mean");
    if (codes == nullptr || codes->table() == nullptr) return;
    // Who tells score and sentence of a symbol comes before who shares it.
    for (const bool telling : {true, false}) {
      for (const auto& [text, answer] : *codes->table()) {
        const conf::Table* keys = answer.table();
        if (keys != nullptr && (keys->contains("score") || keys->contains("about")) == telling)
          read_code(text, answer);
      }
    }
  }

  void read_code(const std::string& text, const conf::Value& answer) {
    auto pattern = CodePattern::parse(text);
    if (!pattern) return;  // told by the schema
    const auto symbol = answer.table()->find("symbol");
    if (symbol == answer.table()->end() || symbol->second.string() == nullptr) return;
    const auto allow = answer.table()->find("allow");
    const bool* allows = allow == answer.table()->end() ? nullptr : std::get_if<bool>(&allow->second.data);
    const std::string& name = *symbol->second.string();
    add_symbol(text, name, answer);
    const bool blames = services_.symbols.find(name)->second.score > Points{};
    list_.codes.push_back({*pattern, name, blames, allows != nullptr && *allows});
  }

  // Several codes, and lists, may share a symbol; then it has the score and the sentence that one of them
  // tells.
  void add_symbol(const std::string& code, const std::string& symbol, const conf::Value& answer) {
    conf::Section table(fmt::format("lists.{}.codes.{}", list_.name, code), &answer, services_.problems);
    SymbolEntry entry = read_symbol_entry(table, answer.origin, "lists", "");
    entry.group = group_;
    const auto known = services_.symbols.find(symbol);
    if (known == services_.symbols.end()) {
      if (entry.about.empty()) entry.about = fmt::format("The list {} answered {}", list_.name, code);
      services_.symbols.emplace(symbol, std::move(entry));
    } else if (entry.about.empty() && entry.score == Points{}) {
      return;
    } else if (known->second.score != entry.score) {
      services_.problems.error(
          answer.origin, fmt::format("lists.{}: {} has another score elsewhere; leave it out here, or use "
                                     "another symbol",
                                     list_.name, symbol));
    }
  }

  void read_refused_symbol() {
    list_.refused_symbol = section_.get("refused_symbol", "", "Symbol shown while the list refuses us");
    if (list_.refused_symbol.empty()) return;
    const std::string about = fmt::format("The list {} refuses to answer this server", list_.name);
    services_.symbols.emplace(list_.refused_symbol, SymbolEntry{{}, group_, about, value_.origin});
  }

  void read_test() {
    const conf::Value* test = section_.get_value("test", "Entries to try the list with");
    if (test == nullptr || test->table() == nullptr) return;
    conf::Section table("lists." + list_.name + ".test", test, services_.problems);
    list_.test_listed = table.get("listed", "", "An entry that is listed");
    list_.test_clean = table.get("clean", "", "One that is not");
  }

  void problem(std::string_view key, std::string sentence) {
    const conf::Value* told = conf::find(value_, key);
    services_.problems.error(told == nullptr ? value_.origin : told->origin,
                             fmt::format("lists.{}.{}: {}", list_.name, key, sentence));
  }

  const conf::Value& value_;
  Services& services_;
  conf::Section section_;
  std::string group_;
  List list_;
};

}  // namespace

std::shared_ptr<const ListSet> read_lists(Services& services) {
  auto set = std::make_shared<ListSet>();
  if (const conf::Value* on = conf::find(services.config.tree, "checks.lists.enabled")) {
    const bool* told = std::get_if<bool>(&on->data);
    set->enabled = told == nullptr || *told;
  }
  for (const auto& [name, value] : tables_of(services.config.tree, "lists")) {
    if (value.table() != nullptr) set->lists.push_back(ListReader(name, value, services).read());
  }
  return set;
}

}  // namespace xspamd
