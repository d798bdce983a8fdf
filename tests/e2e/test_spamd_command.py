"""xspamd spamd: the command line of init scripts, the background, the signals."""
import os
import shutil
import signal
import socket
import subprocess
import threading
import unittest

import support
from daemon import option
from resolver import Resolver

SPAMC = shutil.which("spamc")
GTUBE = (b"From: bob@example.net\nSubject: x\n\n"
         b"XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X\n")


def exchange(address, request):
    family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
    with socket.socket(family) as connection:
        connection.settimeout(support.PATIENCE)
        connection.connect(address)
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        reply = b""
        while piece := connection.recv(65536):
            reply += piece
        return reply


class SpamdCase(unittest.TestCase):
    def setUp(self):
        self.folder = support.Folder("spamd")
        self.folder.path.chmod(0o777)
        self.addCleanup(self.folder.remove)
        self.resolver = Resolver()
        self.resolver.start()
        self.addCleanup(self.resolver.stop)
        self.port = support.free_port()
        self.address = ("127.0.0.1", self.port)
        self.pid_file = self.folder / "spamd.pid"
        self.log = self.folder / "spamd.log"

    def words(self, *words):
        return [str(support.BINARY), "spamd", "-x", "-L", "-r", str(self.pid_file), "-i", "127.0.0.1", "-p",
                str(self.port), *(["-u", "nobody"] if support.is_root() else []), *map(str, words),
                *option("store.url", "memory:"), *option("dns.servers", [self.resolver.address])]

    def run_to_end(self, *words):
        """Returns when nobody holds its standard output and error any more."""
        return subprocess.run(self.words(*words), stdin=subprocess.DEVNULL, capture_output=True, cwd=self.folder.path,
                              timeout=support.PATIENCE)

    def start(self, *words):
        """In the background; the pid of the process that stays."""
        done = self.run_to_end("-d", "-s", self.log, *words)
        self.assertEqual(0, done.returncode, done.stderr.decode())
        pid = int(self.pid_file.read_text())
        self.addCleanup(self.end, pid)
        return pid

    def end(self, pid):
        if support.process_runs(pid):
            os.kill(pid, signal.SIGTERM)
            support.wait_until(lambda: not support.process_runs(pid), "the end of xspamd")


