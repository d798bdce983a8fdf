// The command `spamd`: serves with the command line of SpamAssassin's daemon (spamd_options.h). What it comes
// to is the same as a call of xspamd with -o, and the server is started so again.
#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <climits>

#include "server/background.h"
#include "server/commands.h"
#include "server/spamd_options.h"
#include "server/toml_text.h"
#include "server/version.h"

namespace xspamd {

namespace {

int complain(const std::string& sentence) {
  fmt::print(stderr, "xspamd spamd: {}\n", sentence);
  return kUsage;
}

std::string current_folder() {
  std::array<char, PATH_MAX> buffer;
  return ::getcwd(buffer.data(), buffer.size()) != nullptr ? buffer.data() : "/";
}

// As for spamd, a user without a named group brings his own. An unknown one is told by who changes to it.
std::string group_of(const std::string& user) {
  const passwd* entry = ::getpwnam(user.c_str());
  const group* found = entry != nullptr ? ::getgrgid(entry->pw_gid) : nullptr;
  return found != nullptr ? found->gr_name : "";
}

Options options_of(const SpamdSettings& settings) {
  Options options;
  options.config_given = !settings.config.empty();
  if (options.config_given) options.config = settings.config;
  options.overrides = settings.overrides;
  if (settings.user.empty() || !settings.group.empty()) return options;
  const std::string own = group_of(settings.user);
  if (!own.empty()) options.overrides.push_back("server.group=" + toml(own));
  return options;
}

std::vector<std::string> words_of(const Options& options) {
  std::vector<std::string> words{"xspamd"};
  if (options.config_given) words.insert(words.end(), {"--config", options.config});
  for (const std::string& override_ : options.overrides)
    words.insert(words.end(), {"-o", override_});
  return words;
}

int serve_with(const Options& options) {
  std::vector<std::string> words = words_of(options);
  std::vector<char*> argv;
  for (std::string& word : words)
    argv.push_back(word.data());
  argv.push_back(nullptr);
  return serve(options, static_cast<int>(words.size()), argv.data());
}

int run(const Options&) {
  return complain("spamd has to be the first word, all others are its own");
}

}  // namespace

int run_spamd(int argc, char** argv) {
  const std::vector<std::string> words(argv, argv + argc);
  const auto settings = parse_spamd_options(words, current_folder());
  if (!settings) return complain(settings.error().sentence);
  if (settings->wish == SpamdSettings::Wish::help) {
    fmt::print("{}", spamd_options_help());
    return kFine;
  }
  if (settings->wish == SpamdSettings::Wish::version) {
    fmt::print("xspamd {}\n", kVersion);
    return kFine;
  }
  for (const std::string& note : settings->notes)
    fmt::print(stderr, "xspamd spamd: {}\n", note);
  // Until somebody listens to it a SIGHUP must not end the start.
  ::signal(SIGHUP, SIG_IGN);
  const Options options = options_of(*settings);
  if (!settings->daemonize) return serve_with(options);
  return in_background([&options] { return serve_with(options); });
}

extern const Subcommand spamd_command;
const Subcommand spamd_command{.name = "spamd",
                               .about = "Serve with the command line of SpamAssassin's spamd (spamd --help)",
                               .run = run};

}  // namespace xspamd
