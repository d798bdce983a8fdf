#include "rules/meta_expression.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "proto/base/text.h"

namespace xspamd {

namespace {

using Op = Expression::Op;
using Step = Expression::Step;

struct Operator {
  std::string_view spelling;
  Op op;
};
// Longer spellings first, so that ">=" is not read as ">".
constexpr std::array<Operator, 14> kOperators{{{"<=", Op::at_most},
                                               {">=", Op::at_least},
                                               {"!=", Op::unequal},
                                               {"==", Op::equal},
                                               {"&&", Op::both},
                                               {"||", Op::either},
                                               {"*", Op::multiply},
                                               {"+", Op::add},
                                               {"-", Op::subtract},
                                               {"<", Op::less},
                                               {">", Op::more},
                                               {"=", Op::equal},
                                               {"&", Op::both},
                                               {"|", Op::either}}};

int strength(Op op) {
  switch (op) {
    case Op::load:
    case Op::number:
    case Op::open:
      return 0;
    case Op::either:
      return 1;
    case Op::both:
      return 2;
    case Op::less:
    case Op::at_most:
    case Op::more:
    case Op::at_least:
    case Op::equal:
    case Op::unequal:
      return 3;
    case Op::add:
    case Op::subtract:
      return 4;
    case Op::multiply:
      return 5;
    case Op::negate:
      return 6;
  }
  return 0;
}
constexpr int kComparison = 3;

bool is_word(char c) {
  return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'z') || c == '_';
}

// The shunting-yard algorithm: operands go to the program at once, operators wait on a stack until a weaker
// one, a closing parenthesis or the end sends them there.
class Compiler {
 public:
  Compiler(std::string_view text, const Expression::FindSlot& find_slot)
      : text_(text), find_slot_(find_slot) {}

  Result<std::vector<Step>> run() {
    if (text_.size() > Expression::kMaxLength) {
      return fail(Errc::limit, fmt::format("it has more than {} characters", Expression::kMaxLength));
    }
    for (skip_blanks(); at_ < text_.size(); skip_blanks()) {
      const Result<void> read = wants_operand_ ? read_operand() : read_operator();
      if (!read) return tl::unexpected(read.error());
      if (waiting_.size() > Expression::kMaxDepth) {
        return fail_at(at_ - 1, fmt::format("it nests deeper than {}", Expression::kMaxDepth), Errc::limit);
      }
    }
    if (wants_operand_) return fail_at(text_.size(), "it ends where a name or number is due");
    for (; !waiting_.empty(); send_last()) {
      if (waiting_.back().op == Op::open) return fail_at(waiting_.back().at, "this ( is never closed");
    }
    return std::move(program_);
  }

 private:
  struct Waiting {
    Op op;
    std::size_t at;
  };

  static tl::unexpected<Error> fail_at(std::size_t at, std::string_view sentence, Errc code = Errc::invalid) {
    return fail(code, fmt::format("at character {}: {}", at + 1, sentence));
  }

  void skip_blanks() {
    while (at_ < text_.size() && is_space(text_[at_]))
      ++at_;
  }

  // The word, or the single character, that stands here.
  std::string_view look() const {
    std::size_t end = at_;
    while (end < text_.size() && is_word(text_[end]))
      ++end;
    if (end > at_) return text_.substr(at_, end - at_);
    return text_.substr(at_, std::max<std::size_t>(1, utf8_length(text_.substr(at_))));
  }

  void send_last() {
    program_.push_back({waiting_.back().op, 0});
    waiting_.pop_back();
  }

  Result<void> read_operand() {
    const std::string_view word = look();
    const std::size_t at = at_;
    at_ += word.size();
    if (word == "(" || word == "!" || word == "not") {
      waiting_.push_back({word == "(" ? Op::open : Op::negate, at});
      return {};
    }
    if (word == "and" || word == "or" || !is_word(word.front())) {
      return fail_at(at, fmt::format("{} stands where a name or number is due", quoted(word)));
    }
    wants_operand_ = false;
    if (is_digit(word.front())) return number(word, at);
    const auto slot = find_slot_(word);
    if (!slot) return fail_at(at, slot.error().sentence);
    program_.push_back({Op::load, static_cast<std::int64_t>(*slot)});
    return {};
  }

  Result<void> number(std::string_view word, std::size_t at) {
    constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (!std::all_of(word.begin(), word.end(), is_digit)) {
      return fail_at(at, fmt::format("{} is neither a number nor a name", quoted(word)));
    }
    const auto value = parse_unsigned(word);
    if (!value || *value > kMost)
      return fail_at(at, fmt::format("{} is too large a number", quoted(word)), Errc::limit);
    program_.push_back({Op::number, static_cast<std::int64_t>(*value)});
    return {};
  }

