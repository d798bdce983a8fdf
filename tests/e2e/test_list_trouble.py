"""DNS lists that refuse, fail, lie or want a key: no points, one warning each, nobody waits, no secret is told."""
import time
import unittest

import support
from daemon import WANTED, Daemon, harmless, option, run_to_end
from list_cases import CLIENT, ListCase, simple, table
from list_server import ListServer, reversed_name
from rspamc import check, message

FINE = 0
# Holds of every message of these tests.
FROM = '[rules.T_FROM]\nheader = "From"\nexists = true\nscore = 0.0\n'


def unless(symbol):
    """A meta whose value shows whether the absence of `symbol` is known."""
    return f'[metas.{symbol}_IS_ABSENT]\nwhen = "T_FROM & !{symbol}"\nscore = 0.0\n'


class Refusing(ListCase):
    """Answers that are none: refusals, and what no list says."""
    bad = ("full.example", "rewritten.example", "wild.example", "own.example")
    lists = (simple("t_full", "full.example", "envelope.ip", more='refused_symbol = "T_REFUSED"')
             + simple("t_rewritten", "rewritten.example", "envelope.ip")
             + table("wild", "wild.example", ["envelope.ip"], {"127.0.0.0/8": ("T_WILD", 5.0)})
             + table("own", "own.example", ["envelope.ip"], {"127.0.0.2": ("T_OWN", 5.0)},
                     'refused = ["127.0.0.1"]\nrefused_symbol = "T_OWN_REFUSED"')
             + simple("t_sound", "sound.example", "envelope.ip")
             + FROM + unless("T_FULL") + unless("T_REWRITTEN") + unless("T_SOUND"))

    @classmethod
    def name_server(cls):
        return ListServer({"*.2.0.192.full.example": ["127.255.255.254"],
                           "*.2.0.192.rewritten.example": ["203.0.113.5"],
                           "*.2.0.192.wild.example": ["127.0.0.2", "198.51.100.1"],
                           "*.2.0.192.own.example": ["127.0.0.2", "127.0.0.1"],
                           "77.2.0.192.sound.example": ["127.0.0.2"]})

    def test_fifty_messages_cost_one_question_one_warning_and_no_points(self):
        expected = {"T_REFUSED", "T_OWN_REFUSED", "T_FROM", "T_SOUND_IS_ABSENT"}
        for number in range(50):
            reply = self.check(message(), ip=f"192.0.2.{number + 100}")
            self.assertEqual(expected, {name for name in reply.symbols if name.startswith("T_")})
            for symbol in ("T_REFUSED", "T_OWN_REFUSED"):
                self.assertEqual("0.00", str(reply.symbols[symbol][0]))
        self.assertIn("T_SOUND", self.found(ip="192.0.2.77"))
        self.daemon.wait_for_log("(own.example) refuses")
        for zone in self.bad:
            with self.subTest(zone):
                self.assertEqual(1, len(self.names.asked_below(zone)))
                self.assertEqual(1, len(self.warnings(zone)), self.warnings(zone))
        self.assertEqual(51, len(self.names.asked_below("sound.example")))
        self.assertEqual([], self.warnings("sound.example"))
        for zone, said in (("full.example", "refuses to answer this server: 127.255.255.254"),
                           ("own.example", "refuses to answer this server: 127.0.0.1"),
                           ("rewritten.example", "answers with 203.0.113.5, which no list does"),
                           ("wild.example", "answers with 198.51.100.1, which no list does")):
            self.assertIn(said, self.warnings(zone)[0])

    def warnings(self, zone):
        return self.daemon.log_lines(f"({zone}) ")


