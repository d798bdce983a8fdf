"""Exims of any version: those named in XSPAMD_EXIM_BINARIES (paths, colon-separated), or the installed one.

What a binary can do is read from the binary itself, so that released and patched ones (patches/README.md) of the
same version stand side by side.
"""
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import support
from exim import Exim, exim_binary, why_no_exim

# Sentences of Exim's own source, and of the patches.
VARIANT = b"variant=rspamd"
FORGETTING = b"forgetting the earlier result"
OUT_OF_RANGE = b"spamd score out of range"


@dataclass(frozen=True)
class Binary:
    path: str
    version: tuple
    knows_variant: bool
    forgets: bool  # $spam_* variables are emptied before each scan
    bounded: bool  # reports and scores of any size fit

    @property
    def name(self):
        words = [".".join(map(str, self.version))]
        if not self.knows_variant:
            words.append("without variant=rspamd")
        if self.forgets or self.bounded:
            words.append("patched")
        return " ".join(words)

    @property
    def half_closes(self):
        """4.86 and 4.87 as released, with variant=rspamd."""
        return (4, 86) <= self.version < (4, 88) and not self.forgets

    @property
    def limits_recipients(self):
        """4.86 to 4.89: a request head has at most 32 KiB."""
        return (4, 86) <= self.version < (4, 90) and not self.strict

    @property
    def strict(self):
        """A verdict that was cut off is none: with the patches for versions before 4.88."""
        return self.version < (4, 88) and self.forgets


def _read(path):
    told = subprocess.run([path, "-C", "/dev/null", "-bV"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=support.PATIENCE).stdout
    found = re.search(r"Exim version (\d+)\.(\d+)(?:\.(\d+))?", told)
    if not found:
        raise AssertionError(f"{path} tells no Exim version: {told!r}")
    code = Path(path).read_bytes()
    return Binary(path, tuple(int(number) for number in found.groups() if number), VARIANT in code,
                  FORGETTING in code, OUT_OF_RANGE in code)


def binaries():
    """The Exims to be tested; none where Exim cannot be tested at all."""
    named = [path for path in os.environ.get("XSPAMD_EXIM_BINARIES", "").split(":") if path]
    if not support.is_root() or not (named or exim_binary()):
        return []
    return [_read(path) for path in named or [exim_binary()]]


def why_none():
    return why_no_exim() or "XSPAMD_EXIM_BINARIES names no Exim"


class AnyExim(Exim):
    """An Exim of any version with the configuration of the others, less what it does not know."""

    def __init__(self, binary, spamd_address, judge):
        self.binary = binary
        super().__init__(spamd_address, judge)
        while unknown := self._unknown():
            lines = self.config.read_text().splitlines(keepends=True)
            self.config.write_text("".join(line.replace(unknown, "") for line in lines
                                           if not line.startswith(f"{unknown} =")))
        for complaint in (self.folder / "log").iterdir():
            complaint.unlink()

    def _unknown(self):
        """A main option or, as Exim reads an ACL only when mail comes, the one control that needs DKIM."""
        told = subprocess.run(self.command("-bV"), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=support.PATIENCE).stdout
        if found := re.search(r'main option "(\w+)" unknown', told):
            return found[1]
        control = "control = dkim_disable_verify"
        has_dkim = re.search(r"^Support for:.* DKIM\b", told, re.MULTILINE)
        return control if control in self.config.read_text() and not has_dkim else None

    def command(self, *words):
        return [self.binary.path, "-C", str(self.config), *words]
