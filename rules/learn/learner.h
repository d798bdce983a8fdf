// Learner: teaches what a message is, or forgets it. A message is known by its content_digest(): it changes
// its class once however often it is taught. One message after the other, so that two that teach the same one
// at the same moment do not both count. Loop thread.
#pragma once

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
  std::vector<std::uint64_t> tokens;
  std::optional<Tell::Class> which;  // nothing: forget it
};

struct Learned {
  enum class Outcome { learned, relearned, already, forgotten, never_learned, refused };
  Outcome outcome = Outcome::refused;
  std::string why;  // refused
};

class Learner {
 public:
  // Both must outlive it.
  Learner(Store& store, BayesMemory& bayes) : store_(store), bayes_(bayes) {}

  Task<Learned> learn(Lesson lesson, Deadline deadline);

 private:
  Task<> wait_for_memory(Deadline deadline);
  Task<Learned> learn_alone(const Lesson& lesson, Deadline deadline);
  void move(const Lesson& lesson, std::optional<Tell::Class> from);

  Store& store_;
  BayesMemory& bayes_;
  bool busy_ = false;
  std::deque<std::shared_ptr<Event>> waiting_;
};

}  // namespace xspamd
