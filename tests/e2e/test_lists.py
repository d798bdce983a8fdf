"""DNS lists: what they are asked, what their answers mean, who is not asked."""
import time
import unittest

from daemon import option
from list_cases import CLIENT, HOP, ListCase, digest, linking, simple, table, with_way
from list_server import ListServer, reversed_name
from name_server import WHY_NO_UNBOUND, Unbound
from rspamc import check_reply, message, request, talk
from test_exim_signed import KEY, SIGNED, STRINGS

OTHER = "192.0.2.99"  # a client that no list knows
CODES = (
    table("kinds", "kinds.example", ["envelope.ip"], {
        "127.0.0.2": ("T_EXACT", 1.0), "127.0.0.4/30": ("T_NETWORK", 2.0), "127.0.0.6": ("T_IN_NETWORK", 4.0),
        "127.0.*.9": ("T_OCTET", 1.5), "127.0.0.0/8": ("T_OTHER", 0.0)})
    + table("bits", "bits.example", ["url.domain"], {"&2": ("T_BIT_2", 1.0), "&8": ("T_BIT_8", 2.0)})
    + table("white", "white.example", ["envelope.ip"], {"127.0.0.3": ("T_WHITE", -0.5, "allow = true"),
                                                        "127.0.0.2": ("T_WEAK", -0.1)})
    + table("black", "black.example", ["envelope.ip", "received.ip"], {"127.0.0.2": ("T_BLACK", 3.0)})
    + simple("t_v4_only", "v4.example", "envelope.ip", more="ipv6 = false")
    + simple("t_v6_only", "v6.example", "envelope.ip", more="ipv4 = false")
    + simple("t_helo", "helo.example", "envelope.helo") + simple("t_rdns", "rdns.example", "envelope.hostname")
    + simple("t_dkim", "dkim.example", "dkim.domain") + simple("t_email_domain", "edom.example", "email.domain")
    + simple("t_email", "email.example", "email", more='hash = "sha1"')
    + simple("t_replyto", "replyto.example", "header.Reply-To:addr", more='hash = "sha1"')
    + simple("t_host", "host.example", "url.host") + simple("t_domain", "domain.example", "url.domain")
    + simple("t_numbers", "numbers.example", "url.host", more="addresses = true")
    + simple("t_off", "off.example", "envelope.ip", more="enabled = false"))

ANSWERS = {
    "192.0.2.2": ["127.0.0.2"], "192.0.2.4": ["127.0.0.4"], "192.0.2.5": ["127.0.0.7"], "192.0.2.6": ["127.0.0.6"],
    "192.0.2.8": ["127.0.0.8"], "192.0.2.9": ["127.0.77.9"], "192.0.2.10": ["127.0.0.2", "127.0.0.5"]}
BITS = {"two.test": "127.0.0.10", "one.test": "127.0.0.3", "not.test": "127.0.1.10", "none.test": "127.0.0.4"}
NIBBLES = "2.4.0.0." + "0.0.0.0." * 5 + "8.b.d.0.1.0.0.2"
FRAUD = digest("fraud@answers.test")
LISTED = (
    "bad.helo.test.helo.example", "bad.rdns.test.rdns.example", "signed.example.dkim.example",
    "answers.test.edom.example", f"{FRAUD}.email.example", f"{FRAUD}.replyto.example",
    "www.bad.test.host.example", "bad.test.domain.example", "7.2.0.192.numbers.example",
    "192.0.2.7.host.example", "7.2.0.192.host.example", f"{NIBBLES}.v4.example", f"{NIBBLES}.v6.example",
    *(reversed_name(CLIENT, zone) for zone in ("v4.example", "v6.example", "off.example")),
    *(reversed_name(address, "black.example") for address in (HOP, "192.0.2.50", "192.0.2.51")),
    reversed_name("192.0.2.51", "white.example"))


