// What a reader sees: texts that differ from version to version, letters of foreign scripts in Latin words,
// and texts that are nothing but a link.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>

#include "conf/section.h"
#include "proto/base/text.h"
#include "proto/mail/message.h"
#include "rules/check.h"
#include "rules/checks/bitcoin.h"
#include "rules/match/regex.h"

namespace xspamd {

namespace {

constexpr std::array<Symbol, 7> kSymbols{
    // Below rspamd's 1.0: newsletters often have a plain version that is written for itself.
    {{"R_PARTS_DIFFER", Points{500}, "The plain and the HTML version of the text say different things"},
     {"R_MIXED_CHARSET", Points{5000}, "Words mix letters of several alphabets that look alike"},
     {"R_MISSING_CHARSET", Points{500}, "A text does not say which alphabet its bytes stand for"},
     // Below rspamd's 2.2 and 2.5: friends send each other links without a word, too.
     {"HFILTER_URL_ONLY", Points{800}, "The text is hardly more than web addresses"},
     {"HFILTER_URL_ONELINE", Points{800}, "The text is one line, and that is a web address"},
     {"BITCOIN_ADDR", Points{}, "The text holds the address of a Bitcoin wallet"},
     {"LEAKED_PASSWORD_SCAM", Points{7000}, "The text asks for Bitcoins and speaks as blackmailers do"}}};

struct Options {
  std::optional<Regex> blackmail;
};

// A weight to the hundredth: finer says more than is known.
double rounded(double weight) {
  return std::round(100 * weight) / 100;
}

// Words of two texts, counted by a hash of each: as alike as the counts are. A word that meets another in its
// place only makes two texts a little more alike than they are.
class Comparison {
 public:
  void add(std::string_view text, int sign) {
    constexpr std::size_t kMost = 32'768;  // of a text: what differs does so at its start
    text = text.substr(0, kMost);
    std::size_t at = 0;
    while (at < text.size()) {
      while (at < text.size() && !is_part(text[at]))
        ++at;
      const std::size_t begin = at;
      std::uint32_t hash = 2166136261U;
      bool address = false;
      // Up to white space if it is an address: HTML keeps those out of sight.
      for (; at < text.size() && (is_part(text[at]) || (address && !is_space(text[at]))); ++at) {
        hash = (hash ^ static_cast<unsigned char>(to_lower(text[at]))) * 16777619U;
        address = address || is_address(text, at + 1);
      }
      if (at == begin || address) continue;
      counts_[(hash ^ hash >> 15) % counts_.size()] += sign;
      ++words_;
    }
  }

  std::size_t words() const { return words_; }
  // 0: the same words, 1: not one in common.
  double difference() const {
    std::size_t different = 0;
    for (const int count : counts_)
      different += static_cast<std::size_t>(std::abs(count));
    return words_ == 0 ? 0 : static_cast<double>(different) / static_cast<double>(words_);
  }

 private:
  static bool is_part(char c) {
    const char lower = to_lower(c);
    return is_digit(c) || (lower >= 'a' && lower <= 'z') || static_cast<unsigned char>(c) >= 0x80;
  }
  static bool is_address(std::string_view text, std::size_t at) {
    if (at + 1 >= text.size()) return false;
    return text[at] == '@' || (text[at] == ':' && text[at + 1] == '/');
  }

