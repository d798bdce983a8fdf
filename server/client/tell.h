// What a message is told to be, and the head of the TELL that says so. Forgetting names no class, as
// `spamc -L forget` does not. No I/O.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "proto/request.h"

namespace xspamd::client {

enum class Lesson { spam, ham, forget, fuzzy_add, fuzzy_delete };

// `fuzzy` is for the last two, which say "remote".
Tell tell_of(Lesson lesson, const FuzzyOrder& fuzzy = {});
std::string tell_head(const Tell& tell, std::string_view user, std::size_t message_bytes);

}  // namespace xspamd::client
