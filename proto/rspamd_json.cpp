#include "proto/rspamd_json.h"

#include <nlohmann/json.hpp>

#include "proto/base/text.h"

namespace xspamd {

namespace {

using Json = nlohmann::ordered_json;

double number(Points points) {
  return static_cast<double>(points.thousandths) / 1000;
}

Json symbol_object(const Score& score) {
  Json object{{"name", score.symbol},
              {"score", number(score.value)},
              {"metric_score", number(score.value)},
              {"description", printable(score.about)}};
  if (!score.group.empty()) object["group"] = score.group;
  for (const std::string& option : score.options)
    object["options"].push_back(printable(option));
  return object;
}

}  // namespace

std::string to_rspamd_json(const Verdict& verdict, const std::map<std::string_view, Points>& thresholds) {
  Json object{{"is_skipped", false},
              {"score", number(verdict.score)},
              {"required_score", number(verdict.reject_at)},
              {"action", name(verdict.action)}};
  object["thresholds"] = Json::object();
  for (const auto& [action, points] : thresholds)
    object["thresholds"][std::string(action)] = number(points);
  object["symbols"] = Json::object();
  for (const Score& score : verdict.scores)
    object["symbols"][score.symbol] = symbol_object(score);
  object["messages"] = Json::object();
  if (!verdict.message.empty()) object["messages"]["smtp_message"] = printable(verdict.message);
  if (verdict.action == Action::rewrite_subject) object["subject"] = printable(verdict.subject);
  object["urls"] = Json::array();
  object["emails"] = Json::array();
  object["message-id"] = verdict.message_id.empty() ? "undef" : printable(verdict.message_id);
  object["time_real"] = static_cast<double>(verdict.timings.total.count()) / 1e6;
  return object.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::optional<HistoryRow> read_history_row(std::string_view json) {
  const Json object = Json::parse(json, nullptr, false);
  if (!object.is_object()) return std::nullopt;
  HistoryRow row;
  try {
    row.unix_time = object.value("unix_time", 0.0);
    row.action = object.value("action", "");
    row.score = object.value("score", 0.0);
    row.required = object.value("required_score", 0.0);
    row.sender = object.value("sender_smtp", "");
    row.recipients = object.value("rcpt_smtp", row.recipients);
    const Json symbols = object.value("symbols", Json::object());
    for (const auto& [symbol, hit] : symbols.items())
      row.hits.push_back({symbol, hit.value("score", 0.0)});
  } catch (const Json::exception&) {  // the library's way to say that a type is another one
    return std::nullopt;
  }
  return row;
}

}  // namespace xspamd
