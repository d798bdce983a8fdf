#include "rules/learn/lesson.h"

#include "rules/bayes/tokens.h"
#include "rules/learn/content_digest.h"
#include "rules/learn/owner.h"

namespace xspamd {

Lesson lesson_of(const Mail& mail, const std::string& owner, const conf::Learn& learn) {
  Lesson lesson;
  lesson.digest = content_digest(mail.message);
  lesson.owner = owner;
  lesson.tokens = scoped(bayes_tokens(mail), owner);
  lesson.expires = mail.now + std::chrono::ceil<std::chrono::seconds>(learn.token_expiry);
  return lesson;
}

}  // namespace xspamd
