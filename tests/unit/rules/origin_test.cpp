#include "rules/origin.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "proto/mail/message.h"

#include "tests/support/parsing.h"

using namespace xspamd;

namespace {

// Fields as Exim writes them: its own on top, then that of the server before it.
const std::string kOwn =
    "Received: from client.x.example ([192.0.2.7] helo=hello.x.example)\n"
    "\tby mx.test.example with esmtps (Exim 4.96)\n\tid 1xV0aa-00070k-03;\n"
    "\tSun, 22 Nov 2026 06:10:40 +0000\n";
const std::string kBefore =
    "Received: from inner.x.example (inner.x.example [198.51.100.9])\n"
    "\tby client.x.example (Postfix) with ESMTPS id ABC; Sun, 22 Nov 2026 06:10:39 +0000\n";
const std::string kRelay =
    "Received: from relay.x.example (relay.x.example [203.0.113.5])\n"
    "\tby mx2.x.example (Postfix) with ESMTPS id DEF; Sun, 22 Nov 2026 06:10:38 +0000\n";

Envelope from_ip(std::string_view ip) {
  Envelope envelope;
  envelope.client = IpAddress::parse(ip);
  return envelope;
}

std::string origin_of(const std::string& fields, Envelope told, const conf::Networks& networks = {},
                      Dialect dialect = Dialect::spamc) {
  const auto message = test::parsed(fields + "Subject: x\n\n");
  Request request;
  request.dialect = dialect;
  request.envelope = std::move(told);
  const Origin origin = find_origin(request, *message, networks);
  const Envelope& envelope = request.envelope;
  std::string text =
      fmt::format("own={} hops=", origin.own && origin.own->ip ? origin.own->ip->to_string() : "-");
  for (std::size_t i = 0; i < origin.hops.size(); ++i)
    text += fmt::format("{}{}", i == 0 ? "" : ",", origin.hops[i].ip ? origin.hops[i].ip->to_string() : "?");
  return text + fmt::format(" client={} helo={} host={} user={}",
                            envelope.client ? envelope.client->to_string() : "-", envelope.helo,
                            envelope.hostname, envelope.user);
}

}  // namespace

TEST_CASE("origin: the topmost field is the mail server's own where its client is the envelope's") {
  CHECK(origin_of(kOwn + kBefore, from_ip("192.0.2.7"))
            .starts_with("own=192.0.2.7 hops=198.51.100.9 client=192.0.2.7"));
}

TEST_CASE("origin: another client in the topmost field means that the mail server has not written it yet") {
  CHECK(origin_of(kOwn + kBefore, from_ip("192.0.2.8")) ==
        "own=- hops=192.0.2.7,198.51.100.9 client=192.0.2.8 helo= host= user=");
}

TEST_CASE("origin: only the topmost field can be the mail server's own") {
  CHECK(origin_of(kBefore + kOwn, from_ip("192.0.2.7"))
            .starts_with("own=- hops=198.51.100.9,192.0.2.7 client=192.0.2.7"));
  // What cannot be read does not hand its place to the next.
  CHECK(origin_of("Received: nonsense\n" + kOwn, from_ip("192.0.2.7")).starts_with("own=- hops=192.0.2.7 "));
}

TEST_CASE("origin: where a request carries no address, client, HELO and name come from the topmost field") {
  CHECK(origin_of(kOwn + kBefore, {}) ==
        "own=192.0.2.7 hops=198.51.100.9 client=192.0.2.7 helo=hello.x.example host=client.x.example user=");
}

TEST_CASE("origin: an RSPAMC head without an address tells of a local submission, and stays as it is") {
  CHECK(origin_of(kOwn + kBefore, {}, {}, Dialect::rspamc) ==
        "own=192.0.2.7 hops=198.51.100.9 client=- helo= host= user=");
}

TEST_CASE("origin: what an RSPAMC head with an address lacks comes from the mail server's own field") {
  CHECK(origin_of(kOwn, from_ip("192.0.2.7"), {}, Dialect::rspamc) ==
        "own=192.0.2.7 hops= client=192.0.2.7 helo=hello.x.example host=client.x.example user=");
}

TEST_CASE("origin: who logged in is authenticated also where the field names no login") {
  const std::string field =
      "Received: from [192.0.2.7] (helo=hello.x.example)\n"
      "\tby mx.test.example with esmtpsa (TLS1.3) (Exim 4.96)\n\tid 1xV0aa-00070k-03;\n"
      "\tSun, 22 Nov 2026 06:10:40 +0000\n";
  Request request;
  request.dialect = Dialect::spamc;
  const auto message = test::parsed(field + "Subject: x\n\n");
  find_origin(request, *message, {});
  CHECK(request.envelope.user.empty());
  CHECK(request.envelope.is_authenticated());
}

TEST_CASE("origin: what the request told is not replaced by what a field tells") {
  Envelope envelope;
  envelope.helo = "told";
  envelope.user = "alice";
  CHECK(origin_of(kOwn, envelope) ==
        "own=192.0.2.7 hops= client=192.0.2.7 helo=told host=client.x.example user=alice");
}

TEST_CASE("origin: an IPv4 client is the same as its mapped IPv6 address") {
  CHECK(origin_of(kOwn, from_ip("::ffff:192.0.2.7")).starts_with("own=192.0.2.7 hops= "));
}

TEST_CASE("origin: hops of our own relays are passed over") {
  conf::Networks networks;
  networks.relays = {*Network::parse("203.0.113.0/24")};
  CHECK(origin_of(kOwn + kRelay + kBefore, from_ip("192.0.2.7"), networks)
            .starts_with("own=192.0.2.7 hops=198.51.100.9 "));
  CHECK(origin_of(kRelay + kBefore, from_ip("192.0.2.7"), networks).starts_with("own=- hops=198.51.100.9 "));
  CHECK(origin_of(kOwn + kRelay + kBefore, from_ip("192.0.2.7"))
            .starts_with("own=192.0.2.7 hops=203.0.113.5,198.51.100.9 "));
}

TEST_CASE("origin: a message without Received fields has no hops") {
  CHECK(origin_of("", from_ip("192.0.2.7")) == "own=- hops= client=192.0.2.7 helo= host= user=");
  CHECK(origin_of("", {}) == "own=- hops= client=- helo= host= user=");
}
