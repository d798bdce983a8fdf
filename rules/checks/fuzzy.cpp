// Near copies of mail that was reported or added by a command: its text by shingles, short texts and attached
// files as they stand. The points of a symbol grow with the weight of what is alike, times how much alike it
// is, and are whole from full_weight on; weights fade (learn.fuzzy_expiry). Nothing is asked of anybody but
// the store, and while nothing was ever learned next to nothing of that.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "proto/base/hex.h"
#include "rules/checks/own_mail.h"
#include "rules/fuzzy/memory.h"
#include "rules/io_runner.h"
#include "rules/scan.h"

namespace xspamd {

namespace {

using fuzzy::Match;

// As in rspamd 3.4.
constexpr std::array<Symbol, 3> kSymbols{
    {{"FUZZY_DENIED", Points{12'000}, "The message is like one that was reported as spam"},
     {"FUZZY_PROB", Points{5000}, "The message is like one that was added as probable spam"},
     {"FUZZY_WHITE", Points{-2100}, "The message is like one that was reported as no spam"}}};

constexpr std::chrono::seconds kPatience{1};  // with the store
constexpr std::chrono::seconds kEmptyFor{5};  // as long an empty store is not asked again
constexpr std::size_t kMostOptions = 4;
constexpr std::size_t kShownId = 5;      // bytes
constexpr double kLeastStrength = 0.01;  // that is told

// Of the store, as the last scan that asked it has found it. Loop thread.
struct Seen {
  bool is_empty = false;
  std::chrono::sys_seconds at{};

  bool is_empty_at(std::chrono::sys_seconds now) const {
    return is_empty && now >= at && now < at + kEmptyFor;
  }
};

struct Options {
  OwnMail own;
  double full_weight = 0;
  bool images = false;
  std::chrono::seconds lifetime{};
  std::shared_ptr<Seen> seen = std::make_shared<Seen>();
};

std::string option_of(const Match& match) {
  return fmt::format("{}:{}:{:.2f}:{}", static_cast<int>(match.record.flag),
                     hex(std::string_view(match.id).substr(0, kShownId)), match.share, name(match.kind));
}

// The matches of one flag, by their share.
void tell_flag(const Options& options, FuzzyFlag flag, const std::vector<Match>& matches, Scan& scan) {
  double weight = 0;
  std::vector<std::string> shown;
  for (const Match& match : matches) {
    if (match.record.flag != flag) continue;
    weight += match.share * fuzzy::weight_at(match.record, scan.mail.now, options.lifetime);
    if (shown.size() < kMostOptions) shown.push_back(option_of(match));
  }
  const double strength = std::min(weight / options.full_weight, 1.0);
  if (strength < kLeastStrength) return;
  const auto number = static_cast<std::size_t>(flag);
  scan.note(fmt::format("fuzzy: {}: weight {:.1f} of {:.1f}", name(flag), weight, options.full_weight));
  scan.add(kSymbols[number - 1].name, std::move(shown), strength);
}

std::vector<fuzzy::Digest> digests_of(const Mail& mail, bool images) {
  auto digests = fuzzy::digests_of(mail.message);
  if (!images)
    std::erase_if(digests, [](const fuzzy::Digest& digest) { return digest.kind == fuzzy::Kind::image; });
  return digests;
}

Task<void> run(std::shared_ptr<const Options> options, Scan& scan) {
  const std::shared_ptr<Store> store = scan.memory().store;
  if (!store || options->own.is_spared(scan.mail.request.envelope)) co_return;
  if (options->seen->is_empty_at(scan.mail.now)) co_return;
  auto job = [&mail = scan.mail, images = options->images] {
    return digests_of(mail, images);
  };
  auto digests = co_await on_pool(scan.pool(), std::move(job));
  if (digests.empty()) co_return;
  const Deadline deadline = std::min(scan.deadline, Clock::now() + kPatience);
  const auto found = co_await fuzzy::find(*store, std::move(digests), deadline);
  if (!found) {
    scan.store_failed.insert("fuzzy");
    co_return;
  }
  *options->seen = {found->is_empty, scan.mail.now};
  for (const FuzzyFlag flag : {FuzzyFlag::denied, FuzzyFlag::probable, FuzzyFlag::white})
    tell_flag(*options, flag, found->matches, scan);
}

Result<Runner> make(conf::Section& section, Services& services) {
  auto options = std::make_shared<Options>();
  options->own = read_own_mail(section, services);
  options->full_weight = section.get(
      "full_weight", 10.0, "Weight of what a message is like from which on its symbol counts whole");
  if (!(options->full_weight >= 1 && options->full_weight <= FuzzyOrder::kMostWeight))
    return fail(Errc::invalid, fmt::format("full_weight is {}: expected 1 to {}", options->full_weight,
                                           FuzzyOrder::kMostWeight));
  options->images = section.get("images", false, "Also look at attached images, which may be logos");
  options->lifetime = std::chrono::ceil<std::chrono::seconds>(services.config.learn.fuzzy_expiry);
  return io_runner(run, std::move(options));
}

}  // namespace

extern const Check fuzzy_check;
const Check fuzzy_check{.name = "fuzzy",
                        .group = "fuzzy",
                        .about = "Near copies of mail that was reported as spam or as no spam",
                        .phase = Phase::scan,
                        .after = {},
                        .symbols = kSymbols,
                        .make = make};

}  // namespace xspamd
