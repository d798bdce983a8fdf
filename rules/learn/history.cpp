#include "rules/learn/history.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "proto/base/text.h"
#include "proto/symbol_list.h"

namespace xspamd {

namespace {

// Quoting makes a text at most twice as long: what these let pass leaves room for symbols.
constexpr std::size_t kMostText = 200;
constexpr std::size_t kMostId = 64;  // of a queue id, a login
constexpr std::size_t kMostRecipients = 10;
constexpr std::size_t kMostRecipientBytes = 1'000;  // as they stand in the record
constexpr std::size_t kMostOptions = 3;             // of one symbol
constexpr std::size_t kMostOption = 60;
constexpr std::size_t kRoomForCount = 40;  // the end of the record, with "more_symbols"

// Trimming reads all of the history: not more often than this, nor for less than an eighth of it.
constexpr std::size_t kLeastBetweenTrims = 256;

std::string cut_and_quoted(std::string_view text, std::size_t bytes = kMostText) {
  return quoted(cut_utf8(text, bytes));
}

void append(std::string& list, std::string_view one) {
  if (!list.empty()) list += ',';
  list += one;
}

std::string recipients(const std::vector<std::string>& all) {
  std::string list;
  for (std::size_t i = 0; i < std::min(all.size(), kMostRecipients); ++i) {
    const std::string one = cut_and_quoted(all[i]);
    if (list.size() + one.size() > kMostRecipientBytes) break;
    append(list, one);
  }
  return fmt::format("[{}]", list);
}

std::string one_symbol(const Score& score) {
  std::string options;
  for (std::size_t i = 0; i < std::min(score.options.size(), kMostOptions); ++i)
    append(options, cut_and_quoted(score.options[i], kMostOption));
  return fmt::format(R"({}:{{"score":{},"options":[{}]}})", cut_and_quoted(score.symbol),
                     to_text(score.value), options);
}

// The members of "symbols" in `room` bytes, its closing brace and the count of those left out.
std::string symbols(const std::vector<Score>& scores, std::size_t room) {
  const auto order = by_weight(scores);
  std::string list;
  std::size_t shown = 0;
  for (; shown < order.size(); ++shown) {
    const std::string one = one_symbol(*order[shown]);
    if (list.size() + one.size() + 1 > room) break;
    append(list, one);
  }
  list += '}';
  if (shown < order.size()) list += fmt::format(R"(,"more_symbols":{})", order.size() - shown);
  return list;
}

std::int64_t milliseconds_of(std::chrono::system_clock::time_point now) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count();
}

}  // namespace

std::string history_record(const HistoryItem& item) {
  const Verdict& verdict = item.verdict;
  const Envelope& envelope = item.envelope;
  const std::int64_t time = std::max<std::int64_t>(milliseconds_of(item.now), 0);
  std::string record = fmt::format(R"({{"unix_time":{}.{:03})", time / 1000, time % 1000);
  const auto add = [&record](std::string_view key, std::string_view value) {
    record += fmt::format(R"(,"{}":{})", key, value);
  };
  add("id", cut_and_quoted(envelope.queue_id, kMostId));
  add("message-id", cut_and_quoted(verdict.message_id));
  add("ip", quoted(envelope.client ? envelope.client->to_string() : std::string()));
  add("sender_smtp", cut_and_quoted(envelope.sender));
  add("rcpt_smtp", recipients(envelope.recipients));
  add("user", cut_and_quoted(envelope.user, kMostId));
  add("subject", cut_and_quoted(item.subject));
  add("action", quoted(name(verdict.action)));
  add("score", to_tenths(verdict.score));
  add("required_score", to_tenths(verdict.required));
  add("size", std::to_string(item.size));
  add("time_real", fmt::format("{:.4f}", static_cast<double>(verdict.timings.total.count()) / 1e6));
  record += R"(,"symbols":{)";
  const std::size_t used = record.size() + kRoomForCount;
  record += symbols(verdict.scores, kMostRecord > used ? kMostRecord - used : 0);
  record += '}';
  return record;
}

std::string history_id(std::chrono::system_clock::time_point now, std::uint64_t number) {
  // Eleven hexadecimal digits last until the year 2527.
  const std::int64_t time = std::clamp<std::int64_t>(milliseconds_of(now), 0, 0xfff'ffff'ffff);
  return fmt::format("{:011x}{:04x}", time, number & 0xffff);
}

bool History::record(Store& store, const HistoryItem& item, const conf::History& settings) {
  if (!settings.enabled) return false;
  const auto expires = std::chrono::ceil<std::chrono::seconds>(item.now + settings.expiry);
  store.put({Space::history, history_id(item.now, recorded_)}, history_record(item), expires);
  ++recorded_;
  ++since_trim_;
  if (since_trim_ < std::max(kLeastBetweenTrims, settings.entries / 8)) return false;
  since_trim_ = 0;
  return true;
}

Task<> trim_history(std::shared_ptr<Store> store, std::size_t entries, Deadline deadline) {
  // Shared with the store's thread, which may go on after the deadline.
  const auto ids = std::make_shared<std::vector<std::string>>();
  Store::Each each = [ids](std::string_view id, const StoreEntry&) {
    ids->emplace_back(id);
    return true;
  };
  const auto read = co_await store->for_each(Space::history, std::move(each), deadline);
  if (!read || ids->size() <= entries) co_return;
  const auto first_kept = ids->end() - static_cast<std::ptrdiff_t>(entries);
  std::nth_element(ids->begin(), first_kept, ids->end());
  std::vector<StoreKey> oldest;
  for (auto id = ids->begin(); id != first_kept; ++id)
    oldest.push_back({Space::history, std::move(*id)});
  store->forget(std::move(oldest));
}

}  // namespace xspamd
