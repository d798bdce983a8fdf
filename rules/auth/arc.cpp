#include "rules/auth/arc.h"

#include <fmt/format.h>

#include <utility>

#include "proto/mail/header.h"
#include "rules/auth/arc_chain.h"
#include "rules/auth/canonicalization.h"
#include "rules/auth/crypto.h"
#include "rules/auth/dkim_reading.h"
#include "rules/io/ask_all.h"
#include "rules/io/turn.h"

namespace xspamd::auth {

namespace {

void end(ArcOutcome& outcome, ArcResult result, std::string problem) {
  outcome.result = result;
  outcome.problem = std::move(problem);
}

// §5.1.1: a seal signs all sets up to its own, in their order, and of each the results, the message signature
// and the seal; so what one seal signs is what the next one begins with.
std::vector<DkimSignature> hash_seals(const std::vector<ArcSet>& sets, char line_end) {
  constexpr Canonicalization kForm = Canonicalization::relaxed;
  std::vector<DkimSignature> seals;
  Digest digest(Hash::sha256);
  Funnel funnel([&](std::string_view piece) { digest.add(piece); });
  for (const ArcSet& set : sets) {
    put_field(funnel, kForm, *set.results, line_end);
    put_field(funnel, kForm, *set.message, line_end);
    funnel.flush();
    Digest own(digest);
    Funnel rest([&](std::string_view piece) { own.add(piece); });
    put_signature_field(rest, kForm, *set.seal, set.seal_tags.raw_signature, line_end);
    rest.flush();
    seals.push_back(signature_of(set.seal_tags));
    seals.back().header_hash = own.finish();
    put_field(funnel, kForm, *set.seal, line_end);
  }
  return seals;
}

// §5.2, step 4, but for the key.
void read_message_signature(ArcChain& chain, const Message& message, const ArcSet& newest,
                            const DkimOptions& options) {
  const SignatureReader reader(message, options);
  chain.message = reader.read({newest.message}, SignatureKind::arc_message).front();
  chain.done = chain.message.done || chain.message.body_differs;
  if (!chain.done) return;
  chain.outcome.malformed = chain.message.done;
  const std::string why =
      chain.message.done ? chain.message.outcome.problem : "the body is not what was signed";
  end(chain.outcome, ArcResult::fail, fmt::format("the message signature: {}", why));
}

void describe(const ArcSets& found, ArcOutcome& outcome) {
  outcome.instances = found.sets.size();
  for (const ArcSet& set : found.sets)
    if (!set.seal_tags.domain.empty()) outcome.sealers.push_back(set.seal_tags.domain);
  const ArcSet& newest = found.sets.back();
  outcome.selector = newest.seal_tags.selector;
  if (newest.results != nullptr)
    outcome.results = parse_authentication_results(mail::unfold(newest.results->value));
}

}  // namespace

std::string_view name(ArcResult result) {
  constexpr std::string_view kNames[] = {"none", "pass", "fail", "temperror"};
  return kNames[static_cast<std::size_t>(result)];
}

std::shared_ptr<const ArcChain> read_arc(const Message& message, const DkimOptions& options) {
  auto chain = std::make_shared<ArcChain>();
  const ArcSets found = find_arc_sets(message);
  chain->done = true;
  if (found.sets.empty()) return chain;
  describe(found, chain->outcome);
  chain->outcome.malformed = found.malformed;
  if (!found.problem.empty()) {
    end(chain->outcome, ArcResult::fail, found.problem);
    return chain;
  }
  read_message_signature(*chain, message, found.sets.back(), options);
  if (!chain->done) chain->seals = hash_seals(found.sets, line_end_of(message.raw()));
  return chain;
}

// §5.2, steps 4 to 6: the newest message signature, then the seals from the newest on. A signature that is
// wrong decides even where the DNS fails for another one.
Task<ArcOutcome> verify_arc(Dns& dns, std::shared_ptr<const ArcChain> chain, DkimOptions options,
                            Deadline deadline) {
  constexpr std::size_t kAtOnce = 8;  // signatures on the loop before others have their turn
  ArcOutcome outcome = chain->outcome;
  if (chain->done) co_return outcome;
  std::vector<const DkimSignature*> signatures{&chain->message};
  for (auto seal = chain->seals.rbegin(); seal != chain->seals.rend(); ++seal)
    signatures.push_back(&*seal);
  std::vector<dns::Question> questions;
  for (const DkimSignature* signature : signatures)
    questions.push_back({signature->key_name, dns::Type::txt});
  const auto replies = co_await ask_all(dns, std::move(questions), deadline);
  outcome.result = ArcResult::pass;
  for (std::size_t i = 0; i < signatures.size(); ++i) {
    if (i % kAtOnce == kAtOnce - 1) {
      co_await next_turn();
    }
    const DkimOutcome checked = check_signature(*signatures[i], *replies[i], options);
    if (checked.result == DkimResult::pass) continue;
    const std::string whose =
        i == 0 ? "the message signature" : fmt::format("the seal of instance {}", signatures.size() - i);
    const std::string problem = fmt::format("{}: {}", whose, checked.problem);
    if (checked.result != DkimResult::temperror) {
      end(outcome, ArcResult::fail, problem);
      break;
    }
    if (outcome.result == ArcResult::pass) end(outcome, ArcResult::temperror, problem);
  }
  co_return outcome;
}

}  // namespace xspamd::auth
