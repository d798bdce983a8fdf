// The statistical classifier: how much the message is like those that were taught as spam and as ham. Says
// nothing before enough of both was learned, nor where it is not sure.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "rules/bayes/tokens.h"
#include "rules/io_runner.h"
#include "rules/scan.h"

namespace xspamd {

namespace {

constexpr std::array<Symbol, 3> kSymbols{
    {{"BAYES_SPAM", Points{5100}, "The message is like those that were taught as spam"},
     {"BAYES_HAM", Points{-3000}, "The message is like those that were taught as ham"},
     {"BAYES_UNTRAINED", Points{}, "Too few messages were taught for the statistical classifier to speak"}}};

struct Options {
  std::uint64_t min_learns = kEnoughLearned;
  std::size_t min_tokens = 0;
  double min_strength = 0;
  std::size_t deciding = 0;
};

struct Judged {
  Classification is;
  std::vector<std::string> deciding;  // "text: free..money 2.31", for the trace
};

// Pool thread.
Judged judge(const Mail& mail, const TokenTable::View& view, const LearnedTotals& totals,
             const Options& options) {
  const auto tokens = bayes_tokens(mail);
  const auto counts = view.counts(tokens);
  Judged judged{classify(tokens, counts, totals, options.deciding), {}};
  if (judged.is.deciding.empty()) return judged;
  const auto names = bayes_token_names(mail);
  for (const DecidingToken& token : judged.is.deciding) {
    if (token.index < names.size())
      judged.deciding.push_back(fmt::format("{} {:+.2f}", names[token.index], token.log_odds));
  }
  return judged;
}

// As rspamd shows it: the probability of the class that is told.
std::string percent(double probability) {
  return fmt::format("{:.2f}%", std::min(probability, 0.9999) * 100);
}

void tell(const Options& options, const Judged& judged, Scan& scan) {
  const double p = judged.is.probability;
  scan.note(fmt::format("bayes: probability of spam {:.4f}, {} tokens known", p, judged.is.known));
  for (const std::string& token : judged.deciding)
    scan.note("bayes: " + token);
  const double strength = std::abs(p - 0.5) * 2;
  if (judged.is.known < options.min_tokens || strength < options.min_strength) return;
  if (p > 0.5) {
    scan.add("BAYES_SPAM", {percent(p)}, strength);
  } else {
    scan.add("BAYES_HAM", {percent(1 - p)}, strength);
  }
}

Task<void> run(std::shared_ptr<const Options> options, Scan& scan) {
  const auto bayes = scan.memory().bayes;
  if (!bayes) co_return;
  if (!bayes->ready()) {
    if (bayes->state() == BayesMemory::State::failed) {
      scan.store_failed.insert("bayes");
    } else {
      scan.unsure.insert({"BAYES_SPAM", "BAYES_HAM"});
      scan.add("BAYES_UNTRAINED", {"being loaded"});
    }
    co_return;
  }
  const LearnedTotals totals = bayes->totals();
  if (!is_trained(totals, options->min_learns)) {
    const auto least = std::min(totals.ham, totals.spam);
    scan.add("BAYES_UNTRAINED", {fmt::format("{} of {}", least, options->min_learns)});
    co_return;
  }
  auto job = [&mail = scan.mail, view = bayes->view(), totals, options] {
    return judge(mail, view, totals, *options);
  };
  const Judged judged = co_await on_pool(scan.pool(), std::move(job));
  tell(*options, judged, scan);
}

Result<Runner> make(conf::Section& section, Services&) {
  auto options = std::make_shared<Options>();
  options->min_learns =
      section.get("min_learns", kEnoughLearned, "Messages of each class that must have been taught");
  options->min_tokens =
      section.get("min_tokens", std::size_t{11}, "Known words and other signs that a message must have");
  options->min_strength = section.get(
      "min_strength", 0.1, "How far from undecided the probability must be: 0 undecided, 1 certain");
  options->deciding =
      section.get("deciding", std::size_t{0}, "How many deciding words `scan --verbose` shows");
  return io_runner(run, std::move(options));
}

}  // namespace

extern const Check bayes_check;
const Check bayes_check{.name = "bayes",
                        .group = "statistics",
                        .about = "The statistical classifier: likeness to taught mail",
                        .phase = Phase::scan,
                        .after = {},
                        .symbols = kSymbols,
                        .make = make};

}  // namespace xspamd
