// The symbols of a verdict as text: by |score|, each with its options made safe for one line.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "proto/verdict.h"

namespace xspamd {

// Options within the brackets of a symbol: controls and bytes that are no UTF-8 become '?', the separators
// , [ ] become %2C %5B %5D; at most 100 bytes an option and 900 in all. Empty when there are none.
std::string options_text(const std::vector<std::string>& options);

// "NAME(2.50)[option, option]"
std::string to_text(const Score& score);

// The scores, largest |value| first, names in order among equals.
std::vector<const Score*> by_weight(const std::vector<Score>& scores);

// The scores by weight, each as `line` writes it; when they take more than `room` bytes the smallest are
// folded into MORE_SYMBOLS[n], whose value is their sum, so that the printed values still add up.
std::string folded_lines(const std::vector<Score>& scores, std::size_t room,
                         std::string (*line)(const Score&));

// The same, each as "Symbol: NAME(2.50)[option]\r\n".
std::string symbol_lines(const std::vector<Score>& scores, std::size_t room);

// "NAME(2.50)[option],OTHER(0.00)" for a log line, at most `room` bytes, "... n more" at the end if cut.
std::string symbols_on_one_line(const std::vector<Score>& scores, std::size_t room);

}  // namespace xspamd
