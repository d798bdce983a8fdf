"""Thousands of real messages, which belong to the conformance data outside the checkout."""
import re
import shutil
import subprocess
import unittest

import rspamc
import support
from cases import DaemonCase
from daemon import Daemon
from rspamc import message

MAIL = support.SHARED / "suites" / "mail"
LOADGEN = support.SHARED / "tools" / "loadgen.cpp"
MEGABYTE = 1 << 20


def why_no_mail():
    if not MAIL.is_dir() or not LOADGEN.is_file():
        return f"no conformance mail or load generator below {support.SHARED}"
    return "" if shutil.which("g++") else "g++ is not installed"


class FirstAnswer(unittest.TestCase):
    def test_it_comes_soon_after_the_start(self):
        daemon = Daemon()
        self.addCleanup(daemon.stop)
        daemon.start()
        self.assertEqual("reject", rspamc.check(daemon.address, message("reject")).action)
        print(f"first answer after {daemon.seconds_to_first_answer * 1000:.0f} ms")
        self.assertLess(daemon.seconds_to_first_answer, 5)


@unittest.skipIf(why_no_mail(), why_no_mail())
class RealMail(DaemonCase):
    settings = ""

    @classmethod
    def setUpClass(cls):
        cls.folder = support.Folder("loadgen")
        cls.addClassCleanup(cls.folder.remove)
        cls.program = str(cls.folder / "loadgen")
        subprocess.run(["g++", "-O2", "-std=c++20", str(LOADGEN), "-o", cls.program], check=True)
        super().setUpClass()

    def load(self, messages, protocol="rspamc"):
        """Sends that many messages over 8 connections; all have to be answered."""
        done = subprocess.run([self.program, "--proto", protocol, "--addr", f"127.0.0.1:{self.daemon.port}", "-c", "8",
                               "-n", str(messages), "--limit", "100", str(MAIL)], stdout=subprocess.PIPE, text=True,
                              timeout=150)
        print(done.stdout.partition("\n")[0])
        self.assertRegex(done.stdout, rf"^messages {messages} errors 0 ")
        return done.stdout

    def test_three_thousand_messages_are_all_judged(self):
        outcomes = re.findall(r"^ +(\d+) (.+)$", self.load(3000), re.MULTILINE)
        self.assertEqual(3000, sum(int(count) for count, _ in outcomes))
        for _, outcome in outcomes:
            self.assertRegex(outcome, r"^Action: (no action|greylist|add header|soft reject|reject)$")

    def test_exims_default_variant_is_answered_as_often(self):
        self.assertNotIn("SPAMD/1.0", self.load(1000, "spamc"))

    def test_memory_stays_small_after_ten_thousand_messages(self):
        self.load(10_000)
        support.wait_until(lambda: self.daemon.memory() < 64 * MEGABYTE, "less than 64 MB of memory", seconds=10)
        print(f"memory after 10,000 messages: {self.daemon.memory() / MEGABYTE:.1f} MB")
