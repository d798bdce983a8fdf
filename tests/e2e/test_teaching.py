"""TELL and the classifier: what is taught is known, by whom it may be taught, and that it outlives the server."""
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import unittest

import support
from daemon import Daemon, option
from rspamc import check

XSPAMC = os.environ.get("XSPAMC_BINARY", str(support.BINARY.parent / "xspamc"))
FEW = option("checks.bayes.min_learns", 5) + option("checks.bayes.min_tokens", 1)
LEARNED, FORGOTTEN, NOTHING = b"DidSet: local", b"DidRemove: local", b""

SPAM = "cheap pills casino winner lottery viagra discount click prize million"
HAM = "meeting minutes project schedule compiler patch review agenda budget report"


def mail(number, words):
    order = words.split()
    order = order[number % len(order):] + order[:number % len(order)]
    return (f"From: writer{number}@example.org\nTo: bob@test.example\nSubject: {order[0]} {order[1]}\n"
            f"Date: Sun, 22 Nov 2026 05:00:00 +0000\nMessage-ID: <{number}@example.org>\n\n"
            f"{' '.join(order)} number{number}\n").encode()


def tell(address, content, set_as=None, family=socket.AF_INET):
    head = b"TELL SPAMC/1.5\r\n"
    head += b"Message-class: %s\r\nSet: local\r\n" % set_as if set_as else b"Remove: local\r\n"
    with socket.socket(family) as connection:
        connection.settimeout(support.PATIENCE)
        connection.connect(address)
        connection.sendall(head + b"Content-length: %d\r\n\r\n" % len(content) + content)
        reply = b""
        while piece := connection.recv(4096):
            reply += piece
    return reply


def own_words(number):
    """Words that no other message has: with so many the server commits every fifty messages."""
    return " ".join(f"own{number}word{word}" for word in range(200)).encode()


class TeachingCase(unittest.TestCase):
    def setUp(self):
        self.folder = support.Folder("teaching")
        self.addCleanup(self.folder.remove)
        if support.is_root():
            shutil.chown(self.folder.path, "nobody", "nogroup")
        self.file = self.folder / "x.db"
        self.store = option("store.url", f"sqlite:{self.file}")

    def start(self, *options):
        daemon = Daemon(options=[*self.store, *FEW, *options]).start()
        self.addCleanup(daemon.stop)
        return daemon

    def assert_told(self, what, reply):
        self.assertEqual(b"SPAMD/1.1 0 EX_OK\r\n" + (what + b"\r\n" if what else b"") + b"\r\n\r\n", reply)

    def teach_all(self, daemon, count=6):
        for number in range(count):
            self.assert_told(LEARNED, tell(daemon.address, mail(number, SPAM), b"spam"))
            self.assert_told(LEARNED, tell(daemon.address, mail(100 + number, HAM), b"ham"))

    def symbols(self, daemon, words):
        return check(daemon.address, mail(999, words)).symbols

    def counts(self):
        """Messages learned, as the file has them: {class: number}, and the total's two counters."""
        with sqlite3.connect(f"file:{self.file}?mode=ro", uri=True) as base:
            if not base.execute("SELECT 1 FROM sqlite_master WHERE name = 'entries'").fetchone():
                return {}, (0, 0)
            classes = dict(base.execute("SELECT value, count(*) FROM entries WHERE space = 'l' GROUP BY value"))
            totals = base.execute("SELECT ham, spam FROM entries WHERE space = 'n'").fetchone() or (0, 0)
        return {(key.decode() if isinstance(key, bytes) else key): value for key, value in classes.items()}, totals


