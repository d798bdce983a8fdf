"""Exim's reading of a scanner's reply, step by step as Exim 4.87 to 4.99 does it in src/spam.c.

Exim applies C's sscanf to the whole reply, so white space in its formats means any run of white space, also
none, and numbers are what strtod takes. A reply that our own stricter check likes but Exim reads otherwise
would be a bug in production; so every reply in these tests passes through here.
"""
import re
from dataclasses import dataclass

BUFFER = 32600  # bytes of Exim's reply buffer; one is kept for the end of the string
LONGEST_ACTION = 31

RSPAMD = "RSPAMD/%7s 0 EX_OK\r\nMetric: default; %7s %lf / %lf / %lf\r\n%n"
SPAMD = "SPAMD/%7s 0 EX_OK\r\nContent-length: %*u\r\n\r\n%lf/%lf\r\n%n"
SPAMD_BEFORE_2_50 = "SPAMD/%7s 0 EX_OK\r\nSpam: %*s ; %lf / %lf\r\n\r\n%n"

SPACE = b" \t\n\v\f\r"
DOUBLE = re.compile(rb"[+-]?(?:inf(?:inity)?|nan(?:\(\w*\))?|0x(?:[0-9a-f]+\.?[0-9a-f]*|\.[0-9a-f]+)(?:p[+-]?\d+)?"
                    rb"|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)", re.IGNORECASE)
UNSIGNED = re.compile(rb"[+-]?\d+")
DIRECTIVE = re.compile(r"%(\*?)(\d*)(lf|s|u|n)")


class CannotParse(AssertionError):
    """What Exim logs as 'cannot parse spamd output'; it then puts the message off or lets it in unscanned."""


@dataclass
class EximReply:
    """The $spam_ variables, and what decides the condition `spam = nobody`."""
    score: str
    score_int: int
    bar: str
    action: str
    report: str
    is_spam: bool


def _skip_space(text, at):
    while at < len(text) and text[at] in SPACE:
        at += 1
    return at


def _convert(kind, width, text, at):
    """One conversion: (value, where it ended), or None where sscanf stops."""
    at = _skip_space(text, at)
    if kind == "s":
        end = at
        while end < len(text) and text[end] not in SPACE and (not width or end - at < width):
            end += 1
        return (text[at:end], end) if end > at else None
    found = (DOUBLE if kind == "lf" else UNSIGNED).match(text, at)
    if not found:
        return None
    if kind == "u":
        return int(found[0]), found.end()
    number = found[0].lower()
    return (float.fromhex(number.decode()) if b"0x" in number else float(number)), found.end()


def scan(layout, text):
    """sscanf: the values converted and assigned, and the offset of %n (None if it was not reached)."""
    text = text.split(b"\0")[0]
    values, at, place = [], 0, 0
    while place < len(layout):
        directive = DIRECTIVE.match(layout, place)
        if directive and directive[3] == "n":
            return values, at
        if directive:
            converted = _convert(directive[3], int(directive[2] or 0), text, at)
            if converted is None:
                return values, None
            value, at = converted
            if not directive[1]:
                values.append(value)
            place = directive.end()
        elif layout[place].isspace():
            at, place = _skip_space(text, at), place + 1
        elif at < len(text) and text[at] == ord(layout[place]):
            at, place = at + 1, place + 1
        else:
            return values, None
    return values, None


def _report(text):
    """CR dropped, a blank after each LF, white space and controls cut off at the end."""
    shaped = text.split(b"\0")[0].replace(b"\r", b"").replace(b"\n", b"\n ")
    if len(shaped) >= BUFFER:
        raise CannotParse("the report outgrows Exim's buffer: Exim would crash")
    while shaped and shaped[-1] <= 0x20:
        shaped = shaped[:-1]
    if not shaped:
        raise CannotParse("an empty report: Exim would write before its buffer")
    return shaped.decode("utf-8", "replace")


def _variables(score, required, action, report):
    printed = "%.1f" % score
    if len(printed) > 15 or score != score or abs(score) > 2**31 / 10 - 1:
        raise CannotParse(f"Exim cannot hold the score {printed}")
    whole = int(score)
    bar = ("+" if whole > 0 else "-") * min(abs(whole), 51) or "/"
    return EximReply(printed, int((score + 0.001) * 10), bar, action, report, score >= required)


def parse_rspamd(reply):
    """What `variant=rspamd` makes of the bytes read until the end of the connection."""
    reply = reply[:BUFFER - 1]
    values, offset = scan(RSPAMD, reply)
    if len(values) != 5:
        raise CannotParse(f"cannot parse spamd output: {len(values) if reply else -1}: {reply[:200]!r}")
    if offset is None or offset >= len(reply):
        raise CannotParse(f"nothing follows the Metric line: {reply[:200]!r}")
    rest = reply[offset:].split(b"\0")[0]
    label = b"Action: "
    if not rest.startswith(label):
        raise CannotParse(f"no Action behind the Metric line, Exim would keep an older one: {rest[:80]!r}")
    action = rest[len(label):].split(b"\r")[0][:LONGEST_ACTION].decode("utf-8", "replace")
    return _variables(values[2], values[3], action, _report(rest))


def parse_spamd(reply):
    """What Exim's default variant makes of a reply to REPORT SPAMC/1.2."""
    reply = reply[:BUFFER - 1]
    values, offset = scan(SPAMD, reply)
    if len(values) != 3:
        values, offset = scan(SPAMD_BEFORE_2_50, reply)
    if len(values) != 3 or offset is None:
        raise CannotParse(f"cannot parse spamd output: {reply[:200]!r}")
    _, score, required = values
    return _variables(score, required, "reject" if score >= required else "no action", _report(reply[offset:]))
