#include <catch2/catch.hpp>

#include "tests/unit/rules/checks/with_store.h"

using namespace xspamd;
using namespace std::chrono_literals;
using auth::DkimResult;
using auth::SpfResult;
using test::WithStore;

namespace {

constexpr std::string_view kOurs = "alice@ours.test";
constexpr std::string_view kTheirs = "bob@theirs.test";
const std::string kId = "<1@ours.test>";

struct Sent {
  std::string user = "alice";
  std::string ip = "192.0.2.1";
  std::string sender{kOurs};
  std::vector<std::string> recipients{std::string(kTheirs)};
  std::string header = "From: Alice <Alice@Ours.test>\nMessage-ID: " + kId + "\n";
};

struct Incoming {
  std::string sender{kTheirs};
  std::vector<std::string> recipients{"Alice@ours.test"};
  std::string header = "From: Bob <Bob@theirs.test>\n";
  SpfResult spf = SpfResult::none;
  std::string spf_domain = "theirs.test";
  std::vector<std::pair<DkimResult, std::string>> dkim = {};
};

Request request_of(const std::string& sender, const std::vector<std::string>& recipients,
                   const std::string& ip, const std::string& header) {
  Envelope envelope;
  envelope.sender = sender;
  envelope.recipients = recipients;
  if (!ip.empty()) envelope.client = *IpAddress::parse(ip);
  return test::request_of(header + "\nText\n", envelope);
}

std::string send(WithStore& world, const Sent& mail = {}) {
  Request request = request_of(mail.sender, mail.recipients, mail.ip, mail.header);
  request.envelope.user = mail.user;
  return test::rendered(world.scan(std::move(request), [](Facts&) {})->hits);
}

std::string receive(WithStore& world, const Incoming& mail) {
  const auto set_facts = [&](Facts& facts) {
    facts.spf.emplace();
    facts.spf->result = mail.spf;
    facts.spf->domain = mail.spf_domain;
    facts.dkim_checked = true;
    for (const auto& [result, domain] : mail.dkim) {
      facts.dkim.emplace_back();
      facts.dkim.back().result = result;
      facts.dkim.back().domain = domain;
    }
  };
  const auto scan =
      world.scan(request_of(mail.sender, mail.recipients, "198.51.100.7", mail.header), set_facts);
  std::string text = test::rendered(scan->hits);
  for (const std::string_view check : scan->store_failed)
    text += "failed:" + std::string(check);
  return text;
}

Incoming answer(const std::string& fields) {
  return {.header = "From: bob@theirs.test\n" + fields};
}

}  // namespace

TEST_CASE("check replies: mail that names a message of our user's is a reply") {
  WithStore world("replies");
  CHECK(send(world) == "");
  CHECK(receive(world, answer("In-Reply-To: " + kId + "\n")) == "REPLY[1@ours.test]");
  CHECK(receive(world, answer("References: <0@x.test>\n " + kId + " <2@x.test>\n")) == "REPLY[1@ours.test]");
  CHECK(receive(world, answer("In-Reply-To: 1@ours.test\n")) == "REPLY[1@ours.test]");
  CHECK(receive(world, answer("In-Reply-To: Your mail " + kId + " of Monday\n")) == "REPLY[1@ours.test]");
  CHECK(receive(world, answer("In-Reply-To: " + kId + "\nReferences: " + kId + "\n")) ==
        "REPLY[1@ours.test]");
}

TEST_CASE("check replies: what names no message of ours, or nothing, is none") {
  WithStore world("replies");
  send(world);
  for (const char* fields : {"", "In-Reply-To:\n", "In-Reply-To: <>\n", "In-Reply-To: <2@ours.test>\n",
                             "In-Reply-To: <1@OURS.test>\n", "Subject: <1@ours.test>\n",
                             "References: >>><<<\n", "In-Reply-To: <1@ours.test\n"}) {
    INFO(fields);
    CHECK(receive(world, answer(fields)) == "");
  }
}

