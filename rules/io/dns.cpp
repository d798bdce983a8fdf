#include "rules/io/dns.h"

namespace xspamd {

Task<DnsReply> NoDns::ask(dns::Question, Deadline) {
  auto answer = std::make_shared<DnsAnswer>();
  answer->why = why_;
  co_return answer;
}

}  // namespace xspamd
