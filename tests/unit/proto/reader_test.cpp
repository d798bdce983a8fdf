#include "proto/reader.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "proto/base/text.h"

using namespace xspamd;

namespace {

std::string rendered(const Request& request) {
  const Envelope& e = request.envelope;
  std::string text = fmt::format("from={} helo={} host={} ip={} user={} qid={} rcpt=", quoted(e.sender),
                                 quoted(e.helo), quoted(e.hostname), e.client ? e.client->to_string() : "-",
                                 quoted(e.user), quoted(e.queue_id));
  for (const std::string& recipient : e.recipients)
    text += quoted(recipient);
  return text + fmt::format(" profile={} body={}", quoted(request.profile_user), quoted(request.body));
}

std::string read(std::string_view bytes) {
  const Limits limits;
  Reader reader(limits);
  reader.feed(bytes);
  if (!reader.done()) reader.end(Reader::End::input);
  const Incoming incoming = reader.take();
  return incoming.refusal == Refusal::none ? rendered(incoming.request) : incoming.detail;
}

std::string read_head(std::string_view head) {
  return read(fmt::format("CHECK RSPAMC/1.3\r\n{}Content-length: 1\r\n\r\nx", head));
}

constexpr std::string_view kNothing =
    R"(from="" helo="" host="" ip=- user="" qid="" rcpt= profile="" body="x")";

}  // namespace

TEST_CASE("reader: every field of the envelope is taken") {
  CHECK(read_head("Queue-Id: 1xV0aa-00070k-03\r\nFrom: <a@x.example>\r\nRcpt: <b@x.example>\r\n"
                  "Rcpt: <c@x.example>\r\nHelo: h\r\nHostname: n\r\nIP: 2001:db8::1\r\nUser: u\r\n") ==
        R"(from="a@x.example" helo="h" host="n" ip=2001:db8::1 user="u" qid="1xV0aa-00070k-03" )"
        R"(rcpt="b@x.example""c@x.example" profile="" body="x")");
}

