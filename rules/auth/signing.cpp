#include "rules/auth/signing.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <utility>

#include "conf/file.h"
#include "proto/base/text.h"
#include "proto/mail/domain.h"
#include "rules/addresses.h"
#include "rules/listed_domain.h"

namespace xspamd::auth {

namespace {

constexpr std::size_t kMostKeyFile = 64 * Limits::kKiB;

using SigningProblems = std::vector<SigningProblem>;

// Empty when the file cannot be read, which is told: as a warning where it is for lack of rights, as many
// commands need no key.
std::optional<PrivateKey> read_key(const std::string& file, SigningProblems& problems) {
  const auto pem = conf::read_file(file, kMostKeyFile);
  if (!pem) {
    const bool refused = access(file.c_str(), R_OK) != 0 && errno == EACCES;
    problems.push_back(
        {"key",
         fmt::format("{}: {}{}", file, pem.error().sentence, refused ? ": nothing is signed with it" : ""),
         refused});
    return std::nullopt;
  }
  struct stat status {};
  constexpr unsigned kOthers = 07;
  if (stat(file.c_str(), &status) == 0 && S_ISREG(status.st_mode) && (status.st_mode & kOthers) != 0)
    problems.push_back(
        {"key", fmt::format("{}: every user of this machine may use the key: chmod o= {}", file, file),
         true});
  auto key = PrivateKey::from_pem(*pem);
  if (key) return std::move(*key);
  problems.push_back({"key", fmt::format("{}: {}", file, key.error().sentence)});
  return std::nullopt;
}

// RFC 6376 §3.1: a selector is one label of the DNS or several.
void read_selector(const std::string& selector, SigningSection& section, SigningProblems& problems) {
  constexpr std::string_view kBelow = "._domainkey";
  auto name = listed_domain(selector + std::string(kBelow));
  if (!name) {
    const std::string found =
        selector.empty() ? "it has none" : fmt::format("found {}", xspamd::quoted(selector));
    problems.push_back(
        {"selector", fmt::format("expected a label of the DNS such as \"mail2026\", {}", found)});
    return;
  }
  name->resize(name->size() - kBelow.size());
  section.selector = std::move(*name);
}

void read_domains(const std::vector<std::string>& domains, SigningSection& section,
                  SigningProblems& problems) {
  if (domains.empty()) problems.push_back({"domains", "it names no domain to sign for"});
  for (const std::string& text : domains) {
    if (text == "*") {
      section.any_domain = true;
      section.domains.push_back(text);
      continue;
    }
    auto domain = listed_domain(text);
    if (!domain) {
      problems.push_back({"domains", domain.error().sentence});
      continue;
    }
    section.domains.push_back(*domain);
    section.listed.insert(std::move(*domain));
  }
  if (section.seals && !section.domains.empty() && section.domains.front() == "*")
    problems.push_back({"domains",
                        "with arc = true the first of the domains is the one that seals: it cannot be "
                        "\"*\""});
}

// The place of a key of a table, else of the table.
conf::Origin place_of(const conf::Value& table, std::string_view key) {
  const conf::Value* value = conf::find(table, key);
  return value != nullptr ? value->origin : table.origin;
}

void tell(const std::string& name, const conf::Value& table, const SigningProblems& found,
          Services& services) {
  for (const SigningProblem& problem : found) {
    const std::string sentence =
        fmt::format("signing.{}.{}: {}", conf::to_key(name), problem.key, problem.sentence);
    if (problem.warning) {
      services.problems.warn(place_of(table, problem.key), sentence);
    } else if (services.maps_may_fail) {
      services.problems.warn(place_of(table, problem.key), sentence + ": nothing is signed by it");
    } else {
      services.problems.error(place_of(table, problem.key), sentence);
    }
  }
}

}  // namespace

std::vector<Signing::Signer> Signing::signers_for(std::string_view author, const Suffixes& suffixes) const {
  std::vector<Signer> signers;
  for (const SigningSection& section : sections) {
    const auto listed = covering(section.listed, author);
    if (listed != section.listed.end()) {
      signers.push_back({&section, *listed});
    } else if (section.any_domain) {
      const std::string_view registered = suffixes.registrable(author);
      if (!registered.empty()) signers.push_back({&section, std::string(registered)});
    }
  }
  return signers;
}

const SigningSection* Signing::sealer() const {
  const auto found =
      std::find_if(sections.begin(), sections.end(), [](const SigningSection& s) { return s.seals; });
  return found == sections.end() ? nullptr : &*found;
}

std::vector<std::string> Signing::domains() const {
  std::set<std::string> all;
  for (const SigningSection& section : sections)
    all.insert(section.domains.begin(), section.domains.end());
  return {all.begin(), all.end()};
}

SigningSection make_section(std::string name, const conf::Signing& settings, const std::string& key_file,
                            SigningProblems& problems) {
  SigningSection section;
  section.name = std::move(name);
  section.seals = settings.arc;
  section.expires = std::chrono::ceil<std::chrono::seconds>(settings.expires);
  if (settings.key.empty()) {
    problems.push_back({"key", "it has none: expected the path of a PEM file"});
  } else {
    section.key = read_key(key_file, problems);
  }
  read_selector(settings.selector, section, problems);
  read_domains(settings.domains, section, problems);
  auto headers = parse_signed_names(settings.headers);
  if (headers) {
    section.headers = std::move(*headers);
  } else {
    problems.push_back({"headers", headers.error().sentence});
  }
  return section;
}

std::shared_ptr<const Signing> read_signing(Services& services) {
  auto signing = std::make_shared<Signing>();
  const conf::Value* tables = conf::find(services.config.tree, "signing");
  if (tables == nullptr || tables->table() == nullptr) return signing;
  const auto folder = std::filesystem::path(services.config.file).parent_path();
  for (const auto& [name, settings] : services.config.signing) {
    const auto table = tables->table()->find(name);
    if (!settings.enabled || table == tables->table()->end()) continue;
    SigningProblems problems;
    SigningSection section = make_section(name, settings, (folder / settings.key).string(), problems);
    if (const SigningSection* other = signing->sealer(); other != nullptr && section.seals) {
      problems.push_back({"arc", fmt::format("signing.{} seals already", conf::to_key(other->name)), true});
      section.seals = false;
    }
    tell(name, table->second, problems, services);
    const auto is_error = [](const SigningProblem& problem) {
      return !problem.warning;
    };
    if (std::none_of(problems.begin(), problems.end(), is_error))
      signing->sections.push_back(std::move(section));
  }
  return signing;
}

Result<std::string> author_domain(const Message& message) {
  if (message.first("From") == nullptr) return fail(Errc::invalid, "the message has no From field");
  const auto mailboxes = first_field_mailboxes(message, "From");
  const std::string domain = mailboxes.empty() ? "" : mail::ascii_domain(mailboxes.front().domain);
  if (domain.empty()) return fail(Errc::invalid, "the From field of the message names no domain");
  return domain;
}

}  // namespace xspamd::auth
