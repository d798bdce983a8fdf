// Facts: what checks learned that other checks build on. A check that reads one names its author in `after`.
#pragma once

#include <optional>
#include <vector>

#include "rules/auth/arc.h"
#include "rules/auth/dkim.h"
#include "rules/auth/dmarc.h"
#include "rules/auth/spf.h"

namespace xspamd {

struct Facts {
  std::optional<auth::SpfOutcome> spf;
  std::vector<auth::DkimOutcome> dkim;
  bool dkim_checked = false;  // then no outcome means that there is no signature
  std::optional<auth::DmarcOutcome> dmarc;
  std::optional<auth::ArcOutcome> arc;
};

}  // namespace xspamd
