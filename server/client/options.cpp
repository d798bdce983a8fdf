#include "server/client/options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "proto/base/text.h"
#include "server/client/config_words.h"
#include "server/client/exit_status.h"
#include "server/client/given.h"
#include "server/version.h"

namespace xspamd::client {

namespace {

using Words = std::vector<std::string>;

constexpr std::string_view kConfigFile = "/etc/xspamd/xspamc.conf";

struct LearnCommand {
  std::string_view name;
  std::string_view about;
  Lesson lesson;
};

constexpr std::array<LearnCommand, 5> kLearnCommands{{
    {"learn-spam", "Tell the server that messages are spam", Lesson::spam},
    {"learn-ham", "Tell the server that messages are no spam", Lesson::ham},
    {"forget", "Make the server forget that it has learned messages", Lesson::forget},
    {"fuzzy-add", "Make the server know near copies of messages", Lesson::fuzzy_add},
    {"fuzzy-del", "Make the server forget all that messages are like", Lesson::fuzzy_delete},
}};

// All that a command line may say.
struct Parsed {
  Mode mode = kFilter;
  Given given;
  LearnOptions learn;
  ScanOptions scan;
};

int complain(const std::string& sentence, int status = kUsage) {
  fmt::print(stderr, "xspamc: {}\n", sentence);
  return status;
}

constexpr const char* kFiles =
    "Messages, mbox files, Maildirs, folders of these, plain or packed by gzip or zstd; none or -: standard "
    "input";
constexpr const char* kElsewhere = "The options of xspamc itself that name the server may stand here too.";

void add_row(CLI::App& app, const OptionRow& row, Given& given) {
  const std::string names(row.names);
  const std::string about(row.about);
  CLI::Option* option = nullptr;
  if (const auto* flag = std::get_if<bool Given::*>(&row.place)) {
    option = app.add_flag(names, given.*(*flag), about);
  } else if (const auto* text = std::get_if<Given::Text Given::*>(&row.place)) {
    option = app.add_option(names, given.*(*text), about)->type_name(std::string(row.type));
  } else {
    option = app.add_option(names, given.*std::get<Given::Number Given::*>(row.place), about)
                 ->check(CLI::Range(row.least, row.most))
                 ->type_name(std::string(row.type));
  }
  // What a configuration file says gives way to the command line.
  option->take_last();
  option->group((row.modes & kLearn) != 0  ? "The server"
                : (row.modes & kScan) != 0 ? "Connecting"
                : row.modes == kFilter     ? "In place of spamc: standard input is a message"
                                           : "For mail that is passed on");
}

void add_envelope(CLI::App& app, GivenEnvelope& envelope, bool with_short_names) {
  const auto names = [with_short_names](std::string_view name, std::string_view short_name) {
    return with_short_names && !short_name.empty() ? fmt::format("{},{}", short_name, name)
                                                   : std::string(name);
  };
  for (const EnvelopeRow& row : envelope_rows()) {
    app.add_option(names(row.name, row.short_name), envelope.*row.value, std::string(row.about))
        ->take_last()
        ->type_name("TEXT")
        ->group("The envelope");
  }
  app.add_option(names("--rcpt", "-r"), envelope.recipients, "Envelope recipient; may be repeated")
      ->allow_extra_args(false)
      ->type_name("ADDRESS")
      ->group("The envelope");
}

void add_files(CLI::App& app, Words& files) {
  app.add_option("FILE", files, kFiles)->type_name("");
}

void add_fuzzy_options(CLI::App& command, Lesson lesson, FuzzyOrder& fuzzy) {
  static constexpr const char* kFlags = "denied, probable or white; 1, 2, 3 as with rspamc";
  const bool adds = lesson == Lesson::fuzzy_add;
  const auto take_flag = [&fuzzy](const std::string& text) {
    fuzzy.flag = fuzzy_flag_from(text);
  };
  const auto check_flag = [](const std::string& text) {
    return fuzzy_flag_from(text) ? std::string()
                                 : fmt::format("{} is no flag: expected {}", xspamd::quoted(text), kFlags);
  };
  command
      .add_option_function<std::string>(
          "-f", take_flag, fmt::format("{}: {}", adds ? "What they are" : "Of this flag alone", kFlags))
      ->check(check_flag)
      ->required(adds)
      ->type_name("FLAG");
  if (!adds) return;
  command.add_option("-w", fuzzy.weight, fmt::format("Weight that is added (default {})", fuzzy.weight))
      ->check(CLI::Range(1U, FuzzyOrder::kMostWeight))
      ->type_name("NUMBER");
}

void add_learn_command(CLI::App& app, const LearnCommand& command, Parsed& parsed) {
  LearnOptions& learn = parsed.learn;
  CLI::App* added = app.add_subcommand(std::string(command.name), std::string(command.about));
  added
      ->add_option("-c", learn.connections,
                   fmt::format("Connections at once (default {})", learn.connections))
      ->check(CLI::Range(1U, LearnOptions::kMostConnections))
      ->type_name("NUMBER");
  if (command.lesson == Lesson::fuzzy_add || command.lesson == Lesson::fuzzy_delete)
    add_fuzzy_options(*added, command.lesson, learn.tell.fuzzy);
  added->add_flag("-q", learn.quiet, "Tell nothing but trouble");
  added->add_flag("--verbose", learn.verbose, "Tell of every message: file, number in it, result");
  add_files(*added, learn.files);
  added->footer(kElsewhere);
  added->callback([&parsed, lesson = command.lesson] {
    parsed.mode = kLearn;
    parsed.learn.tell.lesson = lesson;
  });
}

void add_scan_command(CLI::App& app, Parsed& parsed) {
  CLI::App* added = app.add_subcommand("scan", "Print the server's verdict on messages, as rspamc does");
  added->alias("symbols");
  added->add_flag("-j,--json,--compact", parsed.scan.json,
                  "One line a message: what rspamd's /checkv2 answers");
  add_envelope(*added, parsed.scan.ask.envelope, true);
  add_files(*added, parsed.scan.files);
  added->footer(kElsewhere);
  added->callback([&parsed] { parsed.mode = kScan; });
}

std::string_view name_of(Mode mode) {
  switch (mode) {
    case kScan:
      return "scan";
    case kLearn:
      return "a learning command";
    case kMark:
      return "--mime";
    case kFilter:
      break;
  }
  return "xspamc without --mime";
}

// Options of one way of using the program mean nothing in another: they are not passed over in silence.
Result<void> check_modes(const CLI::App& app, Mode mode) {
  for (const OptionRow& row : option_rows()) {
    const std::string name(row.names.substr(0, row.names.find(',')));
    if ((row.modes & mode) == 0 && app.get_option(name)->count() > 0)
      return fail(Errc::invalid, fmt::format("{} is no option of {}", name, name_of(mode)));
  }
  if (mode == kMark) return {};
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_group() == "The envelope" && option->count() > 0)
      return fail(Errc::invalid, fmt::format("{} is no option of {}", option->get_name(), name_of(mode)));
  }
  return {};
}

