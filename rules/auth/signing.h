// Who signs: the tables [signing.NAME] made ready, with their keys read. Immutable, shared by all who sign.
#pragma once

#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "proto/base/suffix.h"
#include "rules/auth/signer.h"
#include "rules/check.h"

namespace xspamd::auth {

struct SigningSection {
  std::string name;
  std::optional<PrivateKey> key;  // none: it could not be read, which has been told
  std::string selector;
  std::vector<std::string> domains;           // listed domains (rules/listed_domain.h) as written, "*"
  std::set<std::string, std::less<>> listed;  // those that are no "*"
  bool any_domain = false;                    // "*" is among them
  std::vector<SignedName> headers;
  std::chrono::seconds expires{0};
  bool seals = false;  // also for ARC, as the first of its domains
};

struct Signing {
  std::vector<SigningSection> sections;  // by name; without those that are not enabled

  // One signature to be made: by whom, and as which domain (d=).
  struct Signer {
    const SigningSection* section;
    std::string domain;
  };
  // All that sign for an author of this domain: as the listed domain that is or covers it, or where "*"
  // stands as its registered domain.
  std::vector<Signer> signers_for(std::string_view author, const Suffixes& suffixes) const;
  // Who seals; null if nobody does.
  const SigningSection* sealer() const;
  // All domains that are named, each once.
  std::vector<std::string> domains() const;
};

// What is wrong with a table: the key of the configuration that it is about, and a sentence.
struct SigningProblem {
  std::string_view key;
  std::string sentence;
  bool warning = false;
};
// Reads the key from `key_file`. What it returns signs when no problem but warnings was added.
SigningSection make_section(std::string name, const conf::Signing& settings, const std::string& key_file,
                            std::vector<SigningProblem>& problems);

// All tables of the configuration; what is wrong with them is told with its place. Blocks while it reads.
std::shared_ptr<const Signing> read_signing(Services& services);

// The domain of the first mailbox in From, in lower case with A-labels. Fails when there is none.
Result<std::string> author_domain(const Message& message);

}  // namespace xspamd::auth
