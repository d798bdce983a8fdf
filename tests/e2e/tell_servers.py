"""Servers for the learning commands of xspamc: the real spamd, and one that answers as a test tells it to."""
import os
import re
import shutil
import socket
import subprocess
import threading

import support

SPAMD = os.environ.get("XSPAMD_SPAMD") or shutil.which("spamd") or shutil.which("spamd", path="/usr/sbin")
WHY_NO_SPAMD = "" if SPAMD else "spamd is not installed"

DONE = b"SPAMD/1.1 0 EX_OK\r\nDidSet: local\r\n\r\n\r\n"
NOTHING_DONE = b"SPAMD/1.1 0 EX_OK\r\n\r\n\r\n"

# The least that learns: one rule, as it does not start without, nothing that asks the network, and a lock that does not sleep.
RULES = """
use_bayes 1
bayes_auto_learn 0
bayes_path {}/bayes
lock_method flock
util_rb_tld com net org
body ANY_RULE /any/
"""
PLUGINS = "loadplugin Mail::SpamAssassin::Plugin::Check\nloadplugin Mail::SpamAssassin::Plugin::Bayes\n"


class Spamd:
    """SpamAssassin's own daemon with a Bayes database of its own."""

    def __init__(self, *words):
        self.folder = support.Folder("spamd")
        self.port = support.free_port()
        home = self.folder / "home"
        for name, content in (("rules/all.cf", RULES.format(home)), ("site/init.pre", PLUGINS)):
            path = self.folder / name
            path.parent.mkdir()
            path.write_text(content)
        home.mkdir()
        home.chmod(0o777)
        self.log_path = self.folder / "log"
        self._words = [SPAMD, "-i", "127.0.0.1", "-p", str(self.port), "-L", "-x", "-m", "2", "-s", "stderr",
                       "-C", str(self.folder / "rules"), "--siteconfigpath", str(self.folder / "site"),
                       "-H", str(home), *(["-u", "nobody"] if support.is_root() else []), *words]

    def start(self):
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(self._words, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            cwd=self.folder.path)
        support.running.append(self)
        try:
            support.wait_until(self._answers_or_ended, "the first PONG of spamd")
        except AssertionError as error:
            log = self.log_text()
            self.stop()
            raise AssertionError(f"{error}\n{log}") from None
        return self

    def _answers_or_ended(self):
        if self.process.poll() is not None:
            raise AssertionError(f"spamd ended at its start with status {self.process.returncode}")
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=support.PATIENCE) as connection:
                connection.sendall(b"PING SPAMC/1.2\r\n")
                return b"PONG" in connection.recv(64)
        except (ConnectionError, TimeoutError):
            return False

    def log_text(self):
        return support.last_lines(self.log_path)

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=support.PATIENCE)
        if self in support.running:
            support.running.remove(self)
            self.folder.remove()


class ScriptedServer:
    """Reads one request a connection and sends what `answer(request)` returns, in a thread for each connection.

    `request` is (head, body) as bytes. None as answer: the connection is closed without one. `path`: listens on
    a unix socket. reads=False: answers before anything has been read, and reads nothing.
    """

    def __init__(self, answer=lambda request: DONE, path=None, reads=True):
        self.requests = []
        self.port = None if path else support.free_port()
        self._answer = answer
        self._address = path or ("127.0.0.1", self.port)
        self._reads = reads
        self._listener = None
        self._threads = []
        self._over = threading.Event()

    def __enter__(self):
        self.listen()
        return self

    def __exit__(self, *_):
        self.stop_listening()
        self._over.set()
        for thread in self._threads:
            thread.join(support.PATIENCE)

    def listen(self):
        self._listener = socket.socket(socket.AF_INET if self.port else socket.AF_UNIX)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind(self._address)
        self._listener.listen(128)
        self._start(self._accept, self._listener)

    def stop_listening(self):
        """Connections from here on are refused."""
        if self._listener:
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
        self._listener = None

    def _start(self, function, argument):
        thread = threading.Thread(target=function, args=(argument,), daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self, listener):
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            self._start(self._serve, connection)

    def _serve(self, connection):
        connection.settimeout(support.PATIENCE)
        with connection:
            try:
                request = self._read(connection) if self._reads else None
                answer = self._answer(request)
                if answer is None:
                    return
                connection.sendall(answer)
                connection.shutdown(socket.SHUT_WR)
                # Closing with unread input would be a reset; who reads nothing waits for the end of the test.
                while self._reads and connection.recv(65536):
                    pass
                if not self._reads:
                    self._over.wait(4 * support.PATIENCE)
            except (ConnectionError, TimeoutError, OSError):
                pass

    def _read(self, connection):
        data = bytearray()
        while b"\r\n\r\n" not in data:
            piece = connection.recv(65536)
            if not piece:
                break
            data += piece
        head, _, body = bytes(data).partition(b"\r\n\r\n")
        announced = re.search(rb"Content-length: (\d+)", head)
        pieces, length = [body], len(body)
        while length < int(announced[1] if announced else 0):
            piece = connection.recv(1 << 20)
            if not piece:
                break
            pieces.append(piece)
            length += len(piece)
        request = (head + b"\r\n\r\n", b"".join(pieces))
        self.requests.append(request)
        return request
