// The JSON objects of rspamd: its answer to /checkv2 and a row of its history, as its clients read them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proto/verdict.h"

namespace xspamd {

// One line, valid UTF-8 whatever the message held. `thresholds`: the actions that are on.
std::string to_rspamd_json(const Verdict& verdict, const std::map<std::string_view, Points>& thresholds);

// What a list of verdicts shows of one row of history.
struct HistoryRow {
  double unix_time = 0;
  std::string action;
  double score = 0;
  double required = 0;
  std::string sender;
  std::vector<std::string> recipients;
  struct Hit {
    std::string symbol;
    double score = 0;
  };
  std::vector<Hit> hits;  // in the order of the row
};
// What the row lacks is empty. Nothing if it is no JSON object, or a member has another type than it should.
std::optional<HistoryRow> read_history_row(std::string_view json);

}  // namespace xspamd
