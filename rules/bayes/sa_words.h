// The words of a line as SpamAssassin 4.0.1 makes tokens of them: letters, digits, any character beyond ASCII
// and , @ * ! _ ' " $ . - belong to words; a word of less than three bytes is passed over, one of more than
// 15 keeps its first seven characters behind "sk:". In texts and links mail addresses and host names come in
// parts, too ("U*", "D*", "UD:"), and words also in lower case and without marks. Its list of stop words is
// left out: they were never learned on their own. Linear.
#pragma once

#include <cstddef>
#include <string_view>

#include "rules/bayes/sa_token_set.h"

namespace xspamd::bayes {

enum class SaPlace { field, text, link };

// `words` are those that may still be read; what was read is taken off.
void add_sa_words(SaTokenSet& tokens, SaPlace place, std::string_view mark, std::string_view utf8,
                  std::size_t& words);

// Calls `each` with every name above a domain, itself first: "a.b.c", "b.c", "c"; at most kMostLevels.
inline constexpr std::size_t kMostLevels = 16;
template <class Each>
void for_each_level(std::string_view domain, const Each& each) {
  for (std::size_t levels = 0; levels < kMostLevels; ++levels) {
    each(domain);
    const std::size_t dot = domain.find('.');
    if (dot == std::string_view::npos || dot == 0 || dot + 1 >= domain.size()) return;
    domain.remove_prefix(dot + 1);
  }
}

}  // namespace xspamd::bayes
