// Aftermath: what follows a verdict and what no client waits for: checks that remember what came of a
// message, its row of the history, learning it by itself, and giving its memory back. Loop thread.
#pragma once

#include <memory>

#include "rules/io/pool.h"
#include "rules/learn/autolearn.h"
#include "rules/learn/history.h"
#include "rules/learn/learner.h"
#include "rules/learn/memory.h"
#include "rules/plan.h"
#include "rules/scan.h"
#include "server/log.h"

namespace asio {
class any_io_executor;
}

namespace xspamd {

class Aftermath {
 public:
  Aftermath(Pool& pool, Log& log) : pool_(pool), log_(log) {}

  // Where things are kept and who is taught. Nothing is, before this is called and after it was with null.
  void use(Memory memory, Learner* learner) {
    memory_ = std::move(memory);
    learner_ = learner;
  }

  // Begins all of it and says in the verdict what is learned.
  void begin(std::shared_ptr<Scan> scan, Verdict& verdict, std::shared_ptr<const Plan> plan,
             const asio::any_io_executor& loop);
  // A message is being learned: a server that stops waits for it.
  bool is_busy() const { return learning_ > 0; }

 private:
  void write_history(const Scan& scan, const Verdict& verdict, const Plan& plan,
                     const asio::any_io_executor& loop);
  Autolearn choose(const Scan& scan, const Verdict& verdict, const conf::Learn& settings,
                   const std::string& owner) const;
  Task<> learn(std::shared_ptr<Scan> scan, Autolearn which, std::string owner,
               std::shared_ptr<const Plan> plan);
  void let_go(std::shared_ptr<Scan> scan);

  Pool& pool_;
  Log& log_;
  Memory memory_;
  Learner* learner_ = nullptr;
  History history_;
  std::size_t learning_ = 0;  // messages
};

}  // namespace xspamd
