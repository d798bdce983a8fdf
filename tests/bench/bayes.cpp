// How well and how fast Bayes tells spam from ham: the product's combination beside Robinson-Fisher and naive
// Bayes on the same tokens.
//   xspamd_bayes_bench FOLDER [WINDOW] [--choose]
// FOLDER holds ham/ and spam/, a message a file. Files in the order of their paths, the even ones are part a,
// the odd ones part b: learns a, tests b. --choose: part a alone, cut in the same way, for choosing between
// forms.
#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <random>
#include <set>

#include "proto/base/text.h"
#include "proto/mail/message.h"
#include "rules/bayes/classify.h"
#include "rules/bayes/token_table.h"
#include "rules/bayes/tokens.h"

using namespace xspamd;

namespace {

using Tokens = std::vector<std::uint64_t>;

double seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

struct Read {
  std::unique_ptr<const Message> message;
  Request request;
  Origin origin;
};

struct Corpus {
  std::vector<Read> read;
  std::vector<Tokens> ham[2];  // of parts a and b
  std::vector<Tokens> spam[2];
  std::size_t bytes = 0;
};

std::vector<std::string> files_of(const std::string& folder) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

void load(Corpus& corpus, const std::string& folder, std::vector<Tokens>* parts, const TokenLimits& limits) {
  const Suffixes suffixes;
  std::size_t number = 0;
  for (const std::string& path : files_of(folder)) {
    std::ifstream file(path, std::ios::binary);
    Read& read = corpus.read.emplace_back();
    read.message = parse_message({std::istreambuf_iterator<char>(file), {}}, Limits{}, suffixes);
    read.request.dialect = Dialect::spamc;  // without an envelope: the topmost Received tells it
    read.origin = find_origin(read.request, *read.message, {});
    corpus.bytes += read.message->raw().size();
    const Mail mail{read.request, *read.message, read.origin};
    parts[number++ % 2].push_back(bayes_tokens(mail, limits));
  }
}

// What was learned.
struct Learned {
  TokenTable table{10'000'000};
  LearnedTotals totals;

