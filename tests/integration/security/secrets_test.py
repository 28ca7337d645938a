"""What is left of secrets in the memory of a process that has used them and let them go. All that it can write to is read from
outside, as a core dump would hold it.

Each time twice. First libcurl's memory is wiped, by functions that the program under test sets: then nothing may be found. Then as it is
in most programs: what is found now was libcurl's, which does not wipe the heads and bodies of requests that it has put together.
Which secrets it is given, SECURITY.md says; no others may be found, and not those that came in an answer."""

import base64
import hashlib
import json
import secrets
import subprocess
import time

from harness import TIME_SCALE, wait_until
from hostile_server import Host
from network_test import Proxy
from security_case import SecurityCase

# Long enough that none is there by chance. What was freed has lost a few bytes to the allocator.
PIECE = 12
# Pieces overlap, so that what is left of a short secret is found, too.
STEP = 4
# A vector register that a function put aside deep in the stack has 16 bytes, and is nobody's to wipe (SECURITY.md).
STACK_PIECE = 24
# Larger than anything but what a sanitizer has for itself.
LARGEST_REGION = 1 << 30
PATIENCE_MS = 20_000 * TIME_SCALE


def image_of(pid):
    """The readable memory of a process, region by region: (what it is, bytes)."""
    with open(f"/proc/{pid}/maps", encoding="ascii") as file:
        lines = file.read().splitlines()
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for line in lines:
            fields = line.split(maxsplit=5)
            name = fields[5] if len(fields) > 5 else "anonymous"
            if "w" not in fields[1] or name in ("[vvar]", "[vsyscall]", "[vvar_vclock]"):
                continue
            begin, end = (int(text, 16) for text in fields[0].split("-"))
            if end - begin > LARGEST_REGION:
                continue
            memory.seek(begin)
            data = b""
            try:
                while len(data) < end - begin:
                    data += memory.read(end - begin - len(data)) or b"\0" * (end - begin - len(data))
            except OSError:
                pass  # mapped, but not there
            yield f"{name} at {begin:x}", data


def pieces_of(secret, region):
    size = STACK_PIECE if region.startswith("[stack]") else PIECE
    return [secret[at:at + size] for at in range(0, len(secret) - size + 1, STEP)]