class WhatIsTaught(TeachingCase):
    def test_is_known(self):
        daemon = self.start()
        self.assertIn("BAYES_UNTRAINED", self.symbols(daemon, SPAM))
        self.teach_all(daemon)
        self.assertGreater(self.symbols(daemon, SPAM)["BAYES_SPAM"][0], 2)
        self.assertLess(self.symbols(daemon, HAM)["BAYES_HAM"][0], -1)

    def test_changes_its_class_once_and_can_be_forgotten(self):
        daemon = self.start()
        one = mail(1, SPAM)
        self.assert_told(LEARNED, tell(daemon.address, one, b"spam"))
        self.assert_told(NOTHING, tell(daemon.address, one, b"spam"))
        self.assert_told(NOTHING, tell(daemon.address, b"Received: from x by y\n" + one.replace(b"\n", b"\r\n"), b"spam"))
        self.assert_told(LEARNED, tell(daemon.address, one, b"ham"))
        self.assert_told(FORGOTTEN, tell(daemon.address, one))
        self.assert_told(NOTHING, tell(daemon.address, one))
        daemon.stop()
        self.assertEqual(({}, (0, 0)), self.counts())

    def test_outlives_the_server(self):
        daemon = self.start()
        self.teach_all(daemon)
        daemon.stop()
        self.assertEqual(({"ham": 6, "spam": 6}, (6, 6)), self.counts())
        again = self.start()
        support.wait_until(lambda: "BAYES_SPAM" in self.symbols(again, SPAM), "what was learned to be loaded")
        self.assert_told(NOTHING, tell(again.address, mail(1, SPAM), b"spam"))

    def test_at_once_by_many_counts_once(self):
        daemon = self.start()
        processes = [subprocess.Popen([XSPAMC, "learn-spam", "-p", str(daemon.port), "-"], stdin=subprocess.PIPE,
                                      stdout=subprocess.DEVNULL) for _ in range(8)]
        for process in processes:
            process.stdin.write(mail(1, SPAM))
            process.stdin.close()
        self.assertEqual([0] * 8, [process.wait(support.PATIENCE) for process in processes])
        daemon.stop()
        self.assertEqual(({"spam": 1}, (0, 1)), self.counts())


class Killed(TeachingCase):
    """A thousand messages are taught; the server is killed early, in the middle and late, and taught them again."""
    MESSAGES = 1000

    def learn(self, daemon):
        return subprocess.Popen([XSPAMC, "learn-spam", "-q", "-p", str(daemon.port), str(self.folder / "box")],
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def assert_consistent(self):
        """The file is whole; messages learned, their digests and the tokens that all of them have count alike."""
        with sqlite3.connect(self.file) as base:
            self.assertEqual("ok", base.execute("PRAGMA integrity_check").fetchone()[0])
            most = base.execute("SELECT coalesce(max(ham), 0), coalesce(max(spam), 0) FROM tokens").fetchone()
        classes, totals = self.counts()
        self.assertEqual((classes.get("ham", 0), classes.get("spam", 0)), totals)
        self.assertEqual(totals, most)
        return totals[1]

    def test_the_file_is_whole_and_the_counts_agree(self):
        (self.folder / "box").write_bytes(b"".join(b"From x\n" + mail(number, SPAM) + own_words(number) + b"\n\n"
                                                   for number in range(self.MESSAGES)))
        killed_at = []
        for least in (1, self.MESSAGES // 3, self.MESSAGES * 2 // 3):
            daemon = self.start()
            client = self.learn(daemon)
            support.wait_until(lambda: self.file.exists() and self.counts()[1][1] >= least,
                               f"{least} messages to be committed")
            os.kill(daemon.server_pid(), signal.SIGKILL)
            client.kill()
            client.wait()
            daemon.stop()
            killed_at.append(self.assert_consistent())
        print(f"killed after {', '.join(map(str, killed_at))} messages of {self.MESSAGES}")
        self.assertLess(killed_at[0], self.MESSAGES)
        daemon = self.start()
        self.assertEqual(0, self.learn(daemon).wait(support.PATIENCE))
        daemon.stop()
        self.assertEqual(self.MESSAGES, self.assert_consistent())


class WhoMayTeach(TeachingCase):
    def test_others_are_refused_with_the_reason(self):
        daemon = self.start(*option("learn.allow", ["192.0.2.0/24", "unix"]))
        reply = tell(daemon.address, mail(1, SPAM), b"spam")
        self.assertEqual(
            b"SPAMD/1.0 69 Service Unavailable: TELL is not allowed from this address (learn.allow)\r\n", reply)
        self.assert_told(LEARNED, tell(daemon.socket_path, mail(1, SPAM), b"spam", socket.AF_UNIX))


class NoStore(TeachingCase):
    def test_scans_go_on_and_it_is_said_once(self):
        shutil.rmtree(self.folder.path)
        daemon = Daemon(options=[*option("store.url", "sqlite:/proc/none/x.db"), *FEW]).start()
        self.addCleanup(daemon.stop)
        for _ in range(5):
            support.wait_until(lambda: "STORE_UNAVAILABLE" in check(daemon.address, mail(1, HAM)).symbols,
                               "STORE_UNAVAILABLE")
        self.assertEqual("no action", check(daemon.address, mail(1, HAM)).action)
        self.assertIn(b"SPAMD/1.0 69 Service Unavailable", tell(daemon.address, mail(1, SPAM), b"spam"))
        lines = [line for line in daemon.log_text().splitlines() if "warning" in line and "/proc/none" in line]
        self.assertEqual(1, len(lines), daemon.log_text())
        self.folder.path.mkdir()


if __name__ == "__main__":
    unittest.main()