class InTheBackground(SpamdCase):
    def test_ready_when_the_first_process_ends(self):
        pid = self.start("-c", "-m", "5", "-H")
        self.assertTrue(exchange(self.address, b"PING SPAMC/1.2\r\n").startswith(b"SPAMD/1.5 0 PONG"))
        self.assertTrue(support.process_runs(pid))
        self.assertEqual("/", os.readlink(f"/proc/{pid}/cwd"))
        self.assertEqual(os.getsid(pid), pid)
        for fd in (0, 1):
            self.assertEqual("/dev/null", os.readlink(f"/proc/{pid}/fd/{fd}"))

    def test_each_option_that_does_nothing_says_so(self):
        done = self.run_to_end("-d", "-s", self.log, "-c", "-m5", "-C", "rules")
        self.addCleanup(self.end, int(self.pid_file.read_text()))
        lines = done.stderr.decode().splitlines()
        self.assertEqual(["--create-prefs", "--max-children", "--configpath"],
                         [line.split()[2] for line in lines if "is ignored: " in line], lines)

    def test_a_start_that_fails_says_why(self):
        with socket.create_server(self.address):
            done = self.run_to_end("-d", "-s", self.log)
        self.assertEqual(1, done.returncode)
        self.assertIn(b"is taken by", done.stderr)
        self.assertFalse(self.pid_file.exists())
        done = self.run_to_end("-d", "-s", self.log, "-o", "limits.scan=never")
        self.assertEqual(78, done.returncode)
        self.assertIn(b"limits.scan", done.stderr)

    @unittest.skipUnless(SPAMC, "spamc is not installed")
    def test_spamc_talks_to_it(self):
        self.start("--cf", "required_score 4.5", "-l")

        def spamc(*words):
            return subprocess.run([SPAMC, "-F", "/dev/null", "-d", "127.0.0.1", "-p", str(self.port), *words],
                                  input=GTUBE, capture_output=True, timeout=support.PATIENCE)
        done = spamc("-c")
        self.assertEqual((1, b"15.0/4.5\n"), (done.returncode, done.stdout))
        self.assertIn(b"successfully", spamc("-L", "spam").stdout)
        support.wait_until(lambda: "spamd: result: Y 15 - GTUBE" in self.log.read_text(), "the line of log.format spamd")

    def test_teaching_is_refused_unless_allowed(self):
        self.start()
        tell = b"TELL SPAMC/1.5\r\nMessage-class: spam\r\nSet: local\r\nContent-length: %d\r\n\r\n%s" % (len(GTUBE), GTUBE)
        self.assertTrue(exchange(self.address, tell).startswith(b"SPAMD/1.0 69 Service Unavailable: "))

    def test_hangup_reloads_without_a_gap(self):
        pid = self.start()
        over, failures = threading.Event(), []

        def ping():
            while not over.is_set():
                try:
                    if b"PONG" not in exchange(self.address, b"PING SPAMC/1.2\r\n"):
                        failures.append("no PONG")
                except OSError as error:
                    failures.append(error)
        thread = threading.Thread(target=ping)
        thread.start()
        for count in (1, 2, 3):
            os.kill(pid, signal.SIGHUP)
            support.wait_until(lambda count=count: self.log.read_text().count("configuration reloaded") >= count,
                               "the reload")
        over.set()
        thread.join()
        self.assertEqual([], failures)
        self.assertEqual(pid, int(self.pid_file.read_text()))

    def test_terminate_ends_it_and_cleans_up(self):
        socket_path = self.folder / "spamd.sock"
        pid = self.start(f"--socketpath={socket_path}", "--socketmode=0600")
        self.assertEqual(0o600, socket_path.stat().st_mode & 0o777)
        self.end(pid)
        self.assertFalse(self.pid_file.exists())
        self.assertFalse(socket_path.exists())
        with self.assertRaises(ConnectionRefusedError):
            exchange(self.address, b"PING SPAMC/1.2\r\n")


class InTheForeground(SpamdCase):
    def test_as_the_tests_of_spamassassin_start_it(self):
        words = self.words("-D", "-s", "stderr", "-C", "rules", "--siteconfigpath", "site", "-A", "127.0.0.1")
        with open(self.log, "wb") as log:
            process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder.path)
        self.addCleanup(process.wait)
        self.addCleanup(process.terminate)
        support.wait_until(lambda: process.poll() is not None or " ready on " in self.log.read_text(), "the start")
        self.assertEqual(process.pid, int(self.pid_file.read_text()))
        request = b"CHECK SPAMC/1.2\r\nContent-length: %d\r\n\r\n%s" % (len(GTUBE), GTUBE)
        self.assertIn(b"Spam: True ; 15.0 / 6.0", exchange(self.address, request))
        self.assertNotIn("ERROR", self.log.read_text())
        process.terminate()
        self.assertEqual(0, process.wait(timeout=support.PATIENCE))

    def test_wrong_use(self):
        for words, why in ((["--pord", "1"], b"--pord is no option of spamd; --port is"),
                           (["-i", "ssl:127.0.0.1"], b"give --ssl instead"), (["-p", "0"], b"no port of 1 to 65535")):
            done = self.run_to_end(*words)
            self.assertEqual((64, b""), (done.returncode, done.stdout))
            self.assertIn(why, done.stderr)

    def test_help_and_version(self):
        done = self.run_to_end("-V")
        self.assertEqual((0, b"xspamd "), (done.returncode, done.stdout[:7]))
        self.assertIn(b"--max-children, -m", self.run_to_end("--help").stdout)
