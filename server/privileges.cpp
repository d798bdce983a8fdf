#include "server/privileges.h"

#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>

#include "proto/base/text.h"

namespace xspamd {
namespace {

tl::unexpected<Error> refused(std::string_view step, int error) {
  return fail(Errc::unavailable,
              fmt::format("cannot drop root: {}: {}", step, std::generic_category().message(error)));
}

Result<void> change_identity(const Identity& identity) {
  if (::initgroups(identity.user.c_str(), identity.gid) != 0)
    return refused("initgroups for " + quoted(identity.user), errno);
  if (::setresgid(identity.gid, identity.gid, identity.gid) != 0)
    return refused(fmt::format("setresgid to {}", identity.gid), errno);
  if (::setresuid(identity.uid, identity.uid, identity.uid) != 0)
    return refused(fmt::format("setresuid to {}", identity.uid), errno);

  uid_t real = 0, effective = 0, saved = 0;
  const bool known = ::getresuid(&real, &effective, &saved) == 0;
  const bool taken = known && real == identity.uid && effective == identity.uid && saved == identity.uid;
  if (!taken || ::setuid(0) == 0 || ::seteuid(0) == 0)
    return fail(Errc::unavailable,
                fmt::format("cannot drop root: as user {} it can be regained", quoted(identity.user)));
  if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return refused("PR_SET_DUMPABLE", errno);
  return {};
}

}  // namespace

Result<Identity> find_identity(const conf::Server& server) {
  Identity identity;
  if (::geteuid() != 0) return identity;
  const passwd* user = ::getpwnam(server.user.c_str());
  if (!user)
    return fail(Errc::not_found,
                fmt::format("server.user: there is no user {}; create it with: adduser --system --group "
                            "--no-create-home --home /var/lib/xspamd {}",
                            quoted(server.user), printable(server.user)));
  if (user->pw_uid == 0) {
    identity.user = server.user;
    identity.warning =
        fmt::format("server.user is {}: the server keeps root's rights while it reads mail from strangers",
                    quoted(server.user));
    return identity;
  }
  identity.change = true;
  identity.uid = user->pw_uid;
  identity.gid = user->pw_gid;
  identity.user = server.user;
  if (server.group.empty()) return identity;

  const group* group = ::getgrnam(server.group.c_str());
  if (!group)
    return fail(Errc::not_found,
                fmt::format("server.group: there is no group {}; create it with: addgroup --system {}",
                            quoted(server.group), printable(server.group)));
  identity.gid = group->gr_gid;
  return identity;
}

Result<void> drop_to(const Identity& identity) {
  if (identity.change) {
    if (auto changed = change_identity(identity); !changed) return changed;
  }
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return refused("PR_SET_NO_NEW_PRIVS", errno);
  return {};
}

Result<void> become_server(const conf::Server& server) {
  const auto identity = find_identity(server);
  if (!identity) return tl::unexpected<Error>(identity.error());
  if (!identity->change) return {};
  return drop_to(*identity);
}

// A user who does not exist owns nothing: root goes on as it is.
ActingServer::ActingServer(const conf::Server& server) : group_(getegid()) {
  const auto identity = find_identity(server);
  if (!identity || !identity->change) return;
  acting_ = setegid(identity->gid) == 0;
  if (acting_ && seteuid(identity->uid) != 0) {
    acting_ = false;
    (void)!setegid(group_);
  }
}

ActingServer::~ActingServer() {
  if (!acting_) return;
  if (seteuid(0) != 0 || setegid(group_) != 0) std::abort();
}

void raise_file_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  // A refusal is no loss: limits.connections is what bounds us, and accept copes with running out.
  (void)::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace xspamd
