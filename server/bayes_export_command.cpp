// The command `bayes-export`: what was learned, as text that bayes-import reads; also while the server runs.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <memory>
#include <system_error>

#include "rules/bayes/backup.h"
#include "rules/learn/bayes_memory.h"
#include "rules/learn/owner.h"
#include "server/commands.h"
#include "server/look_at_memory.h"
#include "server/privileges.h"
#include "server/run_alone.h"

namespace xspamd {

namespace {

constexpr std::array<Argument, 1> kArguments{
    {{"FILE", Argument::Kind::list, "To write it to; - or nothing is standard output"}}};
constexpr std::chrono::minutes kPatience{5};  // with the store, for each sort of entries

int complain(std::string_view sentence) {
  fmt::print(stderr, "xspamd: {}\n", sentence);
  return kProblem;
}

// Standard output, or a file that takes its name only when all of it is there. Readable by its owner alone:
// it names users.
class Output {
 public:
  static Result<Output> open(std::string file) {
    if (file.empty() || file == "-") return Output({}, stdout);
    const std::string unfinished = file + ".part";
    const int descriptor = ::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    std::FILE* opened = descriptor < 0 ? nullptr : fdopen(descriptor, "wb");
    if (opened == nullptr) return cannot(unfinished);
    return Output(std::move(file), opened);
  }

  void write(std::string_view text) {
    if (std::fwrite(text.data(), 1, text.size(), stream_.get()) != text.size() && error_ == 0) error_ = errno;
  }
  bool failed() const { return error_ != 0; }

  // The name is given here.
  Result<void> finish() {
    if (std::fflush(stream_.get()) != 0 && error_ == 0) error_ = errno;
    if (error_ != 0) {
      errno = error_;
      return cannot(file_.empty() ? "standard output" : file_);
    }
    if (!file_.empty() && std::rename((file_ + ".part").c_str(), file_.c_str()) != 0) return cannot(file_);
    return {};
  }
  void drop() const {
    if (!file_.empty()) unlink((file_ + ".part").c_str());
  }

 private:
  struct Close {
    void operator()(std::FILE* stream) const {
      if (stream != stdout) std::fclose(stream);
    }
  };
  Output(std::string file, std::FILE* stream) : file_(std::move(file)), stream_(stream) {}

  static tl::unexpected<Error> cannot(const std::string& file) {
    const int error = errno;
    return fail(Errc::unavailable,
                fmt::format("{} cannot be written: {}", file, std::generic_category().message(error)));
  }

  std::string file_;
  std::unique_ptr<std::FILE, Close> stream_;
  int error_ = 0;
};

// The line of an entry; empty for what is no knowledge.
std::string line_of(Space space, std::string_view id, const StoreEntry& entry) {
  if (space == Space::token)
    return backup_line(BackupToken{token_from(id), token_counts_from(entry), entry.expires});
  if (space == Space::total) {
    const LearnedTotals totals = totals_from(entry);
    return id == kGenerationId ? std::string()
                               : backup_line(BackupTotals{std::string(id), totals.ham, totals.spam});
  }
  if (entry.value != "spam" && entry.value != "ham") return {};
  return backup_line(BackupMessage{entry.value == "spam", std::string(id), entry.expires});
}

Task<> write_all(Store& store, Output& output, Result<void>& result) {
  output.write(backup_heading());
  for (const Space space : {Space::total, Space::token, Space::learned}) {
    auto each = [space, &output](std::string_view id, const StoreEntry& entry) {
      output.write(line_of(space, id, entry));
      return !output.failed();
    };
    const Deadline until = Clock::now() + kPatience;
    result = co_await store.for_each(space, each, until);
    if (!result) co_return;
  }
}

Result<void> export_to(Output& output, Store& store, asio::io_context& loop) {
  Result<void> result;
  run_alone(loop, write_all(store, output, result));
  return result;
}

int run(const Options& options) {
  const auto files = options.arguments.list("FILE");
  if (files.size() > 1) {
    fmt::print(stderr, "xspamd: bayes-export takes one FILE\n");
    return kUsage;
  }
  const auto loaded = load_plan(options);
  if (const int* status = std::get_if<int>(&loaded)) return *status;
  const conf::Config& config = std::get<std::shared_ptr<const Plan>>(loaded)->config;
  asio::io_context loop;
  const auto store = look_at_store(config, loop);
  if (!store) return complain(store.error().sentence);
  auto output = Output::open(files.empty() ? "-" : files.front());
  if (!output) return complain(output.error().sentence);
  Result<void> done;
  {
    const ActingServer acting(config.server);  // the file alone is the caller's
    done = export_to(*output, **store, loop);
  }
  if (done) done = output->finish();
  if (done) return kFine;
  output->drop();
  return complain(done.error().sentence);
}

}  // namespace

extern const Subcommand bayes_export_command;
const Subcommand bayes_export_command{.name = "bayes-export",
                                      .about = "Write what was learned as text that bayes-import reads",
                                      .arguments = kArguments,
                                      .run = run};

}  // namespace xspamd