def zone_lines():
    rows = [(reversed_name(ip, "kinds.example"), answer) for ip, answers in ANSWERS.items() for answer in answers]
    rows += [(f"{host}.bits.example", answer) for host, answer in BITS.items()]
    rows += [(name, "127.0.0.2") for name in LISTED] + [(reversed_name("192.0.2.50", "white.example"), "127.0.0.3")]
    return [f"{name}. A {answer}" for name, answer in rows] + [f"s1._domainkey.signed.example. TXT {STRINGS}"]


@unittest.skipIf(WHY_NO_UNBOUND, WHY_NO_UNBOUND)
class Codes(ListCase):
    """Against a real server: what is asked, and how the answers are read."""
    lists = CODES

    @classmethod
    def name_server(cls):
        return Unbound(zone_lines())

    def test_every_kind_of_answer(self):
        for ip, want in {"192.0.2.2": ["T_EXACT"], "192.0.2.4": ["T_NETWORK"], "192.0.2.5": ["T_NETWORK"],
                         "192.0.2.6": ["T_IN_NETWORK"], "192.0.2.8": ["T_OTHER"], "192.0.2.9": ["T_OCTET"],
                         "192.0.2.10": ["T_EXACT", "T_NETWORK"], "192.0.2.11": []}.items():
            with self.subTest(ip):
                self.assertEqual({symbol: f"{ip}:from" for symbol in want}, self.found(ip=ip))

    def test_the_score_is_that_of_the_answer(self):
        reply = self.check(message(), ip="192.0.2.10")
        self.assertEqual(("1.00", "2.00"), tuple(str(reply.symbols[name][0]) for name in ("T_EXACT", "T_NETWORK")))

    def test_bits_count_each_by_itself_and_only_in_one_network(self):
        for host, want in {"two.test": ["T_BIT_2", "T_BIT_8"], "one.test": ["T_BIT_2"], "not.test": [],
                           "none.test": []}.items():
            with self.subTest(host):
                self.assertEqual({symbol: f"{host}:url" for symbol in want}, self.found(linking(host), ip=OTHER))

    def test_several_values_stand_in_one_symbol(self):
        found = self.found(linking("one.test", "two.test", "one.test", "other.test"))
        self.assertEqual("one.test:url, two.test:url", found["T_BIT_2"])

    def test_a_white_list_takes_the_points_of_black_lists_on_the_same_client(self):
        score, said = self.check(message(), ip="192.0.2.50").symbols["T_BLACK"]
        self.assertEqual(("0.00", "192.0.2.50:from, taken by T_WHITE"), (str(score), said))
        reply = self.check(with_way(message(), HOP), ip="192.0.2.50")
        self.assertEqual("-0.50", str(reply.symbols["T_WHITE"][0]))
        score, said = reply.symbols["T_BLACK"]
        self.assertEqual(("3.00", f"{HOP}:received"), (str(score), said))

    def test_a_white_list_without_allow_takes_nothing(self):
        reply = self.check(message(), ip="192.0.2.51")
        self.assertEqual(("3.00", "-0.10"), tuple(str(reply.symbols[name][0]) for name in ("T_BLACK", "T_WEAK")))

    def test_the_hops_before_the_client(self):
        self.assertEqual({"T_BLACK": f"{HOP}:received"}, self.found(with_way(message(), HOP), ip=OTHER))
        self.assertEqual({}, self.found(with_way(message(), "192.0.2.98"), ip=OTHER))

    def test_ipv6_and_ipv4_are_asked_about_where_the_list_knows_them(self):
        self.assertEqual({"T_V6_ONLY": "2001:db8::42:from"}, self.found(ip="2001:db8::42"))
        self.assertEqual({"T_V4_ONLY": f"{CLIENT}:from"}, self.found(ip=CLIENT))

    def test_names_of_the_client(self):
        whole = request(message(), ip=OTHER, extra=["Hostname: Bad.RDNS.test"])
        whole = whole.replace(b"Helo: mail.sender.example", b"Helo: Bad.HELO.test")
        reply = check_reply(talk(self.daemon.address, whole))
        self.assertEqual(("bad.rdns.test:rdns", "bad.helo.test:helo"),
                         (reply.symbols["T_RDNS"][1], reply.symbols["T_HELO"][1]))
        self.assertEqual({}, self.found(ip=OTHER))

    def test_addresses_by_their_digest_and_by_their_domain(self):
        mailbox = b"Fraud <Fraud@Answers.TEST>\n"
        self.assertEqual({"T_EMAIL": "fraud@answers.test:email", "T_REPLYTO": "fraud@answers.test:replyto",
                          "T_EMAIL_DOMAIN": "answers.test:email"},
                         self.found(b"Reply-To: " + mailbox + message(), ip=OTHER))
        self.assertEqual({}, self.found(b"X-Other: " + mailbox + message(), ip=OTHER))
        written = message(body='<p>Write to <a href="mailto:Fraud@Answers.test?subject=win">us</a></p>\n')
        self.assertEqual({"T_EMAIL", "T_EMAIL_DOMAIN"},
                         self.found(written.replace(b"text/plain", b"text/html"), ip=OTHER).keys())

    def test_web_addresses_by_host_and_by_domain(self):
        self.assertEqual({"T_HOST": "www.bad.test:url", "T_DOMAIN": "bad.test:url"},
                         self.found(linking("WWW.Bad.test"), ip=OTHER))
        self.assertEqual({"T_DOMAIN": "bad.test:url"}, self.found(linking("m.bad.test"), ip=OTHER))

    def test_numeric_hosts_are_asked_about_turned_round_where_the_list_knows_them(self):
        self.assertEqual({"T_NUMBERS": f"{HOP}:url"}, self.found(linking(HOP), ip=OTHER))

    def test_domains_of_signatures_count_when_the_signature_holds(self):
        self.assertEqual({"T_DKIM": "signed.example:dkim"}, self.found(SIGNED, ip=OTHER))
        forged = SIGNED.replace(b"the minutes below", b"your new password below")
        self.assertEqual({}, self.found(forged, ip=OTHER))

    def test_a_list_that_is_off_says_nothing(self):
        self.assertEqual({"T_V4_ONLY"}, self.found(ip=CLIENT).keys())