class Silent(ListCase):
    """The verdict is the same as without lists, and soon nobody waits."""
    faults = {f"{fault}.example": fault for fault in ("silence", "servfail", "refused", "garbage", "wrongid")}
    lists = ("".join(simple(f"t_{fault}", zone, "envelope.ip", score=5.0) for zone, fault in faults.items())
             + simple("t_healthy", "healthy.example", "envelope.ip")
             + FROM + "".join(unless(f"T_{fault.upper()}") for fault in faults.values()) + unless("T_HEALTHY"))
    options = option("dns.timeout", "100ms")

    @classmethod
    def name_server(cls):
        return ListServer(faults=cls.faults)

    def verdict_without_lists(self):
        daemon = Daemon(WANTED + self.lists, [*self.options, *option("checks.lists.enabled", False)]).start()
        try:
            reply = check(daemon.address, message(), ip=CLIENT)
        finally:
            daemon.stop()
        # A check that is off has no symbols, so that their absence is known.
        self.assertIn("T_SILENCE_IS_ABSENT", reply.symbols)
        return reply.action, reply.score

    def test_the_verdict_stays_and_later_messages_do_not_wait(self):
        want = self.verdict_without_lists()
        for number in range(30):
            began = time.monotonic()
            reply = self.check(message(), ip=f"192.0.2.{number + 100}")
            took = time.monotonic() - began
            self.assertEqual(want, (reply.action, reply.score), f"message {number}: {reply.symbols}")
            self.assertEqual({"T_FROM", "T_HEALTHY_IS_ABSENT"},
                             {name for name in reply.symbols if name.startswith("T_")})
            self.assertIn("lists", reply.symbols["DNS_UNAVAILABLE"][1])
            self.assertEqual("0.00", str(reply.symbols["DNS_UNAVAILABLE"][0]))
        self.assertLess(took, 0.5)
        for zone in self.faults:
            with self.subTest(zone):
                said = self.daemon.wait_for_log(f"({zone}) gives no answer")
                self.assertEqual(1, len(said), said)
                # It rests after so many questions in a row without an answer.
                self.assertEqual(20, len(set(self.names.asked_below(zone))))
        self.assertEqual(30, len(set(self.names.asked_below("healthy.example"))))
        self.assertEqual([], self.daemon.log_lines("(healthy.example) "))


class Keys(ListCase):
    """A key is in the question and nowhere else."""
    key = "s3cretk3yofours"
    told = f'key = "{key}"\n'
    lists = (simple("t_keyed", "{key}.lists.example", "envelope.ip", more=told + 'test = { listed = "127.0.0.2" }')
             + simple("t_dumb", "{key}.dumb.example", "envelope.ip", more=told)
             + simple("t_greedy", "{key}.greedy.example", "envelope.ip", more=told))
    options = option("log.level", "debug") + option("dns.timeout", "50ms")

    @classmethod
    def name_server(cls):
        return ListServer({reversed_name(CLIENT, f"{cls.key}.lists.example"): ["127.0.0.2"],
                           f"*.2.0.192.{cls.key}.greedy.example": ["127.255.255.255"]},
                          faults={"dumb.example": "silence"})

    def test_the_key_is_asked_with_and_never_shown(self):
        reply = self.check(message(), ip=CLIENT)
        self.assertEqual(f"{CLIENT}:from", reply.symbols["T_KEYED"][1])
        self.assertNotIn(self.key, str(reply))
        for number in range(25):
            self.assertNotIn(self.key, str(self.check(message(), ip=f"192.0.2.{number + 100}")))
        self.assertIn(reversed_name(CLIENT, f"{self.key}.lists.example"), self.names.asked)
        self.daemon.wait_for_log("list t_greedy ({key}.greedy.example) refuses")
        self.daemon.wait_for_log("list t_dumb ({key}.dumb.example) gives no answer")
        self.daemon.wait_for_log("t_keyed ({key}.lists.example)")
        self.assertNotIn(self.key, self.daemon.log_path.read_text())

    def test_no_command_shows_it(self):
        for words, expected in {("check-config",): "", ("dump-config",): "[lists.t_keyed]",
                                ("dump-config", "--rules", "--origin"): "[lists.t_keyed]",
                                ("list-symbols",): "T_KEYED",
                                ("doctor",): "list t_keyed ({key}.lists.example) does not name"}.items():
            with self.subTest(words):
                output = self.run_command(*words)
                self.assertIn(expected, output)
                self.assertNotIn(self.key, output)

    def test_a_key_that_is_none_is_refused_and_not_repeated(self):
        folder = support.Folder("key")
        self.addCleanup(folder.remove)
        (folder / "x.toml").write_text(self.lists.replace(self.key, "not a key"))
        done = run_to_end(["--config", str(folder / "x.toml"), *harmless()])
        self.assertNotEqual(FINE, done.returncode)
        self.assertIn("lists.t_keyed.key", done.stdout)
        self.assertNotIn("not a key", done.stdout)


