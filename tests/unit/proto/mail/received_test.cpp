#include "proto/mail/received.h"

#include <fmt/chrono.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "proto/mail/header.h"

using namespace xspamd;

namespace {

std::string shown(std::string_view raw) {
  const auto received = parse_received(mail::unfold(raw));
  if (!received) return "-";
  std::string line;
  const auto show = [&](std::string_view name, const std::string& value) {
    if (value.empty()) return;
    if (!line.empty()) line += ' ';
    line += std::string(name) + '=' + value;
  };
  show("helo", received->helo);
  show("rdns", received->rdns);
  show("ip", received->ip ? received->ip->to_string() : "");
  show("by", received->by);
  show("with", received->with);
  show("id", received->id);
  show("for", received->envelope_for);
  show("user", received->user);
  show("tls", received->tls ? (received->tls_version.empty() ? "yes" : received->tls_version) : "");
  show("auth", received->authenticated ? "yes" : "");
  show("date", received->date ? "yes" : "");
  return line;
}

// What shown() leaves out or abbreviates.
std::string shown_in_full(std::string_view raw) {
  const auto received = parse_received(mail::unfold(raw));
  if (!received) return "-";
  std::string line = shown(raw);
  if (!received->tls_cipher.empty()) line += " cipher=" + received->tls_cipher;
  if (!received->via.empty()) line += " via=" + received->via;
  if (received->date) line += fmt::format(" at={:%FT%T}", received->date->at);
  return line;
}

struct Case {
  std::string why, text, want;
};

std::vector<Case> read_samples(const std::string& path) {
  std::vector<Case> samples;
  Case sample;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("# ")) {
      sample.why += line.substr(2);
    } else if (line.starts_with("= ")) {
      sample.want = line.substr(2);
    } else if (!line.empty()) {
      sample.text += line + "\n";
    } else if (!sample.text.empty()) {
      samples.push_back(std::exchange(sample, {}));
    } else {
      sample = {};
    }
  }
  samples.push_back(sample);
  return samples;
}

}  // namespace

TEST_CASE("received: a sample of each server's form is read for what it tells") {
  const auto samples = read_samples(XSPAMD_TEST_DATA "/received/samples.txt");
  CHECK(samples.size() == 85);
  for (const Case& sample : samples) {
    INFO(sample.why);
    CHECK(shown_in_full(sample.text) == sample.want);
  }
}

