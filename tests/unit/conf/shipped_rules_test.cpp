// The shipped rules are data that explains itself: each tells in an example what it hits and what it misses.
#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "conf/section.h"
#include "tests/support/scanning.h"
#include "tests/support/test_plan.h"

using namespace xspamd;

namespace {

struct Example {
  std::string rule;
  const conf::Value* table;

  std::string text(std::string_view key) const {
    const auto found = table->table()->find(key);
    const std::string* value = found == table->table()->end() ? nullptr : found->second.string();
    return value == nullptr ? std::string() : *value;
  }
  bool has(std::string_view key) const { return table->table()->contains(key); }
};

class Shipped {
 public:
  Shipped() {
    conf::Loaded loaded = test::load_options({}, test::Rules::shipped);
    Planned planned = make_plan(std::move(loaded.config), std::move(loaded.problems), all_checks());
    std::string problems;
    for (const conf::Problem& problem : planned.problems.list())
      problems += to_string(problem) + "\n";
    // A warning, too, is none that every start should tell.
    CHECK(problems == "");
    plan_ = planned.plan;
    REQUIRE(plan_);
    const conf::Value* rules = conf::find(plan_->config.tree, "rules");
    REQUIRE(rules != nullptr);
    for (const auto& [name, value] : *rules->table())
      examples_.push_back({name, &value});
  }
  Shipped(const Shipped&) = delete;
  Shipped& operator=(const Shipped&) = delete;

  const std::vector<Example>& examples() const { return examples_; }

  bool hits(const Example& example, std::string message, Envelope envelope) const {
    const auto scan = test::scan_with(plan_, test::request_of(std::move(message), std::move(envelope)));
    const auto& list = scan->hits.list;
    return std::any_of(list.begin(), list.end(), [&](const Hit& hit) { return hit.symbol == example.rule; });
  }

 private:
  std::shared_ptr<const Plan> plan_;
  std::vector<Example> examples_;
};

// A whole message if it has an empty line, header lines for a header rule, else a plain body.
std::string message_of(const Example& example, const std::string& text) {
  const bool whole = text.starts_with("\n") || text.find("\n\n") != std::string::npos;
  if (whole) return text;
  return example.has("header") ? text + "\n\n" : "\n" + text + "\n";
}

Envelope envelope_of(const Example& example) {
  Envelope envelope;
  const auto found = example.table->table()->find("hit_envelope");
  if (found == example.table->table()->end()) return envelope;
  for (const auto& [key, value] : *found->second.table()) {
    const std::string* text = value.string();
    if (key == "recipient" && value.array() != nullptr) {
      for (const conf::Value& one : *value.array())
        envelope.recipients.push_back(*one.string());
      continue;
    }
    REQUIRE(text != nullptr);
    if (key == "recipient") envelope.recipients = {*text};
    if (key == "sender") envelope.sender = *text;
    if (key == "ip") envelope.client = IpAddress::parse(*text);
    if (key == "helo") envelope.helo = *text;
    if (key == "hostname") envelope.hostname = *text;
    if (key == "user") envelope.user = *text;
    if (key == "queue_id") envelope.queue_id = *text;
  }
  return envelope;
}

Points score_of(const conf::Value& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value.data)) return Points{*whole * 1000};
  const auto* real = std::get_if<double>(&value.data);
  REQUIRE(real != nullptr);
  const auto points = points_from(*real);
  REQUIRE(points);
  return *points;
}

}  // namespace

TEST_CASE("shipped rules: every rule hits its example and misses the other") {
  const Shipped shipped;
  CHECK_FALSE(shipped.examples().empty());
  for (const Example& example : shipped.examples()) {
    CAPTURE(example.rule);
    CHECK(example.has("hit"));
    CHECK(example.has("miss"));
    CHECK(shipped.hits(example, message_of(example, example.text("hit")), envelope_of(example)));
    CHECK_FALSE(shipped.hits(example, message_of(example, example.text("miss")), {}));
  }
}

TEST_CASE("shipped rules: every rule says why, and scores whole tenths") {
  const Shipped shipped;
  for (const Example& example : shipped.examples()) {
    CAPTURE(example.rule);
    CHECK_FALSE(example.text("about").empty());
    // A part of other rules never scores.
    const bool part = example.rule.starts_with("__");
    CHECK(example.has("score") != part);
    if (part || !example.has("score")) continue;
    const Points points = score_of(example.table->table()->at("score"));
    CHECK(points == floor_to_tenth(points));
  }
}
