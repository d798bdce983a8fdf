// Result<T>: a value or an Error. For failures only: an answer that a protocol defines (an SPF
// temperror, a refused request) is an enum value, not an Error.
// An Error carries one sentence that names the wrong value, fit to be shown to the postmaster.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace xspamd {

enum class Errc {
  invalid,      // the text is not what was expected
  not_found,    // a file, user or name does not exist
  unavailable,  // the operating system or a peer refused
  limit,        // a named limit was reached
};

struct Error {
  Errc code = Errc::invalid;
  std::string sentence;
};

template <class T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(Errc code, std::string sentence) {
  return tl::unexpected<Error>(Error{code, std::move(sentence)});
}

}  // namespace xspamd
