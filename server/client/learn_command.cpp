#include "server/client/learn_command.h"

#include <fmt/format.h>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "server/client/console.h"
#include "server/client/exit_status.h"
#include "server/client/file_source.h"
#include "server/client/mail_source.h"
#include "server/client/tally.h"

namespace xspamd::client {

namespace {

class Learner {
 public:
  explicit Learner(LearnOptions options)
      : options_(std::move(options)),
        source_(options_.files, LearnOptions::kMostMessageBytes),
        teller_(options_.tell),
        tally_(options_.tell.lesson) {}

  int run();

 private:
  void work();
  void take(const SourcedMail& mail);
  void stop(const std::string& reason);
  void tell_of_unreadable(const Error& error);
  std::optional<Result<SourcedMail>> next();
  void wait_for_workers();
  void show_progress(const std::optional<std::uint64_t>& of_bytes);
  std::chrono::duration<double> time() const { return Clock::now() - began_; }

  LearnOptions options_;
  MailSource source_;  // under source_mutex_, its bytes_read() excepted
  std::mutex source_mutex_;
  Teller teller_;
  Console console_;
  const Clock::time_point began_ = Clock::now();

  std::mutex mutex_;  // what follows
  std::condition_variable changed_;
  Tally tally_;
  unsigned working_ = 0;
  bool stopped_ = false;
};

std::optional<Result<SourcedMail>> Learner::next() {
  // Whoever reads holds up the others: they would have nothing to send either.
  const std::lock_guard source_lock(source_mutex_);
  {
    const std::lock_guard lock(mutex_);
    if (stopped_) return std::nullopt;
  }
  return source_.next();
}

// Without a server the other messages are not tried.
void Learner::stop(const std::string& reason) {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(stopped_, true)) return;
  }
  console_.trouble(fmt::format("cannot connect to {}: {}", options_.tell.endpoint.text(), reason));
}

void Learner::tell_of_unreadable(const Error& error) {
  console_.trouble(error.sentence);
  const std::lock_guard lock(mutex_);
  tally_.count_unreadable();
}

void Learner::take(const SourcedMail& mail) {
  if (mail.message.too_large) {
    console_.trouble(fmt::format("{}: message {} has {} bytes, over {}, and is skipped", mail.file,
                                 mail.number, mail.message.bytes, LearnOptions::kMostMessageBytes));
    const std::lock_guard lock(mutex_);
    return tally_.count_skipped();
  }
  const Told told = teller_.tell(mail.message.text);
  if (told.outcome == Told::Outcome::unreachable) stop(told.reason);
  if (options_.verbose) {
    console_.result(fmt::format("{} {} {}{}{}", mail.file, mail.number,
                                name(told.outcome, options_.tell.lesson), told.reason.empty() ? "" : ": ",
                                told.reason));
  }
  const std::lock_guard lock(mutex_);
  tally_.count(told);
}

void Learner::work() {
  while (const auto mail = next()) {
    if (*mail)
      take(**mail);
    else
      tell_of_unreadable(mail->error());
  }
  const std::lock_guard lock(mutex_);
  --working_;
  changed_.notify_one();
}

void Learner::show_progress(const std::optional<std::uint64_t>& of_bytes) {
  Progress progress;
  {
    const std::lock_guard lock(mutex_);
    progress.messages = tally_.messages();
  }
  progress.bytes = source_.bytes_read();
  progress.of_bytes = of_bytes;
  progress.time = time();
  console_.progress(progress_line(progress));
}

void Learner::wait_for_workers() {
  constexpr std::chrono::seconds kEvery(1);
  const bool shows = !options_.quiet && Console::is_terminal();
  const auto of_bytes = shows ? size_of_all(options_.files) : std::nullopt;
  const auto ended = [this] {
    return working_ == 0;
  };
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      if (changed_.wait_for(lock, kEvery, ended)) break;
    }
    if (shows) show_progress(of_bytes);
  }
  console_.clear_progress();
}

int Learner::run() {
  if (const auto resolved = teller_.resolve(); !resolved) {
    stop(resolved.error().sentence);
    return kUnavailable;
  }
  working_ = options_.connections;
  {
    std::vector<std::jthread> workers;
    for (unsigned i = 0; i < options_.connections; ++i)
      workers.emplace_back([this] { work(); });
    wait_for_workers();
  }
  for (const std::string& reason : tally_.reasons())
    console_.trouble(reason);
  if (!options_.quiet) console_.result(tally_.summary(time()));
  return tally_.exit_status();
}

}  // namespace

int learn(LearnOptions options) {
  if (options.files.empty()) options.files = {std::string(kStandardInput)};
  return Learner(std::move(options)).run();
}

}  // namespace xspamd::client
