"""Faults of the machine and of the operator under load: whoever was accepted gets an answer that can be read."""
import os
import pwd
import signal
import subprocess
import sys
import threading
import time
import unittest
from collections import Counter

import rspamc
import support
from cases import DaemonCase
from daemon import WANTED, Daemon, endless, harmless, option, run_to_end
from rspamc import check_reply, message, request

NOBODY = "nobody"


class Load:
    """Clients that ask one message after the other and keep what became of each."""

    def __init__(self, daemon, clients=6):
        self.address = daemon.address
        self.outcomes = Counter()
        self.wrong = []  # replies that no client could read
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._keep_asking) for _ in range(clients)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        self.wait_for(10)
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def wait_for(self, more):
        """That many more answers."""
        goal = self.outcomes["judged"] + more
        support.wait_until(lambda: self.outcomes["judged"] >= goal, f"{more} more answers")

    def _keep_asking(self):
        whole = request(message("add header"))
        while not self._stop.is_set():
            try:
                connection = rspamc.connect(self.address)
            except ConnectionRefusedError:
                self.outcomes["refused"] += 1
                time.sleep(0.01)
                continue
            with connection:
                self._ask(connection, whole)

    def _ask(self, connection, whole):
        try:
            connection.sendall(whole)
            raw = rspamc.read_to_end(connection)
        except ConnectionError:
            self.outcomes["broken off"] += 1
            return
        if not raw:
            self.outcomes["no answer"] += 1
            return
        try:
            self.outcomes["judged" if check_reply(raw).action == "add header" else "not scanned"] += 1
        except AssertionError as problem:
            self.wrong.append(repr(problem))


class FaultCase(unittest.TestCase):
    options = ()

    def start(self, *options, **more):
        daemon = Daemon(options=[*self.options, *options], **more)
        self.addCleanup(daemon.stop)
        return daemon.start()

    def expect_answers(self, load, *allowed):
        """Nothing but verdicts, and of what else can happen only what is allowed here."""
        print(f"{self.id().rpartition('.')[2]}: {dict(load.outcomes)}")
        self.assertEqual([], load.wrong[:3])
        self.assertEqual(set(), set(load.outcomes) - {"judged", *allowed})

    def expect_served(self, daemon):
        self.assertEqual("add header", rspamc.check(daemon.address, message("add header")).action)


class UnderLoad(FaultCase):
    def test_the_server_is_killed_again_and_again(self):
        """Those in flight are lost with it; everybody else is answered and nobody is refused."""
        daemon = self.start()
        with Load(daemon) as load:
            for _ in range(6):
                os.kill(daemon.server_pid(), signal.SIGKILL)
                load.wait_for(20)
        self.expect_answers(load, "broken off", "no answer")
        self.assertLessEqual(load.outcomes["broken off"] + load.outcomes["no answer"], 6 * 6)
        self.expect_served(daemon)

    def test_the_supervisor_is_killed(self):
        """The server then ends as if told to: all that it has accepted is answered, later ones are refused."""
        daemon = self.start()
        server = daemon.server_pid()
        with Load(daemon) as load:
            os.kill(daemon.pid, signal.SIGKILL)
            support.wait_until(lambda: load.outcomes["refused"], "the end of the listening sockets")
        self.expect_answers(load, "refused", "not scanned")
        support.wait_until(lambda: not support.process_runs(server), "the end of the server")

    def test_sigterm(self):
        daemon = self.start()
        with Load(daemon) as load:
            daemon.terminate()
            support.wait_until(lambda: load.outcomes["refused"], "the end of the listening sockets")
        self.expect_answers(load, "refused", "not scanned")
        self.assertEqual(0, daemon.wait_for_end())

    def test_a_hangup_every_tenth_of_a_second(self):
        daemon = self.start()
        server = daemon.server_pid()
        with Load(daemon) as load:
            for _ in range(30):
                os.kill(daemon.pid, signal.SIGHUP)
                time.sleep(0.1)  # the very thing under test
        self.expect_answers(load)
        self.assertEqual(server, daemon.server_pid())
        self.expect_served(daemon)


