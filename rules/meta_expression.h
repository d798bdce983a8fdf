// Expression of a meta, such as "A & !(B | C + D >= 2)": names, integers, parentheses, and from the strongest
// `!`, `*`, `+ -`, `< <= > >= = !=`, `&`, `|`; not, and, or, ==, && and || are other spellings. Everything is
// a 64-bit integer and saturates; what is not 0 is true; comparisons, `!`, `&` and `|` give 0 or 1.
// Comparisons do not chain. Compiled once to a flat postfix program without jumps; no recursion; both limits
// are below. Errors name the character, counted from 1.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "proto/base/result.h"

namespace xspamd {

class Expression {
 public:
  static constexpr std::size_t kMaxLength = 65'536;  // bytes
  static constexpr std::size_t kMaxDepth = 200;  // parentheses and operators that wait for their right side

  enum class Op {
    load,
    number,
    negate,
    multiply,
    add,
    subtract,
    less,
    at_most,
    more,
    at_least,
    equal,
    unequal,
    both,
    either,
    open,  // a parenthesis; never in a program
  };
  struct Step {
    Op op = Op::number;
    std::int64_t operand = 0;  // the number, or the slot that is loaded
  };

  // The slot where the value of a name will stand, or the sentence why there is none.
  using FindSlot = std::function<Result<std::size_t>(std::string_view name)>;

  static Result<Expression> compile(std::string_view text, const FindSlot& find_slot);

  // What a value may be: of a symbol whose check could not learn what it needs, more than one number.
  struct Range {
    std::int64_t low = 0, high = 0;

    bool certainly_true() const { return low > 0 || high < 0; }
    bool certainly_false() const { return low == 0 && high == 0; }
    friend bool operator==(const Range&, const Range&) = default;
  };

  // `values` holds every slot that find_slot gave; `stack` is scratch room that calls may share. The result
  // holds every value that the expression has for values within theirs.
  Range value(std::span<const Range> values, std::vector<Range>& stack) const;
  // The slots it loads, repeated as often as they are.
  std::vector<std::size_t> slots() const;

 private:
  std::vector<Step> program_;
};

}  // namespace xspamd
