// DKIM and ARC on any bytes. The lines before the first empty one are the TXT records that every question is
// answered with ("?": it cannot be learned), the rest is the message. Tag lists, key records and DER are read
// alone too. What is hashed is compared with the plain reading of the standard, and does not depend on how
// lines end.
#include <algorithm>
#include <cstdint>

#include "proto/base/text.h"
#include "proto/mail/encoding.h"
#include "rules/auth/arc_chain.h"
#include "rules/auth/body_hash.h"
#include "rules/auth/dkim_key.h"
#include "rules/auth/dkim_reading.h"
#include "rules/auth/rsa_key.h"
#include "tests/fuzz/require.h"
#include "tests/support/canonical_reference.h"
#include "tests/support/parsing.h"
#include "tests/support/run_task.h"

using namespace xspamd;
using namespace xspamd::auth;

namespace {

bool inside(std::string_view part, std::string_view whole) {
  return part.empty() ||
         (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

class SameDns final : public Dns {
 public:
  explicit SameDns(const std::vector<std::string_view>& records) {
    auto answer = std::make_shared<DnsAnswer>();
    answer->texts.assign(records.begin(), records.end());
    const bool lost = std::find(records.begin(), records.end(), "?") != records.end();
    answer->status = lost              ? DnsAnswer::Status::unknown
                     : records.empty() ? DnsAnswer::Status::no_name
                                       : DnsAnswer::Status::found;
    if (lost) answer->texts.clear();
    answer_ = std::move(answer);
  }

  Task<DnsReply> ask(dns::Question question, Deadline) override {
    require(dns::canonical_name(question.name) == question.name);
    ++asked;
    co_return answer_;
  }
  std::chrono::milliseconds budget() const override { return {}; }

  std::size_t asked = 0;

 private:
  DnsReply answer_;
};

DkimOptions options() {
  DkimOptions options;
  options.allow_sha1 = true;
  options.min_key_bits = 512;
  options.now = std::chrono::sys_seconds(std::chrono::seconds(1795348800));
  return options;
}

void check_tags(std::string_view text) {
  const auto tags = parse_tag_list(text);
  if (!tags) {
    require(!tags.error().sentence.empty() && is_utf8(tags.error().sentence));
    return;
  }
  std::string again;
  for (const Tag& tag : *tags) {
    require(inside(tag.name, text) && inside(tag.value, tag.raw) && inside(tag.raw, text));
    require(find_tag(*tags, tag.name) == &tag);
    again += std::string(tag.name) + " = " + std::string(tag.value) + " ;";
    const auto bytes = parse_base64(tag.value);
    require(!bytes || bytes->size() <= tag.value.size());
    const auto unquoted = parse_quoted_printable(tag.value);
    require(!unquoted || unquoted->size() <= tag.value.size());
  }
  const auto same = parse_tag_list(again);
  require(same && same->size() == tags->size());
}

void check_key(std::string_view record) {
  const auto key = parse_dkim_key(record);
  require(key || !key.error().sentence.empty());
  for (const std::string& der : {key ? key->bytes : std::string(), std::string(record)}) {
    const auto numbers = parse_rsa_key(der);
    if (!numbers) continue;
    require(inside(numbers->modulus, der) && inside(numbers->exponent, der));
    require(numbers->modulus_bits() > 0 && numbers->modulus_bits() <= der.size() * 8);
  }
}

std::string canonical(Canonicalization form, const Field& field) {
  std::string text;
  Funnel funnel([&](std::string_view piece) { text += piece; });
  put_field(funnel, form, field, '\n');
  funnel.flush();
  return text;
}

// Only for messages whose lines LFs end: of others the reference knows nothing.
void check_forms(const Message& message) {
  for (const Canonicalization form : {Canonicalization::simple, Canonicalization::relaxed}) {
    for (const Field& field : message.fields())
      require(canonical(form, field) == test::canonical_field(form, field));
    const std::string body = test::canonical_body(form, message.body());
    BodyHash hashes[] = {{form, Hash::sha256, BodyHash::kWhole, {}, 0},
                         {form, Hash::sha256, body.size() / 2, {}, 0},
                         {form, Hash::sha256, body.size() + 1, {}, 0}};
    hash_body(message.body(), '\n', hashes);
    Digest whole(Hash::sha256), half(Hash::sha256);
    whole.add(body);
    half.add(std::string_view(body).substr(0, body.size() / 2));
    require(hashes[0].digest == whole.finish() && hashes[0].size == body.size());
    require(hashes[1].digest == half.finish() && hashes[2].digest.empty());
  }
}

// §5.4.2 and §3.7 of RFC 6376, without an index.
std::string header_hash(const Message& message, const SignatureTags& tags, const Field& own) {
  std::vector<const Field*> left;
  for (const Field& field : message.fields())
    if (&field != &own) left.push_back(&field);
  std::string text;
  for (const std::string_view name : tags.names) {
    const auto found = std::find_if(left.rbegin(), left.rend(),
                                    [&](const Field* field) { return iequals(field->name, name); });
    if (found == left.rend()) continue;
    text += test::canonical_field(tags.header_form, **found);
    left.erase(std::next(found).base());
  }
  std::string raw(own.raw());
  raw.erase(static_cast<std::size_t>(tags.raw_signature.data() - own.name.data()), tags.raw_signature.size());
  const std::string_view all = raw;
  const std::size_t value_at = own.raw().size() - own.value.size();
  text += test::canonical_field(tags.header_form, {all.substr(0, own.name.size()), all.substr(value_at)});
  text.resize(text.size() - 2);
  Digest digest(tags.hash);
  digest.add(text);
  return digest.finish();
}

void check_signatures(const Message& message, const std::vector<DkimSignature>& signatures) {
  const auto fields = message.all("DKIM-Signature");
  for (std::size_t i = 0; i < signatures.size(); ++i) {
    const DkimSignature& signature = signatures[i];
    require(signature.done == !signature.outcome.problem.empty());
    if (signature.done) continue;
    const auto tags = parse_signature(fields[i]->value, SignatureKind::dkim);
    require(tags.problem.empty() && inside(tags.raw_signature, fields[i]->value));
    require(signature.header_hash == header_hash(message, tags, *fields[i]));
  }
}

void check_outcome(const DkimOutcome& outcome) {
  require((outcome.result == DkimResult::pass) == outcome.problem.empty() && is_utf8(outcome.problem));
  require(is_utf8(outcome.identity) && is_utf8(outcome.begin_of_b) && !name(outcome.result).empty());
  require(outcome.result != DkimResult::pass || outcome.identity.ends_with(outcome.domain));
  for (const char c : outcome.domain + outcome.selector)
    require(c > ' ' && c <= '~' && to_lower(c) == c);
}

// The results, as text.
std::string judge(const Message& message, const std::vector<std::string_view>& records) {
  SameDns dns(records);
  auto signatures = read_dkim(message, options());
  require(signatures.size() <= options().signatures);
  if (line_end_of(message.raw()) == '\n') check_signatures(message, signatures);
  const auto outcomes = test::run_task(verify_dkim(dns, std::move(signatures), options(), Deadline::max()));
  require(dns.asked <= options().signatures);
  std::string text;
  for (const DkimOutcome& outcome : outcomes) {
    check_outcome(outcome);
    text += std::string(name(outcome.result)) + " " + outcome.problem + "\n";
  }
  const auto arc = test::run_task(verify_arc(dns, read_arc(message, options()), options(), Deadline::max()));
  const bool failed = arc.result == ArcResult::fail || arc.result == ArcResult::temperror;
  require(failed == !arc.problem.empty() && is_utf8(arc.problem) && arc.instances <= 51);
  require(arc.result != ArcResult::pass || (arc.sealers.size() == arc.instances && arc.results));
  return text + std::string(name(arc.result)) + " " + arc.problem;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  std::vector<std::string_view> records;
  while (!bytes.empty()) {
    const std::string_view line = bytes.substr(0, bytes.find('\n'));
    bytes.remove_prefix(std::min(line.size() + 1, bytes.size()));
    if (line.empty()) break;
    check_key(line);
    check_tags(line);
    records.push_back(line);
  }
  const auto message = test::parsed(std::string(bytes));
  for (const Field& field : message->fields())
    check_tags(field.value);
  if (line_end_of(bytes) == '\n') check_forms(*message);
  const std::string results = judge(*message, records);
  if (bytes.find('\r') != std::string_view::npos) return 0;
  std::string other = test::with_crlf(bytes);
  require(judge(*test::parsed(other), records) == results);
  return 0;
}