  std::array<int, 2048> counts_{};
  std::size_t words_ = 0;
};

// The multipart/alternative that the text stands in, at any depth; kNone if there is none.
std::size_t alternative_of(const std::vector<Part>& parts, const Text& text) {
  std::size_t up = parts[text.part].parent;
  while (up != Part::kNone && parts[up].type != "multipart/alternative")
    up = parts[up].parent;
  return up;
}

void compare(const Message& message, Hits& hits) {
  constexpr std::size_t kEnough = 30;  // words, to be sure
  const Text* plain = nullptr;
  const Text* html = nullptr;
  for (const Text& text : message.texts()) {
    const Text*& slot = text.is_html ? html : plain;
    if (slot == nullptr && !text.is_attached) slot = &text;
  }
  if (plain == nullptr || html == nullptr || plain->visible.empty()) return;
  const std::size_t around = alternative_of(message.parts(), *plain);
  if (around == Part::kNone || around != alternative_of(message.parts(), *html)) return;
  Comparison comparison;
  comparison.add(plain->visible, 1);
  comparison.add(html->visible, -1);
  const double difference = comparison.difference();
  if (difference <= 0.5) return;
  hits.add("R_PARTS_DIFFER", {fmt::format("{:.0f}%", 100 * difference)},
           rounded((difference - 0.5) * (comparison.words() > kEnough ? 2 : 1)));
}

// Of all that is shown together: a single word may be a formula or a joke.
void check_scripts(const Message& message, Hits& hits) {
  constexpr std::size_t kLeast = 3;
  TextCounts counts;
  for (const Text& text : message.texts()) {
    if (!text.is_attached) counts += text.counts;
  }
  const std::size_t mixed = std::min(counts.mixed_words, counts.confusable);
  const double share = counts.words == 0 ? 0 : static_cast<double>(mixed) / static_cast<double>(counts.words);
  if (mixed < kLeast || share < 0.05) return;
  hits.add("R_MIXED_CHARSET", {fmt::format("{} of {}", mixed, counts.words)},
           rounded(std::min(1.0, 5 * share)));
}

// RFC 2045 §5.2: without a charset plain text is ASCII.
void check_charsets(const Message& message, Hits& hits) {
  for (const Text& text : message.texts()) {
    const Part& part = message.parts()[text.part];
    if (text.is_html || text.is_attached || !part.charset.empty()) continue;
    if (ascii_length(text.visible) < text.visible.size()) return hits.add("R_MISSING_CHARSET");
  }
}

bool begins_url(std::string_view word) {
  return istarts_with(word, "http://") || istarts_with(word, "https://") || istarts_with(word, "www.");
}

// The HTML version is what programs of mail show.
const Text* shown_text(const Message& message) {
  const Text* shown = nullptr;
  for (const Text& text : message.texts()) {
    if (!text.is_attached && (shown == nullptr || (text.is_html && !shown->is_html))) shown = &text;
  }
  return shown;
}

// Whether the URLs of the message are long enough to be most of a text. Cheap, and true of few.
bool may_fill(const std::vector<Url>& urls, std::size_t bytes) {
  std::size_t sum = 0;
  for (const Url& url : urls)
    sum += url.is_email() ? 0 : url.full.size() * url.count;
  return 2 * sum > bytes;
}

void check_links_only(const Message& message, Hits& hits) {
  constexpr std::size_t kMost = 4096;  // more than that is more than links
  const Text* shown = shown_text(message);
  if (shown == nullptr || shown->visible.empty() || shown->visible.size() > kMost) return;
  if (!may_fill(message.urls(), shown->visible.size())) return;
  std::size_t links = 0;
  std::size_t rest = 0;
  std::string_view text = shown->visible;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(" \n"), text.size());
    std::string_view word = text.substr(0, end);
    if (word.starts_with('<') || word.starts_with('(')) word.remove_prefix(1);
    (begins_url(word) ? links : rest) += end;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  const double share = links == 0 ? 0 : static_cast<double>(links) / static_cast<double>(links + rest);
  if (share <= 0.8) return;
  hits.add("HFILTER_URL_ONLY", {fmt::format("{:.0f}%", 100 * share)},
           rounded(std::min(1.0, (share - 0.8) * 5)));
  if (shown->counts.lines < 2) hits.add("HFILTER_URL_ONELINE");
}

void check_wallets(const Options& options, const Message& message, Hits& hits) {
  for (const Text& text : message.texts()) {
    if (text.is_attached) continue;
    const std::string_view address = find_bitcoin_address(text.visible);
    if (address.empty()) continue;
    hits.add("BITCOIN_ADDR", {std::string(address)});
    if (options.blackmail && options.blackmail->count(text.visible, 1).hits > 0)
      hits.add("LEAKED_PASSWORD_SCAM");
    return;
  }
}

Hits run(const Options& options, const Mail& mail) {
  Hits hits;
  compare(mail.message, hits);
  check_scripts(mail.message, hits);
  check_charsets(mail.message, hits);
  check_links_only(mail.message, hits);
  check_wallets(options, mail.message, hits);
  return hits;
}

Result<Runner> make(conf::Section& section, Services&) {
  auto options = std::make_shared<Options>();
  const auto words = section.get("blackmail", std::vector<std::string>{},
                                 "What blackmailers write beside the address of a wallet, as patterns");
  if (!words.empty()) {
    auto compiled =
        Regex::compile(fmt::format(R"(\b(?:{})\b)", fmt::join(words, "|")), "i", Regex::Mode::text);
    if (!compiled) return fail(Errc::invalid, fmt::format("blackmail: {}", compiled.error().sentence));
    options->blackmail = std::move(*compiled);
  }
  std::shared_ptr<const Options> shared = std::move(options);
  return Runner{CpuCheck{[shared](const Mail& mail, Deadline) {
    return run(*shared, mail);
  }}};
}

}  // namespace

extern const Check texts_check;
const Check texts_check{.name = "texts",
                        .group = "content",
                        .about = "The text that is shown, its versions, alphabets and links",
                        .phase = Phase::scan,
                        .after = {},
                        .symbols = kSymbols,
                        .make = make};

}  // namespace xspamd
