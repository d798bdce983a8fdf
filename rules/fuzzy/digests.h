// The digests that a message is known by: of the text that a reader sees, by its shingles or, where it is
// short, as it stands; and of each attached file. Pure, linear; for a pool thread. They are stored: how they
// are made must never change.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/fuzzy/shingles.h"

namespace xspamd {
class Message;
}

namespace xspamd::fuzzy {

inline constexpr std::size_t kDigest = 16;           // bytes, the first of a SHA-256
inline constexpr std::size_t kLeastShortWords = 12;  // shorter texts are nobody's own
inline constexpr std::size_t kLeastFileBytes = 1024;
inline constexpr std::size_t kMostFiles = 8;
inline constexpr std::size_t kMostFileBytes = 16 * 1024 * 1024;  // of all files; what does not fit has none

enum class Kind { text, file, image };
std::string_view name(Kind kind);  // as rspamd shows it: "txt", "bin", "img"

struct Digest {
  std::string id;  // of a file: what sha256sum begins with
  Kind kind = Kind::text;
  std::optional<Shingles> shingles;  // of a text that is not short
};

// The text first; each id once.
std::vector<Digest> digests_of(const Message& message);

// Of the texts that are shown without being opened the longest HTML, if it has words enough, for that is what
// a reader sees; else the longest of all. Empty if there is none.
std::string_view message_text(const Message& message);

}  // namespace xspamd::fuzzy