def tried(name, zone, more='test = { listed = "127.0.0.2", clean = "127.0.0.1" }'):
    return simple(name, zone, "envelope.ip", more=more)


class Trials(ListCase):
    """Test entries: at the start, and by the doctor."""
    bad = {"t_ended": "does not name its test entry 127.0.0.2",
           "t_everybody": "names 127.0.0.1, which is not listed",
           "t_closed": "refuses to answer this server: 127.255.255.254",
           "t_parked": "answers with 203.0.113.5, which no list does"}
    fine = {"t_sound": "answers as it should", "t_links": "answers as it should", "t_untried": "has no test entries"}
    lists = ("".join(tried(name, f"{name[2:]}.example") for name in ("t_sound", "t_dumb", *bad))
             + tried("t_untried", "untried.example", more="")
             + simple("t_links", "links.example", "url.domain",
                      more='test = { listed = "listed.test", clean = "clean.test" }'))
    options = option("dns.timeout", "100ms")

    @classmethod
    def name_server(cls):
        return ListServer({"2.0.0.127.sound.example": ["127.0.0.2"], "*.0.0.127.everybody.example": ["127.0.0.2"],
                           "*.2.0.192.everybody.example": ["127.0.0.2"],
                           "*.0.0.127.closed.example": ["127.255.255.254"],
                           "*.0.0.127.parked.example": ["203.0.113.5"],
                           "listed.test.links.example": ["127.0.0.2"]},
                          faults={"dumb.example": "silence"})

    def test_the_start_line_names_who_is_asked(self):
        line, = self.daemon.log_lines("lists asked:")
        for name in (*self.fine, *self.bad):
            self.assertIn(f"{name} ({name[2:]}.example)", line)
        self.assertNotIn("rspamd.com", line)  # off as shipped

    def test_lists_that_would_harm_are_warned_of_at_the_start_and_rest(self):
        for name, said in self.bad.items():
            with self.subTest(name):
                lines = self.daemon.wait_for_log(f"list {name} ({name[2:]}.example) ")
                self.assertEqual(1, len(lines), lines)
                self.assertIn(said, lines[0])
        for name in self.fine:
            self.assertEqual([], self.daemon.log_lines(f"list {name} "))
        self.assertNotIn("T_EVERYBODY", self.found(ip=CLIENT))
        for zone in ("everybody.example", "closed.example", "parked.example"):
            self.assertNotIn(reversed_name(CLIENT, zone), self.names.asked)
        for zone in ("sound.example", "ended.example"):
            self.assertIn(reversed_name(CLIENT, zone), self.names.asked)

    def test_the_doctor_says_how_each_answers(self):
        output = self.run_command("doctor")
        for mark, lists in (("OK     ", self.fine), ("WARN   ", {**self.bad, "t_dumb": "gives no answer"})):
            for name, said in lists.items():
                with self.subTest(name):
                    self.assertIn(f"\n{mark} list {name} ({name[2:]}.example) {said}", output)

    def test_the_doctor_asks_no_list_when_they_are_off(self):
        before = len(self.names.asked_below("sound.example"))
        output = self.run_command("doctor", *option("checks.lists.enabled", False))
        self.assertRegex(output, r"(?m)^OK      lists: none is asked$")
        self.assertEqual(before, len(self.names.asked_below("sound.example")))


if __name__ == "__main__":
    unittest.main()
