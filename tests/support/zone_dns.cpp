#include "tests/support/zone_dns.h"

#include <algorithm>
#include <stdexcept>

#include "proto/base/text.h"

namespace xspamd::test {

namespace {

constexpr int kMostLinks = 16;

struct TypeName {
  std::string_view name;
  dns::Type type;
};
constexpr TypeName kTypes[] = {
    {"A", dns::Type::a},     {"AAAA", dns::Type::aaaa}, {"MX", dns::Type::mx},       {"TXT", dns::Type::txt},
    {"PTR", dns::Type::ptr}, {"NS", dns::Type::ns},     {"CNAME", dns::Type::cname},
};

std::string key_of(std::string_view name) {
  std::string key = to_lower(name);
  if (key.ends_with('.')) key.pop_back();
  return key;
}

// RFC 1035 §2.3.4: labels of 1 to 63 bytes, 255 in all as sent.
bool is_name(std::string_view name) {
  if (name.size() > 253) return false;
  const auto labels = split(name, '.');
  return std::all_of(labels.begin(), labels.end(),
                     [](std::string_view label) { return !label.empty() && label.size() <= 63; });
}

// The text up to the next blank; it and the blanks behind it are taken off.
std::string_view take_word(std::string_view& text) {
  const std::string_view word = text.substr(0, text.find_first_of(" \t"));
  text.remove_prefix(word.size());
  while (!text.empty() && is_blank(text.front()))
    text.remove_prefix(1);
  return word;
}

dns::Data data_of(dns::Type type, std::string_view value) {
  if (type == dns::Type::txt) return std::string(value);
  if (type == dns::Type::mx) {
    const auto preference = parse_unsigned(take_word(value));
    if (!preference || *preference > 0xffff) throw std::invalid_argument("MX without a preference");
    return dns::Mx{static_cast<std::uint16_t>(*preference), key_of(value)};
  }
  if (type != dns::Type::a && type != dns::Type::aaaa) return key_of(value);
  const auto address = IpAddress::parse(value);
  // An IPv4-mapped address is read as IPv4, as it is from an AAAA record.
  if (!address || (type == dns::Type::a && !address->is_v4()))
    throw std::invalid_argument("no address: " + std::string(value));
  return *address;
}

DnsAnswer unknown(std::string why) {
  DnsAnswer answer;
  answer.why = std::move(why);
  return answer;
}

DnsAnswer absent(DnsAnswer::Status status) {
  DnsAnswer answer;
  answer.status = status;
  return answer;
}

void add_to(DnsAnswer& answer, const dns::Record& record) {
  answer.status = DnsAnswer::Status::found;
  if (const auto* address = std::get_if<IpAddress>(&record.data)) {
    answer.addresses.push_back(*address);
  } else if (const auto* mx = std::get_if<dns::Mx>(&record.data)) {
    answer.exchanges.push_back(*mx);
  } else if (const auto* text = std::get_if<std::string>(&record.data)) {
    (record.type == dns::Type::txt ? answer.texts : answer.names).push_back(*text);
  }
}

const dns::Record* link_of(const std::vector<dns::Record>& records) {
  const auto found = std::find_if(records.begin(), records.end(),
                                  [](const dns::Record& record) { return record.type == dns::Type::cname; });
  return found == records.end() ? nullptr : &*found;
}

}  // namespace

ZoneDns::ZoneDns(std::string_view zone) {
  for (std::string_view line : split(zone, '\n')) {
    line = trim(line);
    if (line.empty() || line.front() == '#') continue;
    const std::string_view name = take_word(line);
    const std::string_view type = take_word(line);
    if (type == "TIMEOUT") {
      mark(name, "timeout");
    } else if (type == "SERVFAIL") {
      mark(name, type);
    } else {
      add(name, type, line);
    }
  }
}

void ZoneDns::add(std::string_view name, std::string_view type, std::string_view value) {
  const auto* known = std::find_if(std::begin(kTypes), std::end(kTypes),
                                   [type](const TypeName& candidate) { return candidate.name == type; });
  if (known == std::end(kTypes)) throw std::invalid_argument("no type: " + std::string(type));
  constexpr std::uint32_t kTtl = 300;
  const std::string key = key_of(name);
  zone_[key].records.push_back({key, known->type, kTtl, data_of(known->type, value)});
}

void ZoneDns::mark(std::string_view name, std::string_view why) {
  zone_[key_of(name)].why = why;
}

const ZoneDns::Node* ZoneDns::find(const std::string& name) const {
  const auto found = zone_.find(name);
  return found == zone_.end() ? nullptr : &found->second;
}

bool ZoneDns::has_names_below(const std::string& name) const {
  const std::string end = "." + name;
  return std::any_of(zone_.begin(), zone_.end(),
                     [&end](const auto& node) { return node.first.ends_with(end); });
}

DnsAnswer ZoneDns::answer(const dns::Question& question) const {
  std::string name = key_of(question.name);
  for (int link = 0; link <= kMostLinks; ++link) {
    if (!is_name(name)) return absent(DnsAnswer::Status::no_name);
    const Node* node = find(name);
    if (node == nullptr)
      return absent(has_names_below(name) ? DnsAnswer::Status::no_data : DnsAnswer::Status::no_name);
    DnsAnswer answer;
    for (const dns::Record& record : node->records)
      if (record.type == question.type) add_to(answer, record);
    if (answer.found()) {
      std::stable_sort(answer.exchanges.begin(), answer.exchanges.end(),
                       [](const dns::Mx& a, const dns::Mx& b) { return a.preference < b.preference; });
      return answer;
    }
    const dns::Record* next = link_of(node->records);
    if (next == nullptr) return node->why.empty() ? absent(DnsAnswer::Status::no_data) : unknown(node->why);
    name = std::get<std::string>(next->data);
  }
  return unknown("a chain of CNAMEs without an end");
}

Task<DnsReply> ZoneDns::ask(dns::Question question, Deadline deadline) {
  const auto* known = std::find_if(std::begin(kTypes), std::end(kTypes),
                                   [&question](const TypeName& type) { return type.type == question.type; });
  asked_.push_back(key_of(question.name) + " " + std::string(known == std::end(kTypes) ? "?" : known->name));
  const bool late = deadline <= Clock::now();
  co_return std::make_shared<const DnsAnswer>(late ? unknown("timeout") : answer(question));
}

}  // namespace xspamd::test
