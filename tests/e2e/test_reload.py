"""SIGHUP: a new configuration is in force without a lost scan; a bad one changes nothing; logs are opened again."""
import json
import os
import signal
import threading
import unittest

import rspamc
import support
from cases import DaemonCase
from daemon import WANTED, Daemon, harmless, option, run_to_end
from rspamc import message

HARSHER = WANTED.replace("score = 7.0", "score = 16.0")
RELOADED = "configuration reloaded"
KEPT = "the one in force stays"


def hang_up(daemon):
    os.kill(daemon.pid, signal.SIGHUP)


class Reload(DaemonCase):
    def setUp(self):
        self.put(WANTED)

    def put(self, text, expect=RELOADED):
        """Writes the configuration, reloads, waits for the outcome in the log."""
        before = len(self.daemon.log_lines(expect))
        self.daemon.config.write_text(text)
        hang_up(self.daemon)
        support.wait_until(lambda: len(self.daemon.log_lines(expect)) > before, f"another log line with {expect!r}")

    def test_a_changed_score_counts_from_then_on(self):
        self.assertEqual("add header", self.check(message("add header")).action)
        self.put(HARSHER)
        self.assertEqual("reject", self.check(message("add header")).action)

    def test_a_bad_file_changes_nothing_and_says_why(self):
        self.put(HARSHER)
        self.put(HARSHER + '\n[dns]\ntimout = "1s"\n', expect=KEPT)
        self.daemon.wait_for_log('unknown key "timout" in [dns], did you mean "timeout"?')
        self.assertEqual("reject", self.check(message("add header")).action)

    def test_a_file_that_is_gone_changes_nothing(self):
        before = len(self.daemon.log_lines(KEPT))
        self.daemon.config.unlink()
        hang_up(self.daemon)
        support.wait_until(lambda: len(self.daemon.log_lines(KEPT)) > before, "the complaint")
        self.assertEqual("add header", self.check(message("add header")).action)

    def test_what_needs_a_restart_is_said(self):
        self.put(WANTED + "\n[server]\nthreads = 7\n")
        self.daemon.wait_for_log("server.threads has changed: it takes effect at a restart")

    def test_no_scan_is_lost_under_load(self):
        wrong = []
        stop = threading.Event()

        def keep_asking():
            while not stop.is_set():
                try:
                    reply = rspamc.check(self.daemon.address, message("add header"))
                    if reply.action not in ("add header", "reject"):
                        wrong.append(reply.action)
                except (AssertionError, OSError) as problem:
                    wrong.append(repr(problem))

        askers = [threading.Thread(target=keep_asking) for _ in range(4)]
        for asker in askers:
            asker.start()
        try:
            for text in [HARSHER, WANTED] * 10:
                self.put(text)
            for _ in range(50):
                hang_up(self.daemon)
        finally:
            stop.set()
            for asker in askers:
                asker.join()
        self.assertEqual([], wrong)


class LogFile(unittest.TestCase):
    """log.target = "file:...": a folder that the server's user may write to, as /var/log/xspamd would be."""

    def start(self, *options):
        self.folder = support.Folder("log")
        self.addCleanup(self.folder.remove)
        os.chmod(self.folder.path, 0o777)
        self.path = self.folder / "xspamd.log"
        daemon = Daemon(options=[*option("log.target", f"file:{self.path}"), *options])
        self.addCleanup(daemon.stop)
        return daemon.start()

    def lines(self, path, text):
        return support.wait_until(lambda: path.exists() and [line for line in path.read_text().splitlines()
                                                             if text in line], f"{text!r} in {path}")

    def test_it_is_opened_again_after_a_rotation(self):
        daemon = self.start()
        rspamc.check(daemon.address, message("add header"), queue_id="1before-rotation")
        self.lines(self.path, "1before-rotation")
        rotated = self.folder / "xspamd.log.1"
        self.path.rename(rotated)
        hang_up(daemon)
        self.lines(self.path, RELOADED)
        rspamc.check(daemon.address, message("add header"), queue_id="1after-rotation")
        self.lines(self.path, "1after-rotation")
        self.assertNotIn("1after-rotation", rotated.read_text())

    def test_every_line_of_the_json_log_is_an_object(self):
        daemon = self.start(*option("log.format", "json"))
        hostile = message("add header", subject="\x01 \\ \" \u2028 ]").replace(
            b"Message-ID: <20261122050000.4711@sender.example>", b'Message-ID: <"}\\,{\xff@x>')
        rspamc.check(daemon.address, hostile, queue_id='1quote"\\', sender='"a\\"b"@x.example')
        rspamc.talk(daemon.address, b"\x16\x03\x01 binary")
        self.lines(self.path, '"event":"error"')
        objects = [json.loads(line) for line in self.path.read_text().splitlines()]
        scan = next(entry for entry in objects if entry.get("event") == "scan")
        self.assertEqual('1quote"\\', scan["qid"])
        self.assertEqual('"a\\"b"@x.example', scan["from"])
        self.assertEqual(["bob@test.example"], scan["rcpts"])
        self.assertEqual("add header", scan["action"])
        self.assertEqual(7.0, scan["symbols"][0]["score"])
        self.assertEqual("WANT_HEADER", scan["symbols"][0]["name"])
        self.assertEqual(scan["score"], round(sum(symbol["score"] for symbol in scan["symbols"]), 3))
        self.assertTrue(all({"time", "level"} <= entry.keys() for entry in objects))

    @unittest.skipUnless(support.is_root(), "only root could write through a link")
    def test_root_writes_to_no_link_and_gives_none_away(self):
        folder = support.Folder("log")
        self.addCleanup(folder.remove)
        secret = folder / "secret"
        secret.write_text("")
        secret.chmod(0o600)
        (folder / "xspamd.log").symlink_to(secret)
        done = run_to_end([*harmless(), *option("log.target", f"file:{folder.path}/xspamd.log")])
        self.assertEqual(1, done.returncode, done.stdout)
        self.assertIn("root writes to no link", done.stdout)
        self.assertEqual((0, ""), (secret.stat().st_uid, secret.read_text()))

    def test_a_target_that_cannot_be_opened_ends_the_start(self):
        done = run_to_end([*harmless(), *option("log.target", "file:/dev/null/xspamd.log")])
        self.assertEqual(1, done.returncode, done.stdout)
        self.assertIn("/dev/null/xspamd.log", done.stdout)
