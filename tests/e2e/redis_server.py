"""Redis servers on loopback: one, a master with replica and sentinel, or a cluster; ended by their own process."""
import shutil
import signal
import socket
import subprocess
import time

import support

PROGRAM = shutil.which("redis-server")


def is_there():
    return PROGRAM is not None


def free_port():
    # A node of a cluster listens on its port and on that plus 10000.
    while True:
        with socket.socket() as one, socket.socket() as other:
            one.bind(("127.0.0.1", 0))
            port = one.getsockname()[1]
            if port > 50000:
                continue
            try:
                other.bind(("127.0.0.1", port + 10000))
            except OSError:
                continue
            return port


class RedisServer:
    def __init__(self, *words, port=None, sentinel=None):
        self.port = port or free_port()
        self.folder = support.Folder("redis")
        self.words = list(words)
        self.sentinel = sentinel
        self.process = None

    def start(self):
        base = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder.path)]
        if self.sentinel:
            file = self.folder / "sentinel.conf"
            if not file.exists():
                file.write_text(self.sentinel)
            command = [PROGRAM, str(file), *base, "--sentinel"]
        else:
            command = [PROGRAM, *base, "--save", "", "--appendonly", "no", *self.words]
        log = open(self.folder / "log", "ab")
        self.process = subprocess.Popen(command, stdout=log, stderr=log)
        log.close()
        support.wait_until(lambda: self.answers(), "redis to answer")
        return self

    def ask(self, *words):
        """One command, the reply's bytes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=support.PATIENCE) as connection:
            parts = [word.encode() if isinstance(word, str) else word for word in words]
            connection.sendall(b"*%d\r\n" % len(parts) +
                               b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts))
            return connection.recv(65536)

    def answers(self):
        try:
            return self.ask("PING")[:1] in (b"+", b"-")
        except OSError:
            return False

    def kill(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def hold(self):
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)

    def remove(self):
        if self.process:
            self.go_on()
        self.kill()
        self.folder.remove()


def cluster(nodes):
    """Three running nodes of --cluster-enabled, each with a third of the slots."""
    for index, node in enumerate(nodes):
        first, last = index * 16384 // len(nodes), (index + 1) * 16384 // len(nodes) - 1
        node.ask("CLUSTER", "ADDSLOTSRANGE", str(first), str(last))
        node.ask("CLUSTER", "SET-CONFIG-EPOCH", str(index + 1))
    for node in nodes[1:]:
        node.ask("CLUSTER", "MEET", "127.0.0.1", str(nodes[0].port))
    end = time.monotonic() + support.PATIENCE
    while not all(b"cluster_state:ok" in node.ask("CLUSTER", "INFO") and
                  b"cluster_known_nodes:%d" % len(nodes) in node.ask("CLUSTER", "INFO") for node in nodes):
        if time.monotonic() > end:
            raise AssertionError("the cluster does not come together")
        time.sleep(0.1)
