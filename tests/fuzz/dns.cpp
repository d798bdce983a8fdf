// DNS answers and names, on any bytes: what is read is in its one spelling, bounded, and can be asked for
// again; only the exact question is repeated; following CNAMEs ends where it says.
#include <cstdint>

#include "proto/dns.h"
#include "tests/fuzz/require.h"

using namespace xspamd;

namespace {

constexpr std::size_t kMostLinks = 16;
constexpr std::size_t kMostRecords = 1'000;

bool is_canonical(const std::string& name) {
  const auto canonical = dns::canonical_name(name);
  return canonical && *canonical == name;
}

void check_record(const dns::Record& record) {
  require(is_canonical(record.name) && record.ttl <= 0x7fffffff && dns::name(record.type) != "unknown");
  if (const auto* mx = std::get_if<dns::Mx>(&record.data)) {
    require(record.type == dns::Type::mx && is_canonical(mx->host));
  } else if (const auto* text = std::get_if<std::string>(&record.data)) {
    require(record.type == dns::Type::txt || is_canonical(*text));
  } else if (record.type == dns::Type::a) {
    require(std::get<IpAddress>(record.data).is_v4());
  }
}

void check_follow(const dns::Reply& reply, const dns::Question& question) {
  const dns::Found found = dns::follow(reply, question, kMostLinks);
  require(found.links <= kMostLinks);
  require((found.status == dns::Found::Status::found) == !found.records.empty());
  if (found.status != dns::Found::Status::broken) require(is_canonical(found.end));
  if (found.status == dns::Found::Status::no_name && !found.proved_absent) require(found.ttl == 0);
  for (const dns::Record& record : found.records)
    require(record.name == found.end && record.type == question.type && record.ttl >= found.ttl);
}

void check_reply(std::string_view bytes) {
  const auto reply = dns::decode_reply(bytes);
  if (!reply) return require(!reply.error().sentence.empty());
  require(reply->answers.size() <= kMostRecords && reply->authority.size() <= kMostRecords);
  for (const dns::Record& record : reply->answers)
    check_record(record);
  for (const dns::Record& record : reply->authority) {
    check_record(record);
    require(record.type == dns::Type::soa);
  }
  const auto question = dns::encode_question({reply->asked, reply->type}, reply->id, 1232);
  require(question.has_value());
  // Unless a pointer stands in its place, the question that was asked is the one that is repeated.
  constexpr std::size_t kHead = 12;
  constexpr std::size_t kOpt = 11;
  const std::string_view section = std::string_view(*question).substr(kHead, question->size() - kHead - kOpt);
  require(dns::is_reply_to(bytes, *question) == bytes.substr(kHead).starts_with(section));
  check_follow(*reply, {reply->asked, reply->type});
  for (const dns::Record& record : reply->answers)
    check_follow(*reply, {record.name, dns::Type::a});
}

void check_name(std::string_view bytes) {
  const std::string name(bytes);
  const auto canonical = dns::canonical_name(name);
  const auto question = dns::encode_question({name, dns::Type::mx}, 7, 1232);
  require(canonical.has_value() == question.has_value());
  if (!canonical) return;
  require(is_canonical(*canonical) && dns::encode_question({*canonical, dns::Type::mx}, 7, 1232).has_value());
  // With QR set it would be an answer to itself.
  std::string reply = *question;
  reply[2] = static_cast<char>(0x81);
  require(dns::is_reply_to(reply, *question));
  const auto decoded = dns::decode_reply(reply);
  require(decoded && decoded->id == 7 && dns::canonical_name(decoded->asked).value() == *canonical);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  check_reply(bytes);
  check_name(bytes);
  dns::is_reply_to(bytes.substr(size / 2), bytes.substr(0, size / 2));
  return 0;
}
