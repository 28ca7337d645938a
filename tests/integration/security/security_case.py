"""What the tests of this folder share: hosts, certificates, and the program under test."""

import hashlib
import json
import os
import ssl
import subprocess

from harness import Case, path_of, tool
from hostile_server import Hosts


class SecurityCase(Case):
    def setUp(self):
        super().setUp()
        self.hosts = Hosts()
        self.addCleanup(self.hosts.close)
        self.write("credentials", "CREDENTIALS AKIDHOSTILE hostileSecret\n")
        self.write("token", "hostileToken")
        for session, expires in (("sso", "2100-01-01T00:00:00Z"), ("oidc", "2020-01-01T00:00:00Z")):
            self.write(f".aws/sso/cache/{hashlib.sha1(session.encode()).hexdigest()}.json",
                       json.dumps({"startUrl": "https://example.awsapps.com/start", "region": "us-west-2", "accessToken": "hostileSso",
                                   "expiresAt": expires, "clientId": "c", "clientSecret": "s", "refreshToken": "r"}))

    def write(self, name, text):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, 0o600)
        return path

    def certificate(self, name="host", subject_alternative="IP:127.0.0.1", dates=(), issuer=None):
        """Makes a key and its certificate; returns their paths. `issuer`: another name; None: itself."""
        key, request, path = (self.path(f"{name}.{end}") for end in ("key", "csr", "pem"))
        openssl = tool("openssl")
        run = lambda *words: subprocess.run([openssl, *words], check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
        run("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key)
        run("req", "-new", "-key", key, "-subj", f"/CN={name}", "-out", request)
        self.write("extensions", f"[x]\nsubjectAltName={subject_alternative}\nbasicConstraints=critical,CA:{issuer is None and 'TRUE' or 'FALSE'}\n")
        self.write("ca.cnf", f"[ca]\ndefault_ca=a\n[a]\ndatabase={self.path('db')}\nnew_certs_dir={self.folder}\nrand_serial=yes\n"
                   "unique_subject=no\ndefault_md=sha256\npolicy=p\ndefault_days=2\n[p]\ncommonName=optional\n")
        self.write("db", "")
        by = ("-selfsign", "-keyfile", key) if issuer is None else ("-cert", self.path(f"{issuer}.pem"), "-keyfile", self.path(f"{issuer}.key"))
        run("ca", "-batch", "-notext", "-config", self.path("ca.cnf"), "-extfile", self.path("extensions"), "-extensions", "x", *by, *dates,
            "-in", request, "-out", path)
        return path, key

    @staticmethod
    def tls(certificate, key, versions=None):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        if versions is not None:
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version, context.maximum_version = versions
        return context

    def probe(self, what, url, call_ms, wait_ms, **more):
        """hostile_probe in the background."""
        more.setdefault("file", self.path("credentials" if what in ("control", "media") else "token"))
        more.setdefault("home", self.folder)
        more.update(call_ms=int(call_ms), wait_ms=int(wait_ms))
        command = [path_of("KVS_HOSTILE_PROBE"), what, url, *(f"{name.replace('_', '-')}={value}" for name, value in more.items())]
        # No GStreamer in it: ThreadSanitizer is to see everything.
        return self.start(command, f"probe-{what}", self.environment(TSAN_OPTIONS=os.environ.get("TSAN_OPTIONS")))

    def outcome(self, program):
        end = program.wait()
        self.assertEqual(end.code, 0, str(end))
        self.assertEqual(end.stderr, "")
        return json.loads(end.stdout)
