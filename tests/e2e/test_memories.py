"""Whose memory speaks: users and domains for themselves, mail learned by itself, and commands that look on."""
import json
import subprocess
import unittest

import support
from daemon import option
from rspamc import check
from test_teaching import HAM, LEARNED, SPAM, TeachingCase, mail, tell

JOE, ANN = "joe@one.example", "ann@two.example"


def tell_for(daemon, user, content, which):
    return tell(daemon.address, content, which + b"\r\nUser: " + user.encode())


class Owners(TeachingCase):
    def teach_user(self, daemon, user, spam, ham):
        for number in range(6):
            self.assert_told(LEARNED, tell_for(daemon, user, mail(number, spam), b"spam"))
            self.assert_told(LEARNED, tell_for(daemon, user, mail(100 + number, ham), b"ham"))

    def symbols_for(self, daemon, recipients, words):
        return check(daemon.address, mail(999, words), recipients=recipients).symbols

    def test_a_user_is_heard_before_the_server(self):
        daemon = self.start(*option("learn.per", "user"))
        self.teach_all(daemon)
        self.teach_user(daemon, JOE, HAM, SPAM)
        self.assertIn("BAYES_HAM", self.symbols_for(daemon, [JOE], SPAM))
        self.assertIn("BAYES_SPAM", self.symbols_for(daemon, ["Joe@One.example"], HAM))
        self.assertIn("BAYES_SPAM", self.symbols_for(daemon, [ANN], SPAM), "who taught nothing shares the server's")
        self.assertIn("BAYES_SPAM", self.symbols_for(daemon, [JOE, ANN], SPAM), "of two recipients none is heard")
        daemon.stop()
        again = self.start(*option("learn.per", "user"))
        support.wait_until(lambda: "BAYES_HAM" in self.symbols_for(again, [JOE], SPAM), "the user's memory")

    def test_a_domain_shares_a_memory(self):
        daemon = self.start(*option("learn.per", "domain"))
        self.teach_user(daemon, JOE, SPAM, HAM)
        self.assertIn("BAYES_SPAM", self.symbols_for(daemon, ["other@one.example", JOE], SPAM))
        self.assertIn("BAYES_UNTRAINED", self.symbols_for(daemon, [ANN], SPAM))

    def test_the_server_hears_no_user_unless_told_to(self):
        daemon = self.start()
        self.teach_user(daemon, JOE, SPAM, HAM)
        self.assertIn("BAYES_SPAM", self.symbols_for(daemon, [ANN], SPAM))


class Autolearning(TeachingCase):
    RULES = sum((option(f"rules.CLEAR_{name}.{key}", value) for name, word in (("A", "pills"), ("B", "casino"))
                 for key, value in (("part", "text"), ("match", word), ("score", 8), ("group", name.lower()))), [])

    def learned(self, daemon):
        daemon.stop()
        return self.counts()

    def send(self, daemon):
        for number in range(4):
            check(daemon.address, mail(number * 10, SPAM))
        for number in range(4):
            check(daemon.address, mail(100 + number, HAM))

    def test_is_off_unless_asked_for(self):
        daemon = self.start(*self.RULES)
        self.send(daemon)
        self.assertNotIn("autolearn", daemon.log_text())
        self.assertEqual(({}, (0, 0)), self.learned(daemon))

    def test_learns_what_is_clear_and_once(self):
        daemon = self.start(*self.RULES, *option("learn.autolearn", True), *option("learn.autolearn_ham", 5),
                            *option("checks.mime.enabled", False))
        self.send(daemon)
        self.send(daemon)
        self.assertIn("autolearn=spam", daemon.log_text())
        self.assertIn("autolearn=ham", daemon.log_text())
        self.assertEqual(({"ham": 4, "spam": 4}, (4, 4)), self.learned(daemon))

    def test_what_was_taught_stays(self):
        daemon = self.start(*self.RULES, *option("learn.autolearn", True))
        self.assert_told(LEARNED, tell(daemon.address, mail(0, SPAM), b"ham"))
        check(daemon.address, mail(0, SPAM))
        self.assertEqual(({"ham": 1}, (1, 0)), self.learned(daemon))


class Commands(TeachingCase):
    def scan(self, *arguments):
        message = self.folder / "message.eml"
        message.write_bytes(mail(999, SPAM))
        store = [*self.store, "-o", "checks.bayes.min_learns=5", "-o", "checks.bayes.min_tokens=1"]
        done = subprocess.run([support.BINARY, *arguments, *store, "--local", str(message)],
                              capture_output=True, text=True, timeout=support.PATIENCE)
        self.assertEqual(0, done.returncode, done.stderr)
        return done.stdout

    def test_scan_and_explain_know_what_the_server_learned(self):
        self.assertIn("there is no", self.scan("scan", "--verbose"))
        daemon = self.start()
        self.teach_all(daemon)
        support.wait_until(lambda: self.file.exists() and self.counts()[1] == (6, 6), "everything to be committed")
        self.assertIn("BAYES_SPAM", self.scan("explain"))
        verdict = json.loads(self.scan("scan", "--json"))
        self.assertGreater(verdict["symbols"]["BAYES_SPAM"]["score"], 2)
        daemon.stop()
        self.assertIn("BAYES_SPAM", self.scan("scan"))
        self.assertEqual((6, 6), self.counts()[1])
        again = self.start()
        support.wait_until(lambda: "BAYES_SPAM" in self.symbols(again, SPAM), "the server to open its files")


if __name__ == "__main__":
    unittest.main()
