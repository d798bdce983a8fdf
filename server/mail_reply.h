// The reply to PROCESS and HEADERS of SPAMC: the client's mail with the verdict in it. Pool thread.
#pragma once

#include <string>

#include "conf/config.h"
#include "proto/verdict.h"
#include "rules/check.h"

namespace xspamd {

// An error line for mail that cannot be given back as it came: its client then leaves it as it is.
std::string mail_reply(const Mail& mail, const Verdict& verdict, const conf::Config& config);

}  // namespace xspamd
