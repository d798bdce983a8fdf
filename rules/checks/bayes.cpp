// The statistical classifier: how much the message is like those that were taught as spam and as ham. Says
// nothing before enough of both was learned, nor where it is not sure. Where users or domains are taught for
// themselves, the recipient's own memory speaks once it knows enough, before that the server's, and before
// that what was imported from SpamAssassin.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "rules/bayes/sa_tokens.h"
#include "rules/bayes/tokens.h"
#include "rules/io_runner.h"
#include "rules/learn/owner.h"
#include "rules/scan.h"

namespace xspamd {

namespace {

constexpr std::array<Symbol, 3> kSymbols{
    {{"BAYES_SPAM", Points{5100}, "The message is like those that were taught as spam"},
     {"BAYES_HAM", Points{-3000}, "The message is like those that were taught as ham"},
     {"BAYES_UNTRAINED", Points{}, "Too few messages were taught for the statistical classifier to speak"}}};

constexpr std::chrono::seconds kPatience{1};  // with the store

struct Options {
  conf::Learn::Per per = conf::Learn::Per::server;
  std::uint64_t min_learns = kEnoughLearned;
  std::size_t min_tokens = 0;
  double min_strength = 0;
  std::size_t deciding = 0;
};

struct Judged {
  Classification is;
  std::vector<std::string> deciding;  // "text: free..money 2.31", for the trace
};

// Whose memory speaks, and of how many messages.
struct Speaker {
  std::string owner;
  LearnedTotals totals;
};

std::vector<std::uint64_t> tokens_of(const Mail& mail, const std::string& owner) {
  const auto tokens = owner == kSpamAssassinOwner ? sa_tokens(mail) : bayes_tokens(mail);
  return scoped(tokens, owner);
}

Judged judge(const Mail& mail, std::span<const std::uint64_t> tokens, std::span<const TokenCounts> counts,
             const Speaker& speaker, const Options& options) {
  const std::size_t deciding = speaker.owner == kSpamAssassinOwner ? 0 : options.deciding;
  Judged judged{classify(tokens, counts, speaker.totals, deciding), {}};
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

void tell_untrained(const Options& options, const std::vector<Speaker>& asked, Scan& scan) {
  const LearnedTotals& totals = asked.front().totals;
  scan.add("BAYES_UNTRAINED",
           {fmt::format("{} of {}", std::min(totals.ham, totals.spam), options.min_learns)});
}

// In the order in which they are heard: the recipient's own, the server's, what was imported.
std::vector<Speaker> possible_speakers(const Options& options, const Mail& mail) {
  std::vector<Speaker> speakers;
  if (std::string owner = owner_of(mail.request, options.per); !owner.empty())
    speakers.push_back({std::move(owner), {}});
  speakers.push_back({"", {}});
  speakers.push_back({std::string(kSpamAssassinOwner), {}});
  return speakers;
}

const Speaker* first_trained(const Options& options, const std::vector<Speaker>& speakers) {
  const auto found = std::find_if(speakers.begin(), speakers.end(), [&](const Speaker& speaker) {
    return is_trained(speaker.totals, options.min_learns);
  });
  return found == speakers.end() ? nullptr : &*found;
}

Task<void> ask_memory(std::shared_ptr<const Options> options, const BayesMemory& bayes, Scan& scan) {
  auto speakers = possible_speakers(*options, scan.mail);
  for (Speaker& speaker : speakers)
    speaker.totals = bayes.totals(speaker.owner);
  const Speaker* speaker = first_trained(*options, speakers);
  if (speaker == nullptr) {
    tell_untrained(*options, speakers, scan);
    co_return;
  }
  auto job = [&mail = scan.mail, view = bayes.view(), speaker, options] {
    const auto tokens = tokens_of(mail, speaker->owner);
    return judge(mail, tokens, view.counts(tokens), *speaker, *options);
  };
  const Judged judged = co_await on_pool(scan.pool(), std::move(job));
  tell(*options, judged, scan);
}

// A store that several servers share: nothing is copied, so that all know the same at once.
Task<void> ask_store(std::shared_ptr<const Options> options, Store& store, BayesMemory& bayes, Scan& scan) {
  const Deadline deadline = std::min(scan.deadline, Clock::now() + kPatience);
  auto speakers = possible_speakers(*options, scan.mail);
  std::vector<StoreKey> keys;
  for (const Speaker& speaker : speakers)
    keys.push_back({Space::total, speaker.owner});
  const auto totals = co_await store.get(std::move(keys), deadline);
  if (!totals) {
    scan.store_failed.insert("bayes");
    co_return;
  }
  for (std::size_t i = 0; i < speakers.size(); ++i) {
    speakers[i].totals = totals_from((*totals)[i]);
    bayes.note_totals(speakers[i].owner, speakers[i].totals);
  }
  const Speaker* speaker = first_trained(*options, speakers);
  if (speaker == nullptr) {
    tell_untrained(*options, speakers, scan);
    co_return;
  }
  auto job = [&mail = scan.mail, speaker] {
    return tokens_of(mail, speaker->owner);
  };
  const auto tokens = co_await on_pool(scan.pool(), std::move(job));
  std::vector<StoreKey> token_keys;
  for (const std::uint64_t token : tokens)
    token_keys.push_back({Space::token, token_id(token)});
  const auto entries = co_await store.get(std::move(token_keys), deadline);
  if (!entries) {
    scan.store_failed.insert("bayes");
    co_return;
  }
  std::vector<TokenCounts> counts;
  for (const auto& entry : *entries)
    counts.push_back(token_counts_from(entry));
  tell(*options, judge(scan.mail, tokens, counts, *speaker, *options), scan);
}

Task<void> run(std::shared_ptr<const Options> options, Scan& scan) {
  const Memory& memory = scan.memory();
  const auto bayes = memory.bayes;
  if (!bayes) co_return;
  if (bayes->ready() && bayes->is_elsewhere()) {
    const auto store = memory.store;
    co_await ask_store(options, *store, *bayes, scan);
  } else if (bayes->ready()) {
    co_await ask_memory(options, *bayes, scan);
  } else if (bayes->state() == BayesMemory::State::failed) {
    scan.store_failed.insert("bayes");
  } else {
    scan.unsure.insert({"BAYES_SPAM", "BAYES_HAM"});
    scan.add("BAYES_UNTRAINED", {"being loaded"});
  }
}

Result<Runner> make(conf::Section& section, Services& services) {
  auto options = std::make_shared<Options>();
  options->per = services.config.learn.per;
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
