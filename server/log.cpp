#include "server/log.h"

#include <fmt/format.h>
#include <spdlog/async.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/syslog_sink.h>
#include <spdlog/spdlog.h>

#include <array>
#include <cstdlib>

namespace xspamd {

namespace {

constexpr std::size_t kQueuedLines = 8192;
constexpr std::string_view kFilePrefix = "file:";

// spdlog's own stderr sinks want a console; this one writes whole lines and knows the journal's prefixes.
class StderrSink : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit StderrSink(bool journal) : journal_(journal) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    if (journal_) {
      const std::string prefix = fmt::format("<{}>", priority(message.level));
      line.append(prefix.data(), prefix.data() + prefix.size());
    }
    formatter_->format(message, line);
    std::fwrite(line.data(), 1, line.size(), stderr);
  }
  void flush_() override { std::fflush(stderr); }

 private:
  static int priority(spdlog::level::level_enum level) {
    if (level >= spdlog::level::err) return 3;
    if (level == spdlog::level::warn) return 4;
    return level == spdlog::level::info ? 6 : 7;
  }
  bool journal_;
};

spdlog::level::level_enum level_of(Log::Level level) {
  constexpr std::array kLevels{spdlog::level::err, spdlog::level::warn, spdlog::level::info,
                               spdlog::level::debug};
  return kLevels[static_cast<std::size_t>(level)];
}

spdlog::level::level_enum level_named(std::string_view name) {
  if (name == "error") return spdlog::level::err;
  if (name == "warning") return spdlog::level::warn;
  return name == "debug" ? spdlog::level::debug : spdlog::level::info;
}

// Throws spdlog's exception when the file cannot be opened.
spdlog::sink_ptr sink_for(const std::string& target) {
  constexpr const char* kStamped = "%Y-%m-%d %H:%M:%S.%e %l %v";
  spdlog::sink_ptr sink;
  if (target == "syslog") {
    sink = std::make_shared<spdlog::sinks::syslog_sink_mt>("xspamd", 1 /* LOG_PID */, 2 << 3 /* LOG_MAIL */,
                                                           true);
    sink->set_pattern("%v");
  } else if (target.starts_with(kFilePrefix)) {
    sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(target.substr(kFilePrefix.size()));
    sink->set_pattern(kStamped);
  } else {
    const bool journal = std::getenv("JOURNAL_STREAM") != nullptr;
    sink = std::make_shared<StderrSink>(journal);
    sink->set_pattern(journal ? "%v" : kStamped);
  }
  return sink;
}

}  // namespace

struct Log::Impl {
  std::shared_ptr<spdlog::details::thread_pool> pool;  // empty in direct mode
  std::shared_ptr<spdlog::logger> logger;
};

Log::Log(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Log::~Log() {
  impl_->logger->flush();
  impl_->logger.reset();
  impl_->pool.reset();  // waits for the queue to empty
}

Result<std::unique_ptr<Log>> Log::open(const conf::Log& settings, Mode mode) {
  auto impl = std::make_unique<Impl>();
  try {
    const spdlog::sink_ptr sink = sink_for(settings.target);
    if (mode == Mode::queued) {
      impl->pool = std::make_shared<spdlog::details::thread_pool>(kQueuedLines, 1);
      impl->logger = std::make_shared<spdlog::async_logger>("xspamd", sink, impl->pool,
                                                            spdlog::async_overflow_policy::overrun_oldest);
    } else {
      impl->logger = std::make_shared<spdlog::logger>("xspamd", sink);
    }
  } catch (const spdlog::spdlog_ex& problem) {
    return fail(Errc::unavailable, fmt::format("log.target {}: {}", settings.target, problem.what()));
  }
  impl->logger->set_level(level_named(settings.level));
  impl->logger->flush_on(spdlog::level::info);
  return std::unique_ptr<Log>(new Log(std::move(impl)));
}

void Log::write(Level level, std::string_view line) {
  impl_->logger->log(level_of(level), spdlog::string_view_t(line.data(), line.size()));
}

bool Log::shows_debug() const {
  return impl_->logger->should_log(spdlog::level::debug);
}

std::size_t Log::dropped() const {
  return impl_->pool ? impl_->pool->overrun_counter() : 0;
}

}  // namespace xspamd
