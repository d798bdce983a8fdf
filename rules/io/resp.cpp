#include "rules/io/resp.h"

#include <fmt/format.h>
#include <hiredis/hiredis.h>

#include <cstdlib>
#include <new>

#include "proto/base/text.h"
#include "rules/io/guarded.h"

namespace xspamd {

namespace {

using Kind = RespValue::Kind;

// Puts a value where it belongs: into the array that is being read, whose address holds until it is whole, or
// at the root, which the reader hands over or frees. Null, which is "out of memory" to hiredis, when there
// are too many.
void* attach(const redisReadTask* task, RespValue value) noexcept {
  void* place = nullptr;
  guarded([&] {
    auto& items = *static_cast<std::size_t*>(task->privdata);
    if (++items > RespReader::kMostItems) return;
    if (task->parent == nullptr) {
      place = new RespValue(std::move(value));
      return;
    }
    auto& siblings = static_cast<RespValue*>(task->parent->obj)->items;
    siblings.push_back(std::move(value));
    place = &siblings.back();
  });
  return place;
}

void* create_string(const redisReadTask* task, char* text, std::size_t size) {
  void* place = nullptr;
  guarded([&] {
    RespValue value;
    value.kind = task->type == REDIS_REPLY_ERROR ? Kind::error : Kind::text;
    value.text.assign(text, size);
    place = attach(task, std::move(value));
  });
  return place;
}

void* create_array(const redisReadTask* task, int) {
  RespValue value;
  value.kind = Kind::array;
  return attach(task, std::move(value));
}

void* create_integer(const redisReadTask* task, long long number) {
  RespValue value;
  value.kind = Kind::integer;
  value.integer = number;
  return attach(task, std::move(value));
}

void* create_nil(const redisReadTask* task) {
  return attach(task, RespValue());
}

void free_object(void* root) {
  delete static_cast<RespValue*>(root);
}

redisReplyObjectFunctions* functions() {
  static redisReplyObjectFunctions all = {create_string, create_array, create_integer, create_nil,
                                          free_object};  // hiredis wants it writable and only reads it
  return &all;
}

}  // namespace

std::string resp_command(std::span<const std::string_view> words) {
  std::vector<const char*> texts;
  std::vector<std::size_t> sizes;
  texts.reserve(words.size());
  sizes.reserve(words.size());
  for (const std::string_view word : words) {
    texts.push_back(word.data());
    sizes.push_back(word.size());
  }
  char* bytes = nullptr;
  const int size = redisFormatCommandArgv(&bytes, static_cast<int>(words.size()), texts.data(), sizes.data());
  if (size < 0) throw std::bad_alloc();
  const std::unique_ptr<char, decltype(&std::free)> owned(bytes, &std::free);
  return {bytes, static_cast<std::size_t>(size)};
}

std::string resp_command(std::initializer_list<std::string_view> words) {
  return resp_command(std::span(words.begin(), words.size()));
}

void RespReader::Free::operator()(redisReader* reader) const {
  redisReaderFree(reader);
}

RespReader::RespReader() : reader_(redisReaderCreateWithFunctions(functions())) {
  if (!reader_) throw std::bad_alloc();
  reader_->privdata = &items_;
}

RespReader::~RespReader() = default;

Result<void> RespReader::feed(std::string_view bytes) {
  if (broken_.empty() && held_ + bytes.size() > kMostReply)
    broken_ = fmt::format("a reply of more than {} bytes", kMostReply);
  if (broken_.empty() && redisReaderFeed(reader_.get(), bytes.data(), bytes.size()) != REDIS_OK)
    broken_ = printable(reader_->errstr);
  if (!broken_.empty()) return fail(Errc::invalid, broken_);
  held_ += bytes.size();
  return {};
}

Result<std::optional<RespValue>> RespReader::next() {
  if (!broken_.empty()) return fail(Errc::invalid, broken_);
  void* reply = nullptr;
  if (redisReaderGetReply(reader_.get(), &reply) != REDIS_OK) {
    broken_ = items_ > kMostItems ? fmt::format("a reply of more than {} values", kMostItems)
                                  : fmt::format("no reply of Redis: {}", printable(reader_->errstr));
    return fail(Errc::invalid, broken_);
  }
  if (reply == nullptr) return std::optional<RespValue>();
  const std::unique_ptr<RespValue> owned(static_cast<RespValue*>(reply));
  items_ = 0;
  held_ = reader_->len - reader_->pos;
  return std::optional(std::move(*owned));
}

}  // namespace xspamd