class Test(SecurityCase):
    def setUp(self):
        super().setUp()
        self.known = {}

    def secret(self, name):
        """A secret that this process holds and the one under test is given, in a file or an answer."""
        self.known[name] = (name[:6] + secrets.token_hex(40)).encode()
        return self.known[name].decode()

    def found(self, pid):
        """Which secrets are there, by name: where, and what is around them."""
        image = list(image_of(pid))
        self.assertTrue(any(b"hostile_probe" in data for _, data in image), "nothing was read")
        found = {}
        for name, secret in self.known.items():
            for region, data in image:
                for piece in pieces_of(secret, region):
                    if (at := data.find(piece)) >= 0:
                        found.setdefault(name, []).append(f"{data[max(0, at - 48):at + 48]!r} in {region}")
        return found

    def check(self, what, url, sent=(), **more):
        """`sent`: the names of secrets that are parts of requests."""
        for wipe, allowed in ((1, ()), (0, sent)):
            program = self.probe(what, url, PATIENCE_MS, PATIENCE_MS, stay=1, wipe=wipe, **more)
            line = wait_until(lambda: program.stdout() if "\n" in program.stdout() else None, "the probe has ended its work")
            outcome = json.loads(line)
            self.assertEqual(outcome["code"], "Ok", outcome)
            found = self.found(program.process.pid)
            program.kill()
            for name in allowed:
                found.pop(name, None)
            self.assertEqual(found, {}, "\n".join(f"{name}: {text}" for name, where in found.items() for text in where))

    def good(self, answer, tls=None):
        """A host that answers everything with `answer(path)`, a document or a text."""
        async def serve(peer):
            body = answer(peer)
            await peer.answer(body if isinstance(body, (bytes, dict)) else body.encode())
        return self.hosts.add(Host(None, tls=tls, good=serve))

    def credentials(self, **names):
        until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
        return {names.get("key", "AccessKeyId"): "ASIASCAN", names.get("secret", "SecretAccessKey"): self.secret("secret key"),
                names.get("token", "SessionToken"): self.secret("session token"), names.get("until", "Expiration"): until}

    def lower(self):
        return self.credentials(key="accessKeyId", secret="secretAccessKey", token="sessionToken", until="expiration")

    def test_instance_metadata(self):
        answer = {"Code": "Success", **self.credentials(token="Token")}
        token = self.secret("metadata token")
        host = self.good(lambda peer: token if peer.path.endswith("/token") else answer if peer.path.endswith("/camera") else "camera")
        self.check("imds", host.url, sent=["metadata token"])

    def test_container(self):
        self.write("token", self.secret("authorization token"))
        answer = self.credentials(token="Token")
        self.check("container", self.good(lambda peer: answer).url, sent=["authorization token"])

    def test_container_over_tls(self):
        self.write("token", self.secret("authorization token"))
        path, key = self.certificate()
        answer = self.credentials(token="Token")
        self.check("container", self.good(lambda peer: answer, self.tls(path, key)).url, sent=["authorization token"], ca=path)

    def test_web_identity(self):
        self.write("token", self.secret("identity token"))
        fields = "".join(f"<{name}>{value}</{name}>" for name, value in self.credentials().items())
        body = ("<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>" + fields +
                "</Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>")
        self.check("sts", self.good(lambda peer: body).url, sent=["identity token"])

    def token_of(self, session, expires):
        self.write(f".aws/sso/cache/{hashlib.sha1(session.encode()).hexdigest()}.json",
                   json.dumps({"startUrl": "https://example.awsapps.com/start", "region": "us-west-2",
                               "accessToken": self.secret("access token"), "expiresAt": expires, "clientId": "client",
                               "clientSecret": self.secret("client secret"), "refreshToken": self.secret("refresh token")}))

    def test_sso(self):
        self.token_of("sso", "2100-01-01T00:00:00Z")
        answer = {"roleCredentials": {**self.lower(), "expiration": int((time.time() + 3600) * 1000)}}
        self.check("sso", self.good(lambda peer: answer).url, sent=["access token"])

    def test_sso_token_that_is_renewed(self):
        self.token_of("oidc", "2020-01-01T00:00:00Z")
        token = {"accessToken": self.secret("new access token"), "refreshToken": self.secret("new refresh token"), "expiresIn": 3600}
        answer = {"roleCredentials": {**self.lower(), "expiration": int((time.time() + 3600) * 1000)}}
        self.check("oidc", self.good(lambda peer: token if peer.path == "/token" else answer).url,
                   sent=["client secret", "refresh token", "new access token"])

    def test_aws_iot(self):
        path, key = self.certificate()
        with open(key, encoding="ascii") as file:
            lines = [line for line in file.read().splitlines() if line and not line.startswith("-")]
        self.known["private key as text"] = "".join(lines[:1]).encode()
        der = subprocess.run(["openssl", "pkey", "-in", key, "-outform", "DER"], check=True, stdout=subprocess.PIPE).stdout
        # ECPrivateKey: 30 len 02 01 01 04 20 <32 bytes>
        at = der.index(b"\x02\x01\x01\x04\x20") + 5
        self.known["private key"] = der[at:at + 32]
        self.known["private key, as a number in memory"] = der[at:at + 32][::-1]
        answer = {"credentials": self.lower()}
        self.check("iot", self.good(lambda peer: answer, self.tls(path, key)).url, ca=path, cert=path, key=key)

    def upload(self, *options, sent=(), **more):
        service = self.service(*options)
        key, token = self.secret("secret key"), self.secret("session token")
        service.credential(f"ASIASCAN:{key}:{token}:3600s")
        until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
        self.write("credentials", f"CREDENTIALS ASIASCAN {until} {key} {token}\n")
        if service.ca_file:
            more["ca"] = service.ca_file
        self.check("media", service.url, sent=["session token", *sent], **more)

    def test_upload(self):
        self.upload()

    def test_upload_over_tls(self):
        self.upload("--tls")

    def test_upload_through_a_proxy(self):
        proxy = Proxy()
        self.addCleanup(proxy.close)
        # libcurl keeps the password with a connection that may be used again, as long as that is open (SECURITY.md); what it has sent
        # is wiped.
        password = secrets.token_hex(40)
        self.write("password", password)
        self.known["proxy login"] = base64.b64encode(f"scanner:{password}".encode())
        self.upload("--tls", sent=["proxy login"], proxy=proxy.url, proxy_user="scanner", proxy_password_file=self.path("password"))
