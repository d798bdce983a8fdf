"""Labelled real mail and the envelope that each message must have had, as far as its own header tells."""
import email.parser
import email.policy
import email.utils
import ipaddress
import re

import rspamc
import support

MAIL = support.SHARED / "suites" / "mail"
WHY_NO_MAIL = "" if MAIL.is_dir() else f"no conformance mail below {MAIL}"
SENDING_HOST = re.compile(r"^from\s+(?P<helo>[\w.-]+).*?\[(?P<ip>\d+\.\d+\.\d+\.\d+)\]", re.DOTALL)


def messages(label):
    """The raw messages of "ham" or "spam", in the order of their names."""
    for path in sorted((MAIL / label).rglob("*")):
        if path.is_file():
            yield path.name, path.read_bytes()


def address_in(header, *names):
    """The first address in the fields of these names, without anything that an envelope cannot hold."""
    for name in names:
        for value in header.get_all(name, []):
            address = email.utils.parseaddr(str(value))[1]
            if "@" in address:
                return re.sub(r"[^\x21-\x7e]", "", address)
    return ""


def sending_host(header):
    """HELO and address of the first hop from outside."""
    for value in header.get_all("Received", []):
        found = SENDING_HOST.match(str(value))
        if not found:
            continue
        try:
            if ipaddress.ip_address(found["ip"]).is_global:
                return found["helo"], found["ip"]
        except ValueError:
            continue
    return "mail.invalid", "192.0.2.10"


def request(raw):
    header = email.parser.BytesHeaderParser(policy=email.policy.compat32).parsebytes(raw)
    helo, ip = sending_host(header)
    sender = address_in(header, "Return-Path", "From")
    recipient = address_in(header, "Delivered-To", "To") or "rcpt@example.org"
    return rspamc.request(raw, sender=sender, recipients=[recipient], ip=ip).replace(
        b"Helo: mail.sender.example", f"Helo: {helo}".encode(), 1)
