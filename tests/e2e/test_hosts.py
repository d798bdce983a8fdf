"""What the DNS says of the hosts that a client names. The networks of the clients are public ones, but nobody is
asked about them except a name server on loopback."""
import unittest

from cases import DaemonCase, NamesCase
from daemon import option
from name_server import WHY_NO_UNBOUND, FaultyServer, Unbound
from rspamc import check_reply, message, request, talk

CLIENT, NAMELESS, LIAR, CLIENT6 = "185.9.8.7", "185.9.8.1", "185.9.8.2", "2a01:1803::7"
REVERSE6 = "7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.3.0.8.1.1.0.a.2"
RECORDS = (
    "7.8.9.185.in-addr.arpa. PTR mail.example.org.",
    f"mail.example.org. A {CLIENT}",
    "2.8.9.185.in-addr.arpa. PTR mail.example.org.",
    f"{REVERSE6}.ip6.arpa. PTR mail6.example.org.",
    f"mail6.example.org. AAAA {CLIENT6}",
    '7.8.9.185.origin.example. TXT "64500 | 185.9.8.0/22 | DE | ripencc | 2012-03-04"',
    f'{REVERSE6}.origin6.example. TXT "64501|2a01:1803::/32|FR|ripencc|"',
    "sender.example. MX 10 mail.example.org.",
    "elsewhere.example.net. A 185.1.1.1",
    "dead.example.net. MX 10 gone.example.net.",
    "null.example.net. MX 0 .",
)
ZONES = option("checks.hosts.asn_zone4", "origin.example") + option("checks.hosts.asn_zone6", "origin6.example")
OURS = ("HFILTER_HOSTNAME_UNKNOWN", "RDNS_", "HFILTER_HELO_", "HFILTER_FROMHOST_", "MX_", "ASN")


def hosts_of(reply):
    return {name: option for name, (_, option) in reply.symbols.items() if name.startswith(OURS)}


def judge(address, ip=CLIENT, sender="alice@sender.example", helo="mail.example.org", hostname=None):
    words = request(message(), ip=ip, sender=sender, extra=[f"Hostname: {hostname}"] if hostname else [])
    return check_reply(talk(address, words.replace(b"Helo: mail.sender.example", b"Helo: " + helo.encode())))


@unittest.skipIf(WHY_NO_UNBOUND, WHY_NO_UNBOUND)
class RealServer(NamesCase):
    options = ZONES + option("checks.hosts.mx", True)

    @classmethod
    def name_server(cls):
        return Unbound(RECORDS)

    def hosts(self, **envelope):
        return hosts_of(judge(self.daemon.address, **envelope))

    def test_a_host_in_order_and_its_network(self):
        good = {"MX_GOOD": "mail.example.org"}
        self.assertEqual({**good, "ASN": "asn:64500, ipnet:185.9.8.0/22, country:DE"}, self.hosts())
        self.assertEqual({**good, "ASN": "asn:64501, ipnet:2a01:1803::/32, country:FR"},
                         self.hosts(ip=CLIENT6, helo="mail6.example.org"))

    def test_a_client_without_a_name_that_leads_back(self):
        self.assertEqual({"HFILTER_HOSTNAME_UNKNOWN", "RDNS_NONE", "MX_GOOD"},
                         set(self.hosts(ip=NAMELESS, helo="[185.9.8.1]")))
        self.assertEqual({"HFILTER_HOSTNAME_UNKNOWN": "mail.example.org", "MX_GOOD": "mail.example.org"},
                         self.hosts(ip=LIAR, helo="[185.9.8.2]"))
        self.assertEqual({"MX_GOOD"}, set(self.hosts(ip=NAMELESS, helo="[185.9.8.1]", hostname="mail.example.org")))

    def test_greetings_and_senders(self):
        self.assertEqual("elsewhere.example.net", self.hosts(helo="elsewhere.example.net")["HFILTER_HELO_IP_A"])
        self.assertIn("HFILTER_HELO_NORES_A_OR_MX", self.hosts(helo="gone.example.net"))
        self.assertIn("HFILTER_HELO_NORESOLVE_MX", self.hosts(helo="dead.example.net"))
        for sender, want in (("a@gone.example.net", {"HFILTER_FROMHOST_NORES_A_OR_MX", "MX_MISSING"}),
                             ("a@dead.example.net", {"HFILTER_FROMHOST_NORESOLVE_MX", "MX_INVALID"}),
                             ("a@null.example.net", {"HFILTER_FROMHOST_NORESOLVE_MX", "MX_INVALID"}),
                             ("a@elsewhere.example.net", {"MX_GOOD"})):
            with self.subTest(sender):
                self.assertEqual({*want, "ASN"}, set(self.hosts(sender=sender)))

    def test_our_own_networks_are_not_looked_at(self):
        self.assertEqual({}, self.hosts(ip="127.0.0.1", sender="a@gone.example.net", helo="gone.example.net"))


class Faults(NamesCase):
    """What the DNS does not tell has no points."""
    options = option("dns.timeout", "300ms") + ZONES

    @classmethod
    def name_server(cls):
        return FaultyServer()

    def test_names_that_cannot_be_learned(self):
        judge(self.daemon.address, sender="a@heard.example.net")  # from here on the server counts as one that answers
        for fault in ("servfail", "refused", "silence", "broken"):
            with self.subTest(fault):
                reply = judge(self.daemon.address, sender=f"a@{fault}.sender.example",
                              helo=f"{fault}.helo.example", hostname="mail.example.org")
                self.assertEqual({}, hosts_of(reply))
                self.assertIn("hosts", reply.symbols["DNS_UNAVAILABLE"][1])


class SilentServer(DaemonCase):
    silent_dns = True
    options = ZONES

    def test_the_action_stays(self):
        reply = judge(self.daemon.address, ip=NAMELESS, sender="a@gone.example.net", helo="gone.example.net")
        self.assertEqual({"RDNS_DNSFAIL": None}, hosts_of(reply))
        self.assertEqual("no action", reply.action)


if __name__ == "__main__":
    unittest.main()
