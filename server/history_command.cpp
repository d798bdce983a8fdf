// The command `history`: the last verdicts of a server, from its store, also while it runs.
#include "server/history_command.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "proto/base/text.h"
#include "proto/rspamd_json.h"
#include "server/commands.h"
#include "server/look_at_memory.h"
#include "server/privileges.h"
#include "server/run_alone.h"

namespace xspamd {

namespace {

constexpr std::chrono::seconds kPatience{10};  // with the store
constexpr std::size_t kShownSymbols = 5;
constexpr std::size_t kShownAddress = 32;
constexpr double kLatestTime = 253'402'300'799;  // the end of the year 9999

constexpr std::array<Argument, 2> kArguments{
    {{"--json", Argument::Kind::flag, "Print the records as they are kept, one JSON object a line"},
     {"-n", Argument::Kind::text, "Show at most so many, the newest"}}};

// The first bytes of an address, "-" for none.
std::string address(std::string_view text) {
  if (text.empty()) return "-";
  return printable(cut_utf8(text, kShownAddress));
}

std::string recipients(const std::vector<std::string>& all) {
  if (all.empty()) return "-";
  return all.size() == 1 ? address(all[0]) : fmt::format("{}+{}", address(all[0]), all.size() - 1);
}

std::string symbols(const std::vector<HistoryRow::Hit>& hits) {
  std::string text;
  for (std::size_t i = 0; i < std::min(hits.size(), kShownSymbols); ++i)
    text += fmt::format("{}{}({:.2f})", i == 0 ? "" : " ", printable(hits[i].symbol), hits[i].score);
  if (hits.size() > kShownSymbols) text += fmt::format(" and {} more", hits.size() - kShownSymbols);
  return text;
}

Task<> read_records(Store& store, std::size_t most, Result<Store::Rows>& records) {
  Store::Range range{Space::history, ""};
  range.most = most;
  range.newest_first = true;
  const Deadline until = Clock::now() + kPatience;
  records = co_await store.list(std::move(range), until);
}

Result<Store::Rows> read_records(const conf::Config& config, std::size_t most) {
  asio::io_context loop;
  const auto store = look_at_store(config, loop);
  if (!store) return tl::unexpected<Error>(store.error());
  const ActingServer acting(config.server);
  Result<Store::Rows> records;
  run_alone(loop, read_records(**store, most, records));
  return records;
}

int run(const Options& options) {
  const auto loaded = load_plan(options);
  if (const int* status = std::get_if<int>(&loaded)) return *status;
  const conf::Config& config = std::get<std::shared_ptr<const Plan>>(loaded)->config;
  std::size_t most = config.history.entries;
  if (const std::string given = options.arguments.text("-n"); !given.empty()) {
    const auto number = parse_unsigned(given);
    if (!number || *number == 0) {
      fmt::print(stderr, "-n {}: expected a number from 1 on\n", quoted(given));
      return kUsage;
    }
    most = static_cast<std::size_t>(std::min<std::uint64_t>(*number, most));
  }
  const auto records = read_records(config, most);
  if (!records) {
    fmt::print(stderr, "{}\n", records.error().sentence);
    return kProblem;
  }
  const bool as_json = options.arguments.flag("--json");
  if (!as_json) fmt::print("{}\n", history_heading());
  for (const auto& [id, entry] : *records)
    fmt::print("{}\n", as_json ? entry.value : history_line(entry.value));
  return kFine;
}

// One form for the heading and the lines.
struct Columns {
  std::string_view time, action, score, sender, recipient, symbols;
};
std::string line_of(const Columns& columns) {
  return fmt::format("{:<19}  {:<15}  {:>15}  {:<32}  {:<34}  {}", columns.time, columns.action,
                     columns.score, columns.sender, columns.recipient, columns.symbols);
}

}  // namespace

std::string history_heading() {
  return line_of({"time", "action", "score/required", "sender", "recipient", "symbols"});
}

std::string history_line(std::string_view record) {
  const auto row = read_history_row(record);
  if (!row) return "(a record that is no JSON object of a verdict)";
  const double seconds = std::clamp(row->unix_time, 0.0, kLatestTime);
  const std::string time =
      fmt::format("{:%Y-%m-%d %H:%M:%S}", fmt::localtime(static_cast<std::time_t>(seconds)));
  const std::string score = fmt::format("{:.1f}/{:.1f}", row->score, row->required);
  return line_of({time, printable(row->action), score, address(row->sender), recipients(row->recipients),
                  symbols(row->hits)});
}

extern const Subcommand history_command;
const Subcommand history_command{.name = "history",
                                 .about = "Show the last verdicts that the store keeps",
                                 .arguments = kArguments,
                                 .run = run};

}  // namespace xspamd
