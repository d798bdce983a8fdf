// A fixed list of names in lower case (elements, attributes, properties, colours) as a hash table that the
// compiler makes: each tag, attribute and declaration of a mail is looked up, most of them in vain.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace xspamd::html {

template <std::size_t Count>
class NameIndex {
 public:
  // Of rows that have a `name`.
  template <typename Row>
  constexpr explicit NameIndex(const Row (&rows)[Count]) {
    for (std::size_t i = 0; i < Count; ++i) {
      names_[i] = rows[i].name;
      if (names_[i].empty()) continue;
      longest_ = std::max(longest_, names_[i].size());
      std::size_t slot = hash(names_[i]);
      while (slots_[slot] != 0)
        slot = (slot + 1) % kSlots;
      slots_[slot] = static_cast<std::uint16_t>(i + 1);
    }
  }

  // Position in the list, or Count if it is not there.
  constexpr std::size_t find(std::string_view lower) const {
    if (lower.empty() || lower.size() > longest_) return Count;
    for (std::size_t slot = hash(lower); slots_[slot] != 0; slot = (slot + 1) % kSlots) {
      if (names_[slots_[slot] - 1U] == lower) return slots_[slot] - 1U;
    }
    return Count;
  }

 private:
  static constexpr std::size_t slots() {
    std::size_t power = 64;
    while (power < Count * 3)
      power *= 2;
    return power;
  }
  static constexpr std::size_t kSlots = slots();

  // The length and four of the characters tell these names apart well enough.
  static constexpr std::size_t hash(std::string_view name) {
    const auto byte = [&](std::size_t at) {
      return static_cast<std::uint32_t>(static_cast<unsigned char>(name[at]));
    };
    const std::size_t last = name.size() - 1;
    const std::uint32_t sample =
        byte(0) | byte(last) << 8 | byte(name.size() / 2) << 16 | byte(last / 3) << 24;
    const std::uint32_t mixed =
        (sample + static_cast<std::uint32_t>(name.size()) * 0x9E3779B9U) * 0x85EBCA6BU;
    return (mixed >> 16 ^ mixed >> 7) % kSlots;
  }

  std::array<std::string_view, Count> names_{};
  std::array<std::uint16_t, kSlots> slots_{};
  std::size_t longest_ = 0;
};

}  // namespace xspamd::html
