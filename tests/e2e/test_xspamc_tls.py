"""xspamc -S: TLS with a server, which here answers from a script."""
import os
import shutil
import socket
import ssl
import subprocess
import time
import unittest

import support
from tell_servers import ScriptedServer

CLIENT = str(support.CHECKOUT / os.environ.get("XSPAMC_BINARY", "build/xspamc"))
SPAMC = shutil.which("spamc")
WHY_NO_SPAMC = "" if SPAMC else "spamc is not installed"
WHY_NO_OPENSSL = "" if shutil.which("openssl") else "openssl is not installed"

MAIL = b"From: Bob <bob@example.net>\nTo: joe@example.org\nSubject: Lunch\n\nAt noon?\n"
LARGE = MAIL + b"Bring bread, cheese and something to drink.\n" * 9_000
NO_CONFIG = ["-F", "/dev/null"]

SPAM = b"SPAMD/1.1 0 EX_OK\r\nContent-length: %d\r\nSpam: True ; 9.0 / 5.0\r\n\r\n"
RSPAMD = (b"RSPAMD/1.3 0 EX_OK\r\nMetric: default; True; 9.0 / 5.0 / 15.0\r\nAction: add header\r\nSymbol: WANT(9.00)\r\n"
          b"Message-ID: undef\r\n")


def answer(request):
    """As a server would; the message comes back as it was sent."""
    head, body = request
    if b" RSPAMC/" in head:
        return RSPAMD
    if head.startswith(b"PING"):
        return b"SPAMD/1.5 0 PONG\r\n"
    if head.startswith(b"TELL"):
        place = b"remote" if b"remote" in head else b"local"
        return b"SPAMD/1.1 0 EX_OK\r\n%s: %s\r\n\r\n" % (b"DidSet" if b"\r\nSet" in head else b"DidRemove", place)
    if head.startswith(b"CHECK"):
        return SPAM % 0
    return SPAM % len(body) + body


class TlsServer(ScriptedServer):
    """closes=False: the reply ends without a close_notify, as spamd's do. peers: the client's certificates."""

    def __init__(self, context, script=answer, closes=True, **more):
        super().__init__(script, **more)
        self.context = context
        self.closes = closes
        self.peers = []

    def _serve(self, connection):
        connection.settimeout(support.PATIENCE)
        try:
            with self.context.wrap_socket(connection, server_side=True) as secure:
                self.peers.append(secure.getpeercert(binary_form=True))
                said = self._answer(self._read(secure) if self._reads else None)
                if said is None:
                    return
                secure.sendall(said)
                if not self._reads:
                    self._over.wait(4 * support.PATIENCE)
                elif self.closes:
                    secure.unwrap()
                else:
                    secure.shutdown(socket.SHUT_WR)
                    while secure.recv(65536):
                        pass
        except OSError:
            pass  # a client that refuses us


@unittest.skipIf(WHY_NO_OPENSSL, WHY_NO_OPENSSL)
class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = support.Folder("xspamc-tls")
        cls.addClassCleanup(cls.folder.remove)
        for name in ("server", "other", "client"):
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                            "-nodes", "-days", "30", "-subj", f"/CN={name}.example.org", "-keyout", cls.path(f"{name}.key"),
                            "-out", cls.path(f"{name}.pem")], check=True, capture_output=True, timeout=support.PATIENCE)

    @classmethod
    def path(cls, name):
        return str(cls.folder / name)

    def context(self, version=None):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.path("server.pem"), self.path("server.key"))
        if version:
            context.minimum_version = context.maximum_version = version
        return context

    def server(self, *words, **more):
        server = TlsServer(self.context(), *words, **more)
        self.addCleanup(server.__exit__)
        return server.__enter__()

    def run_client(self, port, *words, content=MAIL, program=CLIENT):
        return subprocess.run([program, "-d", "127.0.0.1", "-p", str(port), *map(str, words)], input=content,
                              capture_output=True, timeout=4 * support.PATIENCE)

    def ask(self, port, *words, content=MAIL, program=CLIENT):
        return self.run_client(port, *NO_CONFIG, *words, content=content, program=program)

    def expect(self, done, status=0, output=None, trouble=b""):
        self.assertEqual(status, done.returncode, done.stderr.decode(errors="replace"))
        if output is not None:
            self.assertEqual(output, done.stdout)
        self.assertIn(trouble, done.stderr)


