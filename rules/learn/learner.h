// Learner: teaches what a message is, or forgets it. A message is known by its content_digest(): it changes
// its class once however often it is taught, for each owner. One message after the other, so that two that
// teach the same one at the same moment do not both count. Loop thread.
#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "proto/request.h"
#include "rules/io/event.h"
#include "rules/learn/bayes_memory.h"

namespace xspamd {

struct Lesson {
  std::string digest;
  std::string owner;                   // rules/learn/owner.h
  std::vector<std::uint64_t> tokens;   // scoped
  std::chrono::sys_seconds expires{};  // of words that are not taught again
  std::optional<Tell::Class> which;    // nothing: forget it
};

struct Learned {
  enum class Outcome { learned, relearned, already, forgotten, never_learned, refused };
  Outcome outcome = Outcome::refused;
  std::string why;  // refused
};

std::string_view name(Learned::Outcome outcome);

class Learner {
 public:
  // Both must outlive it.
  Learner(Store& store, BayesMemory& bayes) : store_(store), bayes_(bayes) {}

  Task<Learned> learn(Lesson lesson, Deadline deadline);
  // As above, but what somebody taught before stays.
  Task<Learned> learn_unless_taught(Lesson lesson, Deadline deadline);

 private:
  Task<Learned> learn_in_turn(Lesson lesson, bool replace, Deadline deadline);
  Task<> wait_for_memory(Deadline deadline);
  Task<Learned> learn_alone(const Lesson& lesson, bool replace, Deadline deadline);
  Task<bool> is_first_to_teach(const std::string& digest, Deadline deadline);
  bool move(const Lesson& lesson, std::optional<Tell::Class> from);

  Store& store_;
  BayesMemory& bayes_;
  bool busy_ = false;
  std::deque<std::shared_ptr<Event>> waiting_;
};

}  // namespace xspamd
