"""A raw client of RSPAMC and SPAMC, and the rules that every reply has to keep."""
import email.utils
import re
import select
import socket
import time
from dataclasses import dataclass, field
from decimal import Decimal

import exim_parse
import support

MOST_REPLY_BYTES = 16 * 1024
LONGEST_LINE = 998  # a report goes into header lines
CUT_OFF = ("NOT_SCANNED", "message cut off")
BAD_HEAD = ("NOT_SCANNED", "bad request head")
BAD_LENGTH = ("NOT_SCANNED", "bad Content-length")
OVERLOAD = ("NOT_SCANNED", "overload")
UNKNOWN_PROTOCOL = b"SPAMD/1.0 76 Bad header line: (unknown protocol)\r\n"

STATUS = re.compile(r"RSPAMD/1\.[0-3] 0 EX_OK")
NUMBER = r"(-?\d{1,4}\.\d)"
METRIC = re.compile(rf"Metric: default; (True|False); {NUMBER} / {NUMBER} / {NUMBER}")
ACTION = re.compile(r"Action: (no action|greylist|add header|rewrite subject|soft reject|reject|discard|quarantine)")
SYMBOL = re.compile(r"Symbol: ([A-Z][A-Za-z0-9_]*)\((-?\d+\.\d{2,3})\)(?:\[([^\[\]]*)\])?")
TAIL = re.compile(r"(Message|Subject|Message-ID): (.+)")
# Old and coming dates score; every spelling of this one has the same length.
TODAY = email.utils.formatdate()
# A control character anywhere would end a line or a header of the delivered mail.
CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def connect(address, source=None):
    """`address` is (host, port), or the path of a unix socket."""
    if isinstance(address, str):
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(support.PATIENCE)
        connection.connect(address)
        return connection
    connection = socket.create_connection(address, timeout=support.PATIENCE, source_address=source)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def is_readable(connection, seconds=0):
    """Bytes or an end have come. poll() takes descriptors of any size, select() those below 1024."""
    poll = select.poll()
    poll.register(connection, select.POLLIN)
    return bool(poll.poll(seconds * 1000))


def read_to_end(connection):
    """All bytes until the end of input. A reset raises: it would cost Exim the verdict."""
    end = time.monotonic() + support.PATIENCE
    reply = b""
    while True:
        if not is_readable(connection, max(0, end - time.monotonic())):
            raise AssertionError(f"not closed in {support.PATIENCE:g} s, the reply so far is {reply[:200]!r}")
        piece = connection.recv(65536)
        if not piece:
            return reply
        reply += piece


def talk(address, request, half_close=False, byte_by_byte=False):
    """Sends a request as a whole or in single bytes, reads until the server closes."""
    with connect(address) as connection:
        for piece in [request[i:i + 1] for i in range(len(request))] if byte_by_byte else [request]:
            connection.sendall(piece)
        if half_close:
            connection.shutdown(socket.SHUT_WR)
        return read_to_end(connection)


def message(want="no action", subject="Minutes of the meeting", body="Please find the minutes below.\n"):
    """A complete and blameless message with LF line ends, for which the test's own rules make the verdict."""
    return (f"From: Alice Example <alice@sender.example>\n"
            f"To: Bob Example <bob@test.example>\n"
            f"Subject: {subject}\n"
            f"Date: {TODAY}\n"
            f"Message-ID: <20261122050000.4711@sender.example>\n"
            f"MIME-Version: 1.0\n"
            f"Content-Type: text/plain; charset=utf-8\n"
            f"X-Want: {want}\n"
            f"\n{body}").encode()


def request(content, length=None, verb="CHECK", queue_id="1xV0NU-00070k-33", sender="alice@sender.example",
            recipients=("bob@test.example",), ip="127.0.0.1", extra=()):
    """What Exim sends with variant=rspamd; `length` lies about the body, `extra` are whole head lines."""
    lines = [f"{verb} RSPAMC/1.3", f"Content-length: {len(content) if length is None else length}",
             f"Queue-Id: {queue_id}", f"From: <{sender}>", f"Recipient-Number: {len(recipients)}",
             *(f"Rcpt: <{recipient}>" for recipient in recipients), "Helo: mail.sender.example", f"IP: {ip}", *extra]
    return "".join(line + "\r\n" for line in [*lines, ""]).encode() + content