  void learn(const Tokens& tokens, bool spam) {
    for (const std::uint64_t token : tokens)
      table.add(token, spam ? 0 : 1, spam ? 1 : 0);
    ++(spam ? totals.spam : totals.ham);
  }
};

using Score = std::function<double(const Tokens&, const std::vector<TokenCounts>&, const LearnedTotals&)>;

double product(const Tokens& tokens, const std::vector<TokenCounts>& counts, const LearnedTotals& totals) {
  return classify(tokens, counts, totals).log_odds;
}

// G. Robinson, "A Statistical Approach to the Spam Problem" (2003): the 150 tokens that are farthest from
// 0.5, and chi-square of both hypotheses; here the difference of their logarithms, which does not saturate.
double log_chi_square(double half, std::size_t half_freedom) {
  double term = -half;
  double sum = 1;
  double largest = term;
  for (std::size_t i = 1; i < half_freedom; ++i) {
    term += std::log(half / static_cast<double>(i));
    sum = term > largest ? sum * std::exp(largest - term) + 1 : sum + std::exp(term - largest);
    largest = std::max(largest, term);
  }
  return largest + std::log(sum);
}

double robinson_fisher(const Tokens&, const std::vector<TokenCounts>& counts, const LearnedTotals& totals) {
  std::vector<double> odds;
  for (const TokenCounts& count : counts) {
    const double one = count == TokenCounts{} ? 0 : token_log_odds(count, totals);
    if (std::abs(one) > 0.4) odds.push_back(one);  // beyond 0.4 to 0.6
  }
  const auto farther = [](double a, double b) {
    return std::abs(a) > std::abs(b);
  };
  std::sort(odds.begin(), odds.end(), farther);
  odds.resize(std::min<std::size_t>(odds.size(), 150));
  if (odds.empty()) return 0;
  double spam = 0;
  double ham = 0;
  for (const double one : odds) {
    spam += std::log1p(std::exp(-one));
    ham += std::log1p(std::exp(one));
  }
  return log_chi_square(spam, odds.size()) - log_chi_square(ham, odds.size());
}

double naive_bayes(const Tokens&, const std::vector<TokenCounts>& counts, const LearnedTotals& totals) {
  double sum = 0;
  for (const TokenCounts& count : counts)
    sum += count == TokenCounts{} ? 0 : token_log_odds(count, totals);
  return sum;
}

struct Form {
  std::string_view name;
  Score score;
};

std::vector<double> scores_of(const Form& form, const Learned& learned, const std::vector<Tokens>& messages) {
  std::vector<double> scores;
  const TokenTable::View view = learned.table.view();
  for (const Tokens& tokens : messages)
    scores.push_back(form.score(tokens, view.counts(tokens), learned.totals));
  std::sort(scores.begin(), scores.end());
  return scores;
}

double share_above(const std::vector<double>& sorted, double bound) {
  const auto above = sorted.end() - std::upper_bound(sorted.begin(), sorted.end(), bound);
  return static_cast<double>(above) / static_cast<double>(sorted.size());
}

// The share of spam above what only `alarms` of the ham is above.
double caught(const std::vector<double>& ham, const std::vector<double>& spam, double alarms) {
  const auto place = static_cast<std::size_t>(static_cast<double>(ham.size()) * (1 - alarms));
  return share_above(spam, ham[std::min(place, ham.size() - 1)]);
}

// AUC: how often a spam is above a ham.
double area(const std::vector<double>& ham, const std::vector<double>& spam) {
  double sum = 0;
  for (const double score : spam) {
    const auto [first, last] = std::equal_range(ham.begin(), ham.end(), score);
    sum += static_cast<double>((first - ham.begin()) + (last - ham.begin())) / 2;
  }
  return sum / static_cast<double>(ham.size() * spam.size());
}

struct Trial {
  std::string name;
  std::size_t ham = 0, spam = 0;  // learned at most
};

void run(const Trial& trial, const Corpus& corpus, const std::vector<Form>& forms) {
  Learned learned;
  std::mt19937 random(1);
  std::vector<Tokens> ham = corpus.ham[0];
  std::vector<Tokens> spam = corpus.spam[0];
  std::shuffle(ham.begin(), ham.end(), random);
  std::shuffle(spam.begin(), spam.end(), random);
  for (std::size_t i = 0; i < std::min(trial.ham, ham.size()); ++i)
    learned.learn(ham[i], false);
  for (std::size_t i = 0; i < std::min(trial.spam, spam.size()); ++i)
    learned.learn(spam[i], true);
  for (const Form& form : forms) {
    const std::vector<double> h = scores_of(form, learned, corpus.ham[1]);
    const std::vector<double> s = scores_of(form, learned, corpus.spam[1]);
    fmt::print("| {} | {} | {:.4f} | {:.1f} | {:.1f} | {:.1f} | {:.1f} | {:.1f} |\n", trial.name, form.name,
               area(h, s), 100 * caught(h, s, 0.001), 100 * caught(h, s, 0.005), 100 * caught(h, s, 0.01),
               100 * share_above(h, 0), 100 * (1 - share_above(s, 0)));
  }
}

// Part a alone, its even files for learning.
void keep_part_a(std::vector<Tokens>* parts) {
  std::vector<Tokens> all = std::move(parts[0]);
  parts[0].clear();
  parts[1].clear();
  for (std::size_t i = 0; i < all.size(); ++i)
    parts[i % 2].push_back(std::move(all[i]));
}

std::vector<Trial> trials(const Corpus& corpus) {
  const std::size_t ham = corpus.ham[0].size();
  const std::size_t spam = corpus.spam[0].size();
  std::vector<Trial> list;
  for (const std::size_t each : {50, 200, 1000})
    list.push_back({fmt::format("{} + {}", std::min(each, ham), std::min(each, spam)), each, each});
  list.push_back({fmt::format("all: {} + {}", ham, spam), ham, spam});
  list.push_back({fmt::format("10 : 1, {} + {}", ham, ham / 10), ham, ham / 10});
  list.push_back({fmt::format("1 : 10, {} + {}", spam / 10, spam), spam / 10, spam});
  return list;
}

void show_probabilities(const Corpus& corpus) {
  Learned learned;
  for (const Tokens& tokens : corpus.ham[0])
    learned.learn(tokens, false);
  for (const Tokens& tokens : corpus.spam[0])
    learned.learn(tokens, true);
  fmt::print("\n| probability at least | % of ham | % of spam |\n|---|---|---|\n");
  const Form form{"", [](const Tokens& tokens, const auto& counts, const LearnedTotals& totals) {
                    return classify(tokens, counts, totals).probability;
                  }};
  const std::vector<double> ham = scores_of(form, learned, corpus.ham[1]);
  const std::vector<double> spam = scores_of(form, learned, corpus.spam[1]);
  for (const double bound : {0.01, 0.05, 0.1, 0.3, 0.5, 0.7, 0.9, 0.95, 0.99, 0.999})
    fmt::print("| {} | {:.1f} | {:.1f} |\n", bound, 100 * share_above(ham, bound),
               100 * share_above(spam, bound));
}

// Processor time of one thread; the best of some rounds.
template <class Work>
double microseconds(std::size_t count, Work work) {
  double best = 1e9;
  for (int round = 0; round < 5; ++round) {
    const double began = seconds();
    for (std::size_t i = 0; i < count; ++i)
      work(i);
    best = std::min(best, seconds() - began);
  }
  return best * 1e6 / static_cast<double>(count);
}

void show_speed(const Corpus& corpus, const TokenLimits& limits) {
  constexpr std::size_t kTokens = 1'000'000;
  Learned learned;
  learned.table.reserve(kTokens);
  std::vector<Tokens> all;
  std::size_t sum = 0;
  for (const auto* parts : {corpus.ham, corpus.spam}) {
    for (int part = 0; part < 2; ++part)
      all.insert(all.end(), parts[part].begin(), parts[part].end());
  }
  for (std::size_t i = 0; i < all.size(); i += 2)
    learned.learn(all[i], i % 4 == 0);
  std::mt19937_64 random(1);
  while (learned.table.size() < kTokens)
    learned.table.add(random() | 1, 1, 0);
  double known = 0;
  const double tokens = microseconds(corpus.read.size(), [&](std::size_t i) {
    const Read& read = corpus.read[i];
    sum += bayes_tokens({read.request, *read.message, read.origin}, limits).size();
  });
  const double look_up =
      microseconds(all.size(), [&](std::size_t i) { sum += learned.table.view().counts(all[i]).size(); });
  const double both = microseconds(all.size(), [&](std::size_t i) {
    known += classify(all[i], learned.table.view().counts(all[i]), learned.totals).log_odds;
  });
  fmt::print("\n{} messages of {} bytes, {} tokens each; {} tokens in {:.1f} MB ({})\n", corpus.read.size(),
             corpus.bytes / corpus.read.size(), sum / corpus.read.size() / 10, learned.table.size(),
             static_cast<double>(learned.table.bytes()) / 1e6, known > 0);
  fmt::print("µs a message: tokens {:.1f}, look-up {:.1f}, look-up and classification {:.1f}\n", tokens,
             look_up, both);
}

// How many tokens the table gets with the messages that are learned, ham and spam as they are mixed.
void show_growth(const Corpus& corpus) {
  std::vector<const Tokens*> all;
  for (const auto* parts : {corpus.ham, corpus.spam}) {
    for (int part = 0; part < 2; ++part)
      for (const Tokens& tokens : parts[part])
        all.push_back(&tokens);
  }
  std::mt19937 random(1);
  std::shuffle(all.begin(), all.end(), random);
  std::set<std::uint64_t> seen;
  fmt::print("\n| learned | tokens stored |\n|---|---|\n");
  for (std::size_t i = 0; i < all.size(); ++i) {
    seen.insert(all[i]->begin(), all[i]->end());
    const std::size_t learned = i + 1;
    if ((learned & (learned - 1)) == 0 || learned == all.size()) {
      if (learned > 200) fmt::print("| {} | {} |\n", learned, seen.size());
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  TokenLimits limits;
  bool choose = false;
  for (int i = 2; i < argc; ++i) {
    const auto window = parse_unsigned(argv[i]);
    if (window) limits.window = static_cast<unsigned>(*window);
    choose = choose || std::string_view(argv[i]) == "--choose";
  }
  if (argc < 2 || !std::filesystem::is_directory(std::string(argv[1]) + "/spam")) {
    fmt::print(stderr, "usage: xspamd_bayes_bench FOLDER [WINDOW] [--choose]: FOLDER holds ham/ and spam/\n");
    return 64;
  }
  Corpus corpus;
  load(corpus, std::string(argv[1]) + "/ham", corpus.ham, limits);
  load(corpus, std::string(argv[1]) + "/spam", corpus.spam, limits);
  if (choose) keep_part_a(corpus.ham);
  if (choose) keep_part_a(corpus.spam);
  const std::vector<Form> forms{
      {"groups", product}, {"Robinson-Fisher", robinson_fisher}, {"naive Bayes", naive_bayes}};
  fmt::print(
      "| learned: ham + spam | form | AUC | % caught at 0.1 % | 0.5 % | 1 % | % of ham above 0 | % of spam "
      "below |\n|---|---|---|---|---|---|---|---|\n");
  for (const Trial& trial : trials(corpus))
    run(trial, corpus, forms);
  show_probabilities(corpus);
  show_growth(corpus);
  show_speed(corpus, limits);
  return 0;
}