class SigtermInAQueue(FaultCase):
    """More requests than places, so that most wait when the end comes, and longer than it lets them."""
    options = (*option("limits.scans", 1), *option("limits.queue", "60s"), *option("server.grace", "1s"))

    def test_who_still_waits_at_the_end_is_told_so(self):
        daemon = self.start(settings=WANTED + endless(600))
        whole = request(b"X-Burn: " + b"a" * 50 + b"\n" + message("add header"))
        waiting = [rspamc.connect(daemon.address) for _ in range(60)]
        for connection in waiting:
            connection.sendall(whole)
        daemon.wait_for_log(" action=")  # it is at work
        daemon.terminate()
        outcomes = Counter()
        for connection in waiting:
            with connection:
                reply = check_reply(rspamc.read_to_end(connection))
                outcomes["judged" if "NOT_SCANNED" not in reply.symbols else reply.symbols["NOT_SCANNED"][1]] += 1
        print(f"sigterm in a queue: {dict(outcomes)}")
        self.assertEqual({"judged", "stopping"}, set(outcomes))
        self.assertEqual(0, daemon.wait_for_end())


@unittest.skipUnless(support.is_root(), "only root can mount a small file system")
class DiskFull(FaultCase):
    def setUp(self):
        self.folder = support.Folder("full")
        self.addCleanup(self.folder.remove)
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k,mode=777", "xspamd-test", str(self.folder.path)],
                              capture_output=True, text=True)
        if done.returncode:
            self.skipTest(f"no file system can be mounted here: {done.stderr.strip()}")
        self.addCleanup(subprocess.run, ["umount", str(self.folder.path)], check=True)

    def free(self):
        return os.statvfs(self.folder.path).f_bavail

    def test_scans_go_on_without_a_log_and_the_log_goes_on_with_room(self):
        log = self.folder / "log"
        daemon = self.start(*option("log.target", f"file:{log}"))
        server = daemon.server_pid()
        with Load(daemon) as load:
            support.wait_until(lambda: self.free() == 0, "a full disk")
            load.wait_for(500)
        self.expect_answers(load)
        self.assertEqual(server, daemon.server_pid())
        self.assertEqual(0, self.free())
        log.rename(self.folder / "log.1")
        os.truncate(self.folder / "log.1", 0)
        os.kill(daemon.pid, signal.SIGHUP)
        support.wait_until(lambda: log.exists() and "configuration reloaded" in log.read_text(), "the new log")
        rspamc.check(daemon.address, message(), queue_id="1after-it-was-full")
        support.wait_until(lambda: "1after-it-was-full" in log.read_text(), "the next line of the new log")
        daemon.stop()

    def test_it_starts_on_a_full_disk(self):
        (self.folder / "ballast").write_bytes(b"x" * 4096 * self.free())
        daemon = self.start(*option("log.target", f"file:{self.folder / 'log'}"))
        self.expect_served(daemon)
        daemon.stop()


class DescriptorsRunOut(FaultCase):
    """A hard limit below limits.connections: the rest waits in the kernel's queue and is served later."""
    MOST = 64

    def start_with_few(self):
        daemon = Daemon(options=option("limits.idle", "60s"), words_before=["prlimit", f"--nofile={self.MOST}"])
        self.addCleanup(daemon.stop)
        return daemon.start()

    def test_it_answers_again_when_there_are_some(self):
        daemon = self.start_with_few()
        server = daemon.server_pid()
        whole = request(message("add header"))
        held = [rspamc.connect(daemon.address) for _ in range(2 * self.MOST)]
        for connection in held:
            connection.sendall(whole[:-1])  # has spoken, so it may stay
        daemon.wait_for_log("Too many open files")
        waiting = rspamc.connect(daemon.address)
        waiting.sendall(whole)
        for connection in held:
            with connection:
                connection.sendall(whole[-1:])
                self.assertEqual("add header", check_reply(rspamc.read_to_end(connection)).action)
        with waiting:
            self.assertEqual("add header", check_reply(rspamc.read_to_end(waiting)).action)
        self.expect_served(daemon)
        self.assertEqual(server, daemon.server_pid())
        self.assertLess(len(daemon.log_lines("Too many open files")), 20)

    def test_the_silent_make_room(self):
        daemon = self.start_with_few()
        silent = [rspamc.connect(daemon.address) for _ in range(2 * self.MOST)]
        self.expect_served(daemon)
        for connection in silent:
            connection.close()


