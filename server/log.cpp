#include "server/log.h"

#include <fmt/format.h>
#include <spdlog/async.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/syslog_sink.h>
#include <spdlog/spdlog.h>
#include <syslog.h>

#include <array>
#include <cstdlib>

#include "proto/base/text.h"

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

// Syslog and the journal stamp lines themselves.
const char* pattern_for(std::string_view format, bool stamped) {
  if (format == "spamd") return stamped ? "%c [%P] %l: %v" : "%v";
  if (format == "json") return R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l",%v})";
  return stamped ? "%Y-%m-%d %H:%M:%S.%e %l %v" : "%v";
}

// Throws spdlog's exception when the file cannot be opened.
spdlog::sink_ptr sink_for(const conf::Log& settings) {
  const std::string& format = settings.format;
  spdlog::sink_ptr sink;
  if (settings.target == "syslog") {
    const std::string program = format == "spamd" ? format : "xspamd";
    sink = std::make_shared<spdlog::sinks::syslog_sink_mt>(program, LOG_PID, LOG_MAIL, true);
    sink->set_pattern(pattern_for(format, false));
  } else if (settings.target.starts_with(kFilePrefix)) {
    const std::string path = settings.target.substr(kFilePrefix.size());
    sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(path);
    sink->set_pattern(pattern_for(format, true));
  } else {
    const bool journal = std::getenv("JOURNAL_STREAM") != nullptr;
    sink = std::make_shared<StderrSink>(journal);
    sink->set_pattern(pattern_for(format, !journal));
  }
  return sink;
}

}  // namespace

LogLine::LogLine(Format format, std::string_view event) : format_(format) {
  constexpr std::size_t kUsualLine = 1024;
  text_.reserve(kUsualLine);
  text_ += is_json() ? "\"event\":" + quoted(event) : std::string(event);
}

LogLine& LogLine::raw(std::string_view key, std::string_view value) {
  text_ += is_json() ? ",\"" : " ";
  text_ += key;
  text_ += is_json() ? "\":" : "=";
  text_ += value;
  return *this;
}

LogLine& LogLine::word(std::string_view key, std::string_view word) {
  if (is_json()) return raw(key, quoted(word));
  return raw(key, word.empty() ? "-" : word);
}

LogLine& LogLine::number(std::string_view key, std::string_view number) {
  return raw(key, number);
}

LogLine& LogLine::untrusted(std::string_view key, std::string_view text) {
  if (text.empty() && !is_json()) return raw(key, "-");
  return raw(key, quoted(text));
}

struct Log::Impl {
  std::shared_ptr<spdlog::details::thread_pool> pool;  // empty in direct mode
  std::shared_ptr<spdlog::logger> logger;
  bool json = false;

  // On failure nothing has changed.
  Result<void> open(const conf::Log& settings) {
    std::shared_ptr<spdlog::logger> next;
    try {
      spdlog::sink_ptr sink = sink_for(settings);
      if (pool) {
        constexpr auto kDropOldest = spdlog::async_overflow_policy::overrun_oldest;
        next = std::make_shared<spdlog::async_logger>("xspamd", std::move(sink), pool, kDropOldest);
      } else {
        next = std::make_shared<spdlog::logger>("xspamd", std::move(sink));
      }
    } catch (const spdlog::spdlog_ex& problem) {
      return fail(Errc::unavailable, fmt::format("log.target {}: {}", settings.target, problem.what()));
    }
    next->set_level(level_named(settings.level));
    next->flush_on(spdlog::level::info);
    // Lines in the queue hold the logger that they were written to.
    logger = std::move(next);
    json = settings.format == "json";
    return {};
  }
};

Log::Log(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Log::~Log() {
  impl_->logger->flush();
  impl_->logger.reset();
  impl_->pool.reset();  // waits for the queue to empty
}

Result<std::unique_ptr<Log>> Log::open(const conf::Log& settings, Mode mode) {
  auto impl = std::make_unique<Impl>();
  if (mode == Mode::queued) impl->pool = std::make_shared<spdlog::details::thread_pool>(kQueuedLines, 1);
  if (const auto opened = impl->open(settings); !opened) return tl::unexpected(opened.error());
  return std::unique_ptr<Log>(new Log(std::move(impl)));
}

Result<void> Log::reopen(const conf::Log& settings) {
  return impl_->open(settings);
}

void Log::write(Level level, std::string_view line) {
  const std::string json = impl_->json ? fmt::format("\"message\":{}", quoted(line)) : std::string();
  const std::string_view text = impl_->json ? std::string_view(json) : line;
  impl_->logger->log(level_of(level), spdlog::string_view_t(text.data(), text.size()));
}

LogLine Log::line(std::string_view event) const {
  return {impl_->json ? LogLine::Format::json : LogLine::Format::text, event};
}

void Log::write(Level level, const LogLine& line) {
  impl_->logger->log(level_of(level), spdlog::string_view_t(line.text().data(), line.text().size()));
}

bool Log::shows_debug() const {
  return impl_->logger->should_log(spdlog::level::debug);
}

std::size_t Log::dropped() const {
  return impl_->pool ? impl_->pool->overrun_counter() : 0;
}

}  // namespace xspamd
