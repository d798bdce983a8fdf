#include "tests/support/rewrite_case.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <stdexcept>

#include "conf/file.h"
#include "proto/base/text.h"
#include "proto/preamble.h"

namespace xspamd::test {

namespace {

constexpr std::size_t kMostBytes = 4 * 1024 * 1024;

std::string bytes_of(const std::filesystem::path& path) {
  auto text = conf::read_file(path.string(), kMostBytes);
  if (!text) throw std::runtime_error(fmt::format("{}: {}", path.string(), text.error().sentence));
  return std::move(*text);
}

void set(RewriteCase& data, std::string_view key, std::string_view value) {
  if (key == "spam") {
    data.spam = value == "yes";
  } else if (key == "report_safe") {
    data.options.report_safe = static_cast<unsigned>(parse_unsigned(value).value());
  } else if (key == "subject") {
    data.options.subject = value;
  } else if (key == "preview") {
    data.options.preview = value;
  } else {
    throw std::runtime_error(fmt::format("{}: {} is no key", data.name, key));
  }
}

RewriteCase read_case(const std::filesystem::path& message) {
  RewriteCase data;
  data.name = message.stem().string();
  data.options.required = Points{6'000};
  data.options.marker = {"xspamd", "1.2.3", "2026-01-02", "mx.example"};
  data.options.now = std::chrono::sys_seconds(std::chrono::seconds(1'793'000'000));
  data.sent = bytes_of(message);
  data.want = bytes_of(std::filesystem::path(message).replace_extension("want"));
  const std::string why = bytes_of(std::filesystem::path(message).replace_extension("why"));
  const std::size_t blank = why.find("\n\n");
  if (blank == std::string::npos) throw std::runtime_error(data.name + ": nothing tells why");
  for (const std::string_view line : split(std::string_view(why).substr(0, blank), '\n')) {
    const std::size_t equals = line.find('=');
    set(data, line.substr(0, equals), line.substr(std::min(equals, line.size() - 1) + 1));
  }
  data.why = trim(why.substr(blank));
  return data;
}

}  // namespace

std::vector<RewriteCase> read_rewrite_cases(const std::string& folder) {
  std::vector<RewriteCase> cases;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".msg") cases.push_back(read_case(entry.path()));
  }
  std::sort(cases.begin(), cases.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return cases;
}

Verdict rewrite_verdict(bool spam) {
  Verdict verdict;
  if (!spam) return verdict;
  verdict.score = Points{6'500};
  verdict.scores = {{"WANT_HEADER",
                     "",
                     "Wanted by the test, which says so in more words than one line takes",
                     Points{7'000},
                     {}},
                    {"A_FEW_LESS", "", "Half a point less", Points{-500}, {}},
                    {"NO_POINTS", "", "Counts nothing", Points{}, {"a, b"}}};
  return verdict;
}

Rewriting rewritten(const std::string& sent, const Verdict& verdict, const RewriteOptions& options) {
  Rewriting result;
  Request request;
  request.dialect = Dialect::spamc;
  request.command = Command::process;
  request.body = sent;
  take_preamble(request);
  result.preamble = std::move(request.preamble);
  result.message = std::move(request.body);
  result.mail = rewrite({result.preamble, result.message}, verdict, options);
  return result;
}

}  // namespace xspamd::test
