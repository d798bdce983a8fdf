"""Keys and signatures: what keygen and sign print, read by dkimpy and by a scan of our own, and the reverse."""
import base64
import re
import subprocess
import unittest

import support
from daemon import option
from name_server import WHY_NO_UNBOUND, Unbound

try:
    import authres  # noqa: F401, with which dkimpy seals
    import dkim
    import nacl.signing  # noqa: F401, with which dkimpy makes and verifies Ed25519 signatures
    WHY_NO_DKIMPY = ""
except ImportError as missing:
    WHY_NO_DKIMPY = f"{missing.name} is not installed (python3-dkim, python3-nacl, python3-authres)"

FINE, PROBLEM, USAGE, BAD_CONFIGURATION = 0, 1, 64, 78
DOMAIN = "signed.example"
SELECTORS = {"rsa": "r1", "ed25519": "e1"}

MESSAGES = {
    "plain": b"From: Ann <ann@signed.example>\nTo: bob@example.net\nSubject: hello\nDate: Mon, 02 Nov 2026 10:00:00 "
             b"+0000\nMessage-ID: <1@signed.example>\n\nfirst\nsecond\n",
    "no body": b"From: ann@signed.example\n\n",
    "odd header": b"FROM:\tann@signed.example \nSubject:\n folded\n\t  and  folded   again \nTo:\nTo: a, \n b\n"
                  b"X-Other: \xc3\xa4\xc3\xb6\n\nbody  with \t blanks \t\n\nand lines at its end\n\n\n\n",
    "from a subdomain": b"From: ann@news.signed.example\nList-Id: <news>\nSubject: a\n\n.\n..\nFrom here on\n",
}


def crlf(content):
    return content.replace(b"\n", b"\r\n")


def run(*words, content=b"", status=FINE):
    """The standard output of the program, as bytes, and what it says beside it."""
    done = subprocess.run([str(support.BINARY), *map(str, words)], input=content, capture_output=True,
                          timeout=support.PATIENCE)
    if done.returncode != status:
        raise AssertionError(f"status {done.returncode}, not {status}: {words}\n{done.stdout}\n{done.stderr}")
    return done.stdout, done.stderr.decode()


def strings_of(line):
    return re.findall(r'"([^"]*)"', line)


class Site(unittest.TestCase):
    """A folder with a key of each kind, their records, and a configuration that signs with both."""

    @classmethod
    def setUpClass(cls):
        cls.folder = support.Folder("signing")
        cls.addClassCleanup(cls.folder.remove)
        cls.records, cls.lines, sections = {}, [], []
        for kind, selector in SELECTORS.items():
            record, told = run("keygen", "-d", DOMAIN, "-s", selector, "-t", kind, "-k", cls.folder / f"{kind}.pem")
            line = record.decode()
            cls.records[f"{selector}._domainkey.{DOMAIN}"] = "".join(strings_of(line))
            cls.lines.append(f"{selector}._domainkey.{DOMAIN}. TXT " + " ".join(f'"{s}"' for s in strings_of(line)))
            sections.append(told[told.index("["):])
        cls.config = cls.folder / "xspamd.toml"
        cls.config.write_text('[server]\nhostname = "mx.example.net"\n\n' + "\n".join(sections))
        cls.words = ["--config", cls.config]

    def sign(self, content, *words, **others):
        return run("sign", *words, *self.words, content=content, **others)[0]

    def dns(self, name, timeout=5):
        return self.records.get(name.decode().rstrip("."), "").encode()


