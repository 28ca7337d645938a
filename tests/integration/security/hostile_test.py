"""Hosts that mean harm, over real sockets: whatever they answer, the library is done with them soon, holds little of it, and says
what was wrong. What they do is in hostile_server.py; here is what has to come of it."""

import os
import ssl

import hostile_server as does
from harness import TIME_SCALE
from hostile_server import Host
from security_case import SecurityCase

SANITIZED = bool(os.environ.get("KVS_SANITIZED"))
# What one exchange may cost, with all that is set up for it: the limits of the library are 16 and 64 KiB, and libcurl's own buffers
# are as large. A stream holds three seconds of frames as well. A sanitizer keeps what was freed.
MOST_KB = 8 * 1024
# How long a call may take, and a connection for media without an acknowledgement: where that is what comes of it, and where it is
# not, however slow this machine is. Before a reason is told, it is tried again for a second or two.
SHORT_MS = 2_000 * TIME_SCALE
LONG_MS = 9_000 * TIME_SCALE
MOST_MS = (16_000 if SANITIZED else 10_000) * TIME_SCALE
PATIENCE_MS = 18_000 * TIME_SCALE
AT_ONCE = 8

TOO_LARGE = r"BadResponse.*the answer is too large \(a head of more than 32768 bytes or 128 lines\)"
ENDLESS_LINE = r"BadResponse.*the answer is too large \(an endless line in its head\)"
TOO_LONG = r"BadResponse.*the answer is too large \(more than (16384|65536) bytes\)"
LATE = r"NetworkTimeout.*no answer came in time"
LATE_OR_TOO_LARGE = f"({LATE}|{TOO_LARGE})"
NONSENSE = r"BadResponse 200.*the answer cannot be understood: "
NOT_HTTP = r"BadResponse 0.*the answer is not HTTP"
BROKEN = r"ConnectionLost.*the connection broke"
REDIRECT = r"BadResponse 30[127].*it is a redirect to another address, and none is followed: check the endpoint"
# Of connections for media: what was no acknowledgement counts for nothing.
STALE = rf"NetworkTimeout.*no acknowledgement in {SHORT_MS // 1000:.0f} s"
ENDED = r"ConnectionLost.*the service ended the connection of stream door while media was being sent"
STALE_OR_BROKEN = f"({STALE}|{BROKEN})"
# Where the answer is complete: libcurl ends the upload with it when it still has something to send, and otherwise once it is given
# more, which never happens here: all frames were put at the begin.
COMPLETE = f"({STALE}|{BROKEN}|{ENDED})"

# Behaviour, what a call says of it, and what a connection for media says.
TABLE = (
    (does.endless_headers, TOO_LARGE, TOO_LARGE),
    (does.endless_header_line, ENDLESS_LINE, ENDLESS_LINE),
    (does.endless_status_line, ENDLESS_LINE, ENDLESS_LINE),
    (does.many_empty_headers, TOO_LARGE, TOO_LARGE),
    (does.endless_folded_header, TOO_LARGE, TOO_LARGE),
    (does.endless_informational_answers, TOO_LARGE, TOO_LARGE),
    (does.switching_protocols, LATE, STALE),
    (does.huge_json, TOO_LONG, STALE_OR_BROKEN),
    (does.nested_json, NONSENSE, COMPLETE),
    (does.nested_arrays, NONSENSE, COMPLETE),
    (does.many_members, NONSENSE, COMPLETE),
    (does.nul_bytes, NONSENSE, COMPLETE),
    (does.nul_bytes_in_headers, NOT_HTTP, NOT_HTTP),
    (does.not_utf8, NONSENSE, COMPLETE),
    (does.slow_headers, LATE, STALE),
    (does.slow_body, LATE, STALE),
    (does.slow_chunks, LATE, STALE),
    (does.slow_refusal, r"ServiceFailure 500", f"(ServiceFailure 500|{STALE})"),
    (does.length_too_long, BROKEN, STALE_OR_BROKEN),
    (does.length_too_short, NONSENSE, COMPLETE),
    (does.length_negative, NOT_HTTP, NOT_HTTP),
    # libcurl passes over such a length: the answer is over when the connection is.
    (does.length_beyond_64_bits, NONSENSE, COMPLETE),
    (does.lengths_that_differ, f"({LATE}|{NONSENSE}|{NOT_HTTP})", f"({COMPLETE}|{NOT_HTTP})"),
    (does.endless_chunks, TOO_LONG, STALE_OR_BROKEN),
    (does.one_endless_chunk, TOO_LONG, STALE_OR_BROKEN),
    (does.chunk_size_beyond_64_bits, BROKEN, BROKEN),
    (does.endless_chunk_extension, LATE, STALE),
    (does.endless_trailers, LATE_OR_TOO_LARGE, f"({STALE}|{TOO_LARGE})"),
    (does.body_without_length, TOO_LONG, STALE_OR_BROKEN),
    (does.redirect, REDIRECT, REDIRECT),
    (does.redirect_to_a_file, REDIRECT, REDIRECT),
    (does.endless_redirect, REDIRECT, REDIRECT),
    (does.gzip_bomb, NONSENSE, COMPLETE),
    (does.gzip_transfer_bomb, f"({TOO_LONG}|{NOT_HTTP})", f"({COMPLETE}|{NOT_HTTP})"),
    (does.http2, NOT_HTTP, NOT_HTTP),
    (does.http2_in_words, NONSENSE, COMPLETE),
    (does.http3_in_words, NOT_HTTP, NOT_HTTP),
    (does.other_protocol, NOT_HTTP, NOT_HTTP),
    (does.says_nothing, LATE, STALE),
    (does.closes_at_once, BROKEN, BROKEN),
    (does.closes_after_the_request, BROKEN, STALE_OR_BROKEN),
    (does.closes_in_the_status_line, BROKEN, STALE_OR_BROKEN),
    (does.closes_in_the_headers, BROKEN, STALE_OR_BROKEN),
    (does.closes_behind_the_headers, BROKEN, STALE_OR_BROKEN),
    (does.closes_in_a_chunk, BROKEN, STALE_OR_BROKEN),
    (does.resets_in_the_body, BROKEN, STALE_OR_BROKEN),
    (does.refusal_with_escapes, r"(InvalidRequest 400|CredentialsRefused (400|0))", r"InvalidRequest 400"),
    (does.endless_refusal, r"ServiceFailure 500", r"ServiceFailure 500"),
)