class Asking(Case):
    def test_every_request_with_and_without_a_close_notify(self):
        for closes in (True, False):
            server = self.server(closes=closes)
            for words, status, output in ((["-c"], 1, b"9.0/5.0\n"), ([], 0, MAIL), (["-E"], 1, MAIL),
                                          (["-R"], 0, b"9.0/5.0\n" + MAIL), (["-K"], 0, b"SPAMD/1.5 0\n"),
                                          (["-L", "spam"], 0, b"Message successfully un/learned\n"),
                                          (["-C", "report"], 0, b"Message successfully reported/revoked\n")):
                with self.subTest(closes=closes, words=words):
                    self.expect(self.ask(server.port, "-S", "-x", "-l", *words), status, output)

    def test_the_commands(self):
        server = self.server()
        self.expect(self.run_client(server.port, "-S", "learn-spam"), 0, trouble=b"")
        self.expect(self.run_client(server.port, "forget", "-S", "--ssl-ca-file", self.path("server.pem")))
        self.expect(self.run_client(server.port, "-S", "fuzzy-add", "-f", "denied"))
        self.expect(self.run_client(server.port, "-S", "fuzzy-del"))
        heads = [head for head, _ in server.requests]
        self.assertEqual([b"TELL"] * 4, [head[:4] for head in heads])
        done = self.run_client(server.port, "-S", "scan")
        self.expect(done)
        self.assertIn(b"Symbol: WANT (9.00)", done.stdout)
        done = self.ask(server.port, "-S", "--mime")
        self.expect(done)
        self.assertIn(b"X-Spam-Action: add header\n", done.stdout)

    def test_a_large_message_both_ways_in_either_version(self):
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            with TlsServer(self.context(version)) as server:
                self.expect(self.ask(server.port, "-S", "-x"), output=MAIL)
                self.expect(self.ask(server.port, "-S", "-x", content=LARGE), output=LARGE)
                self.assertEqual(LARGE, server.requests[-1][1])

    def test_over_a_unix_socket(self):
        path = self.path("tls.sock")
        with TlsServer(self.context(), path=path):
            done = subprocess.run([CLIENT, *NO_CONFIG, "-U", path, "-S", "-c"], input=MAIL, capture_output=True,
                                  timeout=4 * support.PATIENCE)
        self.expect(done, 1, b"9.0/5.0\n")

    def test_many_messages_over_several_connections(self):
        server = self.server()
        mail = b"".join(b"From bob@example.net Thu Jan  1 00:00:00 2026\n%sNumber %d\n\n" % (MAIL, number)
                        for number in range(50))
        self.expect(self.run_client(server.port, "-S", "learn-ham", "-c", 4, content=mail))
        self.assertEqual(50, len(server.requests))

    def test_an_answer_before_all_has_been_sent(self):
        server = self.server(lambda request: b"SPAMD/1.0 76 Bad header line\r\n", reads=False)
        began = time.monotonic()
        self.expect(self.ask(server.port, "-S", "-x", "-l", "-s", 100_000_000, "-t", 60,
                             content=MAIL + b"x" * 50_000_000), 74, b"")
        self.assertLess(time.monotonic() - began, support.PATIENCE)


