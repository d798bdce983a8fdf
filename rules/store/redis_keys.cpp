#include "rules/store/redis_keys.h"

#include <fmt/format.h>

#include <array>

#include "rules/store/entry.h"

namespace xspamd {

namespace {

constexpr std::string_view kHistoryTag = "h";
constexpr std::string_view kNoTag = "";

// CRC-16/XMODEM, as the cluster specification wants it.
constexpr std::array<std::uint16_t, 256> make_crc_table() {
  constexpr std::uint16_t kPolynomial = 0x1021;
  std::array<std::uint16_t, 256> table{};
  for (unsigned byte = 0; byte < table.size(); ++byte) {
    std::uint16_t crc = static_cast<std::uint16_t>(byte << 8);
    for (int bit = 0; bit < 8; ++bit)
      crc = static_cast<std::uint16_t>((crc & 0x8000) != 0 ? crc << 1 ^ kPolynomial : crc << 1);
    table[byte] = crc;
  }
  return table;
}
constexpr auto kCrcTable = make_crc_table();

std::uint16_t crc16(std::string_view bytes) {
  std::uint16_t crc = 0;
  for (const char c : bytes)
    crc = static_cast<std::uint16_t>(crc << 8 ^ kCrcTable[crc >> 8 ^ static_cast<unsigned char>(c)]);
  return crc;
}

}  // namespace

std::uint16_t redis_slot(std::string_view key) {
  const std::size_t begin = key.find('{');
  if (begin != std::string_view::npos) {
    const std::size_t end = key.find('}', begin + 1);
    if (end != std::string_view::npos && end > begin + 1) key = key.substr(begin + 1, end - begin - 1);
  }
  return crc16(key) % RedisKeys::kSlots;
}

unsigned RedisKeys::bucket_of(std::string_view token_id) {
  const auto byte = [&](std::size_t i) -> unsigned {
    return i < token_id.size() ? static_cast<unsigned char>(token_id[i]) : 0;
  };
  return byte(0) << 4 | byte(1) >> 4;
}

std::string RedisKeys::bucket_tag(unsigned bucket) {
  return fmt::format("{:03x}", bucket);
}

std::string RedisKeys::tag(const StoreKey& key) {
  if (key.space == Space::history) return std::string(kHistoryTag);
  return bucket_tag(key.space == Space::token ? bucket_of(key.id) : crc16(key.id) % kBuckets);
}

std::string RedisKeys::begin(Space space) const {
  return fmt::format("{}:{}:{{", prefix_, static_cast<char>(space));
}

std::string RedisKeys::bucket(unsigned number) const {
  return begin(Space::token) + bucket_tag(number) + '}';
}

std::string RedisKeys::name(const StoreKey& key) const {
  std::string name = begin(key.space) + tag(key) + '}';
  if (key.space != Space::token) name += key.id;
  return name;
}

std::string RedisKeys::index() const {
  return fmt::format("{}:i:{{{}}}", prefix_, kHistoryTag);
}

std::string RedisKeys::marker(std::string_view tag, std::string_view client) const {
  if (tag == kNoTag) return fmt::format("{}:w:{}", prefix_, client);
  return fmt::format("{}:w:{{{}}}{}", prefix_, tag, client);
}

std::string RedisKeys::pattern(Space space, std::string_view id_prefix) const {
  std::string pattern = begin(space) + "???}";
  for (const char c : id_prefix) {
    if (std::string_view("*?[]\\^-").find(c) != std::string_view::npos) pattern += '\\';
    pattern += c;
  }
  return pattern + '*';
}

std::optional<std::string> RedisKeys::id_of(Space space, std::string_view name) const {
  constexpr std::size_t kTagBytes = 3;
  const std::string before = begin(space);
  const std::size_t from = before.size() + kTagBytes + 1;
  if (!name.starts_with(before) || name.size() < from) return std::nullopt;
  StoreKey key{space, std::string(name.substr(from))};
  if (!check_key(key) || this->name(key) != name) return std::nullopt;
  return std::move(key.id);
}

}  // namespace xspamd
