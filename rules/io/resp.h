// RESP2, what Redis and Valkey speak (redis.io/docs/reference/protocol-spec): commands as arrays of bulk
// strings, and replies read from bytes in any pieces. hiredis formats and reads; no socket is here.
// A reply is at most kMostReply bytes and kMostItems values, nested at most 7 deep: more is an error, after
// which the bytes that follow mean nothing and the connection must end.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proto/base/result.h"

struct redisReader;

namespace xspamd {

struct RespValue {
  enum class Kind { nil, integer, text, error, array };

  Kind kind = Kind::nil;
  std::int64_t integer = 0;
  std::string text;  // of a string, a status or an error: any bytes
  std::vector<RespValue> items;

  bool is_error() const { return kind == Kind::error; }
  bool is_text() const { return kind == Kind::text; }
  bool is_array() const { return kind == Kind::array; }
  friend bool operator==(const RespValue&, const RespValue&) = default;
};

// A command with its arguments, as it is sent.
std::string resp_command(std::span<const std::string_view> words);
std::string resp_command(std::initializer_list<std::string_view> words);

class RespReader {
 public:
  static constexpr std::size_t kMostReply = 16 * 1024 * 1024;
  static constexpr std::size_t kMostItems = 128 * 1024;

  RespReader();
  RespReader(const RespReader&) = delete;
  RespReader& operator=(const RespReader&) = delete;
  ~RespReader();

  Result<void> feed(std::string_view bytes);
  // The next reply, nothing while it is not whole; Errc::invalid for what is none, from then on always.
  Result<std::optional<RespValue>> next();

 private:
  struct Free {
    void operator()(redisReader* reader) const;
  };

  std::unique_ptr<redisReader, Free> reader_;
  std::size_t held_ = 0;   // bytes since the last whole reply, and a bit of what follows it
  std::size_t items_ = 0;  // of the reply that is being read
  std::string broken_;     // why nothing can be read any more
};

}  // namespace xspamd
