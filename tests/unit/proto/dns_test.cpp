#include "proto/dns.h"

#include <catch2/catch.hpp>
#include <chrono>

using namespace xspamd;
using namespace std::string_literals;

namespace {

std::string word(unsigned value) {
  return {static_cast<char>(value >> 8), static_cast<char>(value & 0xff)};
}

std::string head(unsigned bits, unsigned answers, unsigned authority = 0, unsigned additional = 0) {
  return word(0x1234) + word(bits) + word(1) + word(answers) + word(authority) + word(additional);
}

// Names as bytes: "\x01a\x04test\x00"s; 0xc00c points to the name of the question.
const std::string kPointer = "\xc0\x0c";

std::string asked(dns::Type type, const std::string& name =
                                      "\x01"
                                      "a\x04"
                                      "Test\0"s) {
  return name + word(static_cast<unsigned>(type)) + word(1);
}

std::string record(const std::string& owner, unsigned type, unsigned ttl, const std::string& data) {
  return owner + word(type) + word(1) + word(ttl >> 16) + word(ttl & 0xffff) +
         word(static_cast<unsigned>(data.size())) + data;
}

const std::string kSoa = kPointer + kPointer + "\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0\x3c"s;

std::string rendered(const dns::Record& record) {
  std::string text =
      record.name + " " + std::to_string(record.ttl) + " " + std::string(name(record.type)) + " ";
  if (const auto* address = std::get_if<IpAddress>(&record.data)) return text + address->to_string();
  if (const auto* value = std::get_if<std::string>(&record.data)) return text + *value;
  if (const auto* mx = std::get_if<dns::Mx>(&record.data))
    return text + std::to_string(mx->preference) + " <" + mx->host + ">";
  return text + std::to_string(std::get<dns::Soa>(record.data).minimum);
}

std::string rendered(const Result<dns::Reply>& reply) {
  if (!reply) return reply.error().sentence;
  std::string text;
  for (const auto* records : {&reply->answers, &reply->authority})
    for (const dns::Record& one : *records)
      text += rendered(one) + "\n";
  return text;
}

std::string rendered(const dns::Found& found) {
  constexpr std::string_view kNames[] = {"found", "no data", "no name", "broken"};
  std::string text = std::string(kNames[static_cast<std::size_t>(found.status)]) + " " +
                     std::to_string(found.ttl) + " " + std::to_string(found.links);
  for (const dns::Record& one : found.records)
    text += " | " + rendered(one);
  return text;
}

}  // namespace

TEST_CASE("dns: a question is written with recursion and EDNS, in the letter case given") {
  const auto bytes = dns::encode_question({"wWw.Example.org", dns::Type::mx}, 0xabcd, 1232);
  REQUIRE(bytes);
  CHECK(*bytes ==
        "\xab\xcd\x01\x00\x00\x01\x00\x00\x00\x00\x00\x01"
        "\x03"
        "wWw\x07"
        "Example\x03"
        "org\x00\x00\x0f\x00\x01"
        "\x00\x00\x29\x04\xd0\x00\x00\x00\x00\x00\x00"s);
}

