// URLs that hide where they lead: links that show another address than theirs, look-alike letters, numbers
// in the place of names, and forms that no honest program writes.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_set>

#include "conf/section.h"
#include "proto/base/punycode.h"
#include "proto/base/text.h"
#include "proto/mail/character.h"
#include "proto/mail/confusable.h"
#include "proto/mail/message.h"
#include "rules/check.h"
#include "rules/checks/finding.h"

namespace xspamd {

namespace {

constexpr std::array<Symbol, 14> kSymbols{
    {{"PHISHING", Points{4000}, "A link shows the address of another site than it leads to"},
     {"REDIRECTOR_FALSE", Points{}, "A link leads to the site that it shows by way of a known service"},
     {"OMOGRAPH_URL", Points{5000}, "The name of a site mixes letters of several alphabets that look alike"},
     {"R_SUSPICIOUS_URL", Points{5000}, "The name of a site is written so that nobody can read it"},
     {"ZERO_WIDTH_SPACE_URL", Points{7000}, "The name of a site holds characters that nobody can see"},
     // Below rspamd's 4.0: about as often in ham as in spam.
     {"URL_IN_SUBJECT", Points{2000}, "The Subject holds a web address"},
     {"URL_NUMERIC_IP", Points{1500}, "A web address has a number in the place of a name"},
     {"URL_NUMERIC_IP_USER", Points{4000}, "A web address shows a name, but leads to a number"},
     {"URL_USER_PASSWORD", Points{2000}, "A web address shows a name in front of the site's own"},
     // Below rspamd's 2.0: it happens to people who write addresses by hand.
     {"URL_BACKSLASH_PATH", Points{500}, "A web address is written with backslashes"},
     {"URL_EXCESSIVE_DOTS", Points{2000}, "The name of a site has very many parts"},
     {"URL_VERY_LONG", Points{1500}, "A web address is extremely long"},
     // Below rspamd's 1.0: honest programs, too, add a link to one version alone.
     {"URI_COUNT_ODD", Points{500}, "The versions of the text do not hold the same web addresses"},
     {"HAS_ONION_URI", Points{}, "A web address leads to a hidden service of the Tor network"}}};

using Place = Url::Place;

struct Options {
  std::unordered_set<std::string> redirectors;
};

// UTS 39 §5.2: letters of another script that look like Latin ones, beside Latin ones or alone.
bool is_lookalike(const std::u32string& label) {
  bool latin = false;
  bool alike = false;
  bool own = false;  // letters that cannot be taken for Latin ones
  for (const char32_t code : label) {
    const CharacterKind kind = character_kind(code);
    if (!is_letter(kind)) continue;
    if (kind == CharacterKind::latin) {
      latin = true;
    } else {
      (latin_lookalike(code) != 0 ? alike : own) = true;
    }
  }
  return alike && (latin || !own);
}

bool has_lookalike(std::string_view host) {
  constexpr std::string_view kPrefix = "xn--";
  constexpr std::size_t kLongest = 63;  // RFC 1035 §2.3.4
  // A top-level domain in the same script: the name was registered as what it is.
  const bool foreign_end = host.substr(host.rfind('.') + 1).starts_with(kPrefix);
  if (foreign_end || host.find(kPrefix) == std::string_view::npos) return false;
  for (const std::string_view label : split(host, '.')) {
    if (!label.starts_with(kPrefix) || label.size() > kLongest) continue;
    const auto decoded = decode_punycode(label.substr(kPrefix.size()));
    if (decoded && is_lookalike(*decoded)) return true;
  }
  return false;
}

// The host that the text of a link shows, which is known to be a URL or a host.
std::string shown_host(std::string_view text) {
  const std::size_t scheme = text.find("//");
  if (scheme != std::string_view::npos) text.remove_prefix(scheme + 2);
  std::string host = to_lower(trim(text.substr(0, text.find_first_of("/?#: \n"))));
  return host.starts_with("www.") ? host.substr(4) : host;
}

// The label that people know a site by: "example" of "www.example.co.uk".
std::string_view known_label(std::string_view host) {
  const auto labels = split(host, '.');
  std::size_t place = labels.size() < 2 ? 0 : labels.size() - 2;
  const bool second_level = place > 0 && labels.back().size() == 2 && labels[place].size() <= 3;
  return labels[second_level ? place - 1 : place];
}

// One letter more, less or other.
bool is_near(std::string_view a, std::string_view b) {
  if (a.size() > b.size()) std::swap(a, b);
  if (b.size() - a.size() > 1) return false;
  const auto [in_a, in_b] = std::mismatch(a.begin(), a.end(), b.begin());
  const auto skip = static_cast<std::ptrdiff_t>(a.size() == b.size() ? 1 : 0);
  return in_a == a.end() || std::equal(in_a + skip, a.end(), in_b + 1, b.end());
}

// Whether the site that a link leads to is made to be taken for the one that it shows. The same name under
// another top-level domain is mostly the same company.
bool imitates(std::string_view shown, const Url& url) {
  constexpr std::size_t kLeast = 5;
  const std::string_view wanted = known_label(shown);
  const std::string_view label = known_label(url.domain);
  if (wanted.size() < kLeast || wanted == label) return false;
  return is_near(wanted, label) || url.host.find(wanted) != std::string::npos;
}

class Links {
 public:
  explicit Links(const Options& options) : options_(options) {}

