"""Listeners that speak TLS, to Python's own client and to the real spamc -S."""
import os
import shutil
import signal
import socket
import ssl
import subprocess
import threading
import unittest

import support
from daemon import Daemon, option, run_to_end, own_user
from rspamc import check_reply, message, request

SPAMC = shutil.which("spamc")


def make_certificate(folder, name):
    key, certificate = folder / f"{name}.key", folder / f"{name}.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-keyout", str(key), "-out", str(certificate), "-days", "2", "-subj", f"/CN={name}.test"],
                   check=True, capture_output=True)
    for file in (key, certificate):
        os.chmod(file, 0o644)
    return certificate, key


@unittest.skipUnless(shutil.which("openssl"), "openssl is not installed")
class TlsCase(unittest.TestCase):
    def setUp(self):
        self.folder = support.Folder("tls")
        self.addCleanup(self.folder.remove)
        os.chmod(self.folder.path, 0o755)
        self.certificate, self.key = make_certificate(self.folder, "one")

    def start(self, *options):
        plain, self.port = support.free_port(), support.free_port()
        daemon = Daemon(port=plain, options=[
            *option("server.listen", [f"127.0.0.1:{plain}", f"tls:127.0.0.1:{self.port}"]),
            *option("server.tls_certificate", str(self.certificate)), *option("server.tls_key", str(self.key)),
            *options])
        self.addCleanup(daemon.stop)
        return daemon.start()

    def connect(self):
        context = ssl.create_default_context(cafile=str(self.certificate))
        context.check_hostname = False
        bare = socket.create_connection(("127.0.0.1", self.port), timeout=support.PATIENCE)
        return context.wrap_socket(bare)

    def talk(self, content, pieces=None):
        with self.connect() as connection:
            for at in range(0, len(content), pieces or len(content)):
                connection.sendall(content[at:at + (pieces or len(content))])
            reply = b""
            while piece := connection.recv(65536):
                reply += piece
        return reply

    def spamc(self, *words, content):
        done = subprocess.run([SPAMC, "-d", "127.0.0.1", "-p", str(self.port), "-S", *words], input=content,
                              capture_output=True, timeout=support.PATIENCE)
        return done.returncode, done.stdout


class Listening(TlsCase):
    def test_every_dialect_is_answered(self):
        self.start()
        for want in ("no action", "add header", "reject"):
            self.assertEqual(want, check_reply(self.talk(request(message(want)))).action)
        self.assertEqual(b"SPAMD/1.5 0 PONG\r\n", self.talk(b"PING SPAMC/1.5\r\n\r\n"))

    def test_in_pieces_and_large(self):
        self.start()
        self.assertEqual("no action", check_reply(self.talk(request(message()), pieces=7)).action)
        large = message() + b"line of a large message\r\n" * 200_000
        self.assertEqual("no action", check_reply(self.talk(request(large))).action)
        head = b"PROCESS SPAMC/1.5\r\nContent-length: %d\r\n\r\n" % len(large)
        self.assertTrue(self.talk(head + large).endswith(large[-100_000:]))

    @unittest.skipUnless(SPAMC, "spamc is not installed")
    def test_spamc(self):
        self.start()
        self.assertEqual(1, self.spamc("-c", content=message("reject"))[0])
        self.assertEqual(0, self.spamc("-c", content=message())[0])
        status, marked = self.spamc(content=message())
        self.assertEqual((0, True), (status, b"X-Spam-Status: No" in marked))
        self.assertEqual((0, b"Message successfully un/learned\n"), self.spamc("-L", "spam", content=message("reject")))

    def test_who_speaks_none_gets_nothing_and_others_are_served(self):
        daemon = self.start()
        for first in (b"CHECK SPAMC/1.2\r\n\r\n", b"\x16\x03\x01\x02\x00" + b"\xff" * 600, b"\x00" * 70_000):
            with socket.create_connection(("127.0.0.1", self.port), timeout=support.PATIENCE) as connection:
                try:
                    connection.sendall(first)
                    connection.shutdown(socket.SHUT_WR)
                    reply = connection.recv(65536)
                except ConnectionError:
                    reply = b""
            self.assertNotIn(b"SPAMD", reply)
        with socket.create_connection(("127.0.0.1", self.port)) as silent, self.connect() as handshaken:
            self.assertEqual("reject", check_reply(self.talk(request(message("reject")))).action)
        self.assertEqual("no action", check_reply(self.talk(request(message()))).action)
        self.assertEqual(0, daemon.stop())

    def test_who_falls_silent_is_let_go(self):
        self.start(*option("limits.idle", "1s"))
        bare = socket.create_connection(("127.0.0.1", self.port), timeout=support.PATIENCE)
        half = socket.create_connection(("127.0.0.1", self.port), timeout=support.PATIENCE)
        half.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")  # a ClientHello begins
        with self.connect() as spoken, bare, half:
            spoken.sendall(request(message())[:100])
            for connection in (bare, half, spoken):
                try:
                    while connection.recv(65536):
                        pass
                except ConnectionError:
                    pass

    def test_many_at_once(self):
        self.start()
        failed = []

        def ask():
            try:
                check_reply(self.talk(request(message())))
            except Exception as error:  # told below
                failed.append(error)

        threads = [threading.Thread(target=ask) for _ in range(50)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual([], failed)

    def test_a_reload_brings_the_new_certificate(self):
        daemon = self.start()
        self.talk(b"PING SPAMC/1.5\r\n\r\n")
        other, key = make_certificate(self.folder, "two")
        shutil.copyfile(other, self.certificate)
        shutil.copyfile(key, self.key)
        with self.assertRaises(ssl.SSLCertVerificationError):
            self.talk(b"PING SPAMC/1.5\r\n\r\n")
        daemon.process.send_signal(signal.SIGHUP)
        support.wait_until(self.is_answered, "the new certificate")
        self.key.write_text("no key")
        daemon.process.send_signal(signal.SIGHUP)
        support.wait_until(lambda: "certificate in force stays" in daemon.log_text(), "the warning")
        self.assertTrue(self.is_answered())

    def is_answered(self):
        try:
            return self.talk(b"PING SPAMC/1.5\r\n\r\n") == b"SPAMD/1.5 0 PONG\r\n"
        except ssl.SSLError:
            return False


class Mistakes(TlsCase):
    def refused(self, *options):
        done = run_to_end([*own_user(), *option("server.listen", ["tls:127.0.0.1:1"]), *options])
        self.assertEqual(78, done.returncode, done.stdout)
        return done.stdout

    def test_are_told_at_the_start(self):
        self.assertIn("needs a certificate, server.tls_certificate", self.refused())
        missing = option("server.tls_certificate", "/none.pem")
        self.assertIn("server.tls_certificate: /none.pem: ", self.refused(*missing))
        _, other = make_certificate(self.folder, "other")
        mixed = option("server.tls_certificate", str(self.certificate)) + option("server.tls_key", str(other))
        self.assertIn(f"server.tls_key: {other}: ", self.refused(*mixed))


if __name__ == "__main__":
    unittest.main()