class Keygen(Site):
    def test_the_record_is_a_line_of_a_zone_with_short_strings(self):
        for kind, selector in SELECTORS.items():
            record = run("keygen", "-d", DOMAIN, "-s", selector, "-t", kind)[0].decode()
            line = record.partition("-----END PRIVATE KEY-----\n")[2]  # the key may hold any letters
            self.assertTrue(line.startswith(f'{selector}._domainkey IN TXT ( "v=DKIM1; k={kind}; "\n\t"p='), line)
            self.assertTrue(line.endswith('" ) ;\n'), line)
            self.assertLessEqual(max(map(len, strings_of(line))), 255)
            self.assertIn("-----BEGIN PRIVATE KEY-----", record)

    def test_plain_is_the_text_alone(self):
        record = run("keygen", "-d", DOMAIN, "-s", "x", "-t", "ed25519", "-o", "plain", "-k", self.folder / "x.pem")[0]
        self.assertRegex(record.decode(), r"^v=DKIM1; k=ed25519; p=[A-Za-z0-9+/]{43}=\n$")

    def test_the_key_is_its_owners_and_is_not_overwritten(self):
        path = self.folder / "rsa.pem"
        self.assertEqual(0o600, path.stat().st_mode & 0o777)
        before = path.read_bytes()
        _, told = run("keygen", "-d", DOMAIN, "-s", "r1", "-k", path, status=PROBLEM)
        self.assertIn(f"{path} is there already", told)
        self.assertEqual(before, path.read_bytes())
        _, told = run("keygen", "-d", DOMAIN, "-s", "r1", "-k", self.folder / "no/such", status=PROBLEM)
        self.assertIn("No such file or directory", told)

    def test_bits(self):
        for bits, digits in ((1024, 216), (4096, 736)):
            record = run("keygen", "-d", DOMAIN, "-s", "r", "-b", bits, "-o", "plain")[0].decode().splitlines()[-1]
            self.assertEqual(digits, len(record.partition("p=")[2]))

    def test_wrong_usage(self):
        sound = ["-d", DOMAIN, "-s", "r1"]
        for words in ([], sound[:2], sound[2:], ["-d", "x", "-s", "r1"], ["-d", DOMAIN, "-s", "a b"],
                      [*sound, "-t", "dsa"], [*sound, "-o", "bind"], [*sound, "-b", "512"], [*sound, "-b", "8192"],
                      [*sound, "-b", "many"], [*sound, "-t", "ed25519", "-b", "2048"], [*sound, "more"]):
            with self.subTest(words):
                run("keygen", *words, status=USAGE)


class Sign(Site):
    def test_the_fields_stand_in_front_of_a_message_that_stays_as_it_was(self):
        for name, content in MESSAGES.items():
            for spelling in (content, crlf(content)):
                with self.subTest(name, crlf=spelling is not content):
                    signed = self.sign(spelling)
                    self.assertTrue(signed.endswith(spelling))
                    fields = signed[:-len(spelling)]
                    self.assertEqual(2, fields.count(b"DKIM-Signature: "))
                    self.assertEqual(b"\r\n" in spelling, b"\r\n" in fields)
                    self.assertEqual(fields.count(b"\n"), fields.count(b"\r\n") or fields.count(b"\n"))

    def test_fields_prints_them_alone_and_a_file_is_read_as_standard_input_is(self):
        path = self.folder / "message.eml"
        path.write_bytes(MESSAGES["plain"])
        fields = run("sign", path, "--fields", "--domain", DOMAIN, *self.words)[0]
        self.assertTrue(fields.startswith(b"DKIM-Signature: v=1; a=ed25519-sha256; "))
        self.assertNotIn(b"Subject", fields)
        for words in ([], ["-"]):
            self.assertEqual(2, self.sign(MESSAGES["plain"], "--fields", *words).count(b"DKIM-Signature"))

    def test_an_mbox_line_stays_in_front(self):
        mbox = b"From ann@signed.example Mon Nov  2 10:00:00 2026\n"
        signed = self.sign(mbox + MESSAGES["plain"])
        self.assertTrue(signed.startswith(mbox + b"DKIM-Signature: "))
        self.assertTrue(signed.endswith(MESSAGES["plain"]))

    def test_who_does_not_fit_is_told(self):
        foreign = MESSAGES["plain"].replace(DOMAIN.encode(), b"other.example")
        _, told = run("sign", *self.words, content=foreign, status=PROBLEM)
        self.assertIn(f'nothing signs for "other.example" (From): the domains of [signing] are {DOMAIN}', told)
        _, told = run("sign", "--domain", "other.example", *self.words, content=MESSAGES["plain"], status=PROBLEM)
        self.assertIn("as other.example", told)
        _, told = run("sign", "--config", self.folder / "empty.toml", content=foreign, status=BAD_CONFIGURATION)
        (self.folder / "empty.toml").write_text("")
        _, told = run("sign", "--config", self.folder / "empty.toml", content=foreign, status=PROBLEM)
        self.assertIn("no [signing.NAME] is configured", told)
        for content in (b"Subject: x\n\nbody\n", b""):
            self.assertIn("no From field", run("sign", *self.words, content=content, status=PROBLEM)[1])

    def test_a_key_of_the_command_line_signs_without_a_configuration(self):
        words = ["--key", self.folder / "rsa.pem", "--selector", "r1", "--domain", "given.example"]
        fields = run("sign", "--fields", *words, "--config", "/no/such/file", content=MESSAGES["plain"])[0]
        self.assertIn(b"d=given.example; s=r1;", fields)
        for wrong in (words[:2], words[:4], words[2:4], ["--key", "/no/such/key", *words[2:]], [*words, "a", "b"]):
            with self.subTest(wrong):
                run("sign", *wrong, content=MESSAGES["plain"], status=USAGE)

    def test_a_wrong_section_is_told_with_file_line_and_key(self):
        path = self.folder / "wrong.toml"
        path.write_text('[signing.x]\nkey = "none.pem"\nselector = "r1"\ndomains = ["signed.example"]\n')
        told = run("check-config", "--config", path, status=BAD_CONFIGURATION)[1]
        self.assertIn(f"{path}:2:1: signing.x.key: {self.folder / 'none.pem'}: cannot be read: No such file", told)