TEST_CASE("dns: names that cannot be asked for are refused") {
  const std::string label63(63, 'x');
  const std::string longest = label63 + "." + label63 + "." + label63 + "." + std::string(61, 'x');
  struct Row {
    std::string name;
    bool good;
  };
  const Row rows[] = {
      {"a", true},
      {"a.", true},
      {".", true},
      {"", true},
      {"a..b", false},
      {".a", false},
      {"..", false},
      {"a..", false},
      {label63, true},
      {label63 + "x", false},
      {longest, true},
      {longest + ".", true},
      {longest + "x", false},
      {"a\\.b", true},
      {"a\\046b", true},
      {"a\\", false},
      {"a\\25", false},
      {"a\\256", false},
      {"a\\2x5", false},
      {"a\\999", false},
      {"a b", true},
      {"a\0b"s, true},
      {"\xff", true},
      {std::string(70'000, 'a'), false},
      {std::string(70'000, '.'), false},
  };
  for (const Row& row : rows) {
    INFO(row.name.substr(0, 80));
    CHECK(dns::encode_question({row.name, dns::Type::a}, 1, 1232).has_value() == row.good);
    CHECK(dns::canonical_name(row.name).has_value() == row.good);
  }
}

TEST_CASE("dns: a name has one spelling") {
  struct Row {
    std::string name, want;
  };
  const Row rows[] = {
      {"A.Example.", "a.example"}, {".", ""},          {"\\a.b", "a.b"},         {"\\065.b", "a.b"},
      {"a\\.b.c", "a\\046b.c"},    {"a b", "a\\032b"}, {"a_b-c", "a_b-c"},       {"\\255", "\\255"},
      {"\xc3\x84", "\\195\\132"},  {"*.x", "\\042.x"}, {"0/25.2", "0\\04725.2"}, {"\\\\", "\\092"},
  };
  for (const Row& row : rows) {
    CHECK(dns::canonical_name(row.name).value() == row.want);
    CHECK(dns::canonical_name(row.want).value() == row.want);
  }
}

TEST_CASE("dns: records are read") {
  const std::string name = "\x02mx\xc0\x0c";
  struct Row {
    std::string what;
    unsigned type;
    std::string data, want;
  };
  const Row rows[] = {
      {"A", 1, "\xc0\0\2\1"s, "a.test 300 A 192.0.2.1\n"},
      {"A too short", 1, "\xc0\0\2"s, "DNS answer with a bad A record"},
      {"A too long", 1, "\xc0\0\2\1\1"s, "DNS answer with a bad A record"},
      {"AAAA", 28, "\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1"s, "a.test 300 AAAA 2001:db8::1\n"},
      {"AAAA mapped", 28, "\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\0\2\1"s, "a.test 300 AAAA 192.0.2.1\n"},
      {"AAAA too short", 28, "\xc0\0\2\1"s, "DNS answer with a bad AAAA record"},
      {"TXT of two strings", 16, "\2ab\0\1c"s, "a.test 300 TXT abc\n"},
      {"TXT empty", 16, "\0"s, "a.test 300 TXT \n"},
      {"TXT without strings", 16, "", "a.test 300 TXT \n"},
      {"TXT string over the end", 16, "\3ab", "DNS answer with a bad TXT record"},
      {"MX", 15, "\0\x0a"s + name, "a.test 300 MX 10 <mx.a.test>\n"},
      {"null MX", 15, "\0\0\0"s, "a.test 300 MX 0 <>\n"},
      {"MX without name", 15, "\0\0"s, "DNS answer with a bad MX record"},
      {"MX with more", 15, "\0\x0a"s + name + "x", "DNS answer with a bad MX record"},
      {"PTR", 12, "\4Host\3Org\0"s, "a.test 300 PTR host.org\n"},
      {"PTR with bytes", 12, "\4a.b\xff\0"s, "a.test 300 PTR a\\046b\\255\n"},
      {"NS", 2, "\0"s, "a.test 300 NS \n"},
      {"CNAME", 5, kPointer, "a.test 300 CNAME a.test\n"},
      {"CNAME to itself", 5, "\xc0\x23", "DNS answer with a bad CNAME record"},
      {"CNAME ahead", 5, "\xc0\x40", "DNS answer with a bad CNAME record"},
      {"CNAME of a reserved label type", 5, "\x41x\0"s, "DNS answer with a bad CNAME record"},
      {"CNAME over the end of its data", 5, "\1x", "DNS answer with a bad CNAME record"},
      {"SOA", 6, kSoa, "a.test 300 SOA 60\n"},
      {"SOA too short", 6, kSoa.substr(1), "DNS answer with a bad SOA record"},
      {"another type", 99, "anything", ""},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    const std::string bytes =
        head(0x8180, 1) + asked(dns::Type::a) + record(kPointer, row.type, 300, row.data);
    CHECK(rendered(dns::decode_reply(bytes)) == row.want);
  }
}

TEST_CASE("dns: what is no answer is refused, saying why") {
  const std::string question = asked(dns::Type::a);
  const std::string a = record(kPointer, 1, 300, "\xc0\0\2\1"s);
  struct Row {
    std::string bytes, want;
  };
  const Row rows[] = {
      {"", "DNS answer with less than a head"},
      {std::string(11, '\0'), "DNS answer with less than a head"},
      {head(0x0100, 0) + question, "DNS answer with the mark of a question"},
      {head(0xa180, 0) + question, "DNS answer with another operation than a query"},
      {word(1) + word(0x8180) + word(0) + word(0) + word(0) + word(0), "DNS answer with 0 questions"},
      {word(1) + word(0x8180) + word(2) + word(0) + word(0) + word(0), "DNS answer with 2 questions"},
      {head(0x8180, 0) + "\xc0\x0c" + word(1) + word(1), "DNS answer with a bad question"},
      {head(0x8180, 0) + "\1a", "DNS answer with a bad question"},
      {head(0x8180, 0) + "\1a\0"s + word(1), "DNS answer with a bad question"},
      {head(0x8180, 0) + "\1a\0"s + word(1) + word(3), "DNS answer with a question of another class"},
      {head(0x8180, 1) + question, "DNS answer with a record cut off"},
      {head(0x8180, 0xffff) + question + a, "DNS answer with a record cut off"},
      {head(0x8180, 1) + question + a.substr(0, a.size() - 1), "DNS answer with a record cut off"},
      {head(0x8180, 1) + question + a + "x", "DNS answer with bytes behind its records"},
      {head(0x8180, 1, 0, 1) + question + a + "\0"s, "DNS answer with a record cut off"},
      {head(0x8180, 0) + question, ""},
      {head(0x8180, 1) + question + "\xc0\x0c" + word(1) + word(3) + word(0) + word(9) + word(0),
       ""},  // class CH
  };
  for (const Row& row : rows)
    CHECK(rendered(dns::decode_reply(row.bytes)) == row.want);
}

TEST_CASE("dns: head, spelling and TTL are kept as they are") {
  const auto reply =
      dns::decode_reply(head(0x8183, 1) + asked(dns::Type::txt) + record(kPointer, 16, 0x80000001, "\1x"));
  REQUIRE(reply);
  CHECK(reply->id == 0x1234);
  CHECK(reply->rcode == dns::Rcode::no_name);
  CHECK(reply->asked == "a.Test");
  CHECK(reply->type == dns::Type::txt);
  CHECK(reply->answers.at(0).ttl == 0);  // RFC 2181 §8
}

TEST_CASE("dns: what stands in a truncated answer is not read") {
  const auto reply = dns::decode_reply(head(0x8380, 1) + asked(dns::Type::a) + "half a rec");
  REQUIRE(reply);
  CHECK(reply->truncated);
  CHECK(reply->answers.empty());
}

TEST_CASE("dns: OPT carries the upper bits of the RCODE") {
  for (const auto& [high, want] : {std::pair(0u, 0u), std::pair(1u, 16u), std::pair(0x10u, 255u)}) {
    const auto reply =
        dns::decode_reply(head(0x8180, 0, 0, 1) + asked(dns::Type::a) + record("\0"s, 41, high << 24, ""));
    REQUIRE(reply);
    CHECK(static_cast<unsigned>(reply->rcode) == want);
  }
}

TEST_CASE("dns: more than 1,000 records are refused") {
  for (const unsigned count : {1'000u, 1'001u}) {
    std::string bytes = head(0x8180, count) + asked(dns::Type::a);
    for (unsigned i = 0; i < count; ++i)
      bytes += record(kPointer, 1, 300, "\xc0\0\2\1"s);
    CHECK(dns::decode_reply(bytes).has_value() == (count == 1'000));
  }
}

TEST_CASE("dns: only an exact repetition of the question is its reply") {
  const std::string question = dns::encode_question({"a.Test", dns::Type::a}, 0x1234, 1232).value();
  const std::string good = head(0x8180, 0) + asked(dns::Type::a);
  CHECK(dns::is_reply_to(good, question));
  CHECK(dns::is_reply_to(good + "whatever", question));
  CHECK_FALSE(dns::is_reply_to(question, question));
  CHECK_FALSE(dns::is_reply_to(good.substr(0, good.size() - 1), question));
  CHECK_FALSE(dns::is_reply_to("", question));
  for (std::size_t i = 0; i < good.size(); ++i) {
    if (i == 3 || (i >= 6 && i < 12)) continue;  // RCODE, counts
    std::string other = good;
    other[i] = static_cast<char>(other[i] ^ (i == 2 ? 0x80 : 0x20));
    INFO(i);
    CHECK_FALSE(dns::is_reply_to(other, question));
  }
}

TEST_CASE("dns: CNAMEs are followed") {
  const std::string a = "\xc0\0\2\1"s;
  const std::string b = "\1b\xc0\x0e";  // b.test
  const std::string c = "\1c\xc0\x0e";
  const std::string soa = record("\xc0\x0e", 6, 100, kSoa);
  const std::string foreign = record("\3org\0"s, 6, 100, kSoa);
  const std::string to_b = record(kPointer, 5, 50, b);
  const std::string to_c = record(b, 5, 200, c);
  struct Row {
    std::string what, bytes, want;
  };
  const Row rows[] = {
      {"none", head(0x8180, 1) + asked(dns::Type::a) + record(kPointer, 1, 300, a),
       "found 300 0 | a.test 300 A 192.0.2.1"},
      {"two links", head(0x8180, 3) + asked(dns::Type::a) + to_b + to_c + record(c, 1, 300, a),
       "found 50 2 | c.test 300 A 192.0.2.1"},
      {"in any order", head(0x8180, 3) + asked(dns::Type::a) + record(c, 1, 30, a) + to_c + to_b,
       "found 30 2 | c.test 30 A 192.0.2.1"},
      {"other names are not ours", head(0x8180, 1) + asked(dns::Type::a) + record(b, 1, 300, a),
       "no data 0 0"},
      {"out of the answer", head(0x8180, 2) + asked(dns::Type::a) + to_b + to_c, "no data 50 2"},
      {"to no data", head(0x8180, 1, 1) + asked(dns::Type::a) + to_b + soa, "no data 50 1"},
      {"to no name", head(0x8183, 1, 1) + asked(dns::Type::a) + to_b + soa, "no name 50 1"},
      {"to no name, unproved", head(0x8183, 1) + asked(dns::Type::a) + to_b, "no name 0 1"},
      {"no name", head(0x8183, 0, 1) + asked(dns::Type::a) + soa, "no name 60 0"},
      {"no name, the SOA of others", head(0x8183, 0, 1) + asked(dns::Type::a) + foreign, "no name 0 0"},
      {"no name without SOA", head(0x8183, 0) + asked(dns::Type::a), "no name 0 0"},
      {"loop", head(0x8180, 2) + asked(dns::Type::a) + to_b + record(b, 5, 9, kPointer), "broken 0 0"},
      {"server failure", head(0x8182, 0) + asked(dns::Type::a), "broken 0 0"},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    const auto reply = dns::decode_reply(row.bytes);
    REQUIRE(reply);
    CHECK(rendered(dns::follow(*reply, {"A.test.", dns::Type::a}, 16)) == row.want);
  }
}

TEST_CASE("dns: the number of links is bounded exactly") {
  std::string bytes = head(0x8180, 4) + asked(dns::Type::a);
  bytes += record(kPointer, 5, 9, "\1b\xc0\x0e") + record("\1b\xc0\x0e", 5, 9, "\1c\xc0\x0e");
  bytes += record("\1c\xc0\x0e", 5, 9, "\1d\xc0\x0e") + record("\1d\xc0\x0e", 1, 9, "\xc0\0\2\1"s);
  const auto reply = dns::decode_reply(bytes);
  REQUIRE(reply);
  CHECK(dns::follow(*reply, {"a.test", dns::Type::a}, 3).status == dns::Found::Status::found);
  CHECK(dns::follow(*reply, {"a.test", dns::Type::a}, 2).status == dns::Found::Status::broken);
}

TEST_CASE("dns: nasty messages of 64 KiB take no time to speak of") {
  // Every owner is a chain of pointers to the pointer before it.
  std::string pointers = head(0x8180, 0xffff) + asked(dns::Type::a);
  while (pointers.size() < 16'000)
    pointers += word(0xc000u | static_cast<unsigned>(pointers.size() - 2)) + word(99) + word(1) + word(0) +
                word(9) + word(0);
  std::string name;
  for (int i = 0; i < 127; ++i)
    name += "\1x";
  std::string deep = head(0x8180, 1'000) + asked(dns::Type::a, name + "\0"s);
  for (int i = 0; i < 1'000; ++i)
    deep += record(kPointer, 5, 9, kPointer);
  const auto begin = std::chrono::steady_clock::now();
  CHECK_FALSE(dns::decode_reply(pointers));
  CHECK(rendered(dns::decode_reply(deep)) == "DNS answer with too many long names");
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(1));
}