TEST_CASE("reader: exactly one bracket is taken off at each end of a path") {
  CHECK(read_head("From: <\"a> b\\\"c\"@x.example>\r\n").starts_with(R"(from="\"a> b\\\"c\"@x.example" )"));
  CHECK(read_head("From: <<a>>\r\n").starts_with(R"(from="<a>" )"));
  CHECK(read_head("From: a@x.example\r\n").starts_with(R"(from="a@x.example" )"));
  CHECK(read_head("From: <>\r\n") == kNothing);
  CHECK(read_head("From: <\r\n") == kNothing);
}

TEST_CASE("reader: blanks around names and values are no part of them") {
  CHECK(read_head("Helo:h\r\n") == read_head("Helo : \t h \t\r\n"));
  CHECK(read_head("Helo: \r\nUser:\r\n") == kNothing);
}

TEST_CASE("reader: a login named by an SPAMC client is a profile, never a login") {
  CHECK(read("CHECK SPAMC/1.2\r\nUser: bob\r\nContent-length: 1\r\n\r\nx") ==
        R"(from="" helo="" host="" ip=- user="" qid="" rcpt= profile="bob" body="x")");
}

TEST_CASE("reader: envelope fields of the other dialect say nothing in SPAMC") {
  CHECK(read("CHECK SPAMC/1.2\r\nFrom: a@x.example\r\nIP: 192.0.2.1\r\nContent-length: 1\r\n\r\nx") ==
        kNothing);
}

TEST_CASE("reader: bytes after the announced end are ignored") {
  const Limits limits;
  Reader reader(limits);
  CHECK(reader.feed("CHECK RSPAMC/1.3\r\nContent-length: 2\r\n\r\nabcd"));
  CHECK(reader.feed("more"));
  reader.end(Reader::End::idle);
  const Incoming incoming = reader.take();
  CHECK(incoming.request.body == "ab");
  CHECK(incoming.refusal == Refusal::none);
}

TEST_CASE("reader: the end of input after a complete message changes nothing") {
  const Limits limits;
  for (const Reader::End end : {Reader::End::input, Reader::End::idle}) {
    Reader reader(limits);
    reader.feed("CHECK RSPAMC/1.3\r\nContent-length: 2\r\n\r\nab");
    reader.end(end);
    CHECK(rendered(reader.take().request).ends_with(R"(body="ab")"));
  }
}

TEST_CASE("reader: the states of a request are told while it comes") {
  const Limits limits;
  Reader reader(limits);
  CHECK_FALSE(reader.started());
  reader.feed("C");
  CHECK(reader.started());
  CHECK_FALSE(reader.has_head());
  reader.feed("HECK RSPAMC/1.3\r\nContent-length: 4\r\n");
  CHECK_FALSE(reader.has_head());
  reader.feed("\r\nab");
  CHECK(reader.has_head());
  CHECK_FALSE(reader.done());
  CHECK(reader.received() == 2);
  reader.feed("cd");
  CHECK(reader.done());
}

TEST_CASE("reader: memory grows by what comes, not by what is announced") {
  const Limits limits;
  Reader reader(limits);
  reader.feed("CHECK RSPAMC/1.3\r\nContent-length: 50000000\r\n\r\n");
  const std::size_t head = reader.held();
  CHECK(head < 100);
  reader.feed(std::string(1000, 'x'));
  CHECK(reader.held() == head + 1000);
}

TEST_CASE("reader: a message that will not be scanned is counted without being kept") {
  const Limits limits;
  Reader reader(limits);
  reader.feed("CHECK RSPAMC/1.3\r\nContent-length: 6\r\n\r\nabc");
  const std::size_t before = reader.held();
  reader.forget_body();
  CHECK(reader.held() == before - 3);
  CHECK(reader.feed("def"));
  CHECK(reader.received() == 6);
  CHECK(reader.take().request.body.empty());
}

TEST_CASE("reader: a message over the limit is drained to its end and holds nothing") {
  Limits limits;
  limits.message = 4;
  Reader announced(limits);
  announced.feed("CHECK RSPAMC/1.3\r\nContent-length: 8\r\n\r\n1234567");
  CHECK_FALSE(announced.done());
  CHECK(announced.held() < 100);
  CHECK(announced.feed("8"));
  CHECK(announced.take().refusal == Refusal::too_large);

  Reader open(limits);
  open.feed("CHECK RSPAMC/1.3\r\n\r\n12345678");
  CHECK_FALSE(open.done());
  CHECK(open.held() < 100);
  open.end(Reader::End::input);
  CHECK(open.take().refusal == Refusal::too_large);
}

TEST_CASE("reader: the head is bounded by its limit to the byte") {
  Limits limits;
  const std::string head = "CHECK RSPAMC/1.3\r\nHelo: abc\r\nContent-length: 0\r\n\r\n";
  limits.head = head.size();
  Reader fits(limits);
  fits.feed(head);
  CHECK(fits.take().refusal == Refusal::none);
  limits.head = head.size() - 1;
  Reader over(limits);
  over.feed(head);
  CHECK(over.take().refusal == Refusal::bad_head);
}

TEST_CASE("reader: a head of twenty thousand recipients is within the limit") {
  std::string head;
  for (int i = 0; i < 20'000; ++i)
    head += fmt::format("Rcpt: <recipient-{:05}@a-rather-long-name-of-a-domain.example>\r\n", i);
  const Limits limits;
  Reader reader(limits);
  reader.feed("CHECK RSPAMC/1.3\r\n" + head + "Content-length: 1\r\n\r\nx");
  const Incoming incoming = reader.take();
  CHECK(incoming.refusal == Refusal::none);
  CHECK(incoming.request.envelope.recipients.size() == 20'000);
}

TEST_CASE("reader: the largest length that is believed is 2^63 - 1") {
  CHECK(read("CHECK RSPAMC/1.3\r\nContent-length: 18446744073709551615\r\n\r\n") == "(bad Content-length)");
  const Limits limits;
  Reader reader(limits);
  reader.feed("CHECK RSPAMC/1.3\r\nContent-length: 9223372036854775807\r\n\r\n");
  CHECK_FALSE(reader.done());
  reader.end(Reader::End::input);
  CHECK(reader.take().refusal == Refusal::too_large);
}

TEST_CASE("reader: what is told about a defect holds no foreign bytes") {
  CHECK(read("EVIL SPAMC/1.2\r\n") == "(unknown command)");
  CHECK(read("EVIL\r\n") == "(unknown protocol)");
  CHECK(read("CHECK SPAMC/1.2\r\nEVIL\r\n") == "(header not in 'Name: value' format)");
  CHECK(read("CHECK SPAMC/1.2\r\nContent-length: EVIL\r\n") == "(Content-Length contains non-numeric bytes)");
}
