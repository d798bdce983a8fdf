#include "rules/auth/results.h"

#include <fmt/format.h>

#include <utility>

#include "proto/base/text.h"
#include "proto/mail/address.h"

namespace xspamd::auth {

namespace {

std::string client_of(const Envelope& envelope) {
  return envelope.client ? envelope.client->to_string() : "the client";
}

// In a sentence of an end user.
std::string spf_comment(const SpfOutcome& spf, const Envelope& envelope) {
  if (!spf.problem.empty()) return spf.problem;
  const std::string client = client_of(envelope);
  const std::string domain = printable(spf.domain);
  switch (spf.result) {
    case SpfResult::pass:
      return spf.plus_all ? fmt::format("{} lets everyone send its mail", domain)
                          : fmt::format("{} may send mail of {}", client, domain);
    case SpfResult::fail:
      return fmt::format("{} may not send mail of {}", client, domain);
    case SpfResult::softfail:
      return fmt::format("{} thinks that {} may not send its mail", domain, client);
    case SpfResult::neutral:
      return fmt::format("{} does not say whether {} may send its mail", domain, client);
    default:
      return domain.empty() ? "" : fmt::format("{} does not say who may send its mail", domain);
  }
}

// RFC 8601 §2.7.2.
AuthResult spf_result(const SpfOutcome& spf, const Envelope& envelope) {
  AuthResult result{"spf", std::string(name(spf.result)), {}, spf_comment(spf, envelope), {}};
  if (spf.by_helo) {
    result.properties.push_back({"smtp", "helo", envelope.helo});
  } else {
    result.properties.push_back({"smtp", "mailfrom", parse_path(envelope.sender).address()});
  }
  return result;
}

std::string dkim_comment(const DkimOutcome& dkim) {
  if (!dkim.problem.empty()) return dkim.problem;
  std::string comment = dkim.key_bits > 0 ? fmt::format("{}-bit key", dkim.key_bits) : "";
  const auto add = [&comment](std::string_view text) {
    comment += fmt::format("{}{}", comment.empty() ? "" : ", ", text);
  };
  if (dkim.unsigned_bytes > 0) add(fmt::format("{} bytes at the end are not signed", dkim.unsigned_bytes));
  if (dkim.testing) add("the signer is testing");
  return comment;
}

// RFC 8601 §2.7.1, RFC 6008 §3.
AuthResult dkim_result(const DkimOutcome& dkim) {
  AuthResult result{"dkim", std::string(name(dkim.result)), {}, dkim_comment(dkim), {}};
  const std::pair<std::string_view, const std::string&> properties[] = {{"d", dkim.domain},
                                                                        {"i", dkim.identity},
                                                                        {"s", dkim.selector},
                                                                        {"a", dkim.algorithm},
                                                                        {"b", dkim.begin_of_b}};
  for (const auto& [property, value] : properties)
    if (!value.empty()) result.properties.push_back({"header", std::string(property), value});
  return result;
}

std::string dmarc_comment(const DmarcOutcome& dmarc) {
  if (dmarc.result == DmarcResult::none && dmarc.problem.empty()) return "no DMARC record";
  if (dmarc.result != DmarcResult::pass && dmarc.result != DmarcResult::fail) return dmarc.problem;
  std::string comment = fmt::format("p={}", name(dmarc.policy));
  if (dmarc.sampled_out) comment += ", left out by pct";
  if (!dmarc.problem.empty()) comment += ", " + dmarc.problem;
  if (!dmarc.trusted_sealer.empty())
    comment += fmt::format(", but {} vouches for it", printable(dmarc.trusted_sealer));
  return comment;
}

// RFC 7489 §11.1 and §11.2; policy.dmarc is what is to be done. A failure that may be for lack of DNS is none
// (§6.6.2).
AuthResult dmarc_result(const DmarcOutcome& dmarc) {
  const DmarcResult said = dmarc.unknown ? DmarcResult::temperror : dmarc.result;
  AuthResult result{"dmarc", std::string(name(said)), {}, dmarc_comment(dmarc), {}};
  if (!dmarc.domain.empty()) result.properties.push_back({"header", "from", dmarc.domain});
  if (said == DmarcResult::pass || said == DmarcResult::fail)
    result.properties.push_back({"policy", "dmarc", std::string(name(applied_policy(dmarc)))});
  return result;
}

// RFC 8617 §6 and §10.1; what a chain is that could not be checked has no name there.
AuthResult arc_result(const ArcOutcome& arc, const Envelope& envelope) {
  AuthResult result{"arc", std::string(name(arc.result)), {}, arc.problem, {}};
  if (arc.result == ArcResult::pass && !arc.sealers.empty())
    result.comment = fmt::format("{} seals, the newest of {}", arc.sealers.size(), arc.sealers.back());
  if (envelope.client) result.properties.push_back({"smtp", "remote-ip", envelope.client->to_string()});
  return result;
}

}  // namespace

AuthenticationResults results_of(const Facts& facts, const Envelope& envelope, std::string_view server) {
  AuthenticationResults all;
  all.server = server;
  auto& results = all.results;
  if (facts.spf) results.push_back(spf_result(*facts.spf, envelope));
  for (const DkimOutcome& dkim : facts.dkim)
    results.push_back(dkim_result(dkim));
  if (facts.dkim_checked && facts.dkim.empty())
    results.push_back({"dkim", "none", {}, "the message is not signed", {}});
  if (facts.dmarc) results.push_back(dmarc_result(*facts.dmarc));
  if (facts.arc && facts.arc->result != ArcResult::temperror)
    results.push_back(arc_result(*facts.arc, envelope));
  return all;
}

}  // namespace xspamd::auth
