// DNS messages (RFC 1035 §4, EDNS of RFC 6891): questions written, answers read. No I/O. Reading is strict
// where a forged or broken answer could be believed, bounded everywhere: names of 255 bytes, compression
// pointers that only lead backwards, records of at most 64 KiB of message. Names are in presentation form
// without the final dot, bytes other than letters, digits, "-" and "_" escaped as \DDD (RFC 4343 §2.1), in
// lower case.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "proto/base/ip.h"
#include "proto/base/result.h"

namespace xspamd::dns {

enum class Type : std::uint16_t { a = 1, ns = 2, cname = 5, soa = 6, ptr = 12, mx = 15, txt = 16, aaaa = 28 };
std::string_view name(Type type);

enum class Rcode : std::uint8_t {
  ok = 0,
  format = 1,
  server_failure = 2,
  no_name = 3,
  not_implemented = 4,
  refused = 5
};

struct Question {
  std::string name;
  Type type = Type::a;

  friend bool operator==(const Question&, const Question&) = default;
};

// The one spelling of a name that records are compared by: lower case, escapes only where they must be, no
// final dot ("" is the root). A backslash quotes as in RFC 1035 §5.1. Fails when the name is none (§2.3.4).
Result<std::string> canonical_name(std::string_view name);

// The bytes of a question with recursion desired and EDNS0. `name` is sent in the letter case given, so that
// the answer must repeat it (random case makes forging harder). Fails when the name is none (RFC 1035
// §2.3.4).
Result<std::string> encode_question(const Question& question, std::uint16_t id, std::uint16_t udp_size);

struct Mx {
  std::uint16_t preference = 0;
  std::string host;  // empty: the null MX of RFC 7505
};
struct Soa {
  std::uint32_t minimum = 0;
};
// Text: the character-strings of a TXT record joined, as they came.
using Data = std::variant<std::monostate, IpAddress, std::string, Mx, Soa>;

struct Record {
  std::string name;
  Type type = Type::a;  // records of other types are left out
  std::uint32_t ttl = 0;
  Data data;  // a, aaaa: the address; ns, cname, ptr: the name; txt: the text
};

struct Reply {
  std::uint16_t id = 0;
  Rcode rcode = Rcode::ok;
  bool truncated = false;  // then no records are read
  std::string asked;       // the name as the answer spells it, its letter case kept
  Type type = Type::a;
  std::vector<Record> answers;    // at most 1,000
  std::vector<Record> authority;  // SOA only
};

// Whether `reply` answers these bytes of a question: same id, QR set, the same one question byte for byte,
// its letter case too. Says nothing of what follows.
bool is_reply_to(std::string_view reply, std::string_view question);

// Fails naming what is wrong: too short, not an answer, more or less than one question, a bad name or record.
Result<Reply> decode_reply(std::string_view bytes);

// What was asked for, found by following CNAMEs from `question.name` (at most `most_links`; a loop ends it).
struct Found {
  enum class Status { found, no_data, no_name, broken };
  Status status = Status::broken;
  std::vector<Record> records;
  // The least of the chain; of negative answers also of the SOA (RFC 2308 §5), without one 0 or the chain's.
  std::uint32_t ttl = 0;
  std::string end;  // the name at the end of the chain
  std::size_t links = 0;
  bool proved_absent = false;  // no_data, no_name: by a SOA. Without one no_data may be a chain that goes on
};
Found follow(const Reply& reply, const Question& question, std::size_t most_links);

}  // namespace xspamd::dns
