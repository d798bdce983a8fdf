// Bayes tokens of any message, and what the classifier makes of any counts: limits hold, tokens are distinct
// and have names, reading twice gives the same, and a probability is one.
#include <cmath>
#include <cstdint>
#include <set>

#include "proto/mail/message.h"
#include "rules/bayes/classify.h"
#include "rules/bayes/token_set.h"
#include "rules/bayes/token_table.h"
#include "rules/bayes/tokens.h"
#include "tests/fuzz/require.h"
#include "tests/support/parsing.h"

using namespace xspamd;

namespace {

// Small, so that small inputs reach them.
TokenLimits limits() {
  TokenLimits limits;
  limits.words = 200;
  limits.hidden_words = 20;
  limits.subject_words = 10;
  limits.fields = 20;
  limits.tags = 30;
  limits.tokens = 600;
  limits.window = 4;
  return limits;
}

void check_tokens(const std::vector<std::uint64_t>& tokens) {
  require(tokens.size() <= limits().tokens);
  require(std::set<std::uint64_t>(tokens.begin(), tokens.end()).size() == tokens.size());
  for (const std::uint64_t token : tokens)
    require(bayes::group_index(token) >= static_cast<std::size_t>(bayes::TokenGroup::words) &&
            bayes::group_index(token) <= static_cast<std::size_t>(bayes::TokenGroup::shape));
}

// Counts and totals that the input chooses.
void check_classifier(const std::vector<std::uint64_t>& tokens, const std::string& bytes) {
  const auto number = [&](std::size_t i) {
    const auto byte = static_cast<unsigned char>(bytes[i % bytes.size()]);
    return std::uint32_t{byte} << (byte % 25);
  };
  if (bytes.empty()) return;
  TokenTable table(500);
  for (std::size_t i = 0; i < tokens.size(); ++i)
    table.add(tokens[i], number(i), number(2 * i + 1));
  require(table.size() <= 500);
  const auto counts = table.view().counts(tokens);
  const Classification result = classify(tokens, counts, {number(3), number(5)}, 10);
  require(result.probability >= 0 && result.probability <= 1 && std::isfinite(result.log_odds));
  require(result.deciding.size() <= 10);
  for (const DecidingToken& token : result.deciding)
    require(token.index < tokens.size() && std::isfinite(token.share));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const auto message = parse_message(bytes, Limits{}, test::suffixes());
  Request request;
  request.dialect = Dialect::spamc;
  const Origin origin = find_origin(request, *message, {});
  const Mail mail{request, *message, origin};
  const std::vector<std::uint64_t> tokens = bayes_tokens(mail, limits());
  check_tokens(tokens);
  require(bayes_tokens(mail, limits()) == tokens);
  require(bayes_token_names(mail, limits()).size() == tokens.size());
  check_classifier(tokens, bytes);
  return 0;
}