@unittest.skipUnless(support.is_root(), "only root can make a network of its own")
class WithoutIpv6(unittest.TestCase):
    """The daemon in a network namespace that knows loopback and nothing else, no IPv6 at all."""
    INSIDE = """
import sys
sys.path.insert(0, {folder!r})
import rspamc
from daemon import Daemon, option
from rspamc import message
daemon = Daemon(options=option("server.listen", {listen}), port={port})
daemon.start()
print(rspamc.check(("127.0.0.1", {port}), message("reject")).action)
print(len(daemon.log_lines("::1")), "lines about IPv6")
print(daemon.stop())
"""

    def inside(self, program):
        words = "ip link set lo up && sysctl -q -w net.ipv6.conf.all.disable_ipv6=1 && exec \"$@\""
        done = subprocess.run(["unshare", "-n", "sh", "-c", words, "sh", sys.executable, "-B", "-c", program],
                              capture_output=True, text=True, timeout=4 * support.PATIENCE)
        if "unshare failed" in done.stderr or "Operation not permitted" in done.stderr:
            self.skipTest(f"no network of its own: {done.stderr.strip()}")
        return done

    def program(self, listen):
        # The default port: within the namespace it is nobody else's.
        return self.INSIDE.format(folder=str(support.CHECKOUT / "tests/e2e"), listen=listen, port=11333)

    def test_the_default_addresses_are_served_without_it(self):
        """[::1] is left out with one line when it is only a default."""
        done = self.inside(self.program("[]").replace('options=option("server.listen", [])', "listen=False"))
        self.assertEqual(["reject", "1 lines about IPv6", "0"], done.stdout.splitlines(), done.stderr)

    def test_an_address_that_was_asked_for_ends_the_start(self):
        done = self.inside(self.program('["127.0.0.1:11333", "[::1]:11333"]'))
        self.assertIn("with status 1\n", done.stderr)
        self.assertIn("[::1]:11333", done.stderr)


class PortTaken(FaultCase):
    def test_the_second_start_ends_and_the_first_goes_on(self):
        first = self.start()
        done = run_to_end(["--config", str(first.config), *harmless(f"127.0.0.1:{first.port}")])
        self.assertEqual(1, done.returncode, done.stdout)
        self.assertIn(f"127.0.0.1:{first.port}", done.stdout)
        self.expect_served(first)

    def test_a_socket_that_is_answered_on_is_nobodys_to_take(self):
        first = self.start()
        done = run_to_end(["--config", str(first.config), *harmless(f"unix:{first.socket_path}")])
        self.assertEqual(1, done.returncode, done.stdout)
        self.assertIn(first.socket_path, done.stdout)
        self.assertEqual("add header", rspamc.check(first.socket_path, message("add header")).action)

    def test_a_port_taken_while_it_runs_is_taken_at_the_next_start_only(self):
        first = self.start()
        os.kill(first.server_pid(), signal.SIGKILL)
        done = run_to_end(["--config", str(first.config), *harmless(f"127.0.0.1:{first.port}")])
        self.assertEqual(1, done.returncode, done.stdout)
        self.expect_served(first)


@unittest.skipUnless(support.is_root(), "only root can start it as somebody else")
class WhoStartsIt(FaultCase):
    @staticmethod
    def status(pid, key):
        with open(f"/proc/{pid}/status") as status:
            return next(line.split()[1:] for line in status if line.startswith(f"{key}:"))

    def test_root_keeps_the_supervisor_and_drops_the_server(self):
        daemon = self.start()
        nobody = pwd.getpwnam(NOBODY)
        self.assertEqual(["0"] * 4, self.status(daemon.pid, "Uid"))
        server = daemon.server_pid()
        self.assertEqual([str(nobody.pw_uid)] * 4, self.status(server, "Uid"))
        self.assertEqual([str(nobody.pw_gid)] * 4, self.status(server, "Gid"))
        self.assertNotIn("0", self.status(server, "Groups"))
        self.assertEqual(["0000000000000000"], self.status(server, "CapEff"))
        self.expect_served(daemon)

    def test_root_drops_it_again_after_a_crash(self):
        daemon = self.start()
        os.kill(daemon.server_pid(), signal.SIGKILL)
        self.expect_served(daemon)
        self.assertEqual([str(pwd.getpwnam(NOBODY).pw_uid)] * 4, self.status(daemon.server_pid(), "Uid"))

    def test_somebody_else_serves_as_himself_whatever_the_user_setting_says(self):
        nobody = pwd.getpwnam(NOBODY)
        daemon = Daemon(options=option("server.user", "no-such-user"), words_before=[
            "setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups"])
        os.chown(daemon.folder.path, nobody.pw_uid, nobody.pw_gid)
        self.addCleanup(daemon.stop)
        daemon.start()
        for pid in daemon.processes():
            self.assertEqual([str(nobody.pw_uid)] * 4, self.status(pid, "Uid"))
        self.expect_served(daemon)
        daemon.terminate()
        self.assertEqual(0, daemon.wait_for_end())
        self.assertFalse(os.path.exists(daemon.socket_path))
