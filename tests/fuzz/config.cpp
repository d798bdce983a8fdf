// Configuration from any bytes: settings, rules and options. It never crashes, every problem is a line of
// UTF-8 text, and what was understood survives being written as TOML and read again. The input, cut at its
// zero bytes: the main file, a shipped text, the list of retired names, options.
#include <sys/mman.h>
#include <unistd.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "conf/address.h"
#include "conf/config.h"
#include "conf/section.h"
#include "conf/units.h"
#include "proto/base/text.h"
#include "rules/check.h"
#include "rules/plan.h"
#include "tests/fuzz/require.h"

using namespace xspamd;

namespace xspamd {
extern const Check rules_check;
}

namespace {

// A file in memory, so that the main file is one like any other.
class MemoryFile {
 public:
  std::string path() const { return fmt::format("/proc/self/fd/{}", number_); }
  void write(std::string_view text) const {
    require(number_ >= 0 && ftruncate(number_, 0) == 0);
    for (std::size_t done = 0; done < text.size();) {
      const ssize_t count = pwrite(number_, text.data() + done, text.size() - done, static_cast<off_t>(done));
      require(count > 0);
      done += static_cast<std::size_t>(count);
    }
  }

 private:
  int number_ = memfd_create("config", MFD_CLOEXEC);
};

// A check that reads an option of every kind there is.
Result<Runner> make_every_kind(conf::Section& options, Services&) {
  const auto whole = options.get("whole", std::int64_t{1}, "An integer");
  options.get("small", std::uint8_t{1}, "An integer of eight bits");
  const double real = options.get("real", 0.5, "A number");
  require(real - real == 0);
  const Points points = options.get("points", Points{500}, "Points");
  require(std::abs(points.thousandths) < 10'000'000);
  const auto time = options.get("time", std::chrono::milliseconds(500), "A duration");
  require(conf::parse_duration(conf::duration_text(time)) == time);
  const std::size_t size = options.get_size("size", 1024, "A size");
  require(conf::parse_size(conf::size_text(size)) == size);
  options.get("text", "preset", "A text");
  options.get("texts", std::vector<std::string>{"preset"}, "Texts");
  for (const Network& network : options.get("networks", std::vector<Network>{}, "Networks"))
    require(Network::parse(network.to_string()).has_value());
  options.get_value("anything", "Anything");
  if (whole == 0) return fail(Errc::invalid, "whole must not be 0");
  return Runner{CpuCheck{[](const Mail&, Deadline) {
    return Hits{};
  }}};
}

constexpr std::array<Symbol, 1> kSymbols{{{"EVERY_KIND", Points{1000}, "A symbol to score"}}};
const Check kEveryKind{.name = "bayes",
                       .group = "test",
                       .about = "Reads options",
                       .phase = Phase::scan,
                       .after = {},
                       .symbols = kSymbols,
                       .make = make_every_kind};

conf::Sources sources_of(std::string_view bytes, const MemoryFile& file) {
  const auto pieces = split(bytes, '\0');
  conf::Sources sources;
  file.write(pieces[0]);
  sources.file = file.path();
  sources.file_must_exist = true;
  if (pieces.size() > 1) sources.shipped.push_back({"shipped.toml", std::string(pieces[1])});
  if (pieces.size() > 2) sources.shipped.push_back({std::string(conf::kRetiredName), std::string(pieces[2])});
  for (std::size_t i = 3; i < pieces.size(); ++i)
    sources.options.emplace_back(pieces[i]);
  return sources;
}

void check_problems(const conf::Problems& problems) {
  for (const conf::Problem& problem : problems.list()) {
    const std::string line = to_string(problem);
    if (is_utf8(line) && std::none_of(line.begin(), line.end(), is_control)) continue;
    fmt::print(stderr, "a problem is no line of text: {}\n", line);
    std::abort();
  }
}

// A value in force can be told to the user: its text, as a file, is the same value.
void check_written(const conf::Value& tree) {
  std::string text;
  for (const auto& [name, value] : *tree.table())
    text += fmt::format("{} = {}\n", conf::to_key(name), to_toml(value));
  // Very many dots look like a key without end.
  if (std::count(text.begin(), text.end(), '.') > 900) return;
  conf::Sources sources;
  sources.shipped.push_back({"written.toml", text});
  conf::Problems problems;
  const conf::Value again = load_tree(sources, problems);
  require(!problems.failed() && to_toml(again) == to_toml(tree));
}

void check_config(const conf::Config& config) {
  for (const std::string& server : config.dns.servers)
    conf::parse_dns_server(server);
  for (const Action action : {Action::greylist, Action::add_header, Action::reject, Action::discard})
    config.actions.threshold(action);
  require(config.server.socket_mode <= 0777);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const MemoryFile file;
  static constexpr std::array kChecks{&kEveryKind, &rules_check};
  const conf::Sources sources = sources_of(std::string_view(reinterpret_cast<const char*>(data), size), file);
  conf::Loaded loaded = load(sources);
  check_problems(loaded.problems);
  check_config(loaded.config);
  if (sources.options.empty() && is_utf8(std::string_view(reinterpret_cast<const char*>(data), size)))
    check_written(loaded.config.tree);
  const bool failed = loaded.problems.failed();
  const Planned planned = make_plan(std::move(loaded.config), std::move(loaded.problems), kChecks);
  check_problems(planned.problems);
  require((planned.plan == nullptr) == planned.problems.failed());
  require(!failed || !planned.plan);
  return 0;
}
