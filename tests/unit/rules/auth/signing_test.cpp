#include "rules/auth/signing.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "rules/plan.h"
#include "tests/support/parsing.h"
#include "tests/unit/conf/loading.h"

using namespace xspamd;
using namespace xspamd::auth;

namespace {

const std::string kSection =
    "[signing.main]\nkey = \"mail.pem\"\nselector = \"s1\"\ndomains = [\"example.org\"]\n";

class Site {
 public:
  Site() {
    write("mail.pem", PrivateKey::make_ed25519().to_pem());
    write("other.pem", PrivateKey::make_rsa(1024).to_pem());
  }

  void write(const std::string& name, std::string_view text, mode_t mode = 0600) const {
    folder_.write(name, text);
    chmod(folder_.path(name).c_str(), mode);
  }

  Planned plan(const std::string& text, bool may_fail = false) const {
    folder_.write("x.toml", text);
    conf::Loaded loaded = conf::load(folder_.sources());
    return make_plan(std::move(loaded.config), std::move(loaded.problems), {}, may_fail);
  }
  // What is told, without the path of the folder.
  std::string told(const std::string& text, bool may_fail = false) const {
    const Planned planned = plan(text, may_fail);
    CHECK(planned.problems.failed() == (planned.plan == nullptr));
    std::string sentences = folder_.rendered(planned.problems);
    const std::string folder = folder_.path("");
    for (std::size_t at = 0; (at = sentences.find(folder, at)) != std::string::npos;)
      sentences.erase(at, folder.size());
    return sentences;
  }
  std::shared_ptr<const Signing> signing(const std::string& text) const {
    const Planned planned = plan(text);
    INFO(folder_.rendered(planned.problems));
    REQUIRE(planned.plan);
    return planned.plan->signing;
  }

 private:
  conf::Folder folder_;
};

// "main as example.org, ..."
std::string signers(const Signing& signing, std::string_view author) {
  std::string text;
  for (const auto& [section, domain] : signing.signers_for(author, test::suffixes()))
    text += fmt::format("{}{} as {}", text.empty() ? "" : ", ", section->name, domain);
  return text;
}

std::string domain_of(const std::string& from) {
  const auto domain = author_domain(*test::parsed(from + "\r\n\r\n"));
  return domain ? *domain : domain.error().sentence;
}

}  // namespace

TEST_CASE("signing: a section signs for its domains and what is below them") {
  const Site site;
  const auto signing = site.signing(
      "[signing.main]\nkey = \"mail.pem\"\nselector = \"S1.Mail\"\ndomains = [\"Example.ORG\", "
      "\"sub.example.net\"]\n");
  REQUIRE(signing->sections.size() == 1);
  const SigningSection& section = signing->sections.front();
  CHECK(section.selector == "s1.mail");
  CHECK(section.headers.size() == 27);
  CHECK(section.expires.count() == 0);
  REQUIRE(section.key);
  CHECK(section.key->is_ed25519());
  CHECK(signing->sealer() == nullptr);
  CHECK(signers(*signing, "example.org") == "main as example.org");
  CHECK(signers(*signing, "news.example.org") == "main as example.org");
  CHECK(signers(*signing, "sub.example.net") == "main as sub.example.net");
  for (const char* foreign : {"example.net", "notexample.org", "org", "", "example.org.example"})
    CHECK(signers(*signing, foreign).empty());
}

TEST_CASE("signing: every section that fits signs, a star as the registered domain") {
  const Site site;
  const auto signing = site.signing(kSection +
                                    "[signing.all]\nkey = \"other.pem\"\nselector = \"s2\"\ndomains = "
                                    "[\"*\", \"a.example.co.uk\"]\nexpires = \"1500ms\"\nheaders = [\"to\"]\n"
                                    "[signing.off]\nenabled = false\nkey = \"none.pem\"\n");
  CHECK(signing->sections.size() == 2);
  CHECK(signing->sections[0].expires.count() == 2);
  CHECK(signing->sections[0].headers.size() == 2);
  CHECK(signers(*signing, "www.example.org") == "all as example.org, main as example.org");
  CHECK(signers(*signing, "b.example.co.uk") == "all as example.co.uk");
  CHECK(signers(*signing, "b.a.example.co.uk") == "all as a.example.co.uk");
  CHECK(signers(*signing, "co.uk").empty());
  CHECK(signers(*signing, "localhost").empty());
  CHECK(signing->domains() == std::vector<std::string>{"*", "a.example.co.uk", "example.org"});
}

