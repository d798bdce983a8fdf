#include "server/inflight.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <system_error>

#include "proto/base/text.h"

namespace xspamd {
namespace {

constexpr std::size_t kMaxSlots = 1U << 20;

tl::unexpected<Error> refused(std::string_view step) {
  const int error = errno;
  return fail(Errc::unavailable, fmt::format("cannot share the page of queue ids: {}: {}", step,
                                             std::generic_category().message(error)));
}

}  // namespace

Result<InFlight> InFlight::create(std::size_t slots) {
  const std::size_t bytes = std::clamp<std::size_t>(slots, 1, kMaxSlots) * kSlot;
  UniqueFd fd(::memfd_create("xspamd-inflight", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!fd) return refused("memfd_create");
  if (::ftruncate(fd.get(), static_cast<off_t>(bytes)) != 0) return refused("ftruncate");
  // A server that went wild must not be able to cut the page under the supervisor's feet.
  if (::fcntl(fd.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
    return refused("F_ADD_SEALS");
  return map(std::move(fd), bytes);
}

Result<InFlight> InFlight::attach(int fd) {
  UniqueFd owned(fd);
  struct stat found;
  if (::fstat(fd, &found) != 0) return refused(fmt::format("descriptor {}", fd));
  const auto bytes = static_cast<std::size_t>(found.st_size);
  if (!S_ISREG(found.st_mode) || bytes == 0 || bytes % kSlot != 0 || bytes / kSlot > kMaxSlots)
    return fail(Errc::invalid, fmt::format("descriptor {} is no page of queue ids", fd));
  return map(std::move(owned), bytes);
}

Result<InFlight> InFlight::map(UniqueFd fd, std::size_t bytes) {
  void* memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd.get(), 0);
  if (memory == MAP_FAILED) return refused("mmap");
  InFlight page;
  page.fd_ = std::move(fd);
  page.bytes_ = {static_cast<char*>(memory), bytes};
  // Backwards, so that slots are used from the first on.
  page.free_.reserve(page.slots());
  for (std::size_t slot = page.slots(); slot-- > 0;) {
    if (page.length(slot) == 0) page.free_.push_back(static_cast<std::uint32_t>(slot));
  }
  return page;
}

InFlight::InFlight(InFlight&& other) noexcept
    : fd_(std::move(other.fd_)),
      bytes_(std::exchange(other.bytes_, {})),
      free_(std::exchange(other.free_, {})) {}

InFlight& InFlight::operator=(InFlight&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(bytes_, other.bytes_);
  std::swap(free_, other.free_);
  return *this;
}

InFlight::~InFlight() {
  if (!bytes_.empty()) ::munmap(bytes_.data(), bytes_.size());
}

// The order of the two writes is all that matters: text before its length. The release keeps the compiler
// from swapping them; a process that dies loses none of the stores it has made.
std::uint8_t InFlight::length(std::size_t slot) const {
  auto& byte = reinterpret_cast<std::uint8_t&>(bytes_[slot * kSlot + kLength]);
  return std::atomic_ref<std::uint8_t>(byte).load(std::memory_order_acquire);
}

void InFlight::set_length(std::size_t slot, std::uint8_t length) {
  auto& byte = reinterpret_cast<std::uint8_t&>(bytes_[slot * kSlot + kLength]);
  std::atomic_ref<std::uint8_t>(byte).store(length, std::memory_order_release);
}

std::size_t InFlight::enter(std::string_view queue_id) {
  if (free_.empty()) return npos;
  const std::size_t slot = free_.back();
  free_.pop_back();
  const std::string_view text = queue_id.empty() ? "-" : queue_id.substr(0, kText);
  text.copy(bytes_.data() + slot * kSlot, text.size());
  set_length(slot, static_cast<std::uint8_t>(text.size()));
  return slot;
}

void InFlight::leave(std::size_t slot) {
  if (slot >= slots() || length(slot) == 0) return;
  set_length(slot, 0);
  free_.push_back(static_cast<std::uint32_t>(slot));
}

std::vector<std::string> InFlight::list() const {
  std::vector<std::string> ids;
  for (std::size_t slot = 0; slot < slots(); ++slot) {
    const std::size_t size = std::min<std::size_t>(length(slot), kText);
    if (size > 0) ids.push_back(printable({bytes_.data() + slot * kSlot, size}));
  }
  return ids;
}

void InFlight::clear() {
  free_.clear();
  for (std::size_t slot = slots(); slot-- > 0;) {
    set_length(slot, 0);
    free_.push_back(static_cast<std::uint32_t>(slot));
  }
}

}  // namespace xspamd
