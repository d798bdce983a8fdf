#include "rules/store/redis_scripts.h"

#include "proto/base/hex.h"
#include "rules/auth/crypto.h"

namespace xspamd {

namespace {

// Numbers of Lua are exact up to 2^53; larger counters are summed by INCRBY on the marker, which is put back
// afterwards. The marker is written first: where there is no memory, Redis refuses that and nothing is done.
// Expired tokens go with the writes of others, a few buckets at a time: Redis expires whole keys alone.
constexpr std::string_view kWrite = R"lua(
local now = tonumber(ARGV[1]) or tonumber(redis.call('TIME')[1])
local number = tonumber(ARGV[2])
local writes = tonumber(ARGV[3])
local exact = 9007199254740992
local most = '9223372036854775807'
if tonumber(redis.call('GET', KEYS[1]) or '0') >= number then return 0 end
local function mark() redis.call('SET', KEYS[1], ARGV[2], 'EX', 86400) end
mark()

local function parse(text)
  if not text then return nil end
  local ham, spam, expires, value = string.match(text, '^(%d+) (%d+) (%d+)(.*)$')
  if not ham then return nil end
  return ham, spam, tonumber(expires), string.sub(value, 2)
end

local function sum(held, add)
  local result = tonumber(held) + tonumber(add)
  if tonumber(held) < exact and math.abs(tonumber(add)) < exact and math.abs(result) < exact then
    return string.format('%.0f', result)
  end
  redis.call('SET', KEYS[1], held)
  local done = redis.pcall('INCRBY', KEYS[1], add)
  local text = most
  if type(done) == 'number' then text = redis.call('GET', KEYS[1]) end
  mark()
  return text
end

local function is_less(a, b)
  if string.sub(a, 1, 1) == '-' then return true end
  if #a ~= #b then return #a < #b end
  return a < b
end

local function count(held, add, floor)
  if add == '0' and floor == '0' then return held end
  local text = sum(held, add)
  if is_less(text, floor) then return floor end
  return text
end

local function erase(kind, key, id)
  if kind == 't' then redis.call('HDEL', key, id) else redis.call('DEL', key) end
  if kind == 'h' then redis.call('ZREM', KEYS[#KEYS], id) end
end

local function keep(kind, key, id, text, expires)
  if kind == 't' then redis.call('HSET', key, id, text) return end
  local lasts = expires - now
  if expires == 0 or lasts > 9e9 then
    redis.call('SET', key, text)
  else
    redis.call('SET', key, text, 'EX', string.format('%.0f', math.ceil(lasts)))
  end
  if kind == 'h' then redis.call('ZADD', KEYS[#KEYS], 0, id) end
end

local function write(i)
  local key, id, value = KEYS[i + 1], ARGV[3 * i + 1], ARGV[3 * i + 3]
  local kind, forgets, add1, add2, floor1, floor2, later, made, puts = string.match(ARGV[3 * i + 2],
    '^(%a)(%d) (%-?%d+) (%-?%d+) (%d+) (%d+) (%-?%d+) (%-?%d+) (%-?%d*)$')
  local held
  if kind == 't' then held = redis.call('HGET', key, id) else held = redis.call('GET', key) end
  local ham, spam, expires, old = parse(held)
  if not ham or forgets == '1' or (expires ~= 0 and expires <= now) then
    ham, spam, expires, old = '0', '0', tonumber(made), ''
  elseif expires ~= 0 then
    expires = math.max(expires, tonumber(later))
  end
  ham = count(ham, add1, floor1)
  spam = count(spam, add2, floor2)
  if puts ~= '' then old, expires = value, tonumber(puts) end
  if (ham == '0' and spam == '0' and old == '') or (expires ~= 0 and expires <= now) then
    if held then erase(kind, key, id) end
    return
  end
  local text = ham .. ' ' .. spam .. ' ' .. string.format('%.0f', expires)
  if old ~= '' then text = text .. ' ' .. old end
  if text ~= held or kind == 'h' then keep(kind, key, id, text, expires) end
end

local function sweep(key)
  local all = redis.call('HGETALL', key)
  for i = 1, #all, 2 do
    local ham, spam, expires = parse(all[i + 1])
    if ham and expires ~= 0 and expires <= now then redis.call('HDEL', key, all[i]) end
  end
end

local failed = 0
for i = 1, writes do
  if not pcall(write, i) then failed = failed + 1 end
end
for j = 0, math.min(writes, 4) - 1 do
  local i = (number * 7919 + j * math.ceil(writes / 4)) % writes + 1
  if string.sub(ARGV[3 * i + 2], 1, 1) == 't' then pcall(sweep, KEYS[i + 1]) end
end
return failed
)lua";

// The arithmetic is that of take_from(), operation by operation.
constexpr std::string_view kTake = R"lua(
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = tonumber(time[1]) * 1000000 + tonumber(time[2])
end
local amount, burst, rate = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local seconds = math.floor(now / 1000000)
local ham, spam, level = '0', '0', 0
local ham1, spam1, expires, value = string.match(redis.call('GET', KEYS[1]) or '', '^(%d+) (%d+) (%d+)(.*)$')
if ham1 and (expires == '0' or tonumber(expires) * 1000000 > now) then
  ham, spam = ham1, spam1
  local text, since = string.match(value, '^ (%-?[%d%.][%d%.e+-]*) (%d+)$')
  local held = tonumber(text or '')
  if held and math.abs(held) < math.huge then
    level = math.max(held - rate * math.max(now - tonumber(since), 0) / 1000000, 0)
  end
end
if level + amount > burst then return {0, string.format('%.17g', level)} end
level = level + amount
local longest = 315360000
local drained = longest
if rate > 0 then drained = level / rate end
local lasts = math.ceil(math.min(drained, longest)) + 1
local text = string.format('%s %s %.0f %.17g %.0f', ham, spam, seconds + lasts, level, math.max(now, 0))
redis.call('SET', KEYS[1], text, 'EX', string.format('%.0f', lasts))
return {1, string.format('%.17g', level)}
)lua";

constexpr std::string_view kTidy = R"lua(
local gone = 0
for i = 1, #ARGV do
  if redis.call('EXISTS', KEYS[i + 1]) == 0 then gone = gone + redis.call('ZREM', KEYS[1], ARGV[i]) end
end
return gone
)lua";

RedisScript script_of(std::string_view text) {
  return {text, hex(auth::digest_of(auth::Hash::sha1, text))};
}

}  // namespace

const RedisScript& redis_write_script() {
  static const RedisScript script = script_of(kWrite);
  return script;
}

const RedisScript& redis_take_script() {
  static const RedisScript script = script_of(kTake);
  return script;
}

const RedisScript& redis_tidy_script() {
  static const RedisScript script = script_of(kTidy);
  return script;
}

std::array<const RedisScript*, 3> redis_scripts() {
  return {&redis_write_script(), &redis_take_script(), &redis_tidy_script()};
}

}  // namespace xspamd