class Certificates(Case):
    def test_the_chain_is_checked_where_an_authority_is_named(self):
        server = self.server()
        self.expect(self.ask(server.port, "-S", "-c", "--ssl-ca-file", self.path("server.pem")), 1, b"9.0/5.0\n")
        wrong = ["-S", "-l", "--ssl-ca-file", self.path("other.pem")]
        asked = len(server.requests)
        self.expect(self.ask(server.port, *wrong, "-x"), 69, b"", b"the server's certificate: self-signed certificate")
        self.expect(self.ask(server.port, *wrong, "-x", "-X"), 75, b"")
        self.expect(self.ask(server.port, *wrong), 0, MAIL)
        self.expect(self.ask(server.port, *wrong, "-c"), 0, b"0/0\n")
        where = wrong[:1] + wrong[2:]
        self.expect(self.run_client(server.port, *where, "learn-spam"), 69, None, b"the server's certificate")
        self.expect(self.run_client(server.port, *where, "scan"), 69, b"", b"the server's certificate")
        done = self.ask(server.port, *where, "--mime")
        self.expect(done, 0)
        self.assertIn(b"X-Spam-Error: no TLS with 127.0.0.1", done.stdout.replace(b"\n\t", b" "))
        self.assertTrue(done.stdout.endswith(b"\n\nAt noon?\n"))
        self.assertEqual(asked, len(server.requests))

    def test_a_folder_of_authorities(self):
        server = self.server()
        folders = {name: self.folder / f"authorities-{name}" for name in ("server", "other")}
        for name, folder in folders.items():
            folder.mkdir()
            hashed = subprocess.run(["openssl", "x509", "-noout", "-hash", "-in", self.path("server.pem")], check=True,
                                    capture_output=True, text=True, timeout=support.PATIENCE).stdout.strip()
            shutil.copy(self.path(f"{name}.pem"), folder / f"{hashed}.0")
        self.expect(self.ask(server.port, "-S", "-c", "--ssl-ca-path", folders["server"]), 1, b"9.0/5.0\n")
        self.expect(self.ask(server.port, "-S", "-c", "-x", "--ssl-ca-path", folders["other"]), 69)

    def test_a_certificate_of_the_client(self):
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            context = self.context(version)
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(self.path("client.pem"))
            with TlsServer(context) as server:
                own = ["--ssl-cert", self.path("client.pem"), "--ssl-key", self.path("client.key")]
                self.expect(self.ask(server.port, "-S", "-c", *own), 1, b"9.0/5.0\n")
                with open(self.path("client.pem"), encoding="ascii") as file:
                    self.assertEqual([ssl.PEM_cert_to_DER_cert(file.read())], server.peers)
                # In TLS 1.3 the refusal comes after the client's part of the handshake.
                done = self.ask(server.port, "-S", "-c", "-x")
                self.assertIn(done.returncode, (69, 74))
                self.assertEqual(1, len(server.requests))

    def test_files_of_no_use(self):
        port = support.free_port()
        for words in (["--ssl-ca-file", "/nonexistent"], ["--ssl-ca-file", self.path("server.key")],
                      ["--ssl-cert", "/nonexistent", "--ssl-key", self.path("client.key")],
                      ["--ssl-cert", self.path("client.pem"), "--ssl-key", self.path("other.key")]):
            with self.subTest(words=words):
                self.expect(self.ask(port, "-S", "-l", "-x", *words), 71, b"", b"--ssl-")
                self.expect(self.ask(port, "-S", "-l", *words), 0, MAIL, b"--ssl-")
                self.expect(self.run_client(port, "-S", *words, "learn-spam"), 69, None, b"--ssl-")


