// Registrable domains by the tests of publicsuffix.org: "host domain" a line, "null" for none.
#include <string>
#include <string_view>

#include "proto/base/suffix.h"
#include "proto/base/text.h"
#include "tests/suites/suite.h"

namespace xspamd::suites {

void public_suffixes(Suite& suite) {
  const Suffixes suffixes(read("psl/public_suffix_list.dat"));
  const std::string tests = read("psl/tests.txt");
  for (const std::string_view line : split(tests, '\n')) {
    if (line.empty() || line.starts_with("//")) continue;
    const auto words = split(trim(line), ' ');
    if (words.size() != 2) continue;
    const std::string host = words[0] == "null" ? "" : to_lower(words[0]);
    const std::string_view domain = suffixes.registrable(host);
    suite.check(std::string(words[0]), domain.empty() ? "null" : domain, words[1]);
  }
}

}  // namespace xspamd::suites
