// HashPlaces: which hashes were seen, in an open table. Chosen hashes may all want one place: beyond
// kMostSteps neighbours one is taken for seen, so that each costs no more than these.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace xspamd::bayes {

class HashPlaces {
 public:
  static constexpr std::size_t kMostSteps = 64;

  // At least so many places.
  explicit HashPlaces(std::size_t places) : places_(std::bit_ceil(places)) {}

  // Whether it was new and found a place. Never of 0.
  bool place(std::uint64_t hash) {
    const std::size_t mask = places_.size() - 1;
    std::size_t at = (hash >> 8) & mask;
    for (std::size_t steps = 0; places_[at] != 0; at = (at + 1) & mask) {
      if (places_[at] == hash || ++steps == kMostSteps) return false;
    }
    places_[at] = hash;
    return true;
  }
  std::size_t size() const { return places_.size(); }
  // Twice the places, all free.
  void double_and_clear() { places_.assign(2 * places_.size(), 0); }

 private:
  std::vector<std::uint64_t> places_;  // a power of two of them; 0 is free
};

}  // namespace xspamd::bayes
