// The command `bayes-import`: what SpamAssassin or another xspamd learned, into the store, also while the
// server runs.
#include <fmt/format.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <exception>

#include "proto/base/text.h"
#include "rules/learn/bayes_memory.h"
#include "rules/store/open.h"
#include "server/bayes_import.h"
#include "server/commands.h"
#include "server/privileges.h"
#include "server/run_alone.h"

namespace xspamd {

namespace {

using Format = BackupReader::Format;

constexpr std::array<Argument, 2> kArguments{
    {{"FILE", Argument::Kind::list, "Written by sa-learn --backup or by bayes-export; - is standard input"},
     {"--replace", Argument::Kind::flag,
      "Forget first: with SpamAssassin's what was imported before, with ours all that was learned"}}};

int complain(std::string_view sentence, int status) {
  fmt::print(stderr, "xspamd: {}\n", sentence);
  return status;
}

Task<> run_import(Store& store, BayesImport& import, Result<BayesImported>& result) {
  result = co_await import_bayes(store, import);
}

Result<BayesImported> import_into(const conf::Config& config, BayesImport& import) {
  if (config.store_url.starts_with("memory:"))
    return fail(Errc::invalid,
                "store.url: a memory: store ends with its process, so nothing can be imported into it; "
                "sqlite:/path keeps it");
  if (const auto became = become_server(config.server); !became) return tl::unexpected<Error>(became.error());
  asio::io_context loop;
  const OpenedStore opened = open_store(config.store_url, loop.get_executor());
  if (!opened.warning.empty()) return fail(Errc::unavailable, opened.warning);
  Result<BayesImported> result;
  run_alone(loop, run_import(*opened.store, import, result));
  return result;
}

// What there is, and what of it cannot be taken.
void tell_what_comes(const BackupSurvey& survey) {
  const bool own = survey.format() == Format::own;
  fmt::print("{}: {} words and signs of {} ham and {} spam messages\n",
             own ? "an export of xspamd" : "a backup of SpamAssassin", survey.tokens(), survey.totals().ham,
             survey.totals().spam);
  if (survey.left_out() > 0)
    fmt::print("{} of them, those that the fewest messages had, stay out: at most {} are kept\n",
               survey.left_out(), BayesMemory::kMostTokens);
  if (!own && survey.messages() > 0)
    fmt::print("the {} messages that SpamAssassin remembers can be taught again, and count again then\n",
               survey.messages());
  std::fflush(stdout);
}

void tell_result(const BayesImported& imported, const BackupSurvey& survey) {
  if (imported.forgotten > 0) fmt::print("{} words and signs forgotten first\n", imported.forgotten);
  if (imported.twice > 0)
    fmt::print(
        "{} of {} messages had been learned here too and count twice now; --replace forgets what was "
        "there first\n",
        imported.twice, survey.messages());
  fmt::print("imported {} words and signs\n", imported.tokens);
  if (survey.format() == Format::spamassassin && !is_trained(survey.totals()))
    fmt::print("it speaks from {} messages of each class on (checks.bayes.min_learns)\n", kEnoughLearned);
}

int run(const Options& options) {
  const auto files = options.arguments.list("FILE");
  if (files.size() != 1) return complain("bayes-import takes one FILE; - is standard input", kUsage);
  const auto loaded = load_plan(options);
  if (const int* status = std::get_if<int>(&loaded)) return *status;
  const conf::Config& config = std::get<std::shared_ptr<const Plan>>(loaded)->config;
  // Before the rights of root go: the file may be root's.
  auto source = BackupSource::open(files.front());
  if (!source) return complain(source.error().sentence, kProblem);
  auto survey = BackupSurvey::of(*source, BayesMemory::kMostTokens);
  if (!survey) return complain(survey.error().sentence, kProblem);
  tell_what_comes(*survey);
  BayesImport import{*source, std::move(*survey), options.arguments.flag("--replace"), {}, {}};
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  import.expires = now + std::chrono::ceil<std::chrono::seconds>(config.learn.token_expiry);
  import.progress = [taken = import.survey.taken()](std::uint64_t written) {
    fmt::print(stderr, "{} of {} written\n", written, taken);
};
const auto imported = import_into(config, import);
if (!imported) return complain(imported.error().sentence, kProblem);
tell_result(*imported, import.survey);
return kFine;
}  // namespace

}  // namespace xspamd

extern const Subcommand bayes_import_command;
const Subcommand bayes_import_command{
    .name = "bayes-import",
    .about = "Put what SpamAssassin or another xspamd learned into the store",
    .arguments = kArguments,
    .run = run};

}  // namespace xspamd