  void look_at(const Url& url) {
    if (url.is_email() || url.place == Place::header) return;
    if (has_lookalike(url.host)) lookalike_.add(url.host);
    if (url.host.ends_with(".onion")) onion_.add(url.host);
    if (url.mismatch) look_at_mismatch(url);
    // What stands inside another URL is data of that one.
    if (url.place != Place::nested) look_at_form(url);
  }

  Hits hits() {
    Hits hits;
    phishing_.tell("PHISHING", hits);
    redirector_.tell("REDIRECTOR_FALSE", hits);
    lookalike_.tell("OMOGRAPH_URL", hits);
    unreadable_.tell("R_SUSPICIOUS_URL", hits);
    zero_width_.tell("ZERO_WIDTH_SPACE_URL", hits);
    numeric_.tell("URL_NUMERIC_IP", hits);
    numeric_user_.tell("URL_NUMERIC_IP_USER", hits);
    user_.tell("URL_USER_PASSWORD", hits);
    backslash_.tell("URL_BACKSLASH_PATH", hits);
    dots_.tell("URL_EXCESSIVE_DOTS", hits);
    long_.tell("URL_VERY_LONG", hits);
    onion_.tell("HAS_ONION_URI", hits);
    return hits;
  }

 private:
  void look_at_mismatch(const Url& url) {
    const std::string shown = shown_host(url.text);
    const std::string option = fmt::format("{}->{}", shown, url.domain);
    if (options_.redirectors.contains(url.domain) || options_.redirectors.contains(url.host))
      return redirector_.add(option);
    const bool imitation = imitates(shown, url);
    // A name without "http://" or "www." is mostly what a site is called.
    const bool written_out = url.text.find("//") != std::string::npos || istarts_with(url.text, "www.");
    if (written_out || imitation) phishing_.add(option, imitation ? 1.0 : 0.5);
  }

  void look_at_form(const Url& url) {
    constexpr auto kMostDots = 6;
    constexpr std::size_t kMostBytes = 2000;
    const auto has = [&](UrlTrick trick) {
      return url.tricks.has(trick);
    };
    const bool numeric = has(UrlTrick::numeric_host);
    if (has(UrlTrick::odd_address) || has(UrlTrick::encoded_host)) {
      unreadable_.add(url.host);
    } else if (numeric && has(UrlTrick::user)) {
      numeric_user_.add(url.host);
    } else if (numeric) {
      numeric_.add(url.host);
    } else if (has(UrlTrick::user) && url.scheme.starts_with("http")) {
      user_.add(url.host);
    }
    if (has(UrlTrick::zero_width)) zero_width_.add(url.host);
    if (has(UrlTrick::backslash)) backslash_.add(url.host);
    if (!numeric && std::count(url.host.begin(), url.host.end(), '.') > kMostDots) dots_.add(url.host);
    if (url.full.size() > kMostBytes) long_.add(url.host);
  }

  const Options& options_;
  Finding phishing_, redirector_, lookalike_, unreadable_, zero_width_, numeric_, numeric_user_, user_,
      backslash_, dots_, long_, onion_;
};

// With its scheme: names such as "example.com" stand in many an honest Subject.
void check_subject(const Message& message, Hits& hits) {
  const auto& urls = message.urls();
  const auto url = std::find_if(urls.begin(), urls.end(), [](const Url& one) {
    return one.place == Place::subject && !one.is_email() && !one.tricks.has(UrlTrick::no_scheme);
  });
  const Field* subject = message.first("Subject");
  if (url == urls.end() || subject == nullptr) return;
  const std::string text = decoded(*subject);
  const bool nothing_else = trim(text).find(' ') == std::string_view::npos;
  hits.add("URL_IN_SUBJECT", {url->host}, nothing_else ? 1.0 : 0.25);
}

// Each version of the text holds the same links, so that together they are an even number.
void check_count(const Message& message, Hits& hits) {
  if (message.parts().front().type != "multipart/alternative") return;
  std::size_t count = 0;
  for (const Url& url : message.urls()) {
    if (url.place == Place::text || url.place == Place::anchor) count += url.is_email() ? 0 : url.count;
  }
  if (count % 2 == 1) hits.add("URI_COUNT_ODD", {std::to_string(count)});
}

Hits run(const Options& options, const Message& message) {
  Links links(options);
  for (const Url& url : message.urls())
    links.look_at(url);
  Hits hits = links.hits();
  check_subject(message, hits);
  check_count(message, hits);
  return hits;
}

Result<Runner> make(conf::Section& section, Services&) {
  auto options = std::make_shared<Options>();
  const auto redirectors =
      section.get("redirectors", std::vector<std::string>{},
                  "Domains and hosts that lead on: links to them may show what is behind");
  options->redirectors = {redirectors.begin(), redirectors.end()};
  std::shared_ptr<const Options> shared = std::move(options);
  return Runner{CpuCheck{[shared](const Mail& mail, Deadline) {
    return run(*shared, mail.message);
  }}};
}

}  // namespace

extern const Check urls_check;
const Check urls_check{.name = "urls",
                       .group = "urls",
                       .about = "Web addresses that hide where they lead",
                       .phase = Phase::scan,
                       .after = {},
                       .symbols = kSymbols,
                       .make = make};

}  // namespace xspamd
