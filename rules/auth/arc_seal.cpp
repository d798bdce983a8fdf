#include "rules/auth/arc_seal.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "proto/base/text.h"
#include "rules/auth/arc_chain.h"
#include "rules/auth/new_field.h"

namespace xspamd::auth {

namespace {

constexpr std::size_t kMostSets = 50;  // §4.2.1

// What the seals say that are there, in whatever order.
struct Seals {
  std::size_t newest = 0;  // the highest i=
  bool given_up = false;   // one says cv=fail
};

Seals look_at_seals(const Message& message) {
  Seals seals;
  auto fields = message.all("ARC-Seal");
  fields.resize(std::min(fields.size(), kMostSets + 1));
  for (const Field* field : fields) {
    const SignatureTags tags = parse_signature(field->value, SignatureKind::arc_seal);
    seals.newest = std::max(seals.newest, static_cast<std::size_t>(tags.instance));
    seals.given_up = seals.given_up || tags.chain == "fail";
  }
  return seals;
}

Result<std::size_t> next_instance(const Message& message, const ArcOutcome& chain) {
  if (chain.result == ArcResult::temperror)
    return fail(Errc::unavailable, fmt::format("the ARC chain could not be checked: {}", chain.problem));
  const Seals seals = look_at_seals(message);
  // §5.1.2: nobody behind can learn more from it.
  if (seals.given_up)
    return fail(Errc::invalid, "a seal of the message says cv=fail: such a chain is at its end");
  const std::size_t last = std::max(chain.instances, seals.newest);
  if (last >= kMostSets)
    return fail(Errc::limit,
                fmt::format("the message has {} ARC sets already, {} are allowed", last, kMostSets));
  return last + 1;
}

// §4.1.1, folded as the text is.
std::string results_field(std::size_t instance, std::string_view results, std::string_view line_end) {
  std::string text = fmt::format("ARC-Authentication-Results: i={}; ", instance);
  for (const char c : trim(results)) {
    if (c == '\n') {
      text += line_end;
    } else if (c != '\r') {
      text += c;
    }
  }
  text += line_end;
  return text;
}

// §4.1.2: DKIM signatures that are there are covered as well. A chain does not expire in parts.
SignOptions options_for_message(const SignOptions& options) {
  SignOptions more = options;
  more.headers.push_back({"dkim-signature", SignedName::Over::never});
  more.expires = {};
  return more;
}

// §5.1.1: all sets in their order; of a broken chain none but the new one (§5.1.2).
Result<std::vector<ArcSet>> sets_to_seal(const Message& message, const ArcOutcome& chain) {
  if (chain.result == ArcResult::fail) return std::vector<ArcSet>();
  ArcSets found = find_arc_sets(message);
  if (!found.problem.empty() || found.sets.size() != chain.instances)
    return fail(Errc::invalid, "the ARC chain of the message is not the one that was checked");
  return std::move(found.sets);
}

// The seal of these sets and, behind them, the new one.
Result<std::string> make_seal(TagWriter writer, const std::vector<ArcSet>& before, const ArcSetText& set,
                              char line_end, const SigningKey& key) {
  constexpr Canonicalization kForm = Canonicalization::relaxed;
  Digest digest(Hash::sha256);
  Funnel funnel([&](std::string_view piece) { digest.add(piece); });
  for (const ArcSet& each : before) {
    for (const Field* field : {each.results, each.message, each.seal})
      put_field(funnel, kForm, *field, line_end);
  }
  NewField(set.results).put(funnel);
  NewField(set.message).put(funnel);
  NewField(writer.text()).put_unsigned(funnel);
  funnel.flush();
  const std::string signature = key.key.sign(digest.finish());
  if (signature.empty()) return fail(Errc::unavailable, "the key is unsound: it signs nothing");
  return writer.finish(signature);
}

}  // namespace

Result<ArcSetText> arc_seal(const Message& message, std::string_view results, const ArcOutcome& chain,
                            const SigningKey& key, const SignOptions& options) {
  if (message.fields().empty()) return fail(Errc::invalid, "the message has no header");
  if (trim(results).empty()) return fail(Errc::invalid, "there are no authentication results to seal");
  const auto instance = next_instance(message, chain);
  if (!instance) return tl::unexpected(instance.error());
  const auto before = sets_to_seal(message, chain);
  if (!before) return tl::unexpected(before.error());
  ArcSetText set;
  set.results = results_field(*instance, results, options.line_end);
  TagWriter signature("ARC-Message-Signature", options.line_end);
  signature.add("i", fmt::to_string(*instance));
  auto made = sign_message(std::move(signature), message, key, options_for_message(options));
  if (!made) return tl::unexpected(made.error());
  set.message = std::move(*made);
  TagWriter seal("ARC-Seal", options.line_end);
  seal.add("i", fmt::to_string(*instance));
  seal.add("a", key.key.algorithm());
  seal.add("cv", name(chain.result));
  seal.add("d", key.domain);
  seal.add("s", key.selector);
  seal.add("t", fmt::to_string(options.now.time_since_epoch().count()));
  seal.begin_signature();
  auto sealed = make_seal(std::move(seal), *before, set, line_end_of(message.raw()), key);
  if (!sealed) return tl::unexpected(sealed.error());
  set.seal = std::move(*sealed);
  return set;
}

}  // namespace xspamd::auth
