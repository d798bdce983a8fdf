#include "proto/dns.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "proto/base/text.h"
#include "proto/dns_name.h"

namespace xspamd::dns {

namespace {

using Bytes = std::string_view;

constexpr std::size_t kHead = 12;            // RFC 1035 §4.1.1
constexpr std::size_t kTypeAndClass = 4;     // §4.1.2
constexpr std::size_t kMostRecords = 1'000;  // of a reply; a mail filter has no use for more
// Of names as text, in a section: a pointer of two bytes can stand for 255. A thousand records with names of
// 60 bytes each come near it.
constexpr std::size_t kMostNameBytes = 128 * 1024;
constexpr std::uint16_t kInternet = 1;  // §3.2.4
constexpr std::uint16_t kOpt = 41;      // RFC 6891 §6.1.1

// RFC 1035 §4.1.1: the bits of the third and fourth byte of the head.
constexpr std::uint16_t kIsReply = 0x8000;
constexpr std::uint16_t kOpcode = 0x7800;
constexpr std::uint16_t kTruncated = 0x0200;
constexpr std::uint16_t kRecursionDesired = 0x0100;
constexpr std::uint16_t kRcode = 0x000f;

struct TypeName {
  Type type;
  std::string_view name;
};
constexpr std::array<TypeName, 8> kTypes{{{Type::a, "A"},
                                          {Type::ns, "NS"},
                                          {Type::cname, "CNAME"},
                                          {Type::soa, "SOA"},
                                          {Type::ptr, "PTR"},
                                          {Type::mx, "MX"},
                                          {Type::txt, "TXT"},
                                          {Type::aaaa, "AAAA"}}};

bool is_known(std::uint16_t type) {
  return std::any_of(kTypes.begin(), kTypes.end(), [type](const TypeName& known) {
    return static_cast<std::uint16_t>(known.type) == type;
  });
}

void put16(std::string& out, std::uint16_t value) {
  out += static_cast<char>(value >> 8);
  out += static_cast<char>(value & 0xff);
}

std::uint16_t get16(Bytes bytes, std::size_t at) {
  return static_cast<std::uint16_t>(static_cast<unsigned char>(bytes[at]) << 8 |
                                    static_cast<unsigned char>(bytes[at + 1]));
}

std::uint32_t get32(Bytes bytes, std::size_t at) {
  return static_cast<std::uint32_t>(get16(bytes, at)) << 16 | get16(bytes, at + 2);
}

auto malformed(std::string_view what) {
  return fail(Errc::invalid, fmt::format("DNS answer with {}", what));
}

// One record as it stands in the message.
struct RawRecord {
  std::size_t owner = 0;  // where its name begins
  std::uint16_t type = 0;
  std::uint16_t klass = 0;
  std::uint32_t ttl = 0;
  std::size_t data = 0;
  std::size_t length = 0;
};

// RFC 1035 §4.1.3. Moves `at` behind the record.
std::optional<RawRecord> read_raw(Bytes message, std::size_t& at) {
  constexpr std::size_t kFixed = 10;
  RawRecord record;
  record.owner = at;
  const auto end = name_end(message, at);
  if (!end || message.size() - *end < kFixed) return std::nullopt;
  record.type = get16(message, *end);
  record.klass = get16(message, *end + 2);
  record.ttl = get32(message, *end + 4);
  record.length = get16(message, *end + 8);
  record.data = *end + kFixed;
  if (message.size() - record.data < record.length) return std::nullopt;
  at = record.data + record.length;
  return record;
}

// A name that takes up the whole of the data from `at` on.
std::optional<std::string> name_to_end(Bytes message, std::size_t at, std::size_t end) {
  const auto stop = name_end(message, at);
  if (!stop || *stop != end) return std::nullopt;
  return read_lower_name(message, at);
}

// RFC 1035 §3.3.14: one or more character-strings. deviates: none is an empty text; servers give that out,
// and the other records of such an answer are as good as any.
std::optional<Data> read_text(Bytes data) {
  std::string text;
  text.reserve(data.size());
  for (std::size_t at = 0; at < data.size();) {
    const std::size_t length = static_cast<unsigned char>(data[at]);
    if (data.size() - at - 1 < length) return std::nullopt;
    text += data.substr(at + 1, length);
    at += 1 + length;
  }
  return text;
}

std::optional<Data> read_address(Bytes data, Type type) {
  if (type == Type::a) {
    std::array<std::uint8_t, 4> bytes{};
    if (data.size() != bytes.size()) return std::nullopt;
    std::copy(data.begin(), data.end(), bytes.begin());
    return IpAddress::v4(bytes);
  }
  std::array<std::uint8_t, 16> bytes{};
  if (data.size() != bytes.size()) return std::nullopt;
  std::copy(data.begin(), data.end(), bytes.begin());
  return IpAddress::v6(bytes);
}

std::optional<Data> read_mx(Bytes message, const RawRecord& raw) {
  if (raw.length < 3) return std::nullopt;
  // RFC 7505 §3: the null MX is the root, whose name is empty here.
  auto host = name_to_end(message, raw.data + 2, raw.data + raw.length);
  if (!host) return std::nullopt;
  return Mx{get16(message, raw.data), std::move(*host)};
}

// RFC 1035 §3.3.13: two names, then five numbers; MINIMUM is the last.
std::optional<Data> read_soa(Bytes message, const RawRecord& raw) {
  constexpr std::size_t kNumbers = 20;
  const std::size_t end = raw.data + raw.length;
  const auto server_end = name_end(message, raw.data);
  if (!server_end || *server_end > end) return std::nullopt;
  const auto mailbox_end = name_end(message, *server_end);
  if (!mailbox_end || *mailbox_end > end || end - *mailbox_end != kNumbers) return std::nullopt;
  return Soa{get32(message, end - 4)};
}

std::optional<Data> read_data(Bytes message, const RawRecord& raw) {
  const Bytes data = message.substr(raw.data, raw.length);
  switch (const auto type = static_cast<Type>(raw.type)) {
    case Type::a:
    case Type::aaaa:
      return read_address(data, type);
    case Type::txt:
      return read_text(data);
    case Type::mx:
      return read_mx(message, raw);
    case Type::soa:
      return read_soa(message, raw);
    case Type::ns:
    case Type::cname:
    case Type::ptr:
      break;
  }
  auto name = name_to_end(message, raw.data, raw.data + raw.length);
  if (!name) return std::nullopt;
  return std::move(*name);
}

std::optional<Record> read_record(Bytes message, const RawRecord& raw) {
  auto owner = read_lower_name(message, raw.owner);
  auto data = read_data(message, raw);
  if (!owner || !data) return std::nullopt;
  // RFC 2181 §8: a TTL with the highest bit set is zero.
  const std::uint32_t ttl = raw.ttl > 0x7fffffff ? 0 : raw.ttl;
  return Record{std::move(*owner), static_cast<Type>(raw.type), ttl, std::move(*data)};
}

std::size_t name_bytes(const Record& record) {
  if (const auto* mx = std::get_if<Mx>(&record.data)) return record.name.size() + mx->host.size();
  const auto* text = std::get_if<std::string>(&record.data);
  return record.name.size() + (text != nullptr && record.type != Type::txt ? text->size() : 0);
}

enum class Section { answer, authority, additional };

bool is_wanted(const RawRecord& raw, Section section) {
  if (raw.klass != kInternet) return false;
  if (section == Section::answer) return is_known(raw.type);
  return section == Section::authority && raw.type == static_cast<std::uint16_t>(Type::soa);
}

// RFC 6891 §6.1.3: OPT carries the upper eight bits of the RCODE. 255 stands for all that are higher.
Rcode extended(Rcode rcode, std::uint32_t opt_ttl) {
  const std::uint32_t whole = opt_ttl >> 24 << 4 | (static_cast<std::uint32_t>(rcode) & kRcode);
  return static_cast<Rcode>(std::min<std::uint32_t>(whole, 255));
}

// Reads the records of one section; moves `at` behind them.
Result<void> read_section(Bytes message, std::size_t& at, Section section, Reply& reply) {
  std::size_t names_read = 0;
  constexpr std::size_t kCounts = 6;  // RFC 1035 §4.1.1: where ANCOUNT stands; NSCOUNT and ARCOUNT follow
  std::vector<Record>& records = section == Section::answer ? reply.answers : reply.authority;
  for (auto left = get16(message, kCounts + 2 * static_cast<std::size_t>(section)); left > 0; --left) {
    const auto raw = read_raw(message, at);
    if (!raw) return malformed("a record cut off");
    if (section == Section::additional && raw->type == kOpt) reply.rcode = extended(reply.rcode, raw->ttl);
    if (!is_wanted(*raw, section)) continue;
    if (records.size() == kMostRecords) return malformed(fmt::format("more than {} records", kMostRecords));
    auto record = read_record(message, *raw);
    if (!record) return malformed(fmt::format("a bad {} record", name(static_cast<Type>(raw->type))));
    names_read += name_bytes(*record);
    if (names_read > kMostNameBytes) return malformed("too many long names");
    records.push_back(std::move(*record));
  }
  return {};
}

// RFC 2308 §5: a negative answer lives as long as its SOA, at most MINIMUM. The SOA is of a zone that the
// name is in; another one proves nothing.
void read_proof(const Reply& reply, Found& found) {
  for (const Record& record : reply.authority) {
    const auto* soa = std::get_if<Soa>(&record.data);
    const bool above =
        record.name.empty() || found.end == record.name ||
        (found.end.ends_with(record.name) && found.end[found.end.size() - record.name.size() - 1] == '.');
    if (soa == nullptr || !above) continue;
    found.ttl = std::min({found.ttl, record.ttl, soa->minimum});
    found.proved_absent = true;
    return;
  }
  if (found.links == 0 || found.status == Found::Status::no_name) found.ttl = 0;
}

}  // namespace

std::string_view name(Type type) {
  const auto* known = std::find_if(kTypes.begin(), kTypes.end(),
                                   [type](const TypeName& candidate) { return candidate.type == type; });
  return known == kTypes.end() ? "unknown" : known->name;
}

Result<std::string> encode_question(const Question& question, std::uint16_t id, std::uint16_t udp_size) {
  std::string out;
  out.reserve(kHead + question.name.size() + 2 + kTypeAndClass + 11);
  put16(out, id);
  put16(out, kRecursionDesired);
  put16(out, 1);  // one question
  put16(out, 0);
  put16(out, 0);
  put16(out, 1);  // one additional record
  if (!append_name(out, question.name))
    return fail(Errc::invalid, fmt::format("{} is no name to ask for", quoted(question.name)));
  put16(out, static_cast<std::uint16_t>(question.type));
  put16(out, kInternet);
  out += '\0';  // RFC 6891 §6.1.2: OPT, owned by the root
  put16(out, kOpt);
  put16(out, udp_size);
  out.append(6, '\0');  // extended RCODE, version and flags; no options
  return out;
}

bool is_reply_to(Bytes reply, Bytes question) {
  constexpr std::size_t kOneQuestion = 4;
  if (reply.size() < kHead || question.size() < kHead) return false;
  const auto end = name_end(question, kHead);
  if (!end || question.size() - *end < kTypeAndClass || reply.size() < *end + kTypeAndClass) return false;
  const std::size_t length = *end + kTypeAndClass - kHead;
  return get16(reply, 0) == get16(question, 0) && (get16(reply, 2) & (kIsReply | kOpcode)) == kIsReply &&
         get16(reply, kOneQuestion) == 1 && reply.substr(kHead, length) == question.substr(kHead, length);
}

Result<Reply> decode_reply(Bytes bytes) {
  if (bytes.size() < kHead) return malformed("less than a head");
  const std::uint16_t bits = get16(bytes, 2);
  if ((bits & kIsReply) == 0) return malformed("the mark of a question");
  if ((bits & kOpcode) != 0) return malformed("another operation than a query");
  if (get16(bytes, 4) != 1) return malformed(fmt::format("{} questions", get16(bytes, 4)));
  Reply reply;
  reply.id = get16(bytes, 0);
  reply.rcode = static_cast<Rcode>(bits & kRcode);
  reply.truncated = (bits & kTruncated) != 0;
  const auto end = name_end(bytes, kHead);
  auto asked = end ? read_name(bytes, kHead) : std::nullopt;
  if (!asked || bytes.size() - *end < kTypeAndClass) return malformed("a bad question");
  reply.asked = std::move(*asked);
  reply.type = static_cast<Type>(get16(bytes, *end));
  if (get16(bytes, *end + 2) != kInternet) return malformed("a question of another class");
  // RFC 2181 §9: what stands in a truncated answer is not to be used.
  if (reply.truncated) return reply;
  std::size_t at = *end + kTypeAndClass;
  for (const Section section : {Section::answer, Section::authority, Section::additional})
    if (auto read = read_section(bytes, at, section, reply); !read) return tl::unexpected(read.error());
  if (at != bytes.size()) return malformed("bytes behind its records");
  return reply;
}

Result<std::string> canonical_name(std::string_view name) {
  std::string wire;
  if (!append_name(wire, name))
    return fail(Errc::invalid, fmt::format("{} is no name to ask for", quoted(name)));
  auto text = read_lower_name(wire, 0);
  if (!text) return fail(Errc::invalid, fmt::format("{} is no name to ask for", quoted(name)));
  return std::move(*text);
}

Found follow(const Reply& reply, const Question& question, std::size_t most_links) {
  Found found;
  auto start = canonical_name(question.name);
  if (!start || (reply.rcode != Rcode::ok && reply.rcode != Rcode::no_name)) return found;
  found.ttl = std::numeric_limits<std::uint32_t>::max();
  found.end = std::move(*start);
  // One pass for each link; `most_links` bounds their number, loops included.
  for (;;) {
    const Record* link = nullptr;
    for (const Record& record : reply.answers) {
      if (record.name != found.end) continue;
      if (record.type == question.type) {
        found.records.push_back(record);
        found.ttl = std::min(found.ttl, record.ttl);
      } else if (record.type == Type::cname) {
        link = &record;
      }
    }
    if (!found.records.empty()) {
      found.status = Found::Status::found;
      return found;
    }
    if (link == nullptr) break;
    if (found.links == most_links) return {};
    ++found.links;
    found.ttl = std::min(found.ttl, link->ttl);
    found.end = std::get<std::string>(link->data);
  }
  // RFC 6604 §2: the RCODE is that of the last name of the chain.
  found.status = reply.rcode == Rcode::no_name ? Found::Status::no_name : Found::Status::no_data;
  read_proof(reply, found);
  return found;
}

}  // namespace xspamd::dns
