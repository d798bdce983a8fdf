#include "rules/fuzzy/shingles.h"

#include <algorithm>

#include "proto/base/text.h"
#include "rules/bayes/word_reader.h"

namespace xspamd::fuzzy {

namespace {

using bayes::mix;

constexpr std::uint64_t kNone = ~std::uint64_t{0};
constexpr std::uint64_t kAddress = bayes::hash_of("<address>");
constexpr std::uint64_t kUrl = bayes::hash_of("<url>");
constexpr unsigned kPlaceBits = 5;
static_assert(kShingles == 1U << kPlaceBits);

bool is_mark(const bayes::ReadWord& word) {
  return word.text.front() == '!' || word.text.front() == '$';
}

bool has_digit(std::string_view text) {
  return std::any_of(text.begin(), text.end(), is_digit);
}

// The minima, and the words of the shingle that is growing.
class Collector {
 public:
  Collector() { minima_.fill(kNone); }

  // A word counts when the next one has shown that it is not the first part of a mail address.
  void add(std::uint64_t word) {
    add_pending();
    pending_ = word;
  }
  void drop_pending() { pending_.reset(); }
  void finish() { add_pending(); }
  std::size_t words() const { return words_; }
  std::optional<Shingles> shingles() const;

 private:
  void add_pending();

  std::array<std::uint64_t, kWindow> last_{};
  std::size_t words_ = 0;
  std::optional<std::uint64_t> pending_;
  std::array<std::uint64_t, kShingles> minima_{};
};

void Collector::add_pending() {
  if (!pending_) return;
  last_[words_++ % kWindow] = *pending_;
  pending_.reset();
  if (words_ < kWindow) return;
  std::uint64_t shingle = 0;
  for (std::size_t back = kWindow; back > 0; --back)
    shingle = mix(shingle, last_[(words_ - back) % kWindow]);
  std::uint64_t& minimum = minima_[shingle >> (64 - kPlaceBits)];
  minimum = std::min(minimum, shingle << kPlaceBits);
}

std::optional<Shingles> Collector::shingles() const {
  const auto empty = static_cast<std::size_t>(std::count(minima_.begin(), minima_.end(), kNone));
  if (words_ < kLeastWords || kShingles - empty < kLeastPlaces) return std::nullopt;
  Shingles shingles{};
  // A place that no shingle fell into has what the next one has (A. Shrivastava, P. Li, "Densifying one
  // permutation hashing", 2014).
  std::uint64_t next = *std::find_if(minima_.begin(), minima_.end(), [](auto each) { return each != kNone; });
  for (std::size_t i = kShingles; i > 0; --i) {
    if (minima_[i - 1] != kNone) next = minima_[i - 1];
    // Of a long text the highest bits of every minimum are 0.
    shingles[i - 1] = static_cast<std::uint32_t>(mix(next, 0));
  }
  return shingles;
}

}  // namespace

TextShape text_shape(std::string_view utf8) {
  bayes::WordReader reader(utf8);
  bayes::ReadWord word;
  Collector collector;
  while (reader.next(word)) {
    if (word.hash == kAddress) {
      collector.drop_pending();
    } else if (word.hash != kUrl && !is_mark(word) && !has_digit(word.text)) {
      collector.add(word.hash);
    }
  }
  collector.finish();
  return {collector.words(), collector.shingles()};
}

std::string to_bytes(const Shingles& shingles) {
  std::string bytes;
  for (const std::uint32_t shingle : shingles) {
    for (unsigned shift = 0; shift < 32; shift += 8)
      bytes += static_cast<char>(shingle >> shift);
  }
  return bytes;
}

std::size_t common(const Shingles& a, const Shingles& b) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < kShingles; ++i)
    count += a[i] == b[i] ? 1 : 0;
  return count;
}

}  // namespace xspamd::fuzzy