# What comes as acknowledgements. Those of nothing are a sign of life all the same.
ACKS = (
    (does.acks_without_an_end, STALE_OR_BROKEN),
    (does.acks_nested, STALE_OR_BROKEN),
    (does.acks_of_zeros, STALE_OR_BROKEN),
    (does.acks_of_nothing, None),
)


class Test(SecurityCase):
    def start_probe(self, what, url, expected, short=False, **more):
        short = short or expected is None or "NetworkTimeout" in expected
        return self.probe(what, url, SHORT_MS if short else LONG_MS, PATIENCE_MS, **more)

    def check(self, row, host, outcome, expected):
        with self.subTest(row):
            told = f"{outcome['code']} {outcome['http']}: {outcome['message']}"
            if expected is not None:
                self.assertEqual(outcome["ended"], 1, f"{outcome}")
                self.assertRegex(told, expected)
                self.assertLess(outcome["ms"], MOST_MS, told)
            if not SANITIZED:
                self.assertLess(outcome["grown_kb"], MOST_KB, told)
            # One line of bounded length, that a terminal can show.
            self.assertTrue(outcome["message"].isprintable(), told)
            self.assertLess(len(outcome["message"]), 1200, told)
            self.assertNotIn("hostileS", told)
            self.assertNotIn("hostileT", told)
            self.assertEqual(host.target.connections if host.target else 0, 0, "a redirect was followed")

    def run_table(self, what, rows):
        certificate, key = self.certificate() if what == "iot" else (None, None)
        more = dict(ca=certificate, cert=certificate, key=key) if what == "iot" else {}
        for begin in range(0, len(rows), AT_ONCE):
            running = []
            for behaviour, expected in rows[begin:begin + AT_ONCE]:
                host = Host(behaviour, tls=self.tls(certificate, key) if what == "iot" else None, media=what == "media")
                host.target = self.hosts.add(Host(does.says_nothing)) if behaviour is does.redirect else None
                self.hosts.add(host)
                running.append((behaviour.__name__, host,
                                self.start_probe(what, host.url, expected, behaviour is does.slow_refusal, **more), expected))
            for name, host, program, expected in running:
                self.check(name, host, self.outcome(program), expected)

    def run_calls(self, what):
        self.run_table(what, [(behaviour, of_call) for behaviour, of_call, _ in TABLE])

    def test_control_plane(self):
        self.run_calls("control")

    def test_instance_metadata(self):
        self.run_calls("imds")

    def test_container(self):
        self.run_calls("container")

    def test_sts(self):
        self.run_calls("sts")

    def test_sso(self):
        self.run_calls("sso")

    def test_sso_token(self):
        self.run_calls("oidc")

    def test_aws_iot(self):
        self.run_calls("iot")

    def test_put_media(self):
        self.run_table("media", [(behaviour, of_media) for behaviour, _, of_media in TABLE])

    def test_acks(self):
        self.run_table("media", ACKS)

    def test_proxy(self):
        """The answer to CONNECT comes from a host that need not be trusted for anything else."""
        rows = [(behaviour, r"through the proxy http://127\.0\.0\.1")
                for behaviour in (does.endless_headers, does.endless_header_line, does.slow_headers, does.says_nothing, does.redirect,
                                  does.closes_after_the_request, does.http2, does.refusal_with_escapes,
                                  does.endless_informational_answers)]
        running = []
        for behaviour, expected in rows:
            host = Host(behaviour)
            host.target = self.hosts.add(Host(does.says_nothing)) if behaviour is does.redirect else None
            self.hosts.add(host)
            running.append((behaviour.__name__, host, self.start_probe("control", "https://127.0.0.1:1", None, proxy=host.url), expected))
        for name, host, program, expected in running:
            self.check(name, host, self.outcome(program), expected)
            self.assertFalse(any(b"Authorization: AWS4" in head for head in host.requests), name)

    # Who is not who he should be. Each is refused before a request is sent.
    def check_tls(self, name, tls, expected, **more):
        """Everything that may be asked over TLS, media on a data endpoint of its own."""
        running = []
        for what in ("control", "container", "sts", "sso", "oidc", "iot", "media"):
            host = self.hosts.add(Host(does.says_nothing, tls=tls))
            url = host.url
            if what == "media":
                control = Host(does.says_nothing, media=True)
                control.other = host
                url = self.hosts.add(control).url
            identity = dict(zip(("cert", "key"), (self.path("host.pem"), self.path("host.key")))) if what == "iot" else {}
            running.append((f"{name}: {what}", host, self.start_probe(what, url, expected, **identity, **more)))
        for row, host, program in running:
            self.check(row, host, self.outcome(program), expected)
            self.assertEqual(host.requests, [], row)

    def test_tls_of_an_authority_that_is_not_trusted(self):
        self.certificate("authority")
        self.certificate("other")
        path, key = self.certificate("host", issuer="authority")
        self.check_tls("of another", self.tls(path, key), r"TlsFailed.*certificate of the host was not accepted.*issuer certificate",
                       ca=self.path("other.pem"))

    def test_tls_of_an_authority_that_the_system_does_not_know(self):
        path, key = self.certificate()
        self.check_tls("of nobody", self.tls(path, key), r"TlsFailed.*certificate of the host was not accepted.*self.signed")

    def test_tls_with_a_certificate_of_its_own(self):
        self.certificate("authority")
        path, key = self.certificate()
        self.check_tls("self-signed", self.tls(path, key), r"TlsFailed.*certificate of the host was not accepted.*self.signed",
                       ca=self.path("authority.pem"))

    def test_tls_certificate_that_has_expired(self):
        self.certificate("authority")
        path, key = self.certificate("host", issuer="authority", dates=("-startdate", "20200101000000Z", "-enddate", "20200102000000Z"))
        self.check_tls("expired", self.tls(path, key), r"TlsFailed.*certificate of the host was not accepted.*certificate has expired",
                       ca=self.path("authority.pem"))

    def test_tls_certificate_of_the_future(self):
        self.certificate("authority")
        path, key = self.certificate("host", issuer="authority", dates=("-startdate", "21000101000000Z", "-enddate", "21000102000000Z"))
        self.check_tls("not yet", self.tls(path, key), r"TlsFailed.*certificate of the host was not accepted.*not yet valid",
                       ca=self.path("authority.pem"))

    def test_tls_certificate_of_another_host(self):
        self.certificate("authority")
        path, key = self.certificate("host", subject_alternative="DNS:kinesisvideo.us-west-2.amazonaws.com,IP:127.0.0.2", issuer="authority")
        self.check_tls("of another host", self.tls(path, key), r"TlsFailed.*certificate of the host was not accepted.*127\.0\.0\.1",
                       ca=self.path("authority.pem"))

    def test_tls_that_is_old(self):
        path, key = self.certificate()
        for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
            self.check_tls(version.name, self.tls(path, key, (version, version)), r"TlsFailed.*the TLS handshake failed, in which TLS 1.2 or newer is asked for",
                           ca=path)

    def test_tls_that_is_just_new_enough(self):
        """That the others are refused is not the fault of these hosts."""
        path, key = self.certificate()
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            host = self.hosts.add(Host(does.closes_after_the_request, tls=self.tls(path, key, (version, version))))
            outcome = self.outcome(self.start_probe("sts", host.url, BROKEN, ca=path))
            self.assertRegex(f"{outcome['code']} {outcome['http']}: {outcome['message']}", BROKEN)
            self.assertEqual(len(host.requests), 1)
