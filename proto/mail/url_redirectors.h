// Services that lead on to a URL they hold in a way of their own, so that it is not seen by looking for
// "http:" plain, percent encoded or in base64 (as nearly all others hold it), and the names of parameters in
// which sites hand on a host without a scheme. Written down from knowledge of these services on 2026-11-22,
// not imported; a row is added when a service is met that hides its target otherwise.
#pragma once

#include <string_view>

namespace xspamd::urls {

enum class Holding {
  rest_of_path,         // host, path and query of the target follow
  secure_rest_of_path,  // likewise, of an https URL
  proofpoint_2,         // in "u", with "-" for "%" and "_" for "/"
  proofpoint_3,         // between "__" and "__;", with "*" for what follows that in base64
};

struct Redirector {
  std::string_view host;  // itself or a parent; "name.*" is the name under every public suffix
  std::string_view path;  // what the path begins with; "*" is one segment
  Holding holding;
};

constexpr Redirector kRedirectors[] = {
    {"ampproject.org", "/*/s/", Holding::secure_rest_of_path},
    {"ampproject.org", "/*/", Holding::rest_of_path},
    {"google.*", "/amp/s/", Holding::secure_rest_of_path},
    {"google.*", "/amp/", Holding::rest_of_path},
    {"nate.com", "/r/*/", Holding::rest_of_path},
    {"urldefense.com", "/v3/__", Holding::proofpoint_3},
    {"urldefense.proofpoint.com", "/v2/url", Holding::proofpoint_2},
    {"urldefense.us", "/v3/__", Holding::proofpoint_3},
};

constexpr std::string_view kTargetParameters[] = {
    "adurl",        "continue",     "dest",   "destination", "go",        "goto",
    "link",         "next",         "out",    "redir",       "redirect",  "redirect_to",
    "redirect_uri", "redirect_url", "return", "return_to",   "returnurl", "site",
    "target",       "targeturl",    "to",     "u",           "uri",       "url",
};

}  // namespace xspamd::urls
