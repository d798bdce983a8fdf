"""xspamd bayes-export and bayes-import: what was learned goes from one store to another and comes from SpamAssassin."""
import shutil
import subprocess
from pathlib import Path

import support
from daemon import option, own_user, run_to_end
from test_teaching import HAM, LEARNED, SPAM, TeachingCase, mail, tell

FINE, PROBLEM, USAGE = 0, 1, 64
SPAMASSASSIN = Path(__file__).resolve().parents[1] / "data" / "backup" / "spamassassin.txt"
FIRST = "v\t1\txspamd_bayes\n"


class ImportCase(TeachingCase):
    def run_bayes(self, *words, store=None, status=FINE, stdin=None):
        """What the command prints when it does as told, else what it complains of."""
        done = subprocess.run([str(support.BINARY), *words, *own_user(), *(store or self.store)], input=stdin,
                              capture_output=True, text=True, timeout=support.PATIENCE)
        self.assertEqual(status, done.returncode, done.stdout + done.stderr)
        return done.stdout if status == FINE else done.stderr

    def other_store(self, name):
        return option("store.url", f"sqlite:{self.folder / name}")

    def file_of(self, text):
        file = self.folder / "backup"
        file.write_text(text)
        return str(file)

    def teach_and_stop(self, count=6):
        daemon = self.start()
        self.teach_all(daemon, count)
        daemon.stop()

    def counted(self, text):
        """Lines of a text by the first letter."""
        return {letter: sum(line.startswith(letter + "\t") for line in text.splitlines()) for letter in "vnts"}


class Export(ImportCase):
    def test_goes_into_an_empty_store_and_comes_out_the_same(self):
        self.teach_and_stop()
        exported = self.run_bayes("bayes-export")
        lines = self.counted(exported)
        self.assertEqual((1, 1, 12), (lines["v"], lines["n"], lines["s"]))
        self.assertGreater(lines["t"], 100)
        self.assertIn("n\t6\t6\t\n", exported)
        other = self.other_store("other.db")
        said = self.run_bayes("bayes-import", self.file_of(exported), store=other)
        self.assertIn(f"imported {lines['t']} words and signs", said)
        self.assertEqual(exported, self.run_bayes("bayes-export", store=other))

    def test_adds_to_what_is_there_unless_it_replaces_it(self):
        self.teach_and_stop()
        file = self.file_of(self.run_bayes("bayes-export"))
        before = Path(file).read_text()
        self.assertIn("12 of 12 messages had been learned here too", self.run_bayes("bayes-import", file))
        self.assertIn("n\t12\t12\t\n", self.run_bayes("bayes-export"))
        self.run_bayes("bayes-import", "--replace", file)
        self.assertEqual(before, self.run_bayes("bayes-export"))

    def test_is_written_to_a_file_that_its_owner_alone_reads(self):
        self.teach_and_stop(2)
        file = self.folder / "export.txt"
        self.assertEqual("", self.run_bayes("bayes-export", str(file)))
        self.assertEqual(self.run_bayes("bayes-export", "-"), file.read_text())
        self.assertEqual(0o600, file.stat().st_mode & 0o777)
        self.assertFalse((self.folder / "export.txt.part").exists())

    def test_is_made_while_the_server_runs_and_taken_in_while_one_runs(self):
        daemon = self.start()
        self.teach_all(daemon)
        exported = support.wait_until(
            lambda: [text for text in [self.export_if_there()] if "n\t6\t6\t\n" in text], "what was taught")[0]
        daemon.stop()
        self.store = self.other_store("other.db")
        other = self.start()
        self.run_bayes("bayes-import", "-", stdin=exported)
        support.wait_until(lambda: "BAYES_SPAM" in self.symbols(other, SPAM), "what was imported to be known")
        self.assertIn("BAYES_HAM", self.symbols(other, HAM))
        # Learned is learned, here too.
        self.assertNotIn(LEARNED, tell(other.address, mail(1, SPAM), b"spam"))

    def export_if_there(self):
        done = subprocess.run([str(support.BINARY), "bayes-export", *own_user(), *self.store], capture_output=True,
                              text=True, timeout=support.PATIENCE)
        return done.stdout


