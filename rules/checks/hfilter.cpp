// Names of the client, in its greeting and in the DNS, without asking the DNS: addresses in the place of
// names, names without a domain (RFC 5321 §4.1.1.1), and names that access networks give to their customers.
// The words of the five levels are configuration; only the highest level of both names counts. Our own users
// and networks are not looked at.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "conf/section.h"
#include "proto/base/text.h"
#include "proto/mail/address.h"
#include "proto/mail/message.h"
#include "rules/check.h"
#include "rules/checks/own_mail.h"
#include "rules/match/regex.h"

namespace xspamd {

namespace {

constexpr std::size_t kLevels = 5;
constexpr std::string_view kHeloSymbols[kLevels] = {"HFILTER_HELO_1", "HFILTER_HELO_2", "HFILTER_HELO_3",
                                                    "HFILTER_HELO_4", "HFILTER_HELO_5"};
constexpr std::string_view kHostSymbols[kLevels] = {"HFILTER_HOSTNAME_1", "HFILTER_HOSTNAME_2",
                                                    "HFILTER_HOSTNAME_3", "HFILTER_HOSTNAME_4",
                                                    "HFILTER_HOSTNAME_5"};

constexpr std::array<Symbol, 16> kSymbols{
    {{"HFILTER_HELO_BAREIP", Points{3000}, "The client greeted with a bare IP address"},
     {"HFILTER_HELO_BADIP", Points{4500},
      "The client greeted with an address that nobody has on the internet"},
     {"HFILTER_HELO_NOT_FQDN", Points{2000}, "The client greeted with no complete host name"},
     {"HFILTER_HELO_1", Points{500}, "The client greeted with a name that some customers' lines have"},
     {"HFILTER_HELO_2", Points{1000}, "The client greeted with a numbered host's name"},
     {"HFILTER_HELO_3", Points{2000}, "The client greeted with the name of a cable line"},
     {"HFILTER_HELO_4", Points{2500}, "The client greeted with the name of a DSL line or an address pool"},
     {"HFILTER_HELO_5", Points{3000},
      "The client greeted with a dial-up line's name or a name without domain"},
     {"HFILTER_HOSTNAME_1", Points{500}, "The client's host name is one that some customers' lines have"},
     {"HFILTER_HOSTNAME_2", Points{1000}, "The client's host name is that of a numbered host"},
     {"HFILTER_HOSTNAME_3", Points{2000}, "The client's host name is that of a cable line"},
     {"HFILTER_HOSTNAME_4", Points{2500}, "The client's host name is that of a DSL line or an address pool"},
     {"HFILTER_HOSTNAME_5", Points{3000}, "The client's host name is that of a dial-up line"},
     {"HFILTER_FROM_BOUNCE", Points{}, "The message has the empty sender of a bounce"},
     {"HFILTER_RCPT_BOUNCEMOREONE", Points{1500}, "A bounce has more than one recipient"},
     {"HFILTER_FROMHOST_NOT_FQDN", Points{3000}, "The domain of the envelope's sender is no complete name"}}};

// What a customer's line is called: a word between separators or digits.
std::string pattern_of(const std::vector<std::string>& words) {
  return fmt::format(R"((?:^|[-.\d])(?:{})(?:[-.\d]|$))", fmt::join(words, "|"));
}

struct Options {
  OwnMail own;
  std::array<std::optional<Regex>, kLevels> words;
  std::vector<std::string> private_endings;
  std::vector<Network> reserved;
};

// RFC 1035 §2.3.4 and RFC 1123 §2.1: letters, digits and hyphens; two labels at least.
bool is_complete_name(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  if (name.size() > 253 || name.find('.') == std::string_view::npos) return false;
  for (const std::string_view label : split(name, '.')) {
    if (label.empty() || label.size() > 63 || label.starts_with('-') || label.ends_with('-')) return false;
    const bool fine = std::all_of(label.begin(), label.end(), [](char c) {
      const char lower = to_lower(c);
      return is_digit(c) || c == '-' || (lower >= 'a' && lower <= 'z') ||
             static_cast<unsigned char>(c) >= 0x80;
    });
    if (!fine) return false;
  }
  return true;
}

// 1 to 5; 0 when it is no customer's name.
std::size_t level_of(const Options& options, std::string_view name) {
  for (std::size_t level = kLevels; level > 0; --level) {
    const auto& words = options.words[level - 1];
    if (words && words->count(name, 1).hits > 0) return level;
  }
  return 0;
}

bool has_private_ending(const Options& options, std::string_view name) {
  return std::any_of(
      options.private_endings.begin(), options.private_endings.end(), [&](const std::string& ending) {
        return name.size() > ending.size() + 1 && iequals(name.substr(name.size() - ending.size()), ending) &&
               name[name.size() - ending.size() - 1] == '.';
      });
}

// The level of the greeting; what is no name is told at once.
std::size_t check_helo(const Options& options, std::string_view helo, Hits& hits) {
  std::string_view bare = helo;
  const bool literal = bare.starts_with('[') && bare.ends_with(']');
  if (literal) bare = bare.substr(1, bare.size() - 2);
  if (istarts_with(bare, "IPv6:")) bare.remove_prefix(5);
  if (const auto address = IpAddress::parse(bare)) {
    if (contains(options.reserved, *address)) {
      hits.add("HFILTER_HELO_BADIP", {std::string(helo)});
    } else if (!literal) {  // RFC 5321 §4.1.3: in brackets it is allowed
      hits.add("HFILTER_HELO_BAREIP", {std::string(helo)});
    }
    return 0;
  }
  const bool private_name = helo.find('.') == std::string_view::npos || has_private_ending(options, helo);
  const std::size_t level = private_name ? kLevels : level_of(options, helo);
  if (level == 0 && !is_complete_name(helo)) hits.add("HFILTER_HELO_NOT_FQDN", {std::string(helo)});
  return level;
}

void check_names(const Options& options, const Envelope& envelope, Hits& hits) {
  const std::size_t helo = envelope.helo.empty() ? 0 : check_helo(options, envelope.helo, hits);
  const std::size_t host = level_of(options, envelope.hostname);
  if (helo > 0 && helo >= host) {
    hits.add(kHeloSymbols[helo - 1], {envelope.helo});
  } else if (host > 0) {
    hits.add(kHostSymbols[host - 1], {envelope.hostname});
  }
}

void check_sender(const Envelope& envelope, Hits& hits) {
  // Without a recipient there was no envelope at all, and no empty sender either.
  if (envelope.sender.empty() && !envelope.recipients.empty()) {
    hits.add("HFILTER_FROM_BOUNCE");
    if (envelope.recipients.size() > 1)
      hits.add("HFILTER_RCPT_BOUNCEMOREONE", {std::to_string(envelope.recipients.size())});
  }
  const Mailbox sender = parse_path(envelope.sender);
  const bool named = !sender.domain.empty() && !sender.domain.starts_with('[');
  if (named && !is_complete_name(sender.domain)) hits.add("HFILTER_FROMHOST_NOT_FQDN", {sender.domain});
}

Hits run(const Options& options, const Mail& mail) {
  Hits hits;
  const Envelope& envelope = mail.request.envelope;
  if (options.own.is_spared(envelope)) return hits;
  check_names(options, envelope, hits);
  check_sender(envelope, hits);
  return hits;
}

Result<Runner> make(conf::Section& section, Services& services) {
  auto options = std::make_shared<Options>();
  options->own = read_own_mail(section, services);
  const std::vector<std::string> none;
  options->private_endings = section.get("private_endings", none, "Domains that nobody has on the internet");
  options->reserved =
      section.get("reserved", std::vector<Network>{}, "Networks that nobody has on the internet");
  for (std::size_t level = 1; level <= kLevels; ++level) {
    const std::string key = fmt::format("words_{}", level);
    const auto words = section.get(key, none, "Words in the names of customers' lines, as patterns");
    if (words.empty()) continue;
    auto compiled = Regex::compile(pattern_of(words), "i", Regex::Mode::text);
    if (!compiled) return fail(Errc::invalid, fmt::format("{}: {}", key, compiled.error().sentence));
    options->words[level - 1] = std::move(*compiled);
  }
  std::shared_ptr<const Options> shared = std::move(options);
  return Runner{CpuCheck{[shared](const Mail& mail, Deadline) {
    return run(*shared, mail);
  }}};
}

}  // namespace

extern const Check hfilter_check;
const Check hfilter_check{.name = "hfilter",
                          .group = "hfilter",
                          .about = "The names of the client and the form of the envelope",
                          .phase = Phase::scan,
                          .after = {},
                          .symbols = kSymbols,
                          .make = make};

}  // namespace xspamd
