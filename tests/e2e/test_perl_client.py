"""SpamAssassin's own client library, Mail::SpamAssassin::Client, against xspamd.

It is found by perl, or through PERL5LIB where SpamAssassin is only unpacked; skipped where it is not there.
"""
import json
import subprocess
import unittest

import support
from test_teaching import HAM, SPAM, TeachingCase, mail

SCRIPT = r"""
use strict; use warnings; use JSON::PP; use Mail::SpamAssassin::Client;
my ($port, $method, @rest) = @ARGV;
my $client = Mail::SpamAssassin::Client->new({port => $port, host => '127.0.0.1', username => 'joe'});
binmode STDIN; my $mail = do { local $/; <STDIN> };
my $result = $method eq 'ping' ? $client->ping : $client->$method($mail, @rest);
print JSON::PP->new->canonical->encode({result => $result, error => $client->{resp_code}});
"""


def is_there():
    done = subprocess.run(["perl", "-MJSON::PP", "-MMail::SpamAssassin::Client", "-e", "1"], capture_output=True)
    return done.returncode == 0


@unittest.skipUnless(is_there(), "Mail::SpamAssassin::Client is not installed")
class PerlClient(TeachingCase):
    def ask(self, daemon, method, content=b"", *rest):
        done = subprocess.run(["perl", "-e", SCRIPT, str(daemon.port), method, *rest], input=content,
                              capture_output=True, timeout=support.PATIENCE)
        self.assertEqual(0, done.returncode, done.stderr.decode())
        return json.loads(done.stdout)["result"]

    def test_every_method(self):
        daemon = self.start()
        self.assertEqual(1, self.ask(daemon, "ping"))
        ham = self.ask(daemon, "check", mail(1, HAM))
        self.assertEqual(("False", 6), (ham["isspam"], ham["threshold"]))
        marked = self.ask(daemon, "process", mail(1, HAM))
        self.assertIn("X-Spam-Status: No", marked["message"])
        self.assertTrue(marked["message"].endswith(mail(1, HAM).decode().partition("\n\n")[2]))
        head = self.ask(daemon, "headers", mail(1, HAM))
        self.assertIn("X-Spam-Checker-Version: ", head["message"])
        self.assertEqual(1, self.ask(daemon, "learn", mail(1, SPAM), "0"))
        self.assertNotEqual(1, self.ask(daemon, "learn", mail(1, SPAM), "0"), "learned already")
        self.assertEqual(1, self.ask(daemon, "learn", mail(2, HAM), "1"))
        self.assertEqual(1, self.ask(daemon, "learn", mail(1, SPAM), "2"), "forgotten")


if __name__ == "__main__":
    unittest.main()
