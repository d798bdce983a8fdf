"""Debian's Exim with a configuration, spool, log and mail folder of the test's own, and ways to give it mail.

Exim keeps root only when root itself names the configuration by -C; the file has to belong to root. Mail is
queued on receipt and delivered when the test asks for it, so that no test waits for a delivery process.
"""
import pwd
import re
import shutil
import smtplib
import subprocess
from dataclasses import dataclass
from pathlib import Path

import support

LOGIN, PASSWORD = "alice@sender.example", "correct horse"

BY_ACTION = """\
  warn spam = nobody:true
       add_header = X-Spam-Action: $spam_action
  warn condition = ${if eq{$spam_action}{add header}}
       add_header = X-Spam-Score: $spam_score ($spam_bar)
       add_header = X-Spam-Report: $spam_report
  defer condition = ${if eq{$spam_action}{soft reject}}
       message = Please try again later
  deny condition = ${if eq{$spam_action}{reject}}
       message = Refused as spam, score $spam_score
  accept"""

CONFIGURATION = """
primary_hostname = mx.test.example
qualify_domain = test.example
spool_directory = {folder}/spool
log_file_path = {folder}/log/%slog
log_selector = +all_parents +smtp_connection
pid_file_path = {folder}/exim.pid
notifier_socket =
local_interfaces = <; {interfaces}
daemon_smtp_ports = {port}
keep_environment =
tls_advertise_hosts =
host_lookup =
host_lookup_order = byaddr
rfc1413_query_timeout = 0s
recipients_max = 60000
smtp_accept_max = 100
smtp_accept_queue_per_connection = 0
check_spool_space = 0
check_log_space = 0
queue_only = true

spamd_address = {spamd_address}
acl_smtp_rcpt = accept_recipient
acl_smtp_data = judge_message
acl_not_smtp = judge_message

begin acl

accept_recipient:
  accept control = dkim_disable_verify

judge_message:
{judge}

begin routers

everyone:
  driver = accept
  transport = folder

begin transports

folder:
  driver = appendfile
  directory = {folder}/mail
  user = {user}
  return_path_add

begin authenticators

plain:
  driver = plaintext
  public_name = PLAIN
  server_advertise_condition = true
  server_prompts = :
  server_condition = ${{if and{{ {{eq{{$auth2}}{{{login}}}}} {{eq{{$auth3}}{{{password}}}}} }}}}
  server_set_id = $auth2
"""


def exim_binary():
    return shutil.which("exim4", path="/usr/sbin:/usr/bin:/usr/local/sbin")


def exim_user():
    for name in ("Debian-exim", "exim", "mail"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return pwd.getpwuid(0)


def why_no_exim():
    """Empty when Exim can be run, else the reason for the tests that are skipped."""
    if not exim_binary():
        return "Exim is not installed (package exim4-daemon-heavy)"
    if not support.is_root():
        return "Exim obeys a configuration of the test's own for root only"
    return ""


@dataclass
class Answer:
    """What the SMTP client was told behind the end of its message."""
    code: int
    text: str

    @property
    def queue_id(self):
        return re.search(r"id=(\S+)", self.text)[1]


class Exim:
    """`judge` is the ACL that every message has to pass at its end."""

    def __init__(self, spamd_address, judge=BY_ACTION):
        self.folder = support.Folder("exim")
        self.port = support.free_port()
        self.config = self.folder / "exim.conf"
        self.process = None
        user = exim_user()
        for name in ("spool", "log", "mail"):
            (self.folder / name).mkdir()
            shutil.chown(self.folder / name, user.pw_uid, user.pw_gid)
        self.config.write_text(CONFIGURATION.format(
            folder=self.folder.path, port=self.port, spamd_address=spamd_address, judge=judge, user=user.pw_name,
            interfaces="127.0.0.1 ; ::1" if support.has_ipv6() else "127.0.0.1", login=LOGIN, password=PASSWORD))

    def command(self, *words):
        return [exim_binary(), "-C", str(self.config), *words]

    def start(self):
        with open(self.folder / "output", "wb") as output:
            self.process = subprocess.Popen(self.command("-bdf"), stdin=subprocess.DEVNULL, stdout=output,
                                            stderr=output)
        support.running.append(self)
        try:
            support.wait_until(self._greets_or_ended, "Exim's greeting")
        except AssertionError as error:
            log = self.log_text()
            self.stop()
            raise AssertionError(f"{error}\n{log}") from None
        return self

    def _greets_or_ended(self):
        if self.process.poll() is not None:
            raise AssertionError(f"Exim ended at its start with status {self.process.returncode}")
        try:
            with self.session():
                return True
        except (ConnectionError, smtplib.SMTPServerDisconnected):
            return False

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(timeout=support.PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self in support.running:
            support.running.remove(self)
            self.folder.remove()

    def log_text(self):
        return "\n".join(support.last_lines(self.folder / name)
                         for name in ("output", "log/mainlog", "log/paniclog", "log/rejectlog"))

    def main_log(self):
        return Path(self.folder / "log/mainlog").read_text(errors="replace")

    def session(self, host="127.0.0.1"):
        return smtplib.SMTP(host, self.port, local_hostname="client.sender.example", timeout=4 * support.PATIENCE)

    def submit(self, content, **envelope):
        """One message on a connection of its own."""
        with self.session() as session:
            return send(session, content, **envelope)

    def swaks(self, content, sender="alice@sender.example", recipient="bob@test.example"):
        """The same by swaks, as an administrator would try it."""
        (self.folder / "message").write_bytes(content)
        done = subprocess.run(
            ["swaks", "--server", "127.0.0.1", "--port", str(self.port), "--ehlo", "client.sender.example", "--from",
             sender, "--to", recipient, "--data", f"@{self.folder / 'message'}", "--suppress-data"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            timeout=4 * support.PATIENCE)
        behind_data = re.split(r"^ -> \d+ lines sent$", done.stdout, flags=re.MULTILINE)[-1]
        lines = re.findall(r"^<(?:-|\*\*) +(\d{3})[ -](.*)$", behind_data.partition("\n -> ")[0], re.MULTILINE)
        if not lines:
            raise AssertionError(f"swaks met no answer to its message:\n{done.stdout}")
        return Answer(int(lines[0][0]), "\n".join(text for _, text in lines))

    def deliver(self, answer):
        """Delivers a queued message and returns the file, as bytes, of its (single) recipient."""
        mail = self.folder / "mail"
        before = set(mail.iterdir())
        subprocess.run(self.command("-M", answer.queue_id), check=True, timeout=4 * support.PATIENCE)
        (new,) = set(mail.iterdir()) - before
        return new.read_bytes()

    def recipients_of(self, answer):
        """How many recipients a queued message has, from its spool file."""
        header = subprocess.run(self.command("-Mvh", answer.queue_id), check=True, capture_output=True, text=True,
                                timeout=support.PATIENCE).stdout
        return header.count("@test.example\n")


def send(session, content, sender="alice@sender.example", recipients=("bob@test.example",)):
    """One more message on an open connection."""
    session.ehlo_or_helo_if_needed()
    session.mail(sender)
    for recipient in recipients:
        code, text = session.rcpt(recipient)
        if code != 250:
            raise AssertionError(f"recipient refused: {code} {text!r}")
    try:
        code, text = session.data(content)
    except smtplib.SMTPDataError as error:
        code, text = error.smtp_code, error.smtp_error
    return Answer(code, text.decode("utf-8", "replace"))
