"""Greylisting: mail in the band of "greylist" is put off once, and accepted when it comes again after the delay."""
import itertools
import re
import shutil
import subprocess
import time
import unittest

import support
from cases import EximCase
from daemon import WANTED, Daemon, option, own_user
from exim import LOGIN, PASSWORD, send
from rspamc import check, message
from stores import SqliteStore

CLIENT, OTHER, OURS = "198.51.100.7", "203.0.113.7", "127.0.0.1"
ON = option("checks.greylist.enabled", True)
DELAY = 2  # seconds; times are whole ones, so mail may pass up to one earlier
SHORT = option("checks.greylist.delay", f"{DELAY}s")
# What a client's address says of it moves no score here.
QUIET = [word for check in ("hosts", "hfilter", "spf", "dmarc", "lists")
         for word in option(f"checks.{check}.enabled", False)]
PUT_OFF = re.compile(r"greylisted, \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ, (new record|too early)")


class GreylistCase(unittest.TestCase):
    store = SqliteStore

    def setUp(self):
        self.shared = self.store()
        self.addCleanup(self.shared.remove)

    def start(self, *options):
        daemon = Daemon(options=[*option("store.url", self.shared.url), *QUIET, *SHORT, *options]).start()
        self.addCleanup(daemon.stop)
        return daemon

    def start_all(self, *options):
        """As many as the store can serve, asked by turns."""
        return itertools.cycle([self.start(*options) for _ in range(self.shared.servers)])

    def scan(self, daemons, want="greylist", **envelope):
        envelope = {"ip": CLIENT, **envelope}
        return check(next(daemons).address, message(want), **envelope)

    def expect_put_off(self, why, reply):
        self.assertEqual(("soft reject", "Try again later"), (reply.action, reply.message))
        told = PUT_OFF.fullmatch(reply.symbols["GREYLIST"][1])
        self.assertTrue(told, reply.symbols)
        self.assertEqual(why, told[1])

    def expect_pass(self, why, reply):
        self.assertEqual(("no action", ""), (reply.action, reply.message))
        self.assertEqual(f"pass, {why}", reply.symbols["GREYLIST"][1])

    def wait_to_pass(self, daemons, **envelope):
        """Comes again and again, which gains nothing."""
        return support.wait_until(
            lambda: next((reply for reply in [self.scan(daemons, **envelope)] if reply.action != "soft reject"), None),
            "mail that comes again to pass")


class Greylisting(GreylistCase):
    def test_mail_is_put_off_then_passes_and_is_known(self):
        daemons = self.start_all(*ON)
        began = time.monotonic()
        self.expect_put_off("new record", self.scan(daemons))
        self.expect_put_off("too early", self.scan(daemons))
        self.expect_pass("meta", self.wait_to_pass(daemons))
        self.assertGreater(time.monotonic() - began, DELAY - 1)
        self.expect_pass("meta", self.scan(daemons))
        self.expect_put_off("new record", self.scan(daemons, ip=OTHER))
        self.expect_put_off("new record", self.scan(daemons, sender="eve@sender.example"))
        self.expect_put_off("new record", self.scan(daemons, recipients=("carol@test.example",)))

    def test_what_scores_less_or_more_is_left_alone(self):
        daemons = self.start_all(*ON)
        for want in ("no action", "add header", "soft reject", "reject"):
            reply = self.scan(daemons, want)
            self.assertEqual(want, reply.action)
            self.assertNotIn("GREYLIST", reply.symbols)

    def test_mail_that_would_be_marked_waits_too_where_it_shall(self):
        daemons = self.start_all(*ON, *option("checks.greylist.marked", True))
        self.expect_put_off("new record", self.scan(daemons, "add header"))
        self.assertEqual("reject", self.scan(daemons, "reject").action)

    def test_our_own_mail_does_not_wait(self):
        daemons = self.start_all(*ON)
        self.expect_pass("own mail", self.scan(daemons, ip=OURS))
        self.expect_pass("own mail", self.scan(daemons, extra=("User: alice",)))

    def test_who_passed_is_let_through_at_once(self):
        daemons = self.start_all(*ON, *option("checks.greylist.auto_allow", 1))
        self.expect_put_off("new record", self.scan(daemons))
        self.wait_to_pass(daemons)
        self.expect_pass("network", self.scan(daemons, sender="new@sender.example"))
        self.expect_put_off("new record", self.scan(daemons, sender="new@other.example"))

    def test_by_the_body_another_host_may_come_again(self):
        daemons = self.start_all(*ON, *option("checks.greylist.by_body", True))
        self.expect_put_off("new record", self.scan(daemons))
        self.expect_pass("body", self.wait_to_pass(daemons, ip=OTHER))

    def test_what_was_put_off_is_known_after_a_restart(self):
        daemons = self.start_all(*ON)
        self.expect_put_off("new record", self.scan(daemons))
        for _ in range(self.shared.servers):
            self.assertEqual(0, next(daemons).stop())
        again = self.start_all(*ON)
        self.assertIn(self.wait_to_pass(again).symbols["GREYLIST"][1], "pass, meta")


