#include "rules/match/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <fmt/format.h>
#include <pcre2.h>

#include "proto/base/text.h"

namespace xspamd {

namespace {

// JIT ignores the depth and heap limits; this one holds for it too.
constexpr std::uint32_t kMatchLimit = 100'000;
constexpr std::size_t kJitStackStart = 32 * 1024;
constexpr std::size_t kJitStackMost = 1024 * 1024;

// What matching writes to; one for each thread, as compiled patterns are shared.
class Scratch {
 public:
  Scratch()
      : data_(pcre2_match_data_create(1, nullptr)),
        context_(pcre2_match_context_create(nullptr)),
        stack_(pcre2_jit_stack_create(kJitStackStart, kJitStackMost, nullptr)) {
    pcre2_set_match_limit(context_, kMatchLimit);
    pcre2_jit_stack_assign(context_, nullptr, stack_);
  }
  ~Scratch() {
    pcre2_jit_stack_free(stack_);
    pcre2_match_context_free(context_);
    pcre2_match_data_free(data_);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  pcre2_match_data* data() { return data_; }
  pcre2_match_context* context() { return context_; }

 private:
  pcre2_match_data* data_;
  pcre2_match_context* context_;
  pcre2_jit_stack* stack_;
};

Scratch& scratch() {
  thread_local Scratch mine;
  return mine;
}

std::uint32_t options_for(std::string_view flags, Regex::Mode mode) {
  std::uint32_t options = mode == Regex::Mode::text ? PCRE2_UTF | PCRE2_MATCH_INVALID_UTF : 0;
  for (const char flag : flags) {
    if (flag == 'i') options |= PCRE2_CASELESS;
    if (flag == 'm') options |= PCRE2_MULTILINE;
    if (flag == 's') options |= PCRE2_DOTALL;
    if (flag == 'x') options |= PCRE2_EXTENDED;
  }
  return options;
}

}  // namespace

void Regex::Free::operator()(pcre2_real_code_8* code) const {
  pcre2_code_free(code);
}

Result<Regex> Regex::compile(std::string_view pattern, std::string_view flags, Mode mode) {
  int error = 0;
  PCRE2_SIZE at = 0;
  pcre2_code* code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(),
                                   options_for(flags, mode), &error, &at, nullptr);
  if (code == nullptr) {
    PCRE2_UCHAR text[256] = {};
    pcre2_get_error_message(error, text, sizeof text);
    return fail(Errc::invalid, fmt::format("the pattern is wrong at character {}: {}", at + 1,
                                           reinterpret_cast<const char*>(text)));
  }
  // Without JIT (a machine that forbids writable code) matching goes on, slower.
  pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
  return Regex(code);
}

Regex::Count Regex::count(std::string_view text, std::size_t most) const {
  Count count;
  Scratch& space = scratch();
  const PCRE2_SIZE* found = pcre2_get_ovector_pointer(space.data());
  PCRE2_SIZE from = 0;
  std::uint32_t options = 0;
  while (count.hits < most && from <= text.size()) {
    const int result = pcre2_match(code_.get(), reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), from,
                                   options, space.data(), space.context());
    if (result < 0) {
      count.limit_reached = result != PCRE2_ERROR_NOMATCH;
      return count;
    }
    ++count.hits;
    // An empty match must not be found again where it was.
    options = found[0] == found[1] ? PCRE2_NOTEMPTY_ATSTART : 0;
    from = found[1];
  }
  return count;
}

}  // namespace xspamd
