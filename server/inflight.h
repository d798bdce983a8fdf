// InFlight: the queue ids being scanned, on a memory page that outlives the server: the supervisor makes
// it, the server writes it, and after a crash the supervisor reads what the server could not answer.
// One process writes (its loop thread), the other reads only when that one is dead: no locks. The reader
// trusts nothing on the page, and the page cannot be resized by either side.
// Slots of 64 bytes: an id of at most 62, its length in the last byte and written last; length 0 is free.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proto/base/result.h"
#include "server/unique_fd.h"

namespace xspamd {

class InFlight {
 public:
  static constexpr std::size_t npos = static_cast<std::size_t>(-1);

  // A new page with at least one slot; fails when the system has no memory or descriptors.
  static Result<InFlight> create(std::size_t slots);
  // Takes over the descriptor of a page that was made by create(); fails when it is none.
  static Result<InFlight> attach(int fd);

  InFlight(InFlight&& other) noexcept;
  InFlight& operator=(InFlight&& other) noexcept;
  ~InFlight();

  int fd() const { return fd_.get(); }
  std::size_t slots() const { return bytes_.size() / kSlot; }

  // The slot to leave later, npos when all are used. An empty id shows as "-". Constant time.
  std::size_t enter(std::string_view queue_id);
  // npos and slots that are free are no error. Constant time.
  void leave(std::size_t slot);
  // What is in flight, fit for one line of a log, in the order of the slots.
  std::vector<std::string> list() const;
  // Frees every slot; for the supervisor, before it starts the next server.
  void clear();

 private:
  static constexpr std::size_t kSlot = 64;
  static constexpr std::size_t kText = 62;
  static constexpr std::size_t kLength = 63;  // where the length stands in a slot

  InFlight() = default;
  static Result<InFlight> map(UniqueFd fd, std::size_t bytes);
  std::uint8_t length(std::size_t slot) const;
  void set_length(std::size_t slot, std::uint8_t length);

  UniqueFd fd_;
  std::span<char> bytes_;            // the mapping, unmapped by the destructor
  std::vector<std::uint32_t> free_;  // free slots; private to this process
};

}  // namespace xspamd
