"""A spam daemon that answers as a script says, well or badly, and remembers what it was asked."""
import collections
import re
import socket
import threading
from dataclasses import dataclass

import rspamc
import support

STATUS = b"RSPAMD/1.3 0 EX_OK\r\n"


def verdict(action="no action", score="0.5", more=b"Message-ID: 4711@sender.example\r\n"):
    return STATUS + f"Metric: default; False; {score} / 15.0 / 15.0\r\nAction: {action}\r\n".encode() + more


@dataclass
class Step:
    """What is done on one connection. `hang_up` is when it is closed: "at once", "after the head", or behind
    the reply. The end of input behind the body is waited for that many seconds, and noted."""
    reply: bytes = verdict()
    hang_up: str = "behind the reply"
    wait_for_end: float = 0


@dataclass
class Request:
    head: list  # lines
    body: bytes
    half_closed: bool


class ScriptedScanner:
    def __init__(self):
        self.script, self.requests = collections.deque(), []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def start(self):
        support.running.append(self)
        self._thread.start()
        return self

    def stop(self):
        support.running.remove(self)
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join(support.PATIENCE)
        self._listener.close()

    def log_text(self):
        return "\n".join(f"{request.head}, {len(request.body)} bytes" for request in self.requests)

    def follow(self, *steps):
        """The next connections get these; later ones are told that there is nothing to do."""
        self.script = collections.deque(step if isinstance(step, Step) else Step(step) for step in steps)
        self.requests.clear()

    def _serve(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                try:
                    self._answer(connection, self.script.popleft() if self.script else Step())
                except OSError:
                    continue  # Exim takes so many bytes of a reply and then hangs up

    def _answer(self, connection, step):
        connection.settimeout(support.PATIENCE)
        if step.hang_up == "at once":
            return
        stream = connection.makefile("rb")
        head = []
        while line := stream.readline().rstrip(b"\r\n").decode():
            head.append(line)
        length = re.search(r"^Content-length: (\d+)$", "\n".join(head), re.MULTILINE)
        if step.hang_up == "after the head" or not length:
            return
        body = stream.read(int(length[1]))
        ended = rspamc.is_readable(connection, step.wait_for_end)
        self.requests.append(Request(head, body, ended and connection.recv(1) == b""))
        connection.sendall(step.reply)
