#include "rules/learn/learner.h"

#include <algorithm>
#include <asio/this_coro.hpp>

namespace xspamd {

namespace {

using Class = Tell::Class;

constexpr std::string_view kHam = "ham";
constexpr std::string_view kSpam = "spam";

std::string_view name(Class which) {
  return which == Class::spam ? kSpam : kHam;
}

std::optional<Class> class_from(const std::optional<StoreEntry>& entry) {
  if (!entry) return std::nullopt;
  if (entry->value == kSpam) return Class::spam;
  return entry->value == kHam ? std::optional(Class::ham) : std::nullopt;
}

StoreKey learned_key(const Lesson& lesson) {
  return {Space::learned, lesson.digest + lesson.owner};
}

// What a message that goes from one class to the other adds to the counters {ham, spam}.
struct Move {
  int ham = 0;
  int spam = 0;
};
Move move_of(std::optional<Class> from, std::optional<Class> to) {
  Move move;
  if (from) --(*from == Class::spam ? move.spam : move.ham);
  if (to) ++(*to == Class::spam ? move.spam : move.ham);
  return move;
}

}  // namespace

std::string_view name(Learned::Outcome outcome) {
  using Outcome = Learned::Outcome;
  switch (outcome) {
    case Outcome::learned:
      return "learned";
    case Outcome::relearned:
      return "relearned";
    case Outcome::already:
      return "already learned";
    case Outcome::forgotten:
      return "forgotten";
    case Outcome::never_learned:
      return "never learned";
    case Outcome::refused:
      return "refused";
  }
  return "";
}

Task<Learned> Learner::learn(Lesson lesson, Deadline deadline) {
  return learn_in_turn(std::move(lesson), true, deadline);
}

Task<Learned> Learner::learn_unless_taught(Lesson lesson, Deadline deadline) {
  return learn_in_turn(std::move(lesson), false, deadline);
}

Task<Learned> Learner::learn_in_turn(Lesson lesson, bool replace, Deadline deadline) {
  if (busy_) {
    const auto executor = co_await asio::this_coro::executor;
    const auto turn = std::make_shared<Event>(executor);
    waiting_.push_back(turn);
    const bool mine = co_await turn->wait(deadline);
    if (!mine) {
      std::erase(waiting_, turn);
      co_return Learned{Learned::Outcome::refused, "too much is being taught at this moment"};
    }
  }
  busy_ = true;
  Learned learned{Learned::Outcome::refused, "an error of the store"};
  try {
    learned = co_await learn_alone(lesson, replace, deadline);
  } catch (const std::exception& error) {
    learned.why = error.what();
  }
  // The turn is handed on: busy_ stays set, so that nobody comes in between.
  if (waiting_.empty()) {
    busy_ = false;
  } else {
    waiting_.front()->signal();
    waiting_.pop_front();
  }
  co_return learned;
}

// What was learned before is read in the background after the start.
Task<> Learner::wait_for_memory(Deadline deadline) {
  constexpr std::chrono::milliseconds kLook{20};
  const auto executor = co_await asio::this_coro::executor;
  Event look(executor);
  while (!bayes_.ready() && bayes_.state() != BayesMemory::State::failed && Clock::now() < deadline) {
    const Deadline next = std::min(deadline, Clock::now() + kLook);
    co_await look.wait(next);
  }
}

Task<Learned> Learner::learn_alone(const Lesson& lesson, bool replace, Deadline deadline) {
  using Outcome = Learned::Outcome;
  co_await wait_for_memory(deadline);
  if (!bayes_.ready()) {
    co_return Learned{Outcome::refused, bayes_.why_not().empty()
                                            ? "what was learned before is still being read"
                                            : bayes_.why_not()};
  }
  const bool mine = co_await is_first_to_teach(lesson.digest + lesson.owner, deadline);
  if (!mine) co_return Learned{Outcome::refused, "another server is being taught it at this moment"};
  std::vector<StoreKey> keys{learned_key(lesson)};
  const auto found = co_await store_.get(std::move(keys), deadline);
  if (!found) co_return Learned{Outcome::refused, found.error().sentence};
  const std::optional<Class> from = class_from(found->front());
  if (from == lesson.which) co_return Learned{lesson.which ? Outcome::already : Outcome::never_learned, {}};
  if (from && !replace) co_return Learned{Outcome::already, {}};
  if (!move(lesson, from)) co_return Learned{Outcome::refused, store_.trouble()};
  if (!lesson.which) co_return Learned{Outcome::forgotten, {}};
  co_return Learned{from ? Outcome::relearned : Outcome::learned, {}};
}

// Among servers that share a store: one at a time teaches a message, and has a second to do it.
Task<bool> Learner::is_first_to_teach(const std::string& digest, Deadline deadline) {
  constexpr BucketLimits kOneASecond{1, 1};
  if (!store_.is_shared()) co_return true;
  StoreKey key{Space::bucket, "teach:" + digest};
  const auto taken = co_await store_.take(std::move(key), 1, kOneASecond, deadline);
  co_return !taken || taken->fits;
}

// No await between these: they are written together or not at all.
// False: the store is in trouble, and nothing is taken for learned.
bool Learner::move(const Lesson& lesson, std::optional<Class> from) {
  if (!store_.trouble().empty()) return false;
  const Move by = move_of(from, lesson.which);
  std::vector<Delta> deltas;
  deltas.reserve(lesson.tokens.size() + 1);
  deltas.push_back({{Space::total, lesson.owner}, {by.ham, by.spam}, {}});
  for (const std::uint64_t token : lesson.tokens)
    deltas.push_back({{Space::token, token_id(token)}, {by.ham, by.spam}, lesson.expires});
  store_.add(std::move(deltas));
  if (!store_.trouble().empty()) return false;  // there was no room for them among those that wait
  if (lesson.which) {
    store_.put(learned_key(lesson), std::string(name(*lesson.which)), lesson.expires);
  } else {
    store_.forget({learned_key(lesson)});
  }
  bayes_.apply(lesson.owner, lesson.tokens, by.ham, by.spam);
  return true;
}

}  // namespace xspamd