  Result<void> read_operator() {
    const std::string_view word = look();
    if (word == ")") return close();
    if (word == "and") return binary(Op::both, word.size());
    if (word == "or") return binary(Op::either, word.size());
    const std::string_view rest = text_.substr(at_);
    const auto found = std::find_if(kOperators.begin(), kOperators.end(),
                                    [&](const Operator& known) { return rest.starts_with(known.spelling); });
    if (found != kOperators.end()) return binary(found->op, found->spelling.size());
    if (is_word(word.front()) || word == "(" || word == "!") {
      return fail_at(at_, fmt::format("an operator is missing before {}", quoted(word)));
    }
    return fail_at(at_, fmt::format("{} is no operator", quoted(word)));
  }

  Result<void> binary(Op op, std::size_t length) {
    while (!waiting_.empty() && strength(waiting_.back().op) >= strength(op)) {
      if (strength(op) == kComparison && strength(waiting_.back().op) == kComparison) {
        return fail_at(at_, "a comparison of a comparison: join them by & or put one in parentheses");
      }
      send_last();
    }
    waiting_.push_back({op, at_});
    at_ += length;
    wants_operand_ = true;
    return {};
  }

  Result<void> close() {
    while (!waiting_.empty() && waiting_.back().op != Op::open)
      send_last();
    if (waiting_.empty()) return fail_at(at_, "this ) closes nothing");
    waiting_.pop_back();
    ++at_;
    return {};
  }

  std::string_view text_;
  const Expression::FindSlot& find_slot_;
  std::size_t at_ = 0;
  bool wants_operand_ = true;
  std::vector<Waiting> waiting_;
  std::vector<Step> program_;
};

// The bound on the side that the exact result lies.
std::int64_t bound(bool negative) {
  using Bounds = std::numeric_limits<std::int64_t>;
  return negative ? Bounds::min() : Bounds::max();
}

std::int64_t saturated(Op op, std::int64_t left, std::int64_t right) {
  std::int64_t result = 0;
  if (op == Op::add) return __builtin_add_overflow(left, right, &result) ? bound(left < 0) : result;
  if (op == Op::subtract) return __builtin_sub_overflow(left, right, &result) ? bound(left < 0) : result;
  return __builtin_mul_overflow(left, right, &result) ? bound((left < 0) != (right < 0)) : result;
}

using Range = Expression::Range;

constexpr Range kFalse{0, 0};
constexpr Range kTrue{1, 1};
constexpr Range kEither{0, 1};

Range truth(bool certainly_true, bool certainly_false) {
  return certainly_true ? kTrue : certainly_false ? kFalse : kEither;
}

Range arithmetic(Op op, const Range& left, const Range& right) {
  const auto [low, high] =
      std::minmax({saturated(op, left.low, right.low), saturated(op, left.low, right.high),
                   saturated(op, left.high, right.low), saturated(op, left.high, right.high)});
  return {low, high};
}

Range combined(Op op, const Range& left, const Range& right) {
  const bool apart = left.high < right.low || right.high < left.low;
  const bool same = left.low == left.high && left == right;
  switch (op) {
    case Op::less:
      return truth(left.high < right.low, left.low >= right.high);
    case Op::at_most:
      return truth(left.high <= right.low, left.low > right.high);
    case Op::more:
      return truth(left.low > right.high, left.high <= right.low);
    case Op::at_least:
      return truth(left.low >= right.high, left.high < right.low);
    case Op::equal:
      return truth(same, apart);
    case Op::unequal:
      return truth(apart, same);
    case Op::both:
      return truth(left.certainly_true() && right.certainly_true(),
                   left.certainly_false() || right.certainly_false());
    case Op::either:
      return truth(left.certainly_true() || right.certainly_true(),
                   left.certainly_false() && right.certainly_false());
    case Op::multiply:
    case Op::add:
    case Op::subtract:
    case Op::load:
    case Op::number:
    case Op::negate:
    case Op::open:
      break;
  }
  return arithmetic(op, left, right);
}

}  // namespace

Result<Expression> Expression::compile(std::string_view text, const FindSlot& find_slot) {
  auto program = Compiler(text, find_slot).run();
  if (!program) return tl::unexpected(program.error());
  Expression expression;
  expression.program_ = std::move(*program);
  return expression;
}

Expression::Range Expression::value(std::span<const Range> values, std::vector<Range>& stack) const {
  stack.clear();
  for (const Step& step : program_) {
    if (step.op == Op::load) {
      stack.push_back(values[static_cast<std::size_t>(step.operand)]);
    } else if (step.op == Op::number) {
      stack.push_back({step.operand, step.operand});
    } else if (step.op == Op::negate) {
      stack.back() = truth(stack.back().certainly_false(), stack.back().certainly_true());
    } else {
      const Range right = stack.back();
      stack.pop_back();
      stack.back() = combined(step.op, stack.back(), right);
    }
  }
  return stack.empty() ? kFalse : stack.back();
}

std::vector<std::size_t> Expression::slots() const {
  std::vector<std::size_t> slots;
  for (const Step& step : program_) {
    if (step.op == Op::load) slots.push_back(static_cast<std::size_t>(step.operand));
  }
  return slots;
}

}  // namespace xspamd
