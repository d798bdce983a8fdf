// Any text as the expression of a meta: what compiles computes without a fault, and the same as a second
// implementation that reads the text each time, by the rules of the grammar and without a stack of its own.
#include <cctype>
#include <cstdint>
#include <limits>
#include <string>

#include "rules/meta_expression.h"
#include "tests/fuzz/require.h"

using namespace xspamd;

namespace {

using Int = std::int64_t;
__extension__ typedef __int128 Wide;  // g++ calls it no part of the language

// A name's slot and value come of its length.
constexpr std::size_t kSlots = 8;
Int value_in(std::size_t slot) {
  return slot == 7 ? std::numeric_limits<Int>::max() : static_cast<Int>(slot);
}

Int saturated(Wide exact) {
  const auto least = static_cast<Wide>(std::numeric_limits<Int>::min());
  const auto most = static_cast<Wide>(std::numeric_limits<Int>::max());
  return static_cast<Int>(exact < least ? least : exact > most ? most : exact);
}

// Recursive descent over text that is known to be right; its depth is bounded by Expression::kMaxDepth.
class Reference {
 public:
  explicit Reference(std::string_view text) : text_(text) {}
  Int either() {
    Int left = both();
    while (take("||") || take("|") || take("or")) {
      const Int right = both();
      left = left != 0 || right != 0;
    }
    return left;
  }
  bool at_end() {
    skip();
    return text_.empty();
  }

 private:
  void skip() {
    while (!text_.empty() && std::string_view(" \t\r\n\v\f").find(text_.front()) != std::string_view::npos)
      text_.remove_prefix(1);
  }
  static bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

  bool take(std::string_view token) {
    skip();
    if (!text_.starts_with(token)) return false;
    const bool word = is_word(token.front());
    if (word && text_.size() > token.size() && is_word(text_[token.size()])) return false;
    text_.remove_prefix(token.size());
    return true;
  }

  Int both() {
    Int left = comparison();
    while (take("&&") || take("&") || take("and")) {
      const Int right = comparison();
      left = left != 0 && right != 0;
    }
    return left;
  }

  Int comparison() {
    const Int left = sum();
    if (take("<=")) return left <= sum();
    if (take(">=")) return left >= sum();
    if (take("!=")) return left != sum();
    if (take("==") || take("=")) return left == sum();
    if (take("<")) return left < sum();
    if (take(">")) return left > sum();
    return left;
  }

  Int sum() {
    Int left = product();
    while (true) {
      if (take("+")) {
        left = saturated(static_cast<Wide>(left) + product());
      } else if (take("-")) {
        left = saturated(static_cast<Wide>(left) - product());
      } else {
        return left;
      }
    }
  }

  Int product() {
    Int left = operand();
    while (take("*"))
      left = saturated(static_cast<Wide>(left) * operand());
    return left;
  }

  Int operand() {
    if (take("!") || take("not")) return operand() == 0;
    if (take("(")) {
      const Int value = either();
      require(take(")"));
      return value;
    }
    skip();
    std::size_t length = 0;
    while (length < text_.size() && is_word(text_[length]))
      ++length;
    require(length > 0);
    const std::string word(text_.substr(0, length));
    text_.remove_prefix(length);
    if (std::isdigit(static_cast<unsigned char>(word.front())) == 0) return value_in(word.size() % kSlots);
    return static_cast<Int>(std::strtoull(word.c_str(), nullptr, 10));
  }

  std::string_view text_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto slot = [](std::string_view name) -> Result<std::size_t> {
    if (name.size() > 30) return fail(Errc::not_found, "unknown");
    return name.size() % kSlots;
  };
  const auto compiled = Expression::compile(text, slot);
  if (!compiled) {
    require(!compiled.error().sentence.empty());
    return 0;
  }
  std::vector<Expression::Range> values;
  std::vector<Expression::Range> wide;
  for (std::size_t i = 0; i < kSlots; ++i) {
    values.push_back({value_in(i), value_in(i)});
    wide.push_back({i % 2 == 0 ? std::min<Int>(value_in(i), 0) : value_in(i), value_in(i)});
  }
  std::vector<Expression::Range> stack;
  const auto [value, high] = compiled->value(values, stack);
  require(stack.size() == 1 && value == high);
  const auto range = compiled->value(wide, stack);
  require(range.low <= value && value <= range.high);
  for (const std::size_t used : compiled->slots())
    require(used < kSlots);
  Reference reference(text);
  require(reference.either() == value);
  require(reference.at_end());
  return 0;
}