class SpamAssassin(ImportCase):
    def test_speaks_until_enough_was_taught(self):
        daemon = self.start()
        self.assertIn("BAYES_UNTRAINED", self.symbols(daemon, SPAM))
        said = self.run_bayes("bayes-import", self.backup())
        self.assertIn("a backup of SpamAssassin: 114 words and signs of 10 ham and 10 spam messages", said)
        self.assertIn("imported 114 words and signs", said)
        support.wait_until(lambda: "BAYES_SPAM" in self.symbols(daemon, SPAM), "what was imported to be known")
        self.assertIn("BAYES_HAM", self.symbols(daemon, HAM))
        # Taught the other way round: from then on that alone counts.
        for number in range(6):
            tell(daemon.address, mail(number, HAM), b"spam")
            tell(daemon.address, mail(100 + number, SPAM), b"ham")
        self.assertIn("BAYES_HAM", self.symbols(daemon, SPAM))
        self.assertIn("BAYES_SPAM", self.symbols(daemon, HAM))

    def test_a_second_time_is_refused_or_replaces_the_first(self):
        self.teach_and_stop()
        taught = self.run_bayes("bayes-export")
        self.run_bayes("bayes-import", self.backup())
        both = self.run_bayes("bayes-export")
        self.assertEqual(self.counted(taught)["t"] + 114, self.counted(both)["t"])
        self.assertIn("n\t10\t10\t%01spamassassin\n", both)
        refusal = self.run_bayes("bayes-import", self.backup(), status=PROBLEM)
        self.assertIn("imported already (10 ham, 10 spam messages)", refusal)
        self.assertIn("--replace", refusal)
        self.assertEqual(both, self.run_bayes("bayes-export"))
        self.assertIn("114 words and signs forgotten first", self.run_bayes("bayes-import", "--replace", self.backup()))
        again = self.run_bayes("bayes-export")
        self.assertEqual(self.counted(both), self.counted(again))
        self.assertIn("n\t6\t6\t\n", again)

    def backup(self):
        file = self.folder / "spamassassin.txt"
        shutil.copy(SPAMASSASSIN, file)
        return str(file)


class Refused(ImportCase):
    def test_wrong_files_are_refused_with_the_line_and_nothing_is_written(self):
        token = "t\t1\t0\t0\t00000000000000f1\n"
        for text, complaint in (("", "line 1: nothing: expected v 1 xspamd_bayes or v 3 db_version"),
                                ("From joe\n", "line 1: \"From joe\": expected v, 1 and xspamd_bayes"),
                                ("v\t2\tdb_version\n", "line 1: \"2\": expected version 3"),
                                (FIRST + token + "t\t1\t0\t0\tf1\n", "line 3: \"f1\": expected a token of 16 hex digits"),
                                (FIRST + token + "n\tmany\t0\t\n", "line 3: \"many\": expected a number of messages"),
                                (SPAMASSASSIN.read_text() + "t\t1\n", "line 138: \"t\": expected t, spam, ham")):
            with self.subTest(complaint):
                file = self.file_of(text)
                self.assertIn(f"{file}: {complaint}", self.run_bayes("bayes-import", file, status=PROBLEM))
                self.assertIn(f"standard input: {complaint}",
                              self.run_bayes("bayes-import", "-", stdin=text, status=PROBLEM))
        self.assertFalse(self.file.exists())

    def test_without_a_store_that_stays_the_commands_say_why(self):
        memory = option("store.url", "memory:")
        nowhere = option("store.url", "sqlite:/proc/none/x.db")
        file = self.file_of(FIRST)
        for words in (["bayes-export"], ["bayes-import", file]):
            with self.subTest(words[0]):
                self.assertIn("store.url: ", self.run_bayes(*words, store=memory, status=PROBLEM))
                self.assertIn("/proc/none", self.run_bayes(*words, store=nowhere, status=PROBLEM))

    def test_files_that_cannot_be_read_or_written_are_named(self):
        missing = str(self.folder / "missing")
        self.assertIn(f"{missing} cannot be opened", self.run_bayes("bayes-import", missing, status=PROBLEM))
        self.teach_and_stop(1)
        self.assertIn("cannot be written", self.run_bayes("bayes-export", f"{missing}/file", status=PROBLEM))

    def test_other_than_one_file_is_wrong_usage(self):
        for words in (["bayes-import"], ["bayes-import", "a", "b"], ["bayes-export", "a", "b"]):
            with self.subTest(words):
                self.assertEqual(USAGE, run_to_end([*words, *own_user(), *self.store]).returncode)

