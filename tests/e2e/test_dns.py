"""The DNS as it is: a real server, servers that fail, none at all. What could not be learned never adds points."""
import re
import unittest

from cases import DaemonCase, NamesCase
from daemon import Daemon, WANTED, option
from name_server import WHY_NO_UNBOUND, FaultyServer, Unbound
from rspamc import check, check_reply, message, request, talk

CLIENT = "192.0.2.7"
RECORDS = (
    'good.example. TXT "v=spf1 ip4:192.0.2.0/24 -all"',
    'bad.example. TXT "v=spf1 ip4:198.51.100.0/24 -all"',
    'soft.example. TXT "v=spf1 ~all"',
    'indirect.example. TXT "v=spf1 include:good.example mx -all"',
    'exchange.example. TXT "v=spf1 mx -all"',
    "exchange.example. MX 10 mail.exchange.example.",
    f"mail.exchange.example. A {CLIENT}",
    'none.example. TXT "some other text"',
    'twice.example. TXT "v=spf1 -all"',
    'twice.example. TXT "v=spf1 +all"',
)
NO_POINTS = ("R_SPF_DNSFAIL", "DNS_UNAVAILABLE")


def spf_of(reply):
    return {name: option for name, (_, option) in reply.symbols.items() if name.startswith("R_SPF_")}


@unittest.skipIf(WHY_NO_UNBOUND, WHY_NO_UNBOUND)
class RealServer(NamesCase):
    @classmethod
    def name_server(cls):
        return Unbound(RECORDS)

    def test_spf_says_what_the_records_say(self):
        for domain, want in (("good.example", {"R_SPF_ALLOW": "ip4:192.0.2.0/24"}),
                             ("bad.example", {"R_SPF_FAIL": "-all"}), ("soft.example", {"R_SPF_SOFTFAIL": "~all"}),
                             ("indirect.example", {"R_SPF_ALLOW": "include:good.example, ip4:192.0.2.0/24"}),
                             ("exchange.example", {"R_SPF_ALLOW": "mx"}),
                             ("none.example", {"R_SPF_NA": "none.example"}),
                             ("absent.example", {"R_SPF_NA": "absent.example"})):
            with self.subTest(domain):
                reply = self.check(message(), sender=f"alice@{domain}", ip=CLIENT)
                self.assertEqual(want, spf_of(reply))
        self.assertEqual(["R_SPF_PERMFAIL"], list(spf_of(self.check(message(), sender="a@twice.example", ip=CLIENT))))

    def test_our_own_networks_are_not_checked(self):
        self.assertEqual({}, spf_of(self.check(message(), sender="alice@bad.example", ip="127.0.0.1")))


class Faults(NamesCase):
    """One server, so that no other one can make good what this one does."""
    options = option("dns.timeout", "300ms")

    @classmethod
    def name_server(cls):
        return FaultyServer()

    def ask(self, fault):
        return self.check(message(), sender=f"alice@{fault}.sender.example", ip=CLIENT)

    def setUp(self):
        self.ask("heard")  # from here on the server counts as one that answers

    def test_what_can_be_learned_in_spite_of_them_is(self):
        for fault in ("truncated", "large", "wrongid", "wrongcase", "garbage", "right"):
            with self.subTest(fault):
                self.assertEqual({"R_SPF_ALLOW": "ip4:192.0.2.0/24"}, spf_of(self.ask(fault)))

    def test_what_cannot_be_learned_has_no_points_and_is_told(self):
        blameless = self.ask("right").score
        for fault, why in (("silence", "timeout"), ("servfail", "SERVFAIL"), ("refused", "REFUSED"),
                           ("onlylies", "timeout"), ("broken", ""), ("chain", ""), ("loop", "")):
            with self.subTest(fault):
                reply = self.ask(fault)
                self.assertEqual(["R_SPF_DNSFAIL"], list(spf_of(reply)))
                self.assertIn(why, reply.symbols["R_SPF_DNSFAIL"][1])
                self.assertIn("spf", reply.symbols["DNS_UNAVAILABLE"][1])
                for symbol in NO_POINTS:
                    self.assertEqual(0, reply.symbols[symbol][0])
                self.assertLessEqual(reply.score - blameless, 1)

    def test_a_late_answer_is_used_for_the_next_message(self):
        """0.9 s is later than both tries of 0.3 s; nothing is lost but this message's SPF."""
        self.assertEqual(["R_SPF_DNSFAIL"], list(spf_of(self.ask("late"))))

    def test_names_are_asked_in_random_letter_case(self):
        before = len(self.names.asked)
        for number in range(8):
            self.ask(f"right{number}withaverylongname")
        asked = [name for name, _, _ in self.names.asked[before:] if "sender" in name.lower()]
        self.assertTrue(any(name != name.lower() for name in asked))


class SilentServer(DaemonCase):
    silent_dns = True

    def test_no_message_waits_long_and_the_action_stays(self):
        times = []
        for number in range(12):
            reply = check_reply(talk(self.daemon.address, request(message(), sender=f"a@d{number}.example", ip=CLIENT)))
            self.assertEqual("no action", reply.action)
            self.assertEqual(["R_SPF_DNSFAIL"], list(spf_of(reply)))
        self.daemon.wait_for_log("d11.example")
        for line in self.daemon.log_lines("command=CHECK"):
            times.append(float(re.search(r"time=([\d.]+)ms", line).group(1)))
        print(f"silent DNS: first message {times[0]:.0f} ms, tenth {times[9]:.0f} ms, twelfth {times[11]:.0f} ms")
        # Without the special care each would wait for dns.timeout (1 s) twice.
        self.assertLess(max(times), 1000)


class SameAction(unittest.TestCase):
    def test_ham_gets_the_same_action_with_healthy_refusing_and_silent_dns(self):
        actions = {}
        for kind in ("healthy", "servfail", "silent"):
            names = FaultyServer().start()
            daemon = Daemon(WANTED, option("dns.servers", [names.address]) if kind != "silent" else (),
                            silent_dns=kind == "silent").start()
            try:
                domain = "servfail.example" if kind == "servfail" else "sender.example"
                reply = check(daemon.address, message(), sender=f"alice@{domain}", ip=CLIENT,
                              extra=[f"Hostname: mail.{domain}"])
                actions[kind] = reply.action
            finally:
                daemon.stop()
                names.stop()
        self.assertEqual({"healthy": "no action", "servfail": "no action", "silent": "no action"}, actions)


if __name__ == "__main__":
    unittest.main()
