"""A disk that becomes full under a running server, and has room again."""
import shutil
import sqlite3
import subprocess
import unittest

import support
from daemon import Daemon, option
from rspamc import check
from test_teaching import FEW, LEARNED, tell

ROOM = 450 << 10
SIZE = 2 << 20


def why_no_disk():
    """A file system of a size of its own can be mounted by root, and not in every container."""
    if not support.is_root() or not shutil.which("mount"):
        return "only root can mount a small disk"
    folder = support.Folder("mount")
    try:
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder.path)],
                                 stderr=subprocess.DEVNULL).returncode == 0
        if mounted:
            subprocess.run(["umount", str(folder.path)], check=True)
        return "" if mounted else "a small disk cannot be mounted here"
    finally:
        folder.remove()


WHY_NO_DISK = why_no_disk()


def message(number):
    words = " ".join(f"word{number}x{word}" for word in range(300))
    return (f"From: writer{number}@example.org\nTo: bob@test.example\nSubject: number {number}\n"
            f"Message-ID: <{number}@example.org>\n\n{words}\n").encode()


@unittest.skipIf(WHY_NO_DISK, WHY_NO_DISK)
class FullDisk(unittest.TestCase):
    def setUp(self):
        folder = support.Folder("disk")
        self.addCleanup(folder.remove)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=755", "tmpfs", str(folder.path)], check=True)
        self.addCleanup(subprocess.run, ["umount", "--lazy", str(folder.path)], check=True)
        shutil.chown(folder.path, "nobody", "nogroup")
        self.beside = folder / "beside"
        self.beside.write_bytes(b"x" * (SIZE - ROOM))
        self.file = folder / "x.db"
        self.daemon = Daemon(options=[*option("store.url", f"sqlite:{self.file}"), *FEW]).start()
        self.addCleanup(self.daemon.stop)
        self.taught = 0

    def teach(self):
        self.taught += 1
        return tell(self.daemon.address, message(self.taught), b"spam")

    def warnings(self):
        return [line for line in self.daemon.log_lines(" warning ") if "disk is full" in line]

    def committed(self):
        with sqlite3.connect(f"file:{self.file}?mode=ro", uri=True) as base:
            return (base.execute("SELECT spam FROM entries WHERE space = 'n'").fetchone() or (0,))[0]

    def teach_until_full(self):
        """A few at a time, so that no more waits to be written than finds room later; how many were accepted."""
        while not self.warnings():
            self.assertLess(self.taught, 1000, "the disk did not become full")
            for _ in range(4):
                reply = self.teach()
                if LEARNED not in reply:
                    support.wait_until(self.warnings, "a warning")
                    return self.taught - 1
            support.wait_until(lambda: self.warnings() or self.committed() == self.taught, "a commit or a warning")
        return self.taught

    def assert_scans_go_on(self):
        for number in range(100):
            self.assertEqual("no action", check(self.daemon.address, message(number)).action)

    def test_scans_go_on_and_learning_comes_back(self):
        server = self.daemon.server_pid()
        accepted = self.teach_until_full()
        self.assertGreater(accepted, 4)
        for _ in range(20):
            self.assertRegex(self.teach(), rb"^SPAMD/1\.0 69 Service Unavailable: [^\r]*x\.db cannot grow, the disk is "
                                           rb"full: make room on it\r\n")
        self.assert_scans_go_on()
        self.assertEqual(1, len(self.warnings()), self.daemon.log_text())

        self.beside.unlink()
        self.daemon.wait_for_log("the store works again")
        self.assertIn(LEARNED, self.teach())
        support.wait_until(lambda: self.committed() == accepted + 1, "what waited to be written")
        self.assert_scans_go_on()
        self.assertEqual(1, len(self.warnings()), self.daemon.log_text())
        self.assertEqual([server], support.children(self.daemon.pid))
        self.assertEqual(0, self.daemon.stop())
        with sqlite3.connect(self.file) as base:
            self.assertEqual("ok", base.execute("PRAGMA integrity_check").fetchone()[0])
            self.assertEqual((accepted + 1,), base.execute("SELECT max(spam) FROM tokens").fetchone())
            self.assertEqual((accepted + 1,), base.execute("SELECT count(*) FROM entries WHERE space = 'l'").fetchone())


if __name__ == "__main__":
    unittest.main()
