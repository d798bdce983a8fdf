"""Name servers on loopback: unbound with zones of its own, and one that fails in every way a server can."""
import shutil
import socket
import struct
import subprocess
import threading
import time

import support

A, CNAME, TXT = 1, 5, 16
UNBOUND = shutil.which("unbound") or shutil.which("/usr/sbin/unbound")
WHY_NO_UNBOUND = "" if UNBOUND else "unbound is not installed"
LONGEST_STRING = 255  # RFC 1035 3.3


class Unbound:
    """`records` are lines of a zone file; what is not among them does not exist."""

    def __init__(self, records):
        self.folder = support.Folder("unbound")
        self.port = support.free_port()
        self.address = f"127.0.0.1:{self.port}"
        data = "".join(f"  local-data: '{record}'\n" for record in records)
        self.config = self.folder / "unbound.conf"
        self.config.write_text(f"""server:
  interface: 127.0.0.1@{self.port}
  do-daemonize: no
  username: ""
  chroot: ""
  directory: "{self.folder.path}"
  pidfile: ""
  use-syslog: no
  logfile: "{self.folder / 'log'}"
  local-zone: "." static
  local-zone: "127.in-addr.arpa." static
{data}remote-control:
  control-enable: no
""")
        self.process = None

    def start(self):
        self.process = subprocess.Popen([UNBOUND, "-c", str(self.config)], stdin=subprocess.DEVNULL)
        support.running.append(self)
        support.wait_until(self._listens, "unbound to listen")
        return self

    def _listens(self):
        if self.process.poll() is not None:
            raise AssertionError(f"unbound ended: {support.last_lines(self.folder / 'log')}")
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def log_text(self):
        return support.last_lines(self.folder / "log")

    def stop(self):
        self.process.terminate()
        self.process.wait()
        if self in support.running:
            support.running.remove(self)
        self.folder.remove()


def labels(name):
    return b"".join(bytes([len(label)]) + label for label in name.encode().split(b".") if label) + b"\0"


def record(name, kind, data, ttl=0):
    return labels(name) + struct.pack("!HHIH", kind, 1, ttl, len(data)) + data


def text_data(text):
    pieces = [text[i:i + LONGEST_STRING] for i in range(0, len(text), LONGEST_STRING)]
    return b"".join(bytes([len(piece)]) + piece for piece in pieces)


def same_port_twice():
    """A UDP and a TCP socket bound to one port: what is free for one may be taken for the other."""
    for _ in range(100):
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.bind(("127.0.0.1", 0))
        port = udp.getsockname()[1]
        tcp = socket.socket()
        tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tcp.bind(("127.0.0.1", port))
        except OSError:
            udp.close()
            tcp.close()
            continue
        return udp, tcp, port
    raise OSError("no port is free for both UDP and TCP")


class FaultyServer:
    """The first label of a name says how the answer goes wrong; the right one is always the TXT record `text`."""

    def __init__(self, text=b"v=spf1 ip4:192.0.2.0/24 -all"):
        self.text = text
        self.asked = []
        self._udp, self._tcp, port = same_port_twice()
        self._tcp.listen()
        self.address = f"127.0.0.1:{port}"
        self._stopping = False

    def start(self):
        for serve in (self._serve_udp, self._serve_tcp):
            threading.Thread(target=serve, daemon=True).start()
        return self

    def stop(self):
        self._stopping = True
        for listener in (self._udp, self._tcp):
            try:
                listener.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            listener.close()

    def _serve_udp(self):
        while not self._stopping:
            try:
                question, client = self._udp.recvfrom(4096)
            except OSError:
                return
            if self._stopping or len(question) < 12:
                continue
            for answer in self._answers(question, over_tcp=False):
                self._udp.sendto(answer, client)

    def _serve_tcp(self):
        while not self._stopping:
            try:
                connection, _ = self._tcp.accept()
            except OSError:
                return
            threading.Thread(target=self._serve_connection, args=(connection,), daemon=True).start()

    def _serve_connection(self, connection):
        with connection:
            while True:
                head = connection.recv(2)
                if len(head) < 2:
                    return
                question = connection.recv(struct.unpack("!H", head)[0])
                for answer in self._answers(question, over_tcp=True):
                    connection.sendall(struct.pack("!H", len(answer)) + answer)

    def _answers(self, question, over_tcp):
        """The datagrams that come back, in their order."""
        end = question.index(b"\0", 12) + 5
        asked = question[12:end]
        name = b".".join(split_labels(asked)).decode()
        kind = struct.unpack("!H", asked[-4:-2])[0]
        fault = name.lower().partition(".")[0]
        self.asked.append((name, kind, over_tcp))

        def reply(records=(), rcode=0, flags=0x8180, ident=question[:2], echoed=asked):
            counts = struct.pack("!HHHHH", flags | rcode, 1, len(records), 0, 0)
            return ident + counts + echoed + b"".join(records)

        right = record(name, TXT, text_data(self.text)) if kind == TXT else None
        good = reply([right] if right else [])
        wrong_id = bytes([question[0] ^ 1, question[1]])
        wrong_case = bytes(byte ^ 0x20 if chr(byte).isalpha() else byte for byte in asked[:-4]) + asked[-4:]
        match fault:
            case "silence":
                return []
            case "servfail":
                return [reply(rcode=2)]
            case "refused":
                return [reply(rcode=5)]
            case "truncated":
                return [good] if over_tcp else [reply(flags=0x8380)]
            case "large":
                whole = reply([record(name, TXT, text_data(self.text + b" " * 60_000))])
                return [whole] if over_tcp else [reply(flags=0x8380)]
            case "wrongid":
                return [reply([record(name, TXT, text_data(b"v=spf1 +all"))], ident=wrong_id), good]
            case "wrongcase":
                return [reply([record(name, TXT, text_data(b"v=spf1 +all"))], echoed=wrong_case), good]
            case "onlylies":
                return [reply([record(name, TXT, text_data(b"v=spf1 +all"))], ident=wrong_id)]
            case "garbage":
                return [b"\xff" * 40, question[:5], b"", good]
            case "broken":
                return [good[:-20]]
            case "chain":
                links = [record(f"l{i}.example", CNAME, labels(f"l{i + 1}.example")) for i in range(1000)]
                return [reply([record(name, CNAME, labels("l0.example")), *links])] if over_tcp else [reply(flags=0x8380)]
            case "loop":
                return [reply([record(name, CNAME, labels(name))])]
            case "late":
                time.sleep(0.9)
        return [good]


def split_labels(encoded):
    found = []
    at = 0
    while encoded[at]:
        found.append(encoded[at + 1:at + 1 + encoded[at]])
        at += 1 + encoded[at]
    return found