@unittest.skipIf(WHY_NO_DKIMPY, WHY_NO_DKIMPY)
class AsOthersSeeIt(Site):
    def verdicts(self, message):
        """What dkimpy finds of each signature, from the top."""
        count = message.count(b"DKIM-Signature: ")
        return [dkim.DKIM(message).verify(idx=i, dnsfunc=self.dns) for i in range(count)]

    def test_dkimpy_verifies_what_we_sign(self):
        for name, content in MESSAGES.items():
            for spelling in (content, crlf(content)):
                with self.subTest(name, crlf=spelling is not content):
                    self.assertEqual([True, True], self.verdicts(crlf(self.sign(spelling).replace(b"\r\n", b"\n"))))

    def test_dkimpy_refuses_what_was_changed_or_added(self):
        signed = crlf(self.sign(MESSAGES["plain"]))
        for changed in (signed.replace(b"hello", b"hallo"), signed + b"more\r\n",
                        signed.replace(b"\r\n\r\n", b"\r\nSubject: again\r\n\r\n")):
            self.assertEqual([False, False], [self._verdict(changed, i) for i in range(2)])

    def _verdict(self, message, place):
        try:
            return dkim.DKIM(message).verify(idx=place, dnsfunc=self.dns)
        except dkim.DKIMException:
            return False