TEST_CASE("signing: one section seals, as the first of its domains") {
  const Site site;
  const auto signing = site.signing(kSection + "arc = true\n");
  REQUIRE(signing->sealer() != nullptr);
  CHECK(signing->sealer()->domains.front() == "example.org");
  const std::string second =
      "[signing.second]\nkey = \"other.pem\"\nselector = \"s2\"\ndomains = [\"example.net\"]\n";
  CHECK(site.told(kSection + "arc = true\n" + second + "arc = true\n") ==
        "x.toml:10:1: warning: signing.second.arc: signing.main seals already");
  CHECK(site.told("[signing.a]\nkey = \"mail.pem\"\nselector = \"s\"\ndomains = [\"*\"]\narc = true\n") ==
        "x.toml:4:1: signing.a.domains: with arc = true the first of the domains is the one that seals: it "
        "cannot "
        "be \"*\"");
}

TEST_CASE("signing: what is wrong is told with its place") {
  const Site site;
  site.write("bad.pem", "nonsense");
  const auto with = [](const std::string& line) {
    std::string text = kSection;
    const std::string key = line.substr(0, line.find(' '));
    const std::size_t at = text.find(key + " =");
    if (at == std::string::npos) return text + line + "\n";
    return text.replace(at, text.find('\n', at) - at, line);
  };
  const std::pair<std::string, std::string> kTable[] = {
      {"key = \"none.pem\"",
       "x.toml:2:1: signing.main.key: none.pem: cannot be read: No such file or directory"},
      {"key = \".\"", "x.toml:2:1: signing.main.key: .: is a directory, not a file"},
      {"key = \"bad.pem\"",
       "x.toml:2:1: signing.main.key: bad.pem: this is no key in PEM form (-----BEGIN PRIVATE KEY-----)"},
      {"selector = \"a b\"",
       "x.toml:3:1: signing.main.selector: expected a label of the DNS such as \"mail2026\", "
       "found \"a b\""},
      {"selector = \"a..b\"",
       "x.toml:3:1: signing.main.selector: expected a label of the DNS such as \"mail2026\", "
       "found \"a..b\""},
      {"domains = [\"example\"]", "x.toml:4:1: signing.main.domains: \"example\" is no domain"},
      {"domains = []", "x.toml:4:1: signing.main.domains: it names no domain to sign for"},
      {"headers = [\"to\", \"a b\"]",
       "x.toml:5:1: signing.main.headers: \"a b\" is no header field; expected "
       "\"subject\", \"(x)subject\" or \"(o)subject\""},
  };
  for (const auto& [line, told] : kTable) {
    CAPTURE(line);
    CHECK(site.told(with(line)) == told);
  }
  CHECK(site.told("[signing.x]\n") ==
        "x.toml:1:10: signing.x.key: it has none: expected the path of a PEM file\n"
        "x.toml:1:10: signing.x.selector: expected a label of the DNS such as \"mail2026\", it has none\n"
        "x.toml:1:10: signing.x.domains: it names no domain to sign for");
  CHECK(site.told("[signing.main]\nkeyfile = \"mail.pem\"\n")
            .find("unknown key \"keyfile\" in [signing.main]") != std::string::npos);
}

TEST_CASE("signing: a server that is started again after a crash signs with what is sound") {
  const Site site;
  const std::string bad = "[signing.a]\nkey = \"none.pem\"\nselector = \"s\"\ndomains = [\"example.org\"]\n";
  CHECK(site.told(bad + kSection, true) ==
        "x.toml:2:1: warning: signing.a.key: none.pem: cannot be read: No such file or directory: nothing is "
        "signed "
        "by it");
  CHECK(site.plan(bad + kSection, true).plan->signing->sections.size() == 1);
}

TEST_CASE("signing: a key that every user can read is a warning") {
  const Site site;
  const std::string pem = PrivateKey::make_ed25519().to_pem();
  for (const mode_t mode : {0600, 0640, 0660}) {
    site.write("mail.pem", pem, mode);
    CHECK(site.told(kSection).empty());
  }
  for (const mode_t mode : {0644, 0604, 0602}) {
    site.write("mail.pem", pem, mode);
    CHECK(site.told(kSection) ==
          "x.toml:2:1: warning: signing.main.key: mail.pem: every user of this machine may use the "
          "key: chmod o= mail.pem");
  }
}

TEST_CASE("signing: the author is the first mailbox of From") {
  const std::pair<std::string, std::string> kTable[] = {
      {"From: ann@example.org", "example.org"},
      {"From: Ann <ann@Example.ORG.>", "example.org"},
      {"From: a@one.example, b@two.example, c@three.example", "one.example"},
      {"From: =?utf-8?q?a=40wrong=2Eexample?= <a@right.example>", "right.example"},
      {"From: a@b\xc3\xbc"
       "cher.example",
       "xn--bcher-kva.example"},
      {"From: Group: a@one.example;", "one.example"},
      {"From:", "the From field of the message names no domain"},
      {"From: ann", "the From field of the message names no domain"},
      {"From: <>", "the From field of the message names no domain"},
      {"Subject: x", "the message has no From field"},
  };
  for (const auto& [from, domain] : kTable)
    CHECK(domain_of(from) == domain);
}