TEST_CASE("check replies: a Message-ID that others have read serves nobody but its sender") {
  WithStore world("replies");
  send(world);
  Incoming mail = answer("To: alice@ours.test\nIn-Reply-To: " + kId + "\n");
  mail.recipients = {"carol@ours.test"};
  CHECK(receive(world, mail) == "");
  mail.recipients = {"carol@ours.test", "alice@ours.test"};
  CHECK(receive(world, mail) == "REPLY[1@ours.test]");
}

TEST_CASE("check replies: where the mail server tells no recipients, To and Cc count") {
  WithStore world("replies");
  send(world);
  Incoming mail = answer("To: x@y.test\nCc: Alice <ALICE@ours.test>\nIn-Reply-To: " + kId + "\n");
  mail.recipients = {};
  CHECK(receive(world, mail) == "REPLY[1@ours.test]");
}

TEST_CASE("check replies: an answer may go to From, Reply-To or the envelope's sender") {
  WithStore world("replies");
  send(world, {.sender = "bounces@ours.test",
               .header = "From: alice@ours.test\nReply-To: team@ours.test\nMessage-ID: " + kId + "\n"});
  for (const char* to : {"alice@ours.test", "team@ours.test", "bounces@ours.test"}) {
    Incoming mail = answer("In-Reply-To: " + kId + "\n");
    mail.recipients = {to};
    INFO(to);
    CHECK(receive(world, mail) == "REPLY[1@ours.test]");
  }
}

TEST_CASE("check replies: mail of strangers leaves no trace, that of our networks does") {
  struct Row {
    const char *user, *ip, *hits;
  };
  for (const Row& row : {Row{"", "198.51.100.9", ""}, Row{"", "10.1.2.3", "REPLY[1@ours.test]"},
                         Row{"alice", "", "REPLY[1@ours.test]"}, Row{"", "", ""}}) {
    WithStore world("replies");
    send(world, {.user = row.user, .ip = row.ip});
    INFO(row.user << " " << row.ip);
    CHECK(receive(world, answer("In-Reply-To: " + kId + "\n")) == row.hits);
  }
}

TEST_CASE("check replies: after its time a message is forgotten, as the option says") {
  WithStore world("replies");
  send(world);
  world.later = 24h - 1s;
  CHECK(receive(world, answer("In-Reply-To: " + kId + "\n")) == "REPLY[1@ours.test]");
  world.later = 24h;
  CHECK(receive(world, answer("In-Reply-To: " + kId + "\n")) == "");

  WithStore patient("replies", {"checks.replies.expiry=\"2d\""});
  send(patient);
  patient.later = 47h;
  CHECK(receive(patient, answer("In-Reply-To: " + kId + "\n")) == "REPLY[1@ours.test]");
}

TEST_CASE("check replies: of ids beyond twenty only the last are looked at") {
  WithStore world("replies");
  send(world);
  std::string others;
  for (int i = 0; i < 19; ++i)
    others += " <" + std::to_string(i) + "@x.test>";
  CHECK(receive(world, answer("References: " + kId + others + "\n")) == "REPLY[1@ours.test]");
  CHECK(receive(world, answer("References: " + kId + others + " <19@x.test>\n")) == "");
  CHECK(receive(world, answer("References:" + others + others + kId + "\n")) == "REPLY[1@ours.test]");
}