class SwitchedOff(GreylistCase):
    def test_the_action_is_advice_and_nothing_is_kept(self):
        off = self.start()
        reply = check(off.address, message("greylist"), ip=CLIENT)
        self.assertEqual("greylist", reply.action)
        self.assertNotIn("GREYLIST", reply.symbols)
        self.assertEqual(0, off.stop())
        self.expect_put_off("new record", self.scan(self.start_all(*ON)))


class AFileOfTheStore(GreylistCase):
    def test_commands_tell_what_would_happen_and_write_nothing(self):
        daemon = self.start(*ON)
        check(daemon.address, message("greylist"), ip=CLIENT)
        support.wait_until(self.shared.file.exists, "the file of the store")
        self.assertEqual(0, daemon.stop())
        mail = self.shared.folder / "mail.eml"
        mail.write_bytes(message("greylist"))
        words = [str(support.BINARY), "--config", str(self.write_settings()), "scan", "--local", "--from", "bob@a.example",
                 "--rcpt", "bob@test.example", "--ip", OTHER, str(mail), *ON, *QUIET, *own_user(),
                 *option("store.url", self.shared.url)]
        for _ in range(2):
            done = subprocess.run(words, capture_output=True, text=True, timeout=support.PATIENCE)
            self.assertIn("soft reject", done.stdout, done.stderr)
            self.assertIn("new record", done.stdout)

    def write_settings(self):
        path = self.shared.folder / "x.toml"
        path.write_text(WANTED)
        return path

    def test_a_store_that_is_none_lets_mail_pass(self):
        self.shared.file.write_bytes(b"This is no database.\n" * 1000)
        daemon = self.start(*ON)
        reply = check(daemon.address, message("greylist"), ip=CLIENT)
        self.assertEqual("no action", reply.action)
        self.assertIn("greylist", reply.symbols["STORE_UNAVAILABLE"][1])


class GreylistedByExim(EximCase):
    store = SqliteStore

    @classmethod
    def setUpClass(cls):
        shared = cls.store()
        cls.addClassCleanup(shared.remove)
        # Mail comes from 127.0.0.1 here.
        cls.options = [*option("store.url", shared.url), *ON, *SHORT, *option("checks.greylist.check_local", True)]
        super().setUpClass()

    @unittest.skipUnless(shutil.which("swaks"), "swaks is not installed")
    def test_mail_gets_451_first_and_is_accepted_after_the_delay(self):
        def give(sender):
            return self.exim.swaks(message("greylist"), sender=sender)

        first = give("alice@sender.example")
        self.assertEqual((451, "Please try again later"), (first.code, first.text))
        self.assertEqual(451, give("eve@sender.example").code)
        accepted = support.wait_until(
            lambda: next((answer for answer in [give("alice@sender.example")] if answer.code != 451), None),
            "mail that comes again to be accepted")
        self.assertEqual(250, accepted.code, accepted.text)
        self.assertIn(b"\nX-Spam-Action: no action\n", self.exim.deliver(accepted))
        self.assertEqual(250, give("alice@sender.example").code, "the known is accepted at once")

    def test_users_who_logged_in_do_not_wait(self):
        with self.exim.session() as session:
            session.login(LOGIN, PASSWORD)
            answer = send(session, message("greylist"), sender="carol@sender.example")
        self.assertEqual(250, answer.code, answer.text)

    def test_other_mail_is_answered_as_before(self):
        self.assertEqual([250, 250, 451, 550], [self.exim.submit(message(want), sender="dora@sender.example").code
                                                for want in ("no action", "add header", "soft reject", "reject")])


if __name__ == "__main__":
    unittest.main()
