"""A DNS server on loopback that knows nothing, so that no test asks a real one and none waits for one.

It answers every question with NXDOMAIN at once, or, to be DNS that is down, with nothing at all.
"""
import socket
import threading


class Resolver:
    def __init__(self, silent=False):
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._silent = silent
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self.address = "127.0.0.1:%d" % self._socket.getsockname()[1]

    def start(self):
        self._thread.start()
        return self

    def stop(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", self._socket.getsockname())
        self._thread.join()
        self._socket.close()

    def _serve(self):
        while True:
            question, client = self._socket.recvfrom(4096)
            if not question:
                return
            if not self._silent and len(question) >= 12:
                self._socket.sendto(nxdomain(question), client)


def nxdomain(query):
    """RFC 1035 4.1.1: the same id and question, QR and RA set, RD kept, RCODE 3, no records."""
    end = 12
    while end < len(query) and query[end]:
        end += query[end] + 1
    flags = bytes([0x80 | (query[2] & 0x01), 0x80 | 3])
    counts = b"\0\1" + b"\0\0" * 3
    return query[:2] + flags + counts + query[12:end + 5]
