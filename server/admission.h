// Admission: how many scans run and how many bytes are held at once. A new connection waits at the gate, its
// input unread, while limits.scans or limits.memory is reached; a complete request waits for a scan slot.
// Growth beyond limits.memory waits too, except that of the eldest holder, so that one always gets on and
// memory ends at most one message above. Loop thread; every wait ends by its deadline.
#pragma once

#include <cstddef>
#include <list>

#include "proto/base/limits.h"
#include "rules/io/event.h"

namespace xspamd {

class Admission {
 public:
  explicit Admission(const Limits& limits) : limits_(limits) {}

  // Bytes of input that one connection holds; gives them back when it goes.
  class Holding {
   public:
    explicit Holding(Admission& admission) : admission_(admission) {}
    ~Holding() { release(); }
    Holding(const Holding&) = delete;
    Holding& operator=(const Holding&) = delete;

    // Waits at the gate before the first byte is read; false when the deadline came first.
    Task<bool> pass_gate(Deadline deadline);
    // Tells what is held now.
    void tell(std::size_t bytes);
    // Waits while all together hold too much; false: the deadline came first.
    Task<bool> wait_for_memory(Deadline deadline);
    // Ends these waits now, as if the deadline had come.
    void give_up();
    void release();

   private:
    friend class Admission;
    Admission& admission_;
    std::list<Holding*>::iterator place_;  // while bytes_ is not 0
    std::size_t bytes_ = 0;
  };

  // A running scan; the slot is given back by the destructor.
  class Slot {
   public:
    explicit Slot(Admission& admission) : admission_(admission) {}
    ~Slot();
    Slot(const Slot&) = delete;
    Slot& operator=(const Slot&) = delete;
    Task<bool> take(Deadline deadline);

   private:
    Admission& admission_;
    bool taken_ = false;
  };

  std::size_t scanning() const { return scanning_; }
  std::size_t held() const { return held_; }
  std::size_t waiting() const { return waiters_.size(); }
  void set_limits(const Limits& limits);
  // From here on nobody waits for a slot: there is one at once or none.
  void close();
  bool closed() const { return closed_; }

 private:
  enum class For { gate, memory, slot };
  struct Waiter {
    For what;
    const Holding* holding;
    Event* event;
    bool granted = false;
  };

  bool may_go(const Waiter& waiter) const;
  void grant(Waiter& waiter);
  Task<bool> wait(Waiter& waiter, Deadline deadline);
  void wake();

  Limits limits_;
  std::size_t scanning_ = 0;
  std::size_t held_ = 0;
  bool closed_ = false;
  std::list<Holding*> holders_;  // who holds anything, by its first byte: eldest first
  std::list<Waiter*> waiters_;   // in the order they came
};

}  // namespace xspamd
