#include "server/spamd_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "proto/base/ip.h"
#include "proto/base/text.h"
#include "server/spamd_option_table.h"
#include "server/toml_text.h"

namespace xspamd {

namespace {

using Option = SpamdOption;
using Value = SpamdValue;
using Done = Result<void>;

constexpr std::string_view kSpamdPort = "783";

bool has_name(const Option& option, std::string_view name) {
  const auto names = split(option.names, ' ');
  return std::ranges::find(names, name) != names.end();
}

// As messages name it: "--port", "-6".
std::string shown(std::string_view name) {
  return fmt::format("{}{}", name.size() == 1 ? "-" : "--", name);
}

std::string shown(const Option& option) {
  return shown(split(option.names, ' ').front());
}

struct Found {
  const Option* option = nullptr;
  bool negated = false;
};

Found find_exactly(std::string_view name) {
  for (const Option& option : spamd_options()) {
    if (has_name(option, name)) return {&option, false};
    if (option.value != Value::negatable || !name.starts_with("no")) continue;
    std::string_view rest = name.substr(2);
    if (rest.starts_with('-')) rest.remove_prefix(1);
    if (rest.size() > 1 && has_name(option, rest)) return {&option, true};
  }
  return {};
}

Result<Found> find_long(std::string_view name) {
  const Found exact = name.size() > 1 ? find_exactly(name) : Found{};
  if (exact.option != nullptr) return exact;
  Found found;
  std::vector<std::string_view> all;
  for (const Option& option : spamd_options()) {
    for (const std::string_view known : split(option.names, ' ')) {
      if (known.size() == 1) continue;
      all.push_back(known);
      if (name.empty() || !known.starts_with(name) || found.option == &option) continue;
      if (found.option != nullptr)
        return fail(Errc::invalid, fmt::format("--{} may be {} or {}", printable(name), shown(*found.option),
                                               shown(option)));
      found.option = &option;
    }
  }
  if (found.option != nullptr) return found;
  const std::string_view near = nearest(name, all);
  return fail(Errc::invalid, fmt::format("--{} is no option of spamd{}", printable(name),
                                         near.empty() ? "" : fmt::format("; --{} is", near)));
}

// Walks through the words.
class Walk {
 public:
  Walk(std::span<const std::string> words, std::string_view folder) : words_(words) {
    given_.folder = folder;
  }

  Result<SpamdSettings> run();

 private:
  Done take_word(std::string_view word);
  Done take_letters(std::string_view letters);
  Done take(const Found& found, std::optional<std::string_view> value);
  Done apply(const Option& option, std::string_view value);
  void finish();
  std::vector<std::string> listen() const;