TEST_CASE("received: Exim's forms are read exactly") {
  const Case cases[] = {
      {"4.96, no reverse name",
       " from [127.0.0.1] (helo=client.x.example)\n\tby mx.test.example with esmtp (Exim "
       "4.96)\n\t(envelope-from "
       "<a@x.example>)\n\tid 1xV0NU-00070k-33;\n\tSun, 22 Nov 2026 05:44:40 +0000",
       "helo=client.x.example ip=127.0.0.1 by=mx.test.example with=esmtp id=1xV0NU-00070k-33 date=yes"},
      {"a single recipient",
       "from [127.0.0.1] (helo=c) by m with esmtp (Exim 4.99.1) (envelope-from <a@x>) id "
       "1xV0Se-000000001Ay-16ei for b@test.example; Sun, 22 Nov 2026 05:50:00 +0000",
       "helo=c ip=127.0.0.1 by=m with=esmtp id=1xV0Se-000000001Ay-16ei for=b@test.example date=yes"},
      {"reverse name and HELO", "from r.example ([192.0.2.1] helo=h.example) by m with smtp (Exim 4.96) id 1",
       "helo=h.example rdns=r.example ip=192.0.2.1 by=m with=smtp id=1"},
      {"HELO is the reverse name", "from r.example ([192.0.2.1]) by m with esmtp (Exim 4.96) id 1",
       "helo=r.example rdns=r.example ip=192.0.2.1 by=m with=esmtp id=1"},
      {"EHLO is the address", "from [192.0.2.1] by m with esmtp (Exim 4.96) id 1",
       "helo=[192.0.2.1] ip=192.0.2.1 by=m with=esmtp id=1"},
      {"no HELO at all", "from [192.0.2.1] by m with smtp (Exim 4.96) id 1",
       "ip=192.0.2.1 by=m with=smtp id=1"},
      {"port, ident", "from [192.0.2.1] (port=4711 helo=h ident=me) by m with esmtp (Exim 4.96) id 1",
       "helo=h ip=192.0.2.1 by=m with=esmtp id=1"},
      {"the port at the address",
       "from r.example ([192.0.2.1]:4711 helo=h ident=me) by m with esmtp (Exim 4.96)",
       "helo=h rdns=r.example ip=192.0.2.1 by=m with=esmtp"},
      {"the port alone", "from [2001:db8::1]:4711 (helo=h) by m with esmtp (Exim 4.96)",
       "helo=h ip=2001:db8::1 by=m with=esmtp"},
      {"HELO is another address", "from [192.0.2.1] (helo=[10.0.0.1]) by m with esmtp (Exim 4.96)",
       "helo=[10.0.0.1] ip=192.0.2.1 by=m with=esmtp"},
      {"TLS",
       "from [192.0.2.1] (helo=h) by m with esmtps (TLS1.3) tls TLS_AES_256_GCM_SHA384 (Exim 4.96) id 1",
       "helo=h ip=192.0.2.1 by=m with=esmtps id=1 tls=TLS1.3"},
      {"older TLS",
       "from [192.0.2.1] (helo=h) by m with esmtps (TLSv1.2:ECDHE-RSA-AES128-SHA:128) (Exim 4.84)",
       "helo=h ip=192.0.2.1 by=m with=esmtps tls=TLS1.2"},
      {"a login",
       "from [192.0.2.1] (helo=h) by m with esmtpsa (TLS1.3) tls X (Exim 4.96) (envelope-from <a@x>) id 1",
       "helo=h ip=192.0.2.1 by=m with=esmtpsa id=1 tls=TLS1.3 auth=yes"},
      {"a login without TLS", "from [192.0.2.1] (helo=h) by m with esmtpa (Exim 4.96)",
       "helo=h ip=192.0.2.1 by=m with=esmtpa auth=yes"},
      {"SMTPUTF8", "from [192.0.2.1] (helo=h) by m with utf8esmtpsa (TLS1.3) (Exim 4.96)",
       "helo=h ip=192.0.2.1 by=m with=utf8esmtpsa tls=TLS1.3 auth=yes"},
      {"a local user",
       "from joe by m with local (Exim 4.96) (envelope-from <joe@m>) id 1 for a@b; Sun, 22 Nov 2026 "
       "05:44:40 +0000",
       "by=m with=local id=1 for=a@b user=joe date=yes"},
      {"a local program", "from joe (helo=h) by m with local-esmtp (Exim 4.96) id 1",
       "helo=h by=m with=local-esmtp id=1 user=joe"},
      {"no client", "by m with local (Exim 4.96) id 1", "by=m with=local id=1"},
      {"the version hidden", "from r.example ([192.0.2.1]) by m with esmtp (envelope-from <a@x>) id 1",
       "helo=r.example rdns=r.example ip=192.0.2.1 by=m with=esmtp id=1"},
      {"a sender that is made to look like more",
       "from [192.0.2.1] (helo=h) by m with esmtp (Exim 4.96) (envelope-from <\"a) id X for e@vil (\"@x>) id "
       "1 for b@t",
       "helo=h ip=192.0.2.1 by=m with=esmtp id=1 for=b@t"},
      {"a client called by", "from by ([192.0.2.1] helo=with) by m with esmtp (Exim 4.96)",
       "helo=with rdns=by ip=192.0.2.1 by=m with=esmtp"},
      {"a client called after TLS", "from [192.0.2.1] (helo=TLS1.3) by m with esmtp (Exim 4.96)",
       "helo=TLS1.3 ip=192.0.2.1 by=m with=esmtp"},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    CHECK(shown(c.text) == c.want);
  }
}

