// A conformance suite made by others, found below the folder XSPAMD_SHARED (default ../shared). Each suite is
// one file here with one function, and one line in main.cpp. Cases that are known to differ stand in
// tests/suites/NAME.exceptions, one a line: "case: the reason". A case that fails and is not listed fails the
// suite; so does one that is listed and passes, and more than 3 % of exceptions.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace xspamd::suites {

class Suite {
 public:
  explicit Suite(std::string name);

  // `got` and `want` are rendered; they are shown when they differ and the case is no exception.
  void check(const std::string& id, std::string_view got, std::string_view want);

  // Prints the counts and what is wrong; whether all is well.
  bool finish();

 private:
  std::string name_;
  std::map<std::string, std::string> exceptions_;
  std::size_t passed_ = 0, excepted_ = 0, failed_ = 0, stale_ = 0;
};

std::string folder();                       // the suites, with a final "/"
std::string read(const std::string& path);  // below folder(); throws if it cannot be read

// The suites.
void mime_structure(Suite& suite);
void mail_headers(Suite& suite);
void html_tokens(Suite& suite);
void html_visibility(Suite& suite);
void url_parsing(Suite& suite);
void url_finding(Suite& suite);
void public_suffixes(Suite& suite);

}  // namespace xspamd::suites
