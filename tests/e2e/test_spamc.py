"""SpamAssassin's own client against xspamd."""
import shutil
import subprocess
import unittest

import support
from cases import DaemonCase
from rspamc import message


@unittest.skipUnless(shutil.which("spamc"), "spamc is not installed")
class SpamcAsks(DaemonCase):
    def spamc(self, *words, content=b""):
        where = ["-d", "127.0.0.1", "-p", str(self.daemon.port)]
        return subprocess.run(["spamc", *where, *words], input=content, capture_output=True,
                              timeout=4 * support.PATIENCE)

    def test_ping_is_answered(self):
        done = self.spamc("-K")
        self.assertEqual((0, b"SPAMD/1.5 0\n"), (done.returncode, done.stdout))

    def test_check_tells_spam_from_ham_by_its_status(self):
        for want, status in (("no action", 0), ("add header", 1), ("reject", 1)):
            with self.subTest(want):
                done = self.spamc("-c", content=message(want))
                self.assertEqual(status, done.returncode)
                self.assertRegex(done.stdout, rb"\A-?\d+\.\d/6\.0\n\Z")

    def test_check_by_unix_socket(self):
        done = subprocess.run(["spamc", "-U", self.daemon.socket_path, "-c"], input=message("reject"),
                              capture_output=True, timeout=4 * support.PATIENCE)
        self.assertEqual(1, done.returncode)
