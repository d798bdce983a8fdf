"""Fills the store of a server that has ended with tokens that no message has."""
import random
import sqlite3


def fill(path, tokens, seed=1):
    """Adds random tokens until there are so many: learned once, half of them in ham and half in spam, never expiring."""
    with sqlite3.connect(path) as base:
        present = base.execute("SELECT count(*) FROM tokens").fetchone()[0]
        numbers = random.Random(seed)
        new = set()
        while len(new) < tokens - present:
            new.add(numbers.getrandbits(64) - (1 << 63))
        base.executemany("INSERT INTO tokens (id, ham, spam, expires) VALUES (?, ?, ?, 0)",
                         ((number, number & 1, 1 - (number & 1)) for number in sorted(new)))
    base.close()


def count(path):
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as base:
        return base.execute("SELECT count(*) FROM tokens").fetchone()[0]