class WhoIsAsked(ListCase):
    """What reaches the server, and what does not."""
    zones = ("client.example", "way.example", "name.example", "link.example", "mail.example.net")
    lists = (simple("t_client", "client.example", "envelope.ip") + simple("t_way", "way.example", "received.ip")
             + simple("t_name", "name.example", "envelope.helo") + simple("t_link", "link.example", "url.domain")
             + simple("t_mail", "mail.example.net", "email", more='hash = "sha1"')
             + '[checks.lists]\nexcept = ["known.test", "free.test"]\n')

    def asked(self, content, ip=CLIENT, **envelope):
        before = len(self.names.asked)
        self.check(content, ip=ip, **envelope)
        new = self.names.asked[before:]
        return {zone for zone in self.zones for name in new if name.endswith("." + zone)}

    def test_strangers_are_asked_about(self):
        self.assertEqual(set(self.zones), self.asked(with_way(linking("bad.test"), HOP)))

    def test_of_our_own_networks_and_users_only_the_contents_are(self):
        for who in ({"ip": "127.0.0.1"}, {"ip": "10.1.2.3"}, {"extra": ["User: alice"]}):
            with self.subTest(who):
                asked = self.asked(with_way(linking("bad.test"), HOP), **who)
                self.assertEqual({"link.example", "mail.example.net"}, asked)

    def test_hops_of_our_own_and_the_clients_are_not(self):
        self.assertIn("way.example", self.asked(with_way(message(), HOP)))
        self.assertNotIn("way.example", self.asked(with_way(message(), "10.1.2.3")))
        self.assertNotIn("way.example", self.asked(with_way(message(), CLIENT)))

    def test_nobody_is_asked_about_an_excepted_domain_and_what_is_below(self):
        for host in ("known.test", "www.known.test"):
            with self.subTest(host):
                self.assertNotIn("link.example", self.asked(linking(host)))
        self.assertIn("link.example", self.asked(linking("unknown.test")))

    def test_addresses_of_a_mail_provider_are_though_its_domain_is_excepted(self):
        self.asked(b"Reply-To: <fraud@free.test>\n" + message())
        self.assertIn(digest("fraud@free.test") + ".mail.example.net", self.names.asked)

    def test_equal_values_are_one(self):
        before = len(self.names.asked)
        reply = self.check(linking("SAME.test", *(f"w{number}.same.test" for number in range(60))), ip=CLIENT)
        self.assertEqual(1, self.names.asked[before:].count("same.test.link.example"))
        self.assertNotIn("LIMIT_LIST_NAMES", reply.symbols)