def without_length(content):
    """The same request from a client that leaves the length out: the body ends with the input."""
    head, _, body = request(content).partition(b"\r\n\r\n")
    return re.sub(rb"Content-length: \d+\r\n", b"", head) + b"\r\n\r\n" + body


@dataclass
class Reply:
    """A verdict as printed, after both our own rules and Exim's parser have accepted it."""
    action: str
    score: Decimal
    required: Decimal
    reject_at: Decimal
    symbols: dict = field(default_factory=dict)  # name -> (value, option text)
    message: str = ""
    subject: str = ""
    message_id: str = ""
    exim: exim_parse.EximReply = None

    def has(self, symbol_and_option):
        symbol, option = symbol_and_option
        return self.symbols.get(symbol, (None, None))[1] == option


def _lines_of(raw):
    if len(raw) > MOST_REPLY_BYTES:
        raise AssertionError(f"a reply of {len(raw)} bytes, at most {MOST_REPLY_BYTES}")
    text = raw.decode("utf-8")
    if not text.endswith("\r\n"):
        raise AssertionError(f"the reply does not end in CRLF: {raw[-80:]!r}")
    lines = text[:-2].split("\r\n")
    for line in lines:
        if CONTROL.search(line) or len(line.encode()) > LONGEST_LINE:
            raise AssertionError(f"a reply line with a control character or over {LONGEST_LINE} bytes: {line[:200]!r}")
    return lines


def _expect(pattern, line):
    found = pattern.fullmatch(line)
    if not found:
        raise AssertionError(f"expected {pattern.pattern!r}, got {line!r}")
    return found


def _read_symbols(reply, lines):
    """Takes the Symbol lines off the front of `lines`; their values have to make the total exactly."""
    weights = []
    while lines and lines[0].startswith("Symbol:"):
        name, value, options = _expect(SYMBOL, lines.pop(0)).groups()
        if name in reply.symbols:
            raise AssertionError(f"the symbol {name} is printed twice")
        reply.symbols[name] = (Decimal(value), options)
        if name != "MORE_SYMBOLS":
            weights.append(abs(Decimal(value)))
    if weights != sorted(weights, reverse=True):
        raise AssertionError(f"symbols are not in the order of their weight: {weights}")
    total = sum((value for value, _ in reply.symbols.values()), Decimal(0))
    if total != reply.score:
        raise AssertionError(f"the symbols add up to {total}, the total says {reply.score}: {reply.symbols}")


def _read_tail(reply, lines):
    labels = []
    for line in lines:
        label, value = _expect(TAIL, line).groups()
        labels.append(label)
        setattr(reply, label.lower().replace("-", "_"), value)
    order = ["Message", "Subject", "Message-ID"]
    if labels != [label for label in order if label in labels] or "Message-ID" not in labels:
        raise AssertionError(f"behind the symbols stand {labels}")
    if reply.message_id[0] == "<" or reply.message_id[-1] == ">":
        raise AssertionError(f"the message id stands in brackets: {reply.message_id}")


def check_reply(raw, required="15.0", reject_at="15.0"):
    """The Reply, if it keeps every rule: CRLF, fixed order, size, thresholds, sum of the symbols."""
    exim = exim_parse.parse_rspamd(raw)
    lines = _lines_of(raw)
    if len(lines) < 4:
        raise AssertionError(f"a reply of {len(lines)} lines: {raw!r}")
    _expect(STATUS, lines.pop(0))
    word, *numbers = _expect(METRIC, lines.pop(0)).groups()
    score, second, third = (Decimal(number) for number in numbers)
    if (second, third) != (Decimal(required), Decimal(reject_at)):
        raise AssertionError(f"the thresholds are {second} and {third}, not {required} and {reject_at}")
    if (word == "True") != (score >= second):
        raise AssertionError(f"{word} at {score} of {second}")
    reply = Reply(_expect(ACTION, lines.pop(0))[1], score, second, third, exim=exim)
    _read_symbols(reply, lines)
    _read_tail(reply, lines)
    if exim.action != reply.action or Decimal(exim.score) != score:
        raise AssertionError(f"Exim reads {exim.action} at {exim.score}, printed is {reply.action} at {score}")
    return reply


def check(address, content, required="15.0", reject_at="15.0", **envelope):
    """One message handed over and judged."""
    return check_reply(talk(address, request(content, **envelope)), required, reject_at)
