#include "rules/auth/arc_chain.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "proto/base/text.h"
#include "proto/mail/lexical.h"
#include "rules/auth/tag_list.h"

namespace xspamd::auth {

namespace {

constexpr std::size_t kMostSets = 50;  // §4.2.1

void skip_comments(std::string_view& text) {
  text = text.substr(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  while (text.starts_with('(')) {
    const std::size_t length = mail::comment_length(text);
    if (length == 0) return;
    text.remove_prefix(length);
    text = text.substr(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  }
}

bool accept(std::string_view& text, char c) {
  skip_comments(text);
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

// §4.1.1: "i=1;" stands before the results.
std::optional<int> instance_of_results(std::string_view value) {
  if (!accept(value, 'i') || !accept(value, '=')) return std::nullopt;
  skip_comments(value);
  const auto is_other = [](char c) {
    return !is_digit(c);
  };
  const auto digits =
      static_cast<std::size_t>(std::find_if(value.begin(), value.end(), is_other) - value.begin());
  const auto instance = parse_instance(value.substr(0, digits));
  value.remove_prefix(digits);
  return accept(value, ';') ? instance : std::nullopt;
}

std::optional<int> instance_of_signature(std::string_view value) {
  const auto tags = parse_tag_list(value);
  const Tag* tag = tags ? find_tag(*tags, "i") : nullptr;
  return tag != nullptr ? parse_instance(tag->value) : std::nullopt;
}

// Puts the fields of one name at their places; tells what is wrong with one, empty if nothing is.
std::string place(const std::vector<const Field*>& fields, const Field* ArcSet::*member,
                  std::optional<int> (*instance_of)(std::string_view), std::vector<ArcSet>& sets) {
  for (const Field* field : fields) {
    const auto instance = instance_of(field->value);
    if (!instance) return fmt::format("{} without a sound i=", printable(field->name));
    if (static_cast<std::size_t>(*instance) > sets.size())
      return fmt::format("there is an instance {}, and {} sets", *instance, sets.size());
    const Field*& at = sets[static_cast<std::size_t>(*instance) - 1].*member;
    if (at != nullptr) return fmt::format("instance {} has {} twice", *instance, printable(field->name));
    at = field;
  }
  return {};
}

ArcSets malformed(ArcSets sets, std::string problem) {
  sets.malformed = true;
  sets.problem = std::move(problem);
  return sets;
}

// §5.2, steps 2 and 3: every seal says that the chain before it was sound, and of the first that there was
// none.
ArcSets with_seals_read(ArcSets sets) {
  for (ArcSet& set : sets.sets)
    set.seal_tags = parse_signature(set.seal->value, SignatureKind::arc_seal);
  for (std::size_t instance = sets.sets.size(); instance > 0; --instance) {
    const SignatureTags& seal = sets.sets[instance - 1].seal_tags;
    if (!seal.problem.empty())
      return malformed(std::move(sets), fmt::format("the seal of instance {}: {}", instance, seal.problem));
    if (seal.chain == (instance == 1 ? "none" : "pass")) continue;
    sets.malformed = seal.chain != "fail";
    sets.problem = fmt::format("the seal of instance {} says cv={}", instance, seal.chain);
    break;
  }
  return sets;
}

}  // namespace

ArcSets find_arc_sets(const Message& message) {
  const auto results = message.all("ARC-Authentication-Results");
  const auto signatures = message.all("ARC-Message-Signature");
  const auto seals = message.all("ARC-Seal");
  ArcSets found;
  const std::size_t most = std::max({results.size(), signatures.size(), seals.size()});
  found.sets.resize(std::min(most, kMostSets + 1));
  if (most == 0) return found;
  if (most > kMostSets) return malformed(std::move(found), fmt::format("more than {} sets", kMostSets));
  if (results.size() < most || signatures.size() < most || seals.size() < most)
    return malformed(std::move(found), "the sets are not complete");
  // As many fields of each name as there are sets, each at a place of its own: then all places are filled.
  std::string problem = place(results, &ArcSet::results, instance_of_results, found.sets);
  if (problem.empty()) problem = place(signatures, &ArcSet::message, instance_of_signature, found.sets);
  if (problem.empty()) problem = place(seals, &ArcSet::seal, instance_of_signature, found.sets);
  if (!problem.empty()) return malformed(std::move(found), std::move(problem));
  return with_seals_read(std::move(found));
}

}  // namespace xspamd::auth