class Disabled(ListCase):
    lists = WhoIsAsked.lists
    options = option("checks.lists.enabled", False)

    @classmethod
    def name_server(cls):
        return ListServer(texts={"s1._domainkey.signed.example": KEY})

    def test_no_question_at_all_reaches_the_server(self):
        self.found(with_way(linking("bad.test"), HOP))
        self.assertIn("R_DKIM_ALLOW", self.check(SIGNED, ip=CLIENT).symbols)
        zones = [*WhoIsAsked.zones, "spamhaus.org", "surbl.org", "uribl.com", "dnswl.org", "msbl.org", "mailspike.net"]
        self.assertEqual([], self.names.asked_below(*zones))
        self.assertIn("sender.example", self.names.asked)  # SPF goes on
        self.assertTrue(self.daemon.log_lines("lists asked: none"))


class ManyNames(ListCase):
    zones = ("one.example", "two.example")
    lists = simple("t_one", "one.example", "url.domain") + simple("t_two", "two.example", "url.host")
    most = 30

    @classmethod
    def name_server(cls):
        return ListServer({"d0.test.one.example": ["127.0.0.2"]})

    def reply_and_counts(self, letter, count):
        """How many questions each list was asked about so many domains, and about how many of them."""
        before = len(self.names.asked)
        reply = self.check(linking(*(f"{letter}{number}.test" for number in range(count))), ip=CLIENT)
        asked = [[name for name in self.names.asked[before:] if name.endswith("." + zone)] for zone in self.zones]
        return reply, [(len(names), len(set(names))) for names in asked]

    def test_two_thousand_domains_cost_a_fixed_number_of_questions(self):
        reply, counts = self.reply_and_counts("d", 2000)
        self.assertEqual([(self.most, self.most)] * 2, counts)
        self.assertEqual(f"{self.most} of 2000", reply.symbols["LIMIT_LIST_NAMES"][1])
        self.assertEqual("d0.test:url", reply.symbols["T_ONE"][1])

    def test_at_the_bound_all_are_asked_about_and_nothing_is_told(self):
        reply, counts = self.reply_and_counts("e", self.most)
        self.assertEqual([(self.most, self.most)] * 2, counts)
        self.assertNotIn("LIMIT_LIST_NAMES", reply.symbols)
        reply, counts = self.reply_and_counts("f", self.most + 1)
        self.assertEqual([(self.most, self.most)] * 2, counts)
        self.assertEqual(f"{self.most} of {self.most + 1}", reply.symbols["LIMIT_LIST_NAMES"][1])


class MostNames(ManyNames):
    options = option("checks.lists.max_names", 7)
    most = 7


class ManyLists(ListCase):
    numbers = range(100)
    lists = "".join(simple(f"t_{n:03}", f"l{n:03}.example", "envelope.ip", score=0.01) for n in numbers)

    @classmethod
    def name_server(cls):
        listed = {reversed_name(CLIENT, f"l{n:03}.example"): ["127.0.0.2"] for n in cls.numbers}
        return ListServer(listed, delay=0.2)

    def test_a_hundred_lists_are_asked_at_once(self):
        """One after the other would take 20 s."""
        began = time.monotonic()
        found = self.found(ip=CLIENT)
        took = time.monotonic() - began
        print(f"a hundred lists that take 0.2 s each: {took:.2f} s")
        self.assertEqual({f"T_{n:03}": f"{CLIENT}:from" for n in self.numbers}, found)
        self.assertGreater(took, 0.2)
        self.assertLess(took, 3)


if __name__ == "__main__":
    unittest.main()
