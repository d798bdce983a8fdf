"""What is over a limit of reading is not read: a symbol and the log say which, and the verdict comes all the same."""
import base64
import hashlib
import io
import zipfile

from cases import DaemonCase
from daemon import option
from rspamc import check_reply, request, talk

HEAD = b"From: a@sender.example\nTo: b@test.example\nSubject: s\nMIME-Version: 1.0\n"


def text(body, kind=b"text/plain"):
    return HEAD + b"Content-Type: " + kind + b"\n\n" + body


def multipart(count):
    return text(b"--x\n\npart\n" * count + b"--x--\n", b"multipart/mixed; boundary=x")


def nested(depth):
    inner = b"".join(b"--%d\nContent-Type: multipart/mixed; boundary=%d\n\n" % (i, i + 1) for i in range(depth))
    return text(inner + b"--%d\n\ndeep\n" % depth, b"multipart/mixed; boundary=0")


def archive(names, inner=b""):
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as made:
        for number in range(names):
            made.writestr(f"{number}.txt", "x")
        if inner:
            made.writestr("inner.zip", inner)
    encoded = base64.encodebytes(whole.getvalue())
    kind = b"application/zip; name=a.zip\nContent-Transfer-Encoding: base64"
    return whole.getvalue(), text(encoded, kind)


class Reading(DaemonCase):
    options = (option("limits.parts", 10) + option("limits.depth", 5) + option("limits.headers", 20) +
               option("limits.text", "10KiB") + option("limits.urls", 5) + option("limits.html_depth", 8) +
               option("limits.archive_files", 6) + option("limits.archive", "1KiB"))

    def judged(self, content):
        reply = check_reply(talk(self.daemon.address, request(content)))
        return {name for name in reply.symbols if name.startswith("LIMIT_")}

    def test_each_limit_has_its_symbol_and_only_messages_over_it_get_it(self):
        urls = [b"http://host%d.example/ " % number for number in range(6)]
        noise = b"".join(hashlib.sha256(b"%d" % number).digest() for number in range(150))
        big, _ = archive(1, noise)  # cannot be packed
        cases = {
            "LIMIT_PARTS": (multipart(9), multipart(11)),
            "LIMIT_DEPTH": (nested(4), nested(7)),
            "LIMIT_HEADERS": (b"A: b\n" * 10 + text(b""), b"A: b\n" * 20 + text(b"")),
            "LIMIT_TEXT": (text(b"word " * 2000), text(b"word " * 2100)),
            "LIMIT_URLS": (text(b"".join(urls[:5])), text(b"".join(urls))),
            "LIMIT_HTML_DEPTH": (text(b"<div>" * 5 + b"a", b"text/html"), text(b"<div>" * 20 + b"a", b"text/html")),
            "LIMIT_ARCHIVE": (archive(6)[1], archive(7)[1]),
        }
        for symbol, (within, over) in cases.items():
            with self.subTest(symbol):
                self.assertEqual(set(), self.judged(within))
                self.assertEqual({symbol}, self.judged(over))
                self.daemon.wait_for_log(symbol)
        with self.subTest("what is unpacked of archives within"):
            self.assertEqual({"LIMIT_ARCHIVE"}, self.judged(archive(1, big)[1]))
