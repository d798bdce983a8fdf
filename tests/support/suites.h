// Where the conformance suites of others lie: below the folder XSPAMD_SHARED, default ../shared beside the
// project.
#pragma once

#include <cstdlib>
#include <string>

namespace xspamd::test {

inline std::string suite_path(const std::string& below) {
  const char* shared = std::getenv("XSPAMD_SHARED");
  return (shared != nullptr ? std::string(shared) : XSPAMD_TEST_DATA "/../../../shared") + "/suites/" + below;
}

}  // namespace xspamd::test
