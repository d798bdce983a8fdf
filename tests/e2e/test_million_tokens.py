"""A store with as many tokens as are kept: the start, the memory, and how room is made."""
import os
import shutil
import signal
import sqlite3
import time

import support
import token_store
from test_teaching import HAM, SPAM, TeachingCase

MILLION = 1_000_000
MEGABYTE = 1 << 20
TOTALS = (6, 6)


class MillionTokens(TeachingCase):
    @classmethod
    def setUpClass(cls):
        cls.template_folder = support.Folder("million")
        cls.addClassCleanup(cls.template_folder.remove)
        cls.template = cls.template_folder / "x.db"

    def setUp(self):
        super().setUp()
        if not self.template.exists():
            daemon = self.start()
            self.teach_all(daemon)
            self.assertEqual(0, daemon.stop())
            token_store.fill(self.file, MILLION)
            shutil.copy(self.file, self.template)
        else:
            shutil.copy(self.template, self.file)
        if support.is_root():
            shutil.chown(self.file, "nobody", "nogroup")

    def integrity(self):
        with sqlite3.connect(self.file) as base:
            return base.execute("PRAGMA integrity_check").fetchone()[0]

    def test_it_answers_at_once_stays_small_and_makes_room(self):
        daemon = self.start()
        self.assertLess(daemon.seconds_to_first_answer, 5)
        began, most, loaded = time.monotonic(), 0, None
        while not daemon.log_lines("dropped to make room"):
            self.assertLess(time.monotonic() - began, support.PATIENCE, daemon.log_text())
            most = max(most, daemon.memory())
            symbols = self.symbols(daemon, SPAM)
            if "BAYES_SPAM" in symbols:
                loaded = loaded or time.monotonic() - began
            else:
                self.assertIsNone(loaded, f"known before, and now {symbols}")
            time.sleep(0.02)
        took = time.monotonic() - began
        most = max(most, daemon.memory())
        print(f"a million tokens: first answer after {daemon.seconds_to_first_answer * 1000:.0f} ms, known "
              f"{loaded:.2f} s and tidied {took:.2f} s later, at most {most / MEGABYTE:.1f} MB, then "
              f"{daemon.memory() / MEGABYTE:.1f} MB")
        self.assertLess(most, 64 * MEGABYTE)
        self.assertIn("BAYES_SPAM", self.symbols(daemon, SPAM))
        self.assertIn("BAYES_HAM", self.symbols(daemon, HAM))
        self.assertEqual(0, daemon.stop())
        self.assertEqual(MILLION * 4 // 5, token_store.count(self.file))
        self.assertEqual(TOTALS, self.counts()[1])

    def test_killed_while_it_makes_room_it_loses_nothing_else(self):
        daemon = self.start()
        support.wait_until(lambda: token_store.count(self.file) < MILLION, "the first tokens to be dropped")
        os.kill(daemon.server_pid(), signal.SIGKILL)
        left = token_store.count(self.file)
        print(f"killed with {left} of {MILLION} tokens left")
        self.assertGreater(left, MILLION * 4 // 5)
        support.wait_until(lambda: token_store.count(self.file) <= MILLION * 19 // 20, "room")
        support.wait_until(lambda: "BAYES_SPAM" in self.symbols(daemon, SPAM), "what was learned to be loaded")
        self.assertEqual(0, daemon.stop())
        self.assertEqual("ok", self.integrity())
        self.assertEqual(({"ham": 6, "spam": 6}, TOTALS), self.counts())
