#include "rules/auth/dkim.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "proto/base/text.h"
#include "proto/mail/message.h"
#include "rules/auth/body_hash.h"
#include "rules/auth/dkim_key.h"
#include "rules/auth/dkim_reading.h"
#include "rules/auth/rsa_key.h"
#include "rules/io/ask_all.h"

namespace xspamd::auth {

namespace {

// RFC 8301 §3.2: verifiers handle 1,024 to 4,096 bits. Longer ones are refused, and so are exponents that
// nobody uses: a verification costs the exponent's bits times the square of the modulus.
constexpr std::size_t kMostKeyBits = 4'096;
constexpr std::size_t kMostExponentBits = 32;
// RFC 6376 §3.6.2.2: there is one record, and what several mean is left open. These are tried.
constexpr std::size_t kMostRecords = 5;

void end(DkimOutcome& outcome, DkimResult result, std::string problem) {
  outcome.result = result;
  outcome.problem = std::move(problem);
}

std::string_view domain_of(std::string_view identity) {
  return identity.substr(identity.rfind('@') + 1);
}

// What makes a key of no use for a signature; empty if nothing does (§6.1.2).
std::string find_mismatch(const DkimSignature& signature, const DkimKey& key) {
  if (signature.is_sha1 ? !key.takes_sha1 : !key.takes_sha256)
    return "the key is not for the hash of the signature";
  if (signature.is_ed25519 != key.is_ed25519) return "the key is of another kind than the signature";
  if (key.strict && domain_of(signature.outcome.identity) != signature.outcome.domain)
    return "the key is not for subdomains, and i= is in one";
  return {};
}

// §6.1.3, steps 2 to 4.
void compare(DkimOutcome& outcome, const DkimSignature& signature, bool verified) {
  if (signature.body_differs) {
    end(outcome, DkimResult::fail, "the body is not what was signed");
  } else if (!verified) {
    end(outcome, DkimResult::fail, "the header is not what was signed, or the key is another one");
  } else {
    end(outcome, DkimResult::pass, "");
  }
}

void check_rsa(DkimOutcome& outcome, const DkimSignature& signature, const DkimKey& key,
               std::size_t least_bits) {
  const auto numbers = parse_rsa_key(key.bytes);
  if (!numbers) return end(outcome, DkimResult::permerror, "p= is no RSA key");
  outcome.key_bits = numbers->modulus_bits();
  if (outcome.key_bits < least_bits)
    return end(outcome, DkimResult::policy, fmt::format("the key has only {} bits", outcome.key_bits));
  if (outcome.key_bits > kMostKeyBits || numbers->exponent_bits() > kMostExponentBits)
    return end(outcome, DkimResult::policy, fmt::format("the key of {} bits is too large", outcome.key_bits));
  const Hash hash = signature.is_sha1 ? Hash::sha1 : Hash::sha256;
  compare(outcome, signature,
          !signature.body_differs && verify_rsa(*numbers, hash, signature.header_hash, signature.signature));
}

// RFC 8463 §3: what is signed is the hash, as a message.
void check_ed25519(DkimOutcome& outcome, const DkimSignature& signature, const DkimKey& key) {
  constexpr std::size_t kKeyBytes = 32;
  if (key.bytes.size() != kKeyBytes) return end(outcome, DkimResult::permerror, "p= is no Ed25519 key");
  outcome.key_bits = kKeyBytes * 8;
  compare(outcome, signature,
          !signature.body_differs && verify_ed25519(key.bytes, signature.header_hash, signature.signature));
}

DkimOutcome check_record(const DkimSignature& signature, std::string_view record,
                         const DkimOptions& options) {
  DkimOutcome outcome = signature.outcome;
  const auto key = parse_dkim_key(record);
  if (!key) {
    end(outcome, DkimResult::permerror, fmt::format("its key: {}", key.error().sentence));
    return outcome;
  }
  outcome.testing = key->testing;
  if (std::string mismatch = find_mismatch(signature, *key); !mismatch.empty()) {
    end(outcome, DkimResult::permerror, std::move(mismatch));
  } else if (key->is_ed25519) {
    check_ed25519(outcome, signature, *key);
  } else {
    check_rsa(outcome, signature, *key, options.min_key_bits);
  }
  return outcome;
}

// Of several records the one that says most: what verifies, else what was tried, else a key.
int rank(DkimResult result) {
  switch (result) {
    case DkimResult::pass:
      return 3;
    case DkimResult::fail:
      return 2;
    case DkimResult::policy:
      return 1;
    default:
      return 0;
  }
}

}  // namespace

std::string_view name(DkimResult result) {
  constexpr std::string_view kNames[] = {"pass", "fail", "neutral", "policy", "temperror", "permerror"};
  return kNames[static_cast<std::size_t>(result)];
}

std::vector<DkimSignature> read_dkim(const Message& message, const DkimOptions& options) {
  auto fields = message.all("DKIM-Signature");
  if (fields.size() > options.signatures) fields.resize(options.signatures);
  if (fields.empty()) return {};
  return SignatureReader(message, options).read(fields, SignatureKind::dkim);
}

DkimOutcome check_signature(const DkimSignature& signature, const DnsAnswer& keys,
                            const DkimOptions& options) {
  DkimOutcome outcome = signature.outcome;
  if (keys.unknown()) {
    end(outcome, DkimResult::temperror,
        fmt::format("TXT of {} could not be learned: {}", signature.key_name, printable(keys.why)));
    return outcome;
  }
  end(outcome, DkimResult::permerror, fmt::format("there is no key at {}", signature.key_name));
  // The order of the DNS is chance.
  std::vector<std::string_view> records(keys.texts.begin(), keys.texts.end());
  std::sort(records.begin(), records.end());
  if (records.size() > kMostRecords) records.resize(kMostRecords);
  int best = -1;
  for (const std::string_view record : records) {
    DkimOutcome next = check_record(signature, record, options);
    if (rank(next.result) <= best) continue;
    best = rank(next.result);
    outcome = std::move(next);
  }
  return outcome;
}

Task<std::vector<DkimOutcome>> verify_dkim(Dns& dns, std::vector<DkimSignature> signatures,
                                           DkimOptions options, Deadline deadline) {
  std::vector<dns::Question> questions;
  for (const DkimSignature& signature : signatures)
    if (!signature.done) questions.push_back({signature.key_name, dns::Type::txt});
  const auto replies = co_await ask_all(dns, std::move(questions), deadline);
  std::vector<DkimOutcome> outcomes;
  auto reply = replies.begin();
  for (DkimSignature& signature : signatures) {
    if (signature.done) {
      outcomes.push_back(std::move(signature.outcome));
    } else {
      outcomes.push_back(check_signature(signature, **reply++, options));
    }
  }
  co_return outcomes;
}

}  // namespace xspamd::auth
