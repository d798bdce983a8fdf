// What of one message DNS lists are asked about. Pure.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "rules/facts.h"
#include "rules/lists/list.h"

namespace xspamd {

// Domains that are never asked about, with what is below them.
using NeverAsked = std::set<std::string, std::less<>>;

// Distinct values in the order of the message. Of received.ip those that are ours or the client's are left
// out, as are domains that are never asked about.
std::vector<std::string> values_for(const ListSubject& subject, const Mail& mail, const Facts& facts,
                                    const std::vector<Network>& local, const NeverAsked& never);

// At most `most` of them, spread evenly: the first is kept, and who hides a bad one behind many good ones
// cannot know where.
std::vector<std::string> some_of(const std::vector<std::string>& values, std::size_t most);

}  // namespace xspamd
