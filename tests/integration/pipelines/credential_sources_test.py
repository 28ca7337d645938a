"""Credentials from where the aws command line has them: profiles, roles, web identity, SSO, programs, containers, EC2 instances."""

import hashlib
import json
import os
import stat
import time

import media
from harness import ACCESS_KEY, SECRET_KEY, Case, wait_until

# A recording played at its own pace, as a camera would.
PACED = ("filesrc location={file} ! matroskademux ! h264parse ! identity sync=true ! kvssink name=sink stream-name=s "
         "stop-stream-timeout=60 endpoint={url} {more}")
# Each connection ends soon, and the next one is signed anew.
SHORT_SESSIONS = "close-after,session=1-6,fragments=1"
# Credentials end while media flows.
LIFE = ("--credentials-life", "3s")
# How the secrets of kvs-local begin.
SECRETS = ("kvslocalSts", "kvslocalImds", "kvslocalSso", "kvslocalContainer", "kvslocalWebIdentity", SECRET_KEY)
NO_KEYS = {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None}
ROLE = "arn:aws:iam::123456789012:role/camera"
START_URL = "https://example.awsapps.com/start"


class Test(Case):
    def places(self, *options):
        return self.service("--credentials-port", "0", *options)

    def write(self, name, text, mode=0o600):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, mode)
        return path

    # What each source needs: variables, and files at home.
    def container(self, service):
        return {"AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{service.credentials_url}/v1/credentials",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN": "kvslocalContainerShows"}

    def instance(self, service):
        return {"AWS_EC2_METADATA_SERVICE_ENDPOINT": service.credentials_url, "AWS_EC2_METADATA_DISABLED": None}

    def web_identity(self, service):
        return {"AWS_ROLE_ARN": ROLE, "AWS_WEB_IDENTITY_TOKEN_FILE": self.write("token", "kvslocalWebIdentityToken\n"),
                "AWS_ENDPOINT_URL_STS": service.credentials_url}

    def role(self, service):
        self.write(".aws/config", f"[profile camera]\nrole_arn = {ROLE}\nsource_profile = base\nservices = here\n"
                                  f"[services here]\nsts =\n  endpoint_url = {service.credentials_url}\n")
        self.write(".aws/credentials", f"[base]\naws_access_key_id = {ACCESS_KEY}\naws_secret_access_key = {SECRET_KEY}\n")
        return {"AWS_PROFILE": "camera"}

    def sso(self, service, minutes=60):
        """Somebody has logged in, `minutes` before the token ends."""
        self.write(".aws/config", f"[default]\nsso_session = office\nsso_account_id = 123456789012\nsso_role_name = camera\n"
                                  f"[sso-session office]\nsso_start_url = {START_URL}\nsso_region = eu-west-1\n")
        until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + minutes * 60))
        self.token = self.write(f".aws/sso/cache/{hashlib.sha1(b'office').hexdigest()}.json", json.dumps(
            {"startUrl": START_URL, "region": "eu-west-1", "accessToken": "kvslocalSsoAccessToken", "expiresAt": until,
             "clientId": "client", "clientSecret": "kvslocalSsoClient", "refreshToken": "kvslocalSsoRefreshToken"}))
        return {"AWS_ENDPOINT_URL_SSO": service.credentials_url, "AWS_ENDPOINT_URL_SSO_OIDC": service.credentials_url}

    # Pipelines.
    def start_upload(self, service, more, seconds, **environment):
        file = media.make_file(self, "a.mkv", seconds=seconds, audio_seconds=0)
        line = PACED.format(file=file, url=service.url, more=more)
        return file, self.start_driver(line, "state:PLAYING", "tell:eos", **NO_KEYS, **environment)

    def told(self, end):
        """The lines that the driver printed: messages by kind."""
        lines = [json.loads(line) for line in end.stdout.splitlines()]
        return {kind: [line["text"] for line in lines if line.get("message") == kind]
                for kind in ("element", "warning", "error")}

    def messages(self, told, state):
        return [text.replace("\\", "") for text in told["element"]
                if text.startswith("kvssink-credentials,") and f"state=(string){state}" in text]

    def check(self, service, file, end):
        self.assertEqual(end.code, 0, str(end))
        self.assert_no_secrets(end)
        service.stop()
        # A connection that ends takes acks with it that were on their way.
        every = service.fragments
        service.fragments = lambda stream: [f for f in every(stream) if not f["duplicate"]]
        media.check_stored(self, service, "s", media.read_packets(self, file))

    def assert_no_secrets(self, end):
        for secret in SECRETS:
            self.assertNotIn(secret, end.stdout)
            self.assertNotIn(secret, end.stderr)

    def flows(self, service, more, environment, name, given):
        """Media arrives while the credentials end again and again, and it is told whose they are."""
        service.fault(SHORT_SESSIONS)
        file, driver = self.start_upload(service, more, 8, GST_DEBUG="kvs*:9", **environment)
        end = driver.wait()
        self.check(service, file, end)
        told = self.told(end)
        self.assertEqual((told["warning"], told["error"]), ([], []))
        found = self.messages(told, "found")
        self.assertEqual(len(found), 1, told["element"])
        self.assertIn(name, found[0])
        self.assertGreaterEqual(len(self.messages(told, "renewed")), 1)
        self.assertGreaterEqual([event.get("source") for event in service.events("credentials")].count(given), 2)
        self.assertNotIn(403, [event["status"] for event in service.events("api") if event["api"] == "putMedia"])
        self.assertIn("kvs-stream", end.stderr, "the log was there to be searched")

    def test_container(self):
        service = self.places(*LIFE, "--container-token", "kvslocalContainerShows")
        self.flows(service, "credential-source=container", self.container(service), "container credentials", "container")

    def test_instance(self):
        service = self.places(*LIFE)
        self.flows(service, "credential-source=imds", self.instance(service), "EC2 instance metadata", "imds")

    def test_web_identity(self):
        service = self.places(*LIFE)
        self.flows(service, "credential-source=web-identity", self.web_identity(service), "web identity (role", "web-identity")

    def test_role_of_a_profile(self):
        service = self.places(*LIFE)
        self.flows(service, "credential-source=profile", self.role(service), 'profile "camera" (role', "sts")

    def test_sso(self):
        service = self.places(*LIFE)
        self.flows(service, "credential-source=sso", self.sso(service), "SSO (account 123456789012, role camera)", "sso")

    def test_sso_token_is_renewed_and_kept(self):
        service = self.places(*LIFE)
        self.flows(service, "credential-source=sso", self.sso(service, minutes=-5), "SSO (account", "sso")
        with open(self.token, encoding="utf-8") as file:
            kept = json.load(file)
        self.assertNotEqual(kept["accessToken"], "kvslocalSsoAccessToken")
        self.assertEqual(kept["clientId"], "client")
        self.assertEqual(stat.S_IMODE(os.stat(self.token).st_mode), 0o600)

    def test_program(self):
        service = self.places()
        service.credential("AKIDPROGRAM:kvslocalStsOfTheProgram:kvslocalStsTokenOfTheProgram:600s")
        program = self.write("program", "#!/bin/sh\necho kvslocalStsOnStandardError >&2\n"
                                        "until=$(date -u -d '+3 seconds' +%Y-%m-%dT%H:%M:%SZ)\n"
                                        "echo x >> \"$HOME/runs\"\n"
                                        "printf '{\"Version\":1,\"AccessKeyId\":\"AKIDPROGRAM\",\"SecretAccessKey\":\"%s\","
                                        "\"SessionToken\":\"%s\",\"Expiration\":\"%s\"}' kvslocalStsOfTheProgram "
                                        "kvslocalStsTokenOfTheProgram $until\n", 0o700)
        self.write(".aws/config", f"[default]\ncredential_process = {program}\n")
        file, driver = self.start_upload(service, "credential-source=process", 8, GST_DEBUG="kvs*:9")
        end = driver.wait()
        self.check(service, file, end)
        with open(self.path("runs"), encoding="ascii") as runs:
            self.assertGreaterEqual(len(runs.readlines()), 2)
        self.assertIn("credential_process", self.messages(self.told(end), "found")[0])

    def test_over_tls(self):
        service = self.places("--tls", *LIFE)
        self.flows(service, f"ca-path={service.ca_file} credential-source=web-identity", self.web_identity(service),
                   "web identity (role", "web-identity")

    # Without a word about it.
    def test_the_default_finds_the_container_before_the_instance(self):
        service = self.places(*LIFE)
        environment = {**self.container(service), **self.instance(service)}
        self.flows(service, "", environment, "container credentials", "container")

    def test_the_property_profile_comes_before_the_environment(self):
        service = self.places(*LIFE)
        environment = self.role(service)
        environment.pop("AWS_PROFILE")
        self.flows(service, "profile=camera", {**environment, **self.container(service)}, 'profile "camera"', "sts")

    def test_many_elements_ask_once(self):
        service = self.places()
        sinks = " ".join(f"t. ! queue ! kvssink stream-name=s{number} endpoint={service.url} stop-stream-timeout=30"
                         for number in range(5))
        self.run_pipeline(f"videotestsrc num-buffers=60 ! x264enc key-int-max=30 ! h264parse ! tee name=t {sinks}",
                          **NO_KEYS, **self.container(service))
        self.assertEqual(len(service.events("credentials")), 1)

    # Trouble.
    def ends_and_comes_back(self, service, api, more, environment):
        """Refused for a while in mid-stream, while the old ones end: one WARNING, and everything arrives. Then another one where that
        takes so long that it is an outage: a shared source that has failed is asked again after ten seconds."""
        service.fault(SHORT_SESSIONS)
        file, driver = self.start_upload(service, more, 10, **environment)
        # A source that has never given credentials would be believed at once.
        wait_until(lambda: service.fragments("s"), "something is stored")
        service.fault(f"status,api={api},code=403,for=5s")
        end = driver.wait()
        self.check(service, file, end)
        told = self.told(end)
        self.assertIn(len(told["warning"]), (1, 2), told["warning"])
        self.assertEqual(len(self.messages(told, "failing")), 1)
        self.assertGreaterEqual(len(self.messages(told, "renewed")), 1)
        return told["warning"][0]

    def test_a_container_refuses_for_a_while(self):
        service = self.places("--credentials-life", "2s")
        said = self.ends_and_comes_back(service, "containerCredentials", "credential-source=container", self.container(service))
        self.assertIn("container credentials", said)

    def test_sts_refuses_for_a_while(self):
        service = self.places("--credentials-life", "2s")
        said = self.ends_and_comes_back(service, "assumeRole", "credential-source=profile", self.role(service))
        for part in ('profile "camera"', ROLE, "HTTP 403", "sts:AssumeRole"):
            self.assertIn(part, said)

    def stumbles(self, service, more, environment, *faults):
        """Fails at the start in several ways, one after the other, and is asked again."""
        for fault in faults:
            service.fault(fault)
        file, driver = self.start_upload(service, more, 6, **environment)
        end = driver.wait()
        self.check(service, file, end)
        self.assertEqual(len({event["id"] for event in service.events("fault")}), len(faults), "each fault acted")
        told = self.told(end)
        # The region may be asked for of the same one that stumbles, and then there are two things that do not come.
        self.assertIn(len(told["warning"]), (1, 2), told["warning"])

    def test_an_instance_is_slow_and_talks_nonsense(self):
        service = self.places()
        self.stumbles(service, "credential-source=imds", self.instance(service), "delay,api=imdsToken,ms=never,call=1",
                      "status,api=imdsRole,code=500,call=1", "garbage,api=imdsCredentials,call=1")

    def test_sts_talks_nonsense(self):
        service = self.places()
        self.stumbles(service, "credential-source=web-identity", self.web_identity(service),
                      "garbage,api=assumeRoleWithWebIdentity,call=1", "status,api=assumeRoleWithWebIdentity,code=503,call=2")

    def test_sso_fails(self):
        service = self.places()
        self.stumbles(service, "credential-source=sso", self.sso(service), "garbage,api=ssoGetRoleCredentials,call=1",
                      "status,api=ssoGetRoleCredentials,code=500,call=2")

    def refused(self, service, more, environment, *parts):
        end = self.start_pipeline(f"videotestsrc num-buffers=30 ! x264enc ! h264parse ! kvssink stream-name=s "
                                  f"endpoint={service.url} stop-stream-timeout=3 {more}", **NO_KEYS, **environment).wait(20)
        self.assertGreater(end.code, 0, str(end))
        self.assertEqual(len(end.errors()), 1, str(end))
        for part in parts:
            self.assertIn(part, end.errors()[0])
        self.assert_no_secrets(end)

    def test_a_role_that_is_another(self):
        service = self.places("--credentials-role", "another")
        self.refused(service, "", self.role(service), 'profile "camera"', ROLE, "HTTP 403", "trust policy")

    def test_a_container_token_that_is_wrong(self):
        service = self.places("--container-token", "another")
        self.refused(service, "credential-source=container", self.container(service), "container", "HTTP 401")

    def test_nobody_has_logged_in(self):
        service = self.places()
        environment = self.sso(service)
        os.remove(self.token)
        self.refused(service, "credential-source=sso", environment, "aws sso login")

    def test_a_profile_that_is_not_there(self):
        self.refused(self.places(), "profile=nowhere", {}, 'no profile "nowhere"')

    def test_a_line_that_cannot_be_understood(self):
        self.write(".aws/credentials", f"[default]\naws_secret_access_key {SECRET_KEY}\n")
        self.refused(self.places(), "", {}, ".aws/credentials, line 2")

    def test_nothing_at_all(self):
        self.refused(self.places(), "", {"AWS_EC2_METADATA_DISABLED": "true"}, "no credentials")
        self.refused(self.places_again(), "credential-source=container", {}, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")

    def places_again(self):
        return self.service("--credentials-port", "0", name="again")
