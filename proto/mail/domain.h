// Domains of mail addresses as names of hosts: "bücher.example" and "xn--bcher-kva.example" are one. Letters
// beyond ASCII are taken as they are, without the mapping of IDNA: mail programs write them in small letters.
#pragma once

#include <string>
#include <string_view>

namespace xspamd::mail {

// ASCII letters small, without a final dot, labels in other scripts in their ASCII form.
// What is no such label, and what is longer than any domain, stays as it is.
std::string ascii_domain(std::string_view domain);

bool same_domain(std::string_view a, std::string_view b);

}  // namespace xspamd::mail
