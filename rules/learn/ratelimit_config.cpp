// From [ratelimits.NAME] tables to RateLimits. The schema has checked names and types; here stands what only
// a reader of limits can know.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "conf/section.h"
#include "proto/base/text.h"
#include "rules/learn/ratelimit.h"
#include "rules/symbols.h"

namespace xspamd {

namespace {

using By = RateLimit::By;

struct ByName {
  std::string_view name;
  By by;
};
// As conf/schema_keys.cpp lists them.
constexpr std::array<ByName, 6> kByNames{{{"ip", By::ip},
                                          {"user", By::user},
                                          {"sender", By::sender},
                                          {"sender_domain", By::sender_domain},
                                          {"recipient", By::recipient},
                                          {"recipient_domain", By::recipient_domain}}};

class LimitReader {
 public:
  LimitReader(const std::string& name, const conf::Value& value, Services& services)
      : value_(value), services_(services), section_("ratelimits." + name, &value, services.problems) {
    limit_.name = name;
  }

  // Nothing where it is off or wrong.
  std::optional<RateLimit> read() {
    const bool enabled = section_.get("enabled", true, "Whether it limits");
    read_by();
    read_rate();
    limit_.counts_recipients = section_.get("count", "messages", "What is counted") == "recipients";
    limit_.local = section_.get("local", has(By::user), "Whether mail from networks.local counts");
    if (section_.get_value("authenticated", "Whether the client logged in") != nullptr)
      limit_.authenticated = section_.get("authenticated", false, "Whether the client logged in");
    limit_.except = section_.get("except", std::vector<Network>{}, "Networks that are not limited");
    limit_.message = section_.get("message", "", "Text for the SMTP reply");
    if (limit_.message.empty())
      limit_.message = fmt::format("Ratelimit \"{}\" exceeded", printable(limit_.name));
    if (!enabled || !fine_) return std::nullopt;
    return std::move(limit_);
  }

 private:
  bool has(By by) const { return std::find(limit_.by.begin(), limit_.by.end(), by) != limit_.by.end(); }

  void read_by() {
    const auto names = section_.get("by", std::vector<std::string>{}, "Whose mail is limited");
    if (names.empty())
      return problem("by", R"(expected whose mail is limited, such as ["user"] or ["ip", "sender"])");
    for (const std::string& name : names) {
      const auto found =
          std::find_if(kByNames.begin(), kByNames.end(), [&](const ByName& row) { return row.name == name; });
      if (found == kByNames.end()) {
        fine_ = false;  // told by the schema
      } else if (has(found->by)) {
        problem("by", fmt::format("{} stands there twice", quoted(name)));
      } else {
        limit_.by.push_back(found->by);
      }
    }
    if (has(By::recipient) && has(By::recipient_domain))
      problem("by", "\"recipient\" has a domain: leave out \"recipient_domain\"");
    if (has(By::sender) && has(By::sender_domain))
      problem("by", "\"sender\" has a domain: leave out \"sender_domain\"");
  }

  void read_rate() {
    const std::string text = section_.get("rate", "", "How much is taken in a time");
    const auto rate = parse_rate(text);
    if (!rate) {
      const std::string found = text.empty() ? "nothing" : quoted(text);
      return problem("rate", fmt::format("{}, found {}", rate.error().sentence, found));
    }
    const auto burst = section_.get("burst", static_cast<std::int64_t>(rate->count), "How much at once");
    limit_.bucket.burst = static_cast<double>(burst);
    limit_.bucket.rate = rate->count / std::chrono::duration<double>(rate->time).count();
  }

  void problem(std::string_view key, std::string_view sentence) {
    fine_ = false;
    const conf::Value* told = conf::find(value_, key);
    services_.problems.error(told == nullptr ? value_.origin : told->origin,
                             fmt::format("ratelimits.{}.{}: {}", conf::to_key(limit_.name), key, sentence));
  }

  const conf::Value& value_;
  Services& services_;
  conf::Section section_;
  RateLimit limit_;
  bool fine_ = true;
};

}  // namespace

std::vector<RateLimit> read_ratelimits(Services& services) {
  std::vector<RateLimit> limits;
  for (const auto& [name, value] : tables_of(services.config.tree, "ratelimits")) {
    if (value.table() == nullptr) continue;
    if (auto limit = LimitReader(name, value, services).read()) limits.push_back(std::move(*limit));
  }
  return limits;
}

}  // namespace xspamd