// Help, version and usage errors have been told.
std::optional<int> parse_words(Words words, Parsed& parsed) {
  CLI::App app(
      "xspamc: asks a running xspamd, or any server that speaks SpamAssassin's protocol.\n"
      "Without a command it stands in for spamc, with --mime for rspamc where mail is delivered.",
      "xspamc");
  app.set_version_flag("-V,--version", fmt::format("xspamc {}", kVersion));
  for (const OptionRow& row : option_rows())
    add_row(app, row, parsed.given);
  add_envelope(app, parsed.given.envelope, false);
  app.footer("-e COMMAND WORD... (--pipe-to), as the last option: as --exec, of all the words that follow.");
  // Said before the commands are added, which take it over: the options above may stand behind a command too.
  app.fallthrough();
  app.require_subcommand(0, 1);
  for (const LearnCommand& command : kLearnCommands)
    add_learn_command(app, command, parsed);
  add_scan_command(app, parsed);
  try {
    std::ranges::reverse(words);
    app.parse(words);
  } catch (const CLI::Success& done) {  // --help, --version
    return app.exit(done);
  } catch (const CLI::ParseError& error) {
    app.exit(error);
    return kUsage;
  }
  if (parsed.mode == kFilter && parsed.given.mime) parsed.mode = kMark;
  if (const auto fine = check_modes(app, parsed.mode); !fine) return complain(fine.error().sentence);
  return std::nullopt;
}

// "-e", "--pipe-to", or "-xe": flags of one letter with it at their end.
bool begins_command(std::string_view word) {
  constexpr std::string_view kFlags = "-BcfKlHrERxXyzVSm46j";
  if (word == "--pipe-to") return true;
  return word.size() > 1 && word[0] == '-' && word[1] != '-' && word.ends_with('e') &&
         word.find_first_not_of(kFlags) == word.size() - 1;
}

// Takes the command and its words away, to which no option is ours.
Result<Words> take_command(Words& words) {
  const auto at = std::ranges::find_if(words, begins_command);
  if (at == words.end()) return Words{};
  Words command(at + 1, words.end());
  if (command.empty()) return fail(Errc::invalid, fmt::format("{} is followed by no command", *at));
  const std::string flags = at->starts_with("--") ? "-" : at->substr(0, at->size() - 1);
  words.erase(at, words.end());
  if (flags != "-") words.push_back(flags);
  return command;
}

// The options of the configuration file; none where the default one is not there.
Result<Words> configured(const Given& given) {
  auto words = read_config_words(given.config.value_or(std::string(kConfigFile)));
  if (words || given.config || words.error().code != Errc::not_found) return words;
  return Words{};
}

template <class Options>
Order checked(Result<Options> options) {
  if (options) return std::move(*options);
  return complain(options.error().sentence);
}

Order order_of(Parsed parsed) {
  switch (parsed.mode) {
    case kLearn: {
      auto tell = tell_options(parsed.given);
      if (!tell) return complain(tell.error().sentence);
      tell->lesson = parsed.learn.tell.lesson;
      tell->fuzzy = parsed.learn.tell.fuzzy;
      parsed.learn.tell = std::move(*tell);
      return std::move(parsed.learn);
    }
    case kScan: {
      parsed.given.envelope = std::move(parsed.scan.ask.envelope);
      auto ask = ask_options(parsed.given);
      if (!ask) return complain(ask.error().sentence);
      parsed.scan.ask = std::move(*ask);
      return std::move(parsed.scan);
    }
    case kMark:
      return checked(mark_options(parsed.given));
    case kFilter:
      break;
  }
  return checked(filter_options(parsed.given));
}

}  // namespace

Order parse_options(int argc, const char* const* argv) {
  Words words(argv + 1, argv + argc);
  auto command = take_command(words);
  if (!command) return complain(command.error().sentence);
  Parsed parsed;
  if (const auto status = parse_words(words, parsed)) return *status;
  if (parsed.mode == kFilter || parsed.mode == kMark) {
    const auto more = configured(parsed.given);
    if (!more) return complain(more.error().sentence, kBadConfig);
    words.insert(words.begin(), more->begin(), more->end());
    parsed = Parsed();
    if (const auto status = parse_words(words, parsed)) return *status;
  } else if (!command->empty()) {
    return complain(fmt::format("-e is no option of {}", name_of(parsed.mode)));
  }
  parsed.given.command = std::move(*command);
  return order_of(std::move(parsed));
}

}  // namespace xspamd::client