TEST_CASE("received: other servers' forms are read for what they tell") {
  const Case cases[] = {
      {"Postfix",
       "from h.example (r.example [192.0.2.1]) (using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 "
       "bits) key-exchange X25519) (No client certificate requested) (Authenticated sender: joe@x) by m "
       "(Postfix) "
       "with ESMTPSA id 4F2 for <b@t>; Sun, 22 Nov 2026 05:44:40 +0000 (UTC)",
       "helo=h.example rdns=r.example ip=192.0.2.1 by=m with=ESMTPSA id=4F2 for=b@t user=joe@x tls=TLS1.3 "
       "auth=yes "
       "date=yes"},
      {"Postfix, no reverse name, IPv6", "from h (unknown [IPv6:2001:db8::1]) by m (Postfix) with ESMTP id 1",
       "helo=h ip=2001:db8::1 by=m with=ESMTP id=1"},
      {"Postfix, a name that looks like TLS",
       "from h (tls1.example [192.0.2.1]) by m (Postfix) with ESMTP id 1",
       "helo=h rdns=tls1.example ip=192.0.2.1 by=m with=ESMTP id=1"},
      {"Postfix, submission",
       "by m (Postfix, from userid 1000) id 4F2; Sun, 22 Nov 2026 05:44:40 +0000 (UTC)",
       "by=m id=4F2 date=yes"},
      {"Sendmail",
       "from h (joe@r.example [192.0.2.1]) (authenticated bits=0) by m (8.14.4/8.14.4) with ESMTP id 1 "
       "(version=TLSv1/SSLv3 cipher=X bits=256 verify=NO) for <b@t>; Sun, 22 Nov 2026 05:44:40 GMT",
       "helo=h rdns=r.example ip=192.0.2.1 by=m with=ESMTP id=1 for=b@t tls=TLS1.0 auth=yes date=yes"},
      {"Sendmail, a forged name",
       "from h (r.example [192.0.2.1] (may be forged)) by m (8.1/8.1) with SMTP id 1",
       "helo=h ip=192.0.2.1 by=m with=SMTP id=1"},
      {"Sendmail, no reverse name", "from h ([192.0.2.1]) by m (8.1/8.1) with SMTP id 1",
       "helo=h ip=192.0.2.1 by=m with=SMTP id=1"},
      {"Sendmail, submission", "(from joe@localhost) by m (8.1/8.1/Submit) id 1", "by=m id=1 user=joe"},
      {"qmail", "from unknown (HELO h.example) (192.0.2.1) by m with SMTP; 22 Nov 2026 05:44:40 -0000",
       "helo=h.example ip=192.0.2.1 by=m with=SMTP date=yes"},
      {"qmail, ident",
       "from r.example (HELO h.example) (joe@192.0.2.1) by m with ESMTPS; 22 Nov 2026 05:44:40 -0000",
       "helo=h.example rdns=r.example ip=192.0.2.1 by=m with=ESMTPS tls=yes date=yes"},
      {"qmail, a literal", "from r.example (HELO [10.0.0.1]) (192.0.2.1) by m with SMTP",
       "helo=[10.0.0.1] rdns=r.example ip=192.0.2.1 by=m with=SMTP"},
      {"qmail, in between", "(qmail 4711 invoked by uid 0); 22 Nov 2026 05:44:40 -0000", "-"},
      {"Exchange",
       "from h.example (2001:db8::1) by m.example (2001:db8::2) with Microsoft SMTP Server "
       "(version=TLS1_2, cipher=X) id 15.20.1 via Frontend Transport; Sun, 22 Nov 2026 05:44:40 +0000",
       "helo=h.example ip=2001:db8::1 by=m.example with=Microsoft SMTP Server id=15.20.1 tls=TLS1.2 "
       "date=yes"},
      {"IIS",
       "from h ([192.0.2.1]) by m with Microsoft SMTPSVC(6.0.3790.3959); Sun, 22 Nov 2026 05:44:40 +0000",
       "helo=h ip=192.0.2.1 by=m with=Microsoft SMTPSVC date=yes"},
      {"Gmail",
       "from h.example (r.example. [192.0.2.1]) by mx.google.com with ESMTPS id a7si.5.2026 for <b@t> "
       "(version=TLS1_3 cipher=X bits=128/128); Sat, 21 Nov 2026 21:44:40 -0800 (PST)",
       "helo=h.example rdns=r.example ip=192.0.2.1 by=mx.google.com with=ESMTPS id=a7si.5.2026 for=b@t "
       "tls=TLS1.3 "
       "date=yes"},
      {"Gmail, submission", "from [10.0.0.5] (r.example. [192.0.2.1]) by smtp.gmail.com with ESMTPSA id x",
       "helo=[10.0.0.5] rdns=r.example ip=192.0.2.1 by=smtp.gmail.com with=ESMTPSA id=x tls=yes auth=yes"},
      {"Gmail, inside", "by 2002:a05:6000:1 with SMTP id x; Sat, 21 Nov 2026 21:44:40 -0800 (PST)",
       "by=2002:a05:6000:1 with=SMTP id=x date=yes"},
      {"Courier", "from h ([192.0.2.1]) (AUTH: LOGIN joe@x, TLS: TLSv1) by m with ESMTPSA id 1",
       "helo=h ip=192.0.2.1 by=m with=ESMTPSA id=1 user=joe@x tls=yes auth=yes"},
      {"ident that looks like a login", "from h (authenticated@r.example [192.0.2.1]) by m with SMTP",
       "helo=h rdns=r.example ip=192.0.2.1 by=m with=SMTP"},
      {"ident that looks like Courier's", "from r.example (HELO h) (AUTH:root@192.0.2.1) by m with SMTP",
       "helo=h rdns=r.example ip=192.0.2.1 by=m with=SMTP"},
      {"a HELO that looks like webmail", "from h as user root (r.example [192.0.2.1]) by m with SMTP",
       "helo=h rdns=r.example ip=192.0.2.1 by=m with=SMTP"},
      {"Sendmail 8.11", "from h (r.example [192.0.2.1]) (authenticated) by m (8.11.4/8.11.4) with ESMTP id 1",
       "helo=h rdns=r.example ip=192.0.2.1 by=m with=ESMTP id=1 auth=yes"},
      {"helo= without Exim", "from r.example ([192.0.2.1] helo=h) by m with ESMTP",
       "helo=h rdns=r.example ip=192.0.2.1 by=m with=ESMTP"},
      {"several recipients", "from h by m for <a@b>,<c@d>; x", "helo=h by=m for=a@b"},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    CHECK(shown(c.text) == c.want);
  }
}

