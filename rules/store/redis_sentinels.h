// RedisSentinels: where the master is, as the first sentinel says that answers. Loop thread only.
#pragma once

#include "rules/store/redis_connection.h"

namespace xspamd {

class RedisSentinels {
 public:
  using Found = std::function<void(Result<conf::Address>)>;

  RedisSentinels(const asio::any_io_executor& loop, const conf::RedisUrl& url,
                 std::chrono::milliseconds patience)
      : loop_(loop), url_(url), patience_(patience) {}
  ~RedisSentinels();

  // Asks one after another, beginning with that which follows the last one that was asked. One search at a
  // time; `found` is called once, later.
  void find(Found found);
  void tick();  // several times a second while it searches

 private:
  void ask_next(std::string why);

  const asio::any_io_executor loop_;
  const conf::RedisUrl url_;
  const std::chrono::milliseconds patience_;
  std::size_t next_ = 0;
  std::size_t left_ = 0;  // to be asked in this search
  RedisConnectionPtr connection_;
  Found found_;
  std::shared_ptr<char> alive_ = std::make_shared<char>();  // what handlers hold weakly
};

}  // namespace xspamd