  std::span<const std::string> words_;
  std::size_t next_ = 0;
  SpamdGiven given_;
};

Done Walk::apply(const Option& option, std::string_view value) {
  if (option.take == nullptr) {
    given_.settings.notes.push_back(fmt::format("{} is ignored: {}", shown(option), option.about));
    return {};
  }
  auto done = option.take(given_, value);
  if (!done) done.error().sentence = fmt::format("{}: {}", shown(option), done.error().sentence);
  return done;
}

Done Walk::take(const Found& found, std::optional<std::string_view> value) {
  const Option& option = *found.option;
  const bool takes = option.value == Value::text || option.value == Value::optional;
  if (!takes) {
    if (value) return fail(Errc::invalid, fmt::format("{} takes no value", shown(option)));
    return found.negated && option.take != take_daemonize ? Done{} : apply(option, found.negated ? "no" : "");
  }
  if (value) return apply(option, *value);
  const bool another = next_ < words_.size();
  if (option.value == Value::text && !another)
    return fail(Errc::invalid, fmt::format("{} takes a value", shown(option)));
  const bool is_value = another && (option.value == Value::text || !words_[next_].starts_with('-'));
  return apply(option, is_value ? std::string_view(words_[next_++]) : std::string_view());
}

Done Walk::take_letters(std::string_view letters) {
  while (!letters.empty()) {
    const std::string_view letter = letters.substr(0, 1);
    letters.remove_prefix(1);
    const Found found = find_exactly(letter);
    if (found.option == nullptr)
      return fail(Errc::invalid, fmt::format("-{} is no option of spamd", printable(letter)));
    const bool takes = found.option->value == Value::text || found.option->value == Value::optional;
    if (takes && !letters.empty()) return take(found, letters.starts_with('=') ? letters.substr(1) : letters);
    if (auto done = take(found, std::nullopt); !done) return done;
  }
  return {};
}

Done Walk::take_word(std::string_view word) {
  if (word.size() < 2 || word[0] != '-')
    return fail(Errc::invalid, fmt::format("{} is no option of spamd", quoted(word)));
  if (word[1] != '-') return take_letters(word.substr(1));
  const std::size_t equals = word.find('=');
  const auto found = find_long(word.substr(2, equals == std::string_view::npos ? equals : equals - 2));
  if (!found) return tl::unexpected<Error>(found.error());
  return take(*found,
              equals == std::string_view::npos ? std::nullopt : std::optional(word.substr(equals + 1)));
}

std::vector<std::string> Walk::listen() const {
  const std::string port = given_.port.empty() ? std::string(kSpamdPort) : given_.port;
  std::vector<std::string> addresses = given_.addresses;
  if (addresses.empty() && given_.socket.empty())
    addresses = {given_.only_v4 ? "127.0.0.1" : given_.only_v6 ? "::1" : "localhost"};
  std::vector<std::string> listen;
  for (const std::string& address : addresses) {
    const bool bare_v6 = IpAddress::parse(address) && address.find(':') != std::string::npos;
    const bool bracketed = address.ends_with(']');
    if (address.starts_with('/')) {
      listen.push_back("unix:" + address);
    } else if (address == "*") {
      if (!given_.only_v6) listen.push_back("0.0.0.0:" + port);
      if (!given_.only_v4) listen.push_back("[::]:" + port);
    } else if (bare_v6) {
      listen.push_back(fmt::format("[{}]:{}", address, port));
    } else {
      const bool has_port = !bracketed && address.find(':') != std::string::npos;
      listen.push_back(has_port ? address : fmt::format("{}:{}", address, port));
    }
  }
  for (std::string& address : listen) {
    if (given_.tls && !address.starts_with("unix:")) address.insert(0, "tls:");
  }
  if (!given_.socket.empty()) listen.push_back("unix:" + given_.socket);
  return listen;
}

// What spamd has where nothing was given stands in front of what was: -o may still change it.
void Walk::finish() {
  std::vector<std::string> usual{"server.listen=" + toml(listen()), "log.target=" + toml(given_.log_target),
                                 "log.format=\"spamd\""};
  if (!given_.allow.empty()) usual.push_back("server.allow=" + toml(given_.allow));
  if (!given_.tell) {
    usual.emplace_back("learn.allow=[]");
  } else {
    std::vector<std::string> allow = given_.allow;
    if (allow.empty()) allow = {"127.0.0.0/8", "::1"};
    allow.emplace_back("unix");
    usual.push_back("learn.allow=" + toml(allow));
  }
  auto& overrides = given_.settings.overrides;
  overrides.insert(overrides.begin(), usual.begin(), usual.end());
}

Result<SpamdSettings> Walk::run() {
  while (next_ < words_.size()) {
    const std::string_view word = words_[next_++];
    if (auto done = take_word(word); !done) return tl::unexpected<Error>(done.error());
  }
  finish();
  return std::move(given_.settings);
}

}  // namespace

Result<SpamdSettings> parse_spamd_options(std::span<const std::string> words, std::string_view folder) {
  return Walk(words, folder).run();
}

std::string spamd_options_help() {
  std::string help = "Usage: xspamd spamd [OPTIONS]\nServes with the command line of spamd 4.0.1.\n\n";
  for (const Option& option : spamd_options()) {
    std::string names;
    for (const std::string_view name : split(option.names, ' '))
      names += (names.empty() ? "" : ", ") + shown(name);
    help += fmt::format("  {:<44} {}{}\n", names, option.take == nullptr ? "ignored: " : "", option.about);
  }
  return help;
}

}  // namespace xspamd
