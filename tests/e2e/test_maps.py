"""Maps from files: changed on disk while the daemon runs, they are used without a restart."""
import os
import signal

from cases import DaemonCase
from daemon import WANTED, Daemon, harmless, run_to_end
from rspamc import message
import support
import unittest

SETTINGS = WANTED + """
[maps.BLOCKED]
look_at = "envelope.sender.domain"
kind = "suffix"
file = "maps/blocked"
score = 6.0
action = "reject"
message = "We know you"

[maps.TRUSTED]
look_at = "envelope.ip"
kind = "cidr"
entries = ["198.51.100.0/24 -3.5"]
score = -1.0
"""


def write(path, text):
    """As careful programs do it: never half a file under its name."""
    fresh = path.with_name(path.name + ".new")
    fresh.write_text(text)
    fresh.chmod(0o644)
    os.replace(fresh, path)


class MapsCase(DaemonCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon(SETTINGS)
        (cls.daemon.folder / "maps").mkdir()
        cls.file = cls.daemon.folder / "maps" / "blocked"
        write(cls.file, "# those we know\nfirst.example\n")
        cls.daemon.start()
        cls.first_server = cls.daemon.server_pid()


class Maps(MapsCase):
    def reply(self, domain, **envelope):
        return self.check(message(), sender=f"someone@{domain}", **envelope)

    def is_blocked(self, domain):
        return self.reply(domain).action == "reject"

    def test_a_map_with_an_action_decides_and_says_why(self):
        reply = self.reply("mail.first.example")
        self.assertEqual("reject", reply.action)
        self.expect_symbol(reply, ("BLOCKED", "first.example"))
        self.assertEqual("We know you", reply.message)
        self.assertEqual("no action", self.reply("other.example").action)

    def test_an_entry_has_a_score_of_its_own(self):
        reply = self.reply("other.example", ip="198.51.100.7")
        self.assertEqual("-3.50", str(reply.symbols["TRUSTED"][0]))

    def test_a_changed_file_is_used_and_a_bad_one_is_not(self):
        write(self.file, "first.example\nsecond.example\n")
        support.wait_until(lambda: self.is_blocked("second.example"), "the entry that was added")
        write(self.file, "first.example\nthird.example\nno good\n")
        (line,) = self.daemon.wait_for_log("blocked:3: ")
        self.assertIn("warning", line)
        self.assertTrue(self.is_blocked("second.example"))
        self.assertFalse(self.is_blocked("third.example"))
        write(self.file, "first.example\nthird.example\n")
        support.wait_until(lambda: self.is_blocked("third.example"), "the corrected file")
        self.assertFalse(self.is_blocked("second.example"))
        self.assertEqual(1, len(self.daemon.log_lines("blocked:3: ")), "one warning, no more")


class TheServerDiesWithABadMap(MapsCase):
    server_may_die = True

    def test_the_next_one_answers_all_the_same(self):
        write(self.file, "no good\n")
        os.kill(self.daemon.server_pid(), signal.SIGKILL)
        self.assertEqual("no action", self.check(message(), sender="someone@first.example").action)
        self.daemon.wait_for_log("blocked:1: ")
        write(self.file, "first.example\n")
        support.wait_until(lambda: self.check(message(), sender="someone@first.example").action == "reject",
                           "the corrected file")


class BadAtTheStart(unittest.TestCase):
    def setUp(self):
        self.folder = support.Folder("maps")
        self.addCleanup(self.folder.remove)
        (self.folder / "maps").mkdir()
        (self.folder / "xspamd.toml").write_text(SETTINGS)

    def start(self, *command):
        return run_to_end(["--config", str(self.folder / "xspamd.toml"), *harmless(), *command])

    def test_a_bad_line_refuses_the_start_with_file_and_line(self):
        write(self.folder / "maps" / "blocked", "first.example\n\nno good\n")
        done = self.start()
        self.assertEqual(78, done.returncode, done.stdout)
        self.assertIn(f"{self.folder / 'maps' / 'blocked'}:3: ", done.stdout)

    def test_a_missing_file_refuses_the_start(self):
        done = self.start("check-config")
        self.assertEqual(78, done.returncode, done.stdout)
        self.assertIn("maps/blocked", done.stdout)
