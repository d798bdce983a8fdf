"""A DNS server on loopback that plays DNS lists, writes down what it is asked, and misbehaves where it is told to."""
import heapq
import socket
import struct
import threading
import time

from name_server import A, TXT, record, split_labels, text_data

RCODES = {"servfail": 2, "refused": 5}


class ListServer:
    """Names are lower case. `entries`: name -> addresses ("*.zone" for all that stands below), `texts`: name -> TXT,
    `faults`: zone -> silence, servfail, refused, garbage or wrongid. What is not among them does not exist.
    """

    def __init__(self, entries=(), texts=(), faults=(), delay=0.0):
        self.entries = dict(entries)
        self.texts = dict(texts)
        self.faults = dict(faults)
        self.delay = delay
        self.asked = []  # names, in the order of their arrival
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        self._socket.bind(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self._socket.getsockname()[1]
        self._stopping = False
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def start(self):
        self._thread.start()
        return self

    def stop(self):
        self._stopping = True
        self._thread.join()
        self._socket.close()

    def asked_below(self, *zones):
        return [name for name in list(self.asked) if name.endswith(tuple("." + zone for zone in zones))]

    def _serve(self):
        late, number = [], 0  # answers that wait for their time
        while not self._stopping:
            now = time.monotonic()
            while late and late[0][0] <= now:
                _, _, answer, client = heapq.heappop(late)
                self._socket.sendto(answer, client)
            self._socket.settimeout(max(0.001, min(0.05, late[0][0] - now)) if late else 0.05)
            try:
                question, client = self._socket.recvfrom(4096)
            except TimeoutError:
                continue
            if len(question) < 12:
                continue
            for answer in self._answers(question):
                number += 1
                heapq.heappush(late, (time.monotonic() + self.delay, number, answer, client))

    def _answers(self, question):
        end = question.index(b"\0", 12) + 5
        asked = question[12:end]
        kind = struct.unpack("!H", asked[-4:-2])[0]
        spelling = b".".join(split_labels(asked)).decode()
        name = spelling.lower()
        self.asked.append(name)
        fault = next((fault for zone, fault in self.faults.items() if name.endswith("." + zone)), None)
        if fault == "silence":
            return []
        if fault in RCODES:
            return [reply(question, asked, rcode=RCODES[fault])]
        records = self._records(name, spelling, kind)
        good = reply(question, asked, records or (), rcode=3 if records is None else 0)
        if fault == "wrongid":
            return [bytes([good[0] ^ 1]) + good[1:]]
        return [b"\xff" * 40, good[:11], b""] if fault == "garbage" else [good]

    def _records(self, name, spelling, kind):
        """None when there is no such name."""
        if name in self.texts:
            return [record(spelling, TXT, text_data(self.texts[name].encode()))] if kind == TXT else []
        addresses = self.entries.get(name) or self.entries.get("*." + name.partition(".")[2])
        if addresses is None:
            return None
        return [record(spelling, A, socket.inet_aton(each)) for each in addresses] if kind == A else []


def reply(question, asked, records=(), rcode=0):
    return question[:2] + struct.pack("!HHHHH", 0x8180 | rcode, 1, len(records), 0, 0) + asked + b"".join(records)


def reversed_name(address, zone):
    """The name under which a list is asked about an IPv4 address (RFC 5782 2.1)."""
    return ".".join([*reversed(address.split(".")), zone])
