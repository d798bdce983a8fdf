// TokenTable: how many learned messages of each class had a token, for all tokens, in memory: a copy of what
// the store keeps. One thread writes, any number read at the same time. A million tokens take about 22 MB: 16
// bytes each and a fifth of free places. The table is cut into shards that grow one by one, so growing needs
// little room beside it. A reader takes a view for a batch of look-ups; what the view holds stays as it is
// until the view goes, only counts go on changing. Counts stop at 2^32 - 1.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

namespace xspamd {

struct TokenCounts {
  std::uint32_t ham = 0;
  std::uint32_t spam = 0;
  friend bool operator==(const TokenCounts&, const TokenCounts&) = default;
};

class TokenTable {
  struct Shard;
  static constexpr std::size_t kShards = 64;
  using Shards = std::array<std::shared_ptr<Shard>, kShards>;

 public:
  // `most`: tokens that it takes. `seed`: any number; unknown to senders it keeps them from choosing words
  // that all want one place.
  explicit TokenTable(std::size_t most, std::uint64_t seed = 0);
  ~TokenTable();
  TokenTable(const TokenTable&) = delete;
  TokenTable& operator=(const TokenTable&) = delete;

  class View {
   public:
    // Of each token, in order; 0 and 0 where it is not known.
    std::vector<TokenCounts> counts(std::span<const std::uint64_t> tokens) const;

   private:
    friend class TokenTable;
    View(std::shared_ptr<const Shards> shards, std::uint64_t seed)
        : shards_(std::move(shards)), seed_(seed) {}

    std::shared_ptr<const Shards> shards_;
    std::uint64_t seed_;
  };
  // From any thread. Waits for no writer longer than it takes to copy a pointer.
  View view() const;

  // The writer's. False, and nothing done, when the token is new and the table is full.
  bool set(std::uint64_t token, TokenCounts counts);
  // Adds; what falls below 0 is 0. A token whose counts are both 0 is forgotten when its shard next grows.
  bool add(std::uint64_t token, std::int64_t ham, std::int64_t spam);
  // Room for so many tokens at once: shards need not grow while a stored table is read.
  void reserve(std::size_t tokens);
  void clear();

  // A review, for tokens that are stored no more: after begin_review() those that are set, added to or seen
  // stay, and the others are forgotten part by part (all parts at once would hold up the loop).
  static constexpr std::size_t kParts = kShards;
  void begin_review();
  TokenCounts see(std::uint64_t token);
  std::size_t forget_unseen(std::size_t part);  // returns how many; nothing where no review goes on

  std::size_t size() const { return size_; }    // tokens with a count; the writer's
  std::size_t bytes() const { return bytes_; }  // of memory

 private:
  void publish(std::shared_ptr<const Shards> shards);
  std::shared_ptr<Shard> grown(const Shard& shard, std::size_t places);
  void replace(std::size_t index, std::shared_ptr<Shard> shard);
  bool write(std::uint64_t token, TokenCounts counts);

  const std::size_t most_;
  const std::uint64_t seed_;
  std::size_t size_ = 0;
  std::size_t bytes_ = 0;
  mutable std::mutex mutex_;  // of the pointer, not of what it leads to
  std::shared_ptr<const Shards> shards_;
};

}  // namespace xspamd