TEST_CASE("received: broken fields give what they hold") {
  const Case cases[] = {
      {"nothing", "", "-"},
      {"other text", "hello world", "-"},
      {"a clause without value", "from", ""},
      {"a comment without end", "from h (r.example [192.0.2.1] by m with SMTP id 1",
       "helo=h by=m with=SMTP id=1"},
      {"an address that is none", "from h (r.example [999.0.2.1]) by m", "helo=h by=m"},
      {"repeated clauses: the first", "from a by b from c by d id 1 id 2", "helo=a by=b id=1"},
      {"a wrong date", "from a by b; yesterday", "helo=a by=b"},
      {"the last semicolon", "from a by b id 1; x; Sun, 22 Nov 2026 05:44:40 +0000",
       "helo=a by=b id=1 date=yes"},
      {"invalid bytes", "from \xE9 by b", "helo=é by=b"},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    CHECK(shown(c.text) == c.want);
  }
}

TEST_CASE("received: text made to be slow takes linear time") {
  for (const std::string piece :
       {"(", "\"", "(envelope-from <\"", "[", ";", "a ", "(a)", "with a ", "(helo=", "x=\"", "from ", ")"}) {
    INFO(piece);
    std::string text = "from a by b ";
    while (text.size() < 2'000'000)
      text += piece;
    CHECK(parse_received(text).has_value());
    CHECK(parse_received("from a (" + text + ") by c").has_value());
  }
}
