// What spamd 4.0.1 logs about a message, for programs that make statistics of its log (log.format "spamd").
#pragma once

#include <string>
#include <vector>

#include "server/scan_log.h"

namespace xspamd {

// One line each; the sender's text cannot begin another nor look like a field. `record.verdict` is the one
// that an SPAMC client is told, `uid` that of the server. What is not known stands as it does in spamd's:
// "(unknown)" and 0.
std::vector<std::string> spamd_lines(const ScanRecord& record, Points required, unsigned uid);

}  // namespace xspamd
