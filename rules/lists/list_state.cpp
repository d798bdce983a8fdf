#include "rules/lists/list_state.h"

#include <utility>

namespace xspamd {

bool ListState::refuse(Rest why, Deadline now) {
  const bool news = resting(now) != why;
  rest_ = why;
  until_ = now + kRefusedRest;
  return news;
}

bool ListState::no_answer(Deadline now) {
  if (++unanswered_ < kSilentAfter || resting(now) != Rest::none) return false;
  rest_ = Rest::silent;
  until_ = now + kSilentRest;
  return !std::exchange(told_silent_, true);
}

bool ListState::answered() {
  unanswered_ = 0;
  return std::exchange(told_silent_, false);
}

bool ListState::tell_once(std::string finding) {
  const bool news = finding != finding_;
  finding_ = std::move(finding);
  return news;
}

}  // namespace xspamd
