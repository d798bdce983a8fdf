// DNS lists as configured ([lists.NAME]): what is asked where, and what the answers mean. Read once with the
// plan; immutable but for what is learned of each list, which belongs to the loop thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rules/check.h"
#include "rules/lists/answers.h"
#include "rules/lists/asked_name.h"
#include "rules/lists/list_state.h"
#include "rules/selector.h"

namespace xspamd {

// What of a message a list is asked about, and how the report calls it ("192.0.2.42:from").
struct ListSubject {
  enum class Kind { selector, emails, email_domains, dkim_domains };

  Kind kind = Kind::selector;
  Selector selector;  // of Kind::selector
  std::string text;   // as configured
  std::string label;

  // It tells of the client or the way, not of the contents: our own users' mail is not asked about.
  bool is_of_transport() const;
  bool is_client() const { return text == "envelope.ip"; }

  friend bool operator==(const ListSubject& a, const ListSubject& b) { return a.text == b.text; }
};

struct List {
  std::string name;
  std::string zone;        // with the key in it: a secret
  std::string zone_shown;  // for people
  std::vector<ListSubject> subjects;
  ListHash hash = ListHash::none;
  bool enabled = true;
  bool ipv4 = true, ipv6 = true;
  bool addresses = false;  // host names that are addresses are asked about, turned round
  std::vector<ListCode> codes;
  std::vector<Network> refused;  // answers that mean: you are not served
  std::string refused_symbol;    // shown meanwhile; may be empty
  std::string test_listed, test_clean;
  std::shared_ptr<ListState> state = std::make_shared<ListState>();

  // The name asked for about a value: nothing when this list has nothing to say of such a value.
  std::optional<std::string> name_for(const std::string& value) const;
};

struct ListSet {
  bool enabled = true;  // checks.lists.enabled
  std::vector<List> lists;

  bool any_asked() const;
};

// Adds the symbols of all lists, disabled ones too; mistakes are told at their place.
std::shared_ptr<const ListSet> read_lists(Services& services);

// "spamhaus_zen (zen.spamhaus.org), ...": who is asked.
std::string asked_lists(const ListSet& set);

}  // namespace xspamd