class Trouble(Case):
    def test_a_server_without_tls(self):
        with ScriptedServer(lambda request: b"SPAMD/1.0 76 Bad header line\r\n", reads=False) as server:
            self.expect(self.ask(server.port, "-S", "-l"), 0, MAIL, b"no TLS with 127.0.0.1")
            self.expect(self.ask(server.port, "-S", "-l", "-x"), 69, b"", b"wrong version number")
            self.expect(self.run_client(server.port, "-S", "scan"), 69, b"", b"no TLS with")
        with ScriptedServer(lambda request: None, reads=False) as server:
            self.expect(self.ask(server.port, "-S", "-l"), 0, MAIL, b"no TLS with 127.0.0.1")

    def test_a_server_of_tls_that_is_asked_without(self):
        self.expect(self.ask(self.server().port, "-t", 5), 0, MAIL)

    def test_a_server_that_is_silent_at_the_handshake(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            port = silent.getsockname()[1]
            for words, status in (([], 0), (["-x"], 69)):
                began = time.monotonic()
                self.expect(self.ask(port, "-S", "-l", "-t", 1, *words), status, b"" if words else MAIL,
                            b"no TLS handshake within the time limit")
                self.assertLess(time.monotonic() - began, support.PATIENCE)
            self.expect(self.run_client(port, "-S", "-t", 1, "learn-spam"), 69, None, b"within the time limit")

    def test_a_server_that_is_silent_behind_the_handshake(self):
        with TlsServer(self.context(), lambda request: b"", reads=False) as server:
            for content in (MAIL, LARGE):
                self.expect(self.ask(server.port, "-S", "-l", "-t", 1, "-x", content=content), 74, b"",
                            b"no answer within the time limit")

    def test_replies_that_are_cut_off(self):
        for closes in (True, False):
            for reply, status in ((b"", 74), (b"SPAMD/1.1 0 EX_OK\r\nSpam: Tr", 74), (SPAM % 9 + b"xx", 76)):
                with self.subTest(closes=closes, reply=reply):
                    with TlsServer(self.context(), lambda request, reply=reply: reply, closes) as server:
                        self.expect(self.ask(server.port, "-S", "-x"), status, b"")
                        self.expect(self.ask(server.port, "-S"), 0, MAIL)

    def test_a_server_that_hangs_up_while_it_is_sent_to(self):
        with TlsServer(self.context(), lambda request: None, reads=False) as server:
            self.expect(self.ask(server.port, "-S", "-l", "-x", content=LARGE), 74, b"")
            self.expect(self.ask(server.port, "-S", "-l", content=LARGE), 0, LARGE)

    def test_options_that_say_nothing(self):
        port = support.free_port()
        for words, why in ((["--ssl-ca-file", "x"], b"--ssl-ca-file says something only with -S"),
                           (["--ssl-ca-path", "x"], b"--ssl-ca-path says something only with -S"),
                           (["-S", "--ssl-cert", "x"], b"--ssl-cert and --ssl-key go together"),
                           (["-S", "--ssl-key", "x"], b"--ssl-cert and --ssl-key go together")):
            with self.subTest(words=words):
                self.expect(self.ask(port, *words), 64, b"", why)
                self.expect(self.run_client(port, *words, "learn-spam"), 64, b"", why)
                self.expect(self.run_client(port, *words, "scan"), 64, b"", why)


@unittest.skipIf(WHY_NO_SPAMC, WHY_NO_SPAMC)
class SideBySide(Case):
    """Both clients: the same status and the same bytes."""

    def test_what_both_understand(self):
        server = self.server()
        plain = ScriptedServer(lambda request: b"SPAMD/1.0 76 Bad header line\r\n", reads=False)
        self.addCleanup(plain.__exit__)
        plain.__enter__()
        right, wrong, none = ([f"--ssl-ca-file={self.path(name)}"] for name in ("server.pem", "other.pem", "none.pem"))
        for port, words in ((server.port, []), (server.port, right), (server.port, wrong), (server.port, none),
                            (plain.port, [])):
            for more in ([], ["-c"], ["-R"], ["-x"], ["-x", "-E"], ["-x", "-X"], ["-L", "spam"]):
                with self.subTest(words=words + more, plain=port == plain.port):
                    theirs, ours = (self.ask(port, "-S", *words, *more, program=program) for program in (SPAMC, CLIENT))
                    self.assertEqual((theirs.returncode, theirs.stdout), (ours.returncode, ours.stdout), ours.stderr)
