"""xspamd as a test runs it: own folder, own loopback ports, own resolver, memory store, log in a file."""
import json
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import support
from resolver import Resolver

# Verdicts are ordered by a header of the message, so that a test can want one and nothing else moves it:
# every score stands at least 1.0 away from the thresholds beside it.
WANTED = """
[actions]
soft_reject = 10
reject = 15

[rules.WANT_GREYLIST]
header = "X-Want"
match = '^greylist$'
score = 5.0
about = "The message asks to be greylisted"

[rules.WANT_HEADER]
header = "X-Want"
match = '^add header$'
score = 7.0
about = "The message asks for a header"

[rules.WANT_SOFT_REJECT]
header = "X-Want"
match = '^soft reject$'
score = 12.0
about = "The message asks to be put off"

[rules.WANT_REJECT]
header = "X-Want"
match = '^reject$'
score = 20.0
about = "The message asks to be refused"
"""


def endless(count):
    """Rules that keep a scan busy by "X-Burn: aaaa...": each one more "a" doubles the ways in which they fail."""
    return "".join(f"""
[rules.ENDLESS_{number}]
header = "X-Burn"
match = '^(a|a?)+[bc]$'
score = 0.1
about = "Tries until its limit"
""" for number in range(count))


PING = b"PING RSPAMC/1.3\r\n\r\n"
PONG = b"RSPAMD/1.3 0 PONG"


def option(key, value):
    """-o key=value, the value as TOML (of which JSON strings and arrays are a part)."""
    return ["-o", f"{key}={json.dumps(value)}"]


def own_user():
    """As root xspamd wants a user to become; the packaged one need not exist on a test machine."""
    if not support.is_root():
        return []
    return option("server.user", "nobody") + option("server.group", "nogroup")


def run_to_end(arguments, seconds=8):
    """Runs xspamd where it has to end by itself; stdout and stderr together."""
    try:
        return subprocess.run([str(support.BINARY), *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, errors="replace", timeout=seconds)
    except subprocess.TimeoutExpired as late:
        raise AssertionError(f"xspamd did not end by itself: {late.cmd}\n{(late.stdout or b'').decode()}") from None


def harmless(*addresses):
    """Options for starts that are expected to fail, so that one that does not fail is in nobody's way."""
    listen = addresses or [f"127.0.0.1:{support.free_port()}"]
    return own_user() + option("store.url", "memory:") + option("server.listen", list(listen))


class Daemon:
    """`settings` is the text of the configuration file; `options` are further words of the command line.

    listen=False leaves the addresses to the defaults. `words_before` is a program that becomes xspamd.
    """

    def __init__(self, settings=WANTED, options=(), ipv6=False, silent_dns=False, port=None, listen=True,
                 words_before=()):
        self.folder = support.Folder("xspamd")
        self.port = port or support.free_port()
        self.address = ("127.0.0.1", self.port)
        self.address6 = ("::1", self.port)
        self.socket_path = str(self.folder / "xspamd.sock")
        self.config = self.folder / "xspamd.toml"
        self.config.write_text(settings)
        self.log_path = self.folder / "log"
        self.resolver = Resolver(silent=silent_dns)
        self._listen = [f"127.0.0.1:{self.port}", f"unix:{self.socket_path}"]
        if ipv6:
            self._listen.append(f"[::1]:{self.port}")
        self._words = [*words_before, str(support.BINARY), "--config", str(self.config),
                       *(option("server.listen", self._listen) if listen else []), *option("store.url", "memory:"),
                       *option("dns.servers", [self.resolver.address]), *own_user(), *options]
        self.process = None
        self.seconds_to_first_answer = None

    def start(self):
        self.resolver.start()
        began = time.monotonic()
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(self._words, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            cwd=self.folder.path)
        support.running.append(self)
        try:
            support.wait_until(self._answers_or_ended, "the first PONG of xspamd")
        except AssertionError as error:
            log = self.log_text()
            self.stop()
            raise AssertionError(f"{error}\n{log}") from None
        self.seconds_to_first_answer = time.monotonic() - began
        return self

    def _answers_or_ended(self):
        if self.process.poll() is not None:
            raise AssertionError(f"xspamd ended at its start with status {self.process.returncode}")
        return self.answers_ping()

    def answers_ping(self):
        try:
            with socket.create_connection(self.address, timeout=support.PATIENCE) as connection:
                connection.sendall(PING)
                return connection.recv(64).startswith(PONG)
        except (ConnectionError, TimeoutError):
            return False

    @property
    def pid(self):
        """The supervisor: the process that was started."""
        return self.process.pid

    def server_pid(self):
        """The process that serves, the supervisor's only child; waits for it after a crash."""
        return support.wait_until(lambda: (support.children(self.pid) or [None])[0], "a server process")

    def processes(self):
        return [self.pid, *support.children(self.pid)]

    def memory(self):
        """Proportional set size of all processes, in bytes."""
        total = 0
        for pid in self.processes():
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) * 1024
        return total

    def log_text(self):
        return support.last_lines(self.log_path, count=200)

    def log_lines(self, text):
        return [line for line in self.log_path.read_text(errors="replace").splitlines() if text in line]

    def wait_for_log(self, text):
        """The log is written behind the reply: waits for the lines that hold `text`."""
        return support.wait_until(lambda: self.log_lines(text), f"a log line with {text!r}")

    def wait_for_end(self, seconds=support.PATIENCE):
        """The exit status; negative for a signal."""
        return self.process.wait(timeout=seconds)

    def terminate(self):
        self.process.send_signal(signal.SIGTERM)

    def stop(self):
        """SIGTERM to the supervisor alone, SIGKILL only if that is not enough; returns the exit status."""
        family = self.processes() if self.process.poll() is None else []
        try:
            if self.process.poll() is None:
                self.terminate()
            self.wait_for_end()
        except subprocess.TimeoutExpired:
            for pid in family:
                if support.process_runs(pid):
                    os.kill(pid, signal.SIGKILL)
            self.process.wait()
        if self in support.running:
            support.running.remove(self)
            self.resolver.stop()
            self.folder.remove()
        return self.process.returncode