TEST_CASE("check replies: a sender to whom the recipient wrote is known when the domain is proved") {
  struct Row {
    const char* why;
    Incoming mail;
    std::string hits;
  };
  const std::string known = "KNOWN_SENDER[bob@theirs.test]";
  const Row rows[] = {
      {"proved by SPF", {.spf = SpfResult::pass}, known},
      {"of the same owner", {.spf = SpfResult::pass, .spf_domain = "mail.theirs.test"}, known},
      {"proved by DKIM",
       {.dkim = {{DkimResult::fail, "theirs.test"}, {DkimResult::pass, "theirs.test"}}},
       known},
      {"not proved", {}, ""},
      {"SPF of another", {.spf = SpfResult::pass, .spf_domain = "x.test"}, ""},
      {"signed by another", {.dkim = {{DkimResult::pass, "x.test"}}}, ""},
      {"SPF says no", {.spf = SpfResult::softfail}, ""},
      {"another recipient", {.recipients = {"carol@ours.test"}, .spf = SpfResult::pass}, ""},
      {"another mailbox", {.header = "From: eve@theirs.test\n", .spf = SpfResult::pass}, ""},
      {"two authors", {.header = "From: bob@theirs.test, eve@theirs.test\n", .spf = SpfResult::pass}, ""},
      {"no author", {.header = "Subject: x\n", .spf = SpfResult::pass}, ""},
      {"the envelope alone is his", {.header = "From: eve@x.test\n", .spf = SpfResult::pass}, ""}};
  for (const Row& row : rows) {
    WithStore world("replies");
    send(world);
    INFO(row.why);
    CHECK(receive(world, row.mail) == row.hits);
  }
}

TEST_CASE("check replies: a record that passes everyone and a signature with room for more prove nothing") {
  WithStore world("replies");
  send(world);
  const auto seen = [&](const std::function<void(Facts&)>& set_facts) {
    auto request =
        request_of(std::string(kTheirs), {std::string(kOurs)}, "198.51.100.7", "From: bob@theirs.test\n");
    return test::rendered(world.scan(std::move(request), set_facts)->hits);
  };
  const auto spf = [](bool plus_all) {
    return [plus_all](Facts& facts) {
      facts.spf.emplace();
      facts.spf->result = SpfResult::pass;
      facts.spf->domain = "theirs.test";
      facts.spf->plus_all = plus_all;
    };
  };
  const auto dkim = [](std::size_t unsigned_bytes) {
    return [unsigned_bytes](Facts& facts) {
      facts.dkim.emplace_back();
      facts.dkim[0].result = DkimResult::pass;
      facts.dkim[0].domain = "theirs.test";
      facts.dkim[0].unsigned_bytes = unsigned_bytes;
    };
  };
  CHECK(seen(spf(false)) == "KNOWN_SENDER[bob@theirs.test]");
  CHECK(seen(spf(true)) == "");
  CHECK(seen(dkim(0)) == "KNOWN_SENDER[bob@theirs.test]");
  CHECK(seen(dkim(1)) == "");
}

TEST_CASE("check replies: a correspondent is known for ninety days from the last message") {
  WithStore world("replies");
  const Incoming mail{.spf = SpfResult::pass};
  send(world);
  world.later = 24h * 60;
  send(world);
  world.later = 24h * 149;
  CHECK(receive(world, mail) == "KNOWN_SENDER[bob@theirs.test]");
  world.later = 24h * 150;
  CHECK(receive(world, mail) == "");
}

TEST_CASE("check replies: to write to many makes nobody known") {
  for (const std::size_t count : {20, 21}) {
    WithStore world("replies");
    Sent sent;
    sent.recipients.assign(count, "x@y.test");
    sent.recipients[0] = kTheirs;
    send(world, sent);
    INFO(count);
    CHECK((receive(world, {.spf = SpfResult::pass}) == "") == (count > 20));
  }
}

TEST_CASE("check replies: without a store nothing is said, of one that fails it is told") {
  WithStore world("replies");
  world.store = nullptr;
  CHECK(send(world) == "");
  CHECK(receive(world, answer("In-Reply-To: " + kId + "\n")) == "");
  world.store = std::make_shared<test::BrokenStore>();
  CHECK(send(world) == "");
  CHECK(receive(world, answer("In-Reply-To: " + kId + "\n")) == "failed:replies");
  CHECK(receive(world, answer("")) == "");  // it was not needed
}