@unittest.skipIf(WHY_NO_UNBOUND, WHY_NO_UNBOUND)
class AsWeSeeIt(Site):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        names = Unbound([*cls.lines, f'{DOMAIN}. TXT "v=spf1 ip4:192.0.2.0/24 -all"',
                         f'_dmarc.{DOMAIN}. TXT "v=DMARC1; p=reject"']).start()
        cls.addClassCleanup(names.stop)
        cls.words += [*option("dns.servers", [names.address]), "-o", "signing.signed-example-r1.arc=true"]
        cls.sender = ["--ip", "192.0.2.1", "--from", f"ann@{DOMAIN}", "--helo", f"mail.{DOMAIN}"]

    def symbols(self, content):
        text = run("scan", "-", *self.sender, *self.words, content=content)[0].decode()
        return {name: options for name, options in re.findall(r"(?m)^ +-?[\d.]+ ([A-Z_0-9]+)(?:\[(.*?)\])? ", text)}

    def test_a_scan_allows_what_we_sign(self):
        for name, content in MESSAGES.items():
            for spelling in (content, crlf(content)):
                with self.subTest(name, crlf=spelling is not content):
                    found = self.symbols(self.sign(spelling))
                    self.assertIn(f"{DOMAIN}:s=r1", found["R_DKIM_ALLOW"])
                    self.assertIn(f"{DOMAIN}:s=e1", found["R_DKIM_ALLOW"])
                    self.assertNotIn("R_DKIM_REJECT", found)
                    self.assertIn("DMARC_POLICY_ALLOW", found)

    def test_a_scan_rejects_a_second_from_or_subject(self):
        signed = self.sign(MESSAGES["plain"])
        for added in (b"From: eve@evil.example\n", b"Subject: another\n"):
            self.assertIn("R_DKIM_REJECT", self.symbols(added + signed))

    def test_chains_of_our_own_are_allowed_hop_by_hop(self):
        message = MESSAGES["plain"]
        for hop in range(1, 6):
            message = self.sign(message, "--arc", "--domain", DOMAIN, *self.sender)
            self.assertEqual(f"{DOMAIN}:s=r1:i={hop}", self.symbols(message)["ARC_ALLOW"])
        self.assertIn("cv=pass", message.decode())
        self.assertIn(b"ARC-Authentication-Results: i=1; mx.example.net;", message)
        self.assertIn("ARC_REJECT", self.symbols(message.replace(b"hello", b"hallo")))

    def test_the_results_that_are_sealed_are_those_of_the_checks(self):
        fields = self.sign(MESSAGES["plain"], "--arc", "--fields", *self.sender).decode()
        results = fields[fields.index("ARC-Authentication-Results"):fields.index("\nDKIM-Signature")]
        for part in ("spf=pass", "dkim=none", "dmarc=pass", "arc=none"):
            self.assertIn(part, results)

    def test_mail_of_others_is_sealed_and_not_signed(self):
        foreign = MESSAGES["plain"].replace(DOMAIN.encode(), b"other.example")
        sealed = self.sign(foreign, "--arc", *self.sender)
        self.assertNotIn(b"\nDKIM-Signature", sealed)
        self.assertIn("ARC_ALLOW", self.symbols(sealed))

    def test_a_broken_chain_is_sealed_once_more_and_then_no_more(self):
        sealed = self.sign(MESSAGES["plain"], "--arc", *self.sender)
        broken = sealed.replace(b"hello", b"hallo")
        again = self.sign(broken, "--arc", *self.sender)
        self.assertRegex(again.decode(), r"ARC-Seal: i=2; a=rsa-sha256; cv=fail;")
        told = run("sign", "--arc", *self.sender, *self.words, content=again, status=PROBLEM)[1]
        self.assertIn("such a chain is at its end", told)

    def test_what_cannot_be_known_is_not_sealed(self):
        sealed = self.sign(MESSAGES["plain"], "--arc", *self.sender)
        told = run("sign", "--arc", "--local", *self.sender, *self.words, content=sealed, status=PROBLEM)[1]
        self.assertIn("the ARC chain could not be checked", told)
        told = run("sign", "--arc", "--ip", "127.0.0.1", *self.words, content=sealed, status=PROBLEM)[1]
        self.assertIn("the ARC chain was not checked", told)
        told = run("sign", "--arc", *self.sender, *self.words[:2], content=MESSAGES["plain"], status=PROBLEM)[1]
        self.assertIn("nothing seals", told)

    @unittest.skipIf(WHY_NO_DKIMPY, WHY_NO_DKIMPY)
    def test_a_scan_allows_what_dkimpy_signs(self):
        keys = {kind: (self.folder / f"{kind}.pem").read_bytes() for kind in SELECTORS}
        keys["ed25519"] = self.raw_ed25519()
        for kind, selector in SELECTORS.items():
            for forms in ((b"relaxed", b"relaxed"), (b"simple", b"simple"), (b"relaxed", b"simple")):
                with self.subTest(kind, forms=forms):
                    content = crlf(MESSAGES["odd header"])
                    field = dkim.sign(content, selector.encode(), DOMAIN.encode(), keys[kind], canonicalize=forms,
                                      signature_algorithm=f"{kind}-sha256".encode())
                    self.assertEqual(f"{DOMAIN}:s={selector}", self.symbols(field + content)["R_DKIM_ALLOW"])

    def raw_ed25519(self):
        """The 32 bytes as dkimpy wants them: base64 of the end of the PKCS #8."""
        body = "".join((self.folder / "ed25519.pem").read_text().splitlines()[1:-1])
        return base64.b64encode(base64.b64decode(body)[-32:])

    @unittest.skipIf(WHY_NO_DKIMPY, WHY_NO_DKIMPY)
    def test_chains_of_ours_and_of_dkimpys_build_upon_each_other(self):
        key = (self.folder / "rsa.pem").read_bytes()
        message = crlf(MESSAGES["plain"])
        for hop in range(1, 6):
            if hop % 2:
                message = self.sign(message, "--arc", "--domain", DOMAIN, *self.sender)
            else:
                server = f"hop{hop}.example".encode()  # dkimpy wants one field of the server's alone
                seen = b"Authentication-Results: " + server + b"; arc=pass; spf=pass\r\n" + message
                message = b"".join(dkim.arc_sign(seen, b"r1", DOMAIN.encode(), key, server)) + seen
            with self.subTest(hop=hop):
                cv, _, why = dkim.arc_verify(message, dnsfunc=self.dns)
                self.assertEqual(b"pass", cv, why)
                self.assertEqual(f"{DOMAIN}:s=r1:i={hop}", self.symbols(message)["ARC_ALLOW"])
        cv, _, _ = dkim.arc_verify(message.replace(b"hello", b"hallo"), dnsfunc=self.dns)
        self.assertEqual(b"fail", cv)


if __name__ == "__main__":
    unittest.main()
