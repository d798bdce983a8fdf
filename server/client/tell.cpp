#include "server/client/tell.h"

#include "server/client/spamc_request.h"

namespace xspamd::client {

Tell tell_of(Lesson lesson, const FuzzyOrder& fuzzy) {
  Tell tell;
  // Servers that know no flags go by the class.
  const bool is_spam = lesson == Lesson::fuzzy_add ? fuzzy.flag != FuzzyFlag::white : lesson == Lesson::spam;
  tell.which = is_spam ? Tell::Class::spam : Tell::Class::ham;
  tell.set_local = lesson == Lesson::spam || lesson == Lesson::ham;
  tell.remove_local = lesson == Lesson::forget;
  tell.set_remote = lesson == Lesson::fuzzy_add;
  tell.remove_remote = lesson == Lesson::fuzzy_delete;
  tell.fuzzy = fuzzy;
  return tell;
}

std::string tell_head(const Tell& tell, std::string_view user, std::size_t message_bytes) {
  SpamcRequest request;
  request.command = Command::tell;
  request.tell = tell;
  request.user = user;
  request.bytes = message_bytes;
  return spamc_head(request);
}

}  // namespace xspamd::client
