"""Messages made by a script, for a machine without the conformance data: the same bytes on every machine.

Plain text, HTML with a text alternative, and attachments, 1 to 50 KB, a third of them with the marks of spam.
"""
import base64
import random

WORDS = ("account address answer before better between board building business change children city company "
         "could country course different during early enough every family father figure first follow found "
         "government great group house important interest large letter little matter meeting money morning "
         "mother nothing number office order other paper people person place point present problem program "
         "question reason report result right school second service several should since small social state "
         "still story street student system table thing though thought three through together under water "
         "while without woman world would write year young").split()
PITCHES = ("CLICK HERE to claim your prize", "100% free, no obligation", "Limited time offer, act now!!!",
           "You have won $1,000,000", "Buy cheap medication online", "Your mailbox is almost full, verify now")
PEOPLE = ("alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi")
DOMAINS = ("example.com", "example.net", "example.org", "mail.example.com", "lists.example.org")
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def sentence(rng, spam):
    if spam and rng.random() < 0.1:
        return rng.choice(PITCHES)
    words = [rng.choice(WORDS) for _ in range(rng.randint(4, 16))]
    return " ".join(words).capitalize() + rng.choice((".", ".", ".", "?", "!"))


def paragraphs(rng, spam, size):
    lines, length = [], 0
    while length < size:
        line = sentence(rng, spam)
        lines.append(line if rng.random() < 0.9 else line + "\n")
        length += len(line) + 1
    return "\n".join(lines) + "\n"


def html(rng, spam, size):
    body = []
    for text in paragraphs(rng, spam, size * 2 // 3).splitlines():
        link = f"https://www.{rng.choice(DOMAINS)}/{rng.choice(WORDS)}/{rng.randint(1, 99999)}"
        body.append(f'<p style="margin:0">{text} <a href="{link}">{rng.choice(WORDS)}</a></p>')
    return "<html><head><title>Letter</title></head><body>\n" + "\n".join(body) + "\n</body></html>\n"


def part(kind, text, extra=""):
    return f"Content-Type: {kind}\n{extra}\n{text}"


def multipart(subtype, boundary, parts):
    inner = "".join(f"--{boundary}\n{text}\n" for text in parts)
    return f'Content-Type: multipart/{subtype}; boundary="{boundary}"\n\n{inner}--{boundary}--\n'


def content(rng, spam, size):
    """The content fields and the body."""
    kind = rng.random()
    boundary = f"=_{rng.getrandbits(64):016x}"
    if kind < 0.5:
        return part("text/plain; charset=utf-8", paragraphs(rng, spam, size))
    if kind < 0.8:
        text = part("text/plain; charset=utf-8", paragraphs(rng, spam, size // 4))
        return multipart("alternative", boundary,
                         [text, part("text/html; charset=utf-8", html(rng, spam, size * 3 // 4))])
    text = part("text/plain; charset=utf-8", paragraphs(rng, spam, size // 4))
    attached = base64.encodebytes(rng.randbytes(size * 9 // 16)).decode()
    name = f"{rng.choice(WORDS)}.{rng.choice(('pdf', 'zip', 'png', 'doc'))}"
    fields = f'Content-Transfer-Encoding: base64\nContent-Disposition: attachment; filename="{name}"\n'
    return multipart("mixed", boundary, [text, part(f'application/octet-stream; name="{name}"', attached, fields)])


def message(rng, number):
    spam = rng.random() < 1 / 3
    size = int(1024 * 34 ** rng.random())  # of the text; markup comes on top
    sender = f"{rng.choice(PEOPLE)}@{rng.choice(DOMAINS)}"
    subject = rng.choice(PITCHES) if spam else sentence(rng, False)
    when = f"{DAYS[(number + 3) % 7]}, {number % 28 + 1:02d} Jan 2026 {number % 24:02d}:{number % 60:02d}:00 +0000"
    hops = "".join(f"Received: from relay{hop}.example.net (relay{hop}.example.net [198.51.100.{hop + 1}])\n"
                   f"\tby mx.example.org with ESMTP id {rng.getrandbits(40):010x};\n\t{when}\n"
                   for hop in range(rng.randint(1, 4)))
    fields = [f"From: {rng.choice(PEOPLE).title()} <{sender}>", "To: <recipient@example.org>",
              f"Subject: {subject}", f"Date: {when}", "MIME-Version: 1.0"]
    if not spam or rng.random() < 0.5:
        fields.append(f"Message-ID: <{rng.getrandbits(64):016x}@{sender.partition('@')[2]}>")
    return hops + "\n".join(fields) + "\n" + content(rng, spam, size)


def write(folder, count=400):
    """Fills `folder` with files 0000 to 0399."""
    rng = random.Random(20260101)
    for number in range(count):
        (folder / f"{number:04d}").write_bytes(message(rng, number).encode())
