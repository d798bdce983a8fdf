// Regex: a PCRE2 pattern, compiled with JIT. UTF mode with invalid UTF allowed and UCP off, or bytes.
// Matching is bounded (kMatchLimit) and safe from several threads at once; scratch space is per thread.
// Debian's PCRE2 refuses patterns whose compiled form exceeds 64 KB.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "proto/base/result.h"

struct pcre2_real_code_8;

namespace xspamd {

class Regex {
 public:
  enum class Mode { text, bytes };

  // `flags`: of "imsx". The error names the place in the pattern.
  static Result<Regex> compile(std::string_view pattern, std::string_view flags, Mode mode);

  // How often the pattern is found in `text`, without overlap, at most `most` times. A search that reaches
  // the match limit counts as not found from there on and sets `limit_reached`.
  struct Count {
    std::size_t hits = 0;
    bool limit_reached = false;
  };
  Count count(std::string_view text, std::size_t most) const;

 private:
  struct Free {
    void operator()(pcre2_real_code_8* code) const;
  };
  explicit Regex(pcre2_real_code_8* code) : code_(code) {}

  std::unique_ptr<pcre2_real_code_8, Free> code_;
};

}  // namespace xspamd
