"""A message is understood in one way, however it came: LF, CRLF, with an mbox line, the second time."""
import json
import pathlib
import subprocess
import tempfile
import unittest

from real_mail import WHY_NO_MAIL, messages
from support import BINARY

EVERY = 10  # of the real messages one in so many


def spellings(raw):
    lines = raw.replace(b"\r\n", b"\n")
    return {"lf": lines, "crlf": lines.replace(b"\n", b"\r\n"),
            "mbox": b"From someone@example.org Sun Nov 22 12:00:00 2026\n" + lines, "again": lines}


def scan(folder, *options):
    """What the program prints of each file of the folder."""
    files = sorted(map(str, folder.iterdir()))
    done = subprocess.run([BINARY, "scan", "--local", *options, *files], capture_output=True, text=True, check=True)
    return done.stdout


def symbols(folder):
    decoder = json.JSONDecoder()
    text, found = scan(folder, "--json").strip(), []
    while text:
        verdict, end = decoder.raw_decode(text)
        found.append({name: (symbol["score"], symbol.get("options")) for name, symbol in verdict["symbols"].items()})
        text = text[end:].lstrip()
    return found


@unittest.skipIf(WHY_NO_MAIL, WHY_NO_MAIL)
class OneReading(unittest.TestCase):
    def test_line_ends_and_mbox_lines_change_neither_dump_nor_symbols(self):
        sample = [each for label in ("ham", "spam") for each in list(messages(label))[::EVERY]]
        self.assertGreater(len(sample), 100)
        with tempfile.TemporaryDirectory() as top:
            for name, raw in sample:
                for spelling, content in spellings(raw).items():
                    folder = pathlib.Path(top) / spelling
                    folder.mkdir(exist_ok=True)
                    (folder / name).write_bytes(content)
            folders = [pathlib.Path(top) / spelling for spelling in ("lf", "crlf", "mbox", "again")]
            dumps = [scan(folder, "--dump").replace(str(folder), "") for folder in folders]
            found = [symbols(folder) for folder in folders]
        self.assertGreater(len(dumps[0]), 100_000)
        self.assertEqual(len(sample), len(found[0]))
        for place, spelling in enumerate(("crlf", "mbox", "again"), start=1):
            with self.subTest(spelling):
                self.assertEqual(dumps[0].splitlines(), dumps[place].splitlines())
                self.assertEqual(found[0], found[place])


if __name__ == "__main__":
    unittest.main()
