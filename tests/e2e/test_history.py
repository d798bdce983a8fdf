"""xspamd history: what the store's file keeps of verdicts, while the server runs and after it has ended."""
import json
import re
import shutil
import subprocess
import unittest

import support
from daemon import Daemon, option, own_user, run_to_end
from rspamc import message, request, talk

FINE, PROBLEM, USAGE = 0, 1, 64

# What the messages want (see daemon.WANTED), and get.
WANTED = ["no action", "greylist", "add header", "soft reject", "reject"]


class HistoryCase(unittest.TestCase):
    def setUp(self):
        self.folder = support.Folder("history")
        self.addCleanup(self.folder.remove)
        if support.is_root():
            shutil.chown(self.folder.path, "nobody", "nogroup")
        self.store = option("store.url", f"sqlite:{self.folder / 'x.db'}")

    def start(self, *options):
        daemon = Daemon(options=[*self.store, *options]).start()
        self.addCleanup(daemon.stop)
        return daemon

    def scan_all(self, daemon):
        for number, want in enumerate(WANTED):
            talk(daemon.address, request(message(want), queue_id=f"queue-{number}"))

    def run_history(self, *words, store=None, status=FINE):
        done = subprocess.run([str(support.BINARY), "history", *words, *own_user(), *(store or self.store)],
                              capture_output=True, text=True, timeout=support.PATIENCE)
        self.assertEqual(status, done.returncode, done.stderr)
        return done.stdout if status == FINE else done.stderr

    def records(self, *words):
        return [json.loads(line) for line in self.run_history("--json", *words).splitlines()]

    def wait_for_records(self, count):
        """The store makes its file in the background and commits once a second."""
        support.wait_until((self.folder / "x.db").exists, "the file of the store")
        return support.wait_until(lambda: [records for records in [self.records()] if len(records) == count],
                                  f"{count} records")[0]


class History(HistoryCase):
    def test_the_newest_verdict_stands_first_while_the_server_runs_and_after_it(self):
        daemon = self.start()
        self.scan_all(daemon)
        running = self.wait_for_records(len(WANTED))
        self.assertEqual(WANTED[::-1], [record["action"] for record in running])
        daemon.stop()
        self.assertEqual(running, self.records())
        newest = running[0]
        self.assertEqual(("queue-4", "127.0.0.1", "alice@sender.example", ["bob@test.example"],
                          "20261122050000.4711@sender.example"),
                         tuple(newest[key] for key in ("id", "ip", "sender_smtp", "rcpt_smtp", "message-id")))
        self.assertEqual(20.0, newest["symbols"]["WANT_REJECT"]["score"])
        self.assertEqual(len(message("reject")), newest["size"])

    def test_the_table_has_a_line_a_verdict_and_no_more_than_asked_for(self):
        daemon = self.start()
        self.scan_all(daemon)
        daemon.stop()
        heading, *lines = self.run_history().splitlines()
        self.assertRegex(heading, "^time +action +score/required +sender +recipient +symbols$")
        self.assertEqual(len(WANTED), len(lines))
        self.assertTrue(re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d  reject +\d+\.\d/15\.0  alice@sender\.example +"
                                 r"bob@test\.example +WANT_REJECT\(20\.00\)", lines[0]), lines[0])
        self.assertEqual(lines[:2], self.run_history("-n", "2").splitlines()[1:])

    def test_history_that_is_switched_off_keeps_nothing(self):
        daemon = self.start(*option("history.enabled", False))
        self.scan_all(daemon)
        daemon.stop()
        self.assertEqual([], self.records())


class Nothing(HistoryCase):
    def test_without_a_file_the_command_says_why(self):
        self.assertIn("x.db", self.run_history(status=PROBLEM))
        self.assertIn("memory", self.run_history(store=option("store.url", "memory:"), status=PROBLEM))

    def test_a_number_that_is_none_is_refused(self):
        for number in ("0", "many", "1.5"):
            with self.subTest(number):
                self.assertEqual(USAGE, run_to_end(["history", "-n", number]).returncode)
