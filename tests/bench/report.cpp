#include "tests/bench/report.h"

#include <fmt/format.h>

#include <algorithm>

namespace xspamd::bench {

namespace {

// The rest of the line that begins with `label`; empty when there is no such line.
std::string_view line_after(std::string_view reply, std::string_view label) {
  std::size_t at = reply.find(label);
  while (at != std::string_view::npos && at != 0 && reply[at - 1] != '\n')
    at = reply.find(label, at + 1);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = reply.substr(at + label.size());
  return rest.substr(0, rest.find_first_of("\r\n"));
}

// "Spam: True ; 5.0 / 5.0" counts as "True"; an empty text is no verdict.
std::string_view verdict_of(Protocol protocol, std::string_view reply) {
  if (protocol != Protocol::spamc) return line_after(reply, "Action: ");
  const std::string_view spam = line_after(reply, "Spam: ");
  return spam.substr(0, spam.find(' '));
}

}  // namespace

void Report::add(Protocol protocol, std::string_view reply, std::size_t size, Time took) {
  ++done_;
  const std::string_view verdict = verdict_of(protocol, reply);
  if (verdict.empty()) {
    const std::string_view first = reply.substr(0, reply.find_first_of("\r\n"));
    ++seen_[first.empty() ? "no reply" : "no verdict: " + std::string(first)];
    return;
  }
  ++seen_[std::string(verdict)];
  latencies_.push_back(took);
  bytes_ += size;
}

double Report::milliseconds_at(double part) const {
  if (latencies_.empty()) return 0;
  const auto place = static_cast<std::size_t>(part * static_cast<double>(latencies_.size()));
  return latencies_[std::min(place, latencies_.size() - 1)].count() * 1000;
}

std::string Report::text(Time wall, Time own_cpu) {
  std::sort(latencies_.begin(), latencies_.end());
  const auto good = static_cast<double>(latencies_.size());
  std::string text = fmt::format("messages={}\nerrors={}\nseconds={:.3f}\n", done_, errors(), wall.count());
  text += fmt::format("messages_per_second={:.1f}\nmegabytes_per_second={:.2f}\n", good / wall.count(),
                      static_cast<double>(bytes_) / wall.count() / 1e6);
  text += fmt::format("p50_ms={:.2f}\np90_ms={:.2f}\np99_ms={:.2f}\nmax_ms={:.2f}\n", milliseconds_at(0.5),
                      milliseconds_at(0.9), milliseconds_at(0.99), milliseconds_at(1));
  text += fmt::format("own_cpu_ms_per_message={:.3f}\n",
                      own_cpu.count() * 1000 / static_cast<double>(std::max<std::size_t>(done_, 1)));
  for (const auto& [what, count] : seen_)
    text += fmt::format("seen {} {}\n", count, what);
  return text;
}

}  // namespace xspamd::bench
