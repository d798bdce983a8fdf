// Mail of our own users and networks, which checks of the sender's domain leave alone unless their options
// say otherwise.
#pragma once

#include <vector>

#include "proto/base/ip.h"
#include "proto/request.h"
#include "rules/check.h"

namespace xspamd {

struct OwnMail {
  bool check_local = false;
  bool check_authed = false;
  std::vector<Network> local;

  // Whether the check has nothing to do. Who is not known to be ours is not.
  bool is_spared(const Envelope& envelope) const {
    if (!check_authed && envelope.is_authenticated()) return true;
    return !check_local && envelope.client && contains(local, *envelope.client);
  }
};

inline OwnMail read_own_mail(conf::Section& section, const Services& services) {
  OwnMail own;
  own.check_local = section.get("check_local", false, "Also check mail from local networks");
  own.check_authed = section.get("check_authed", false, "Also check mail from users who logged in");
  own.local = services.config.networks.local;
  return own;
}

}  // namespace xspamd
