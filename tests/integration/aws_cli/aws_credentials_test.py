#!/usr/bin/env python3
"""The stock AWS command line gets its credentials from kvs-local, in every way it knows, and lists streams with them.

Usage: aws_credentials_test.py KVS_LOCAL http|https
Exit status: 0 passed, 1 failed, 77 skipped because there is no command line, or one that is too old.
"""

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta, timezone

SKIPPED = 77
KEYS = {"AWS_ACCESS_KEY_ID": "AKIDLOCALKVSEXAMPLE1",
        "AWS_SECRET_ACCESS_KEY": "kvslocalSecretKeyForTestsOnly0000EXAMPLE1"}
REGION = "eu-west-1"
ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/cameras/front"
START_URL = "https://example.awsapps.com/start"
CONTAINER_TOKEN = "kvslocalContainerShows"
# The first of each line of releases that knows AWS_ENDPOINT_URL_STS.
SINCE = {1: (1, 29, 39), 2: (2, 13, 0)}


class Failure(Exception):
    pass


def expect(condition, what):
    if not condition:
        raise Failure(what)


def find_cli():
    """A command line that can be told where STS is."""
    for program in (shutil.which("aws"), "/usr/bin/aws"):
        if not program or not os.access(program, os.X_OK):
            continue
        said = subprocess.run([program, "--version"], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=60, check=False).stdout
        found = re.match(r"aws-cli/(\d+)\.(\d+)\.(\d+)", said)
        version = tuple(int(number) for number in found.groups()) if found else (0,)
        if version >= SINCE.get(version[0], (sys.maxsize,)):
            return program
    return None


class Service:
    def __init__(self, program, scheme, folder, *options):
        self.events_path = os.path.join(folder, "events.jsonl")
        command = [program, "--port", "0", "--credentials-port", "0", "--region", REGION, "--stream", "door",
                   "--container-token", CONTAINER_TOKEN, "--events", self.events_path, *options]
        if scheme == "https":
            command += ["--tls", "--tls-dir", os.path.join(folder, "tls")]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.url = self.read_line("kvs-local: listening on ")
        self.ca_file = self.read_line("kvs-local: ca file ") if scheme == "https" else ""
        self.credentials_url = self.read_line("kvs-local: credentials endpoint ")
        expect(self.credentials_url.startswith(f"{scheme}://127.0.0.1:"), self.credentials_url)

    def read_line(self, prefix):
        line = self.process.stdout.readline().strip()
        expect(line.startswith(prefix), f"kvs-local said {line!r}")
        return line[len(prefix):]

    def given(self):
        """Which sources gave credentials, in order."""
        with open(self.events_path, encoding="utf-8") as lines:
            return [event["source"] for event in map(json.loads, lines) if event["event"] == "credentials"]

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=20)
        expect(self.process.returncode == 0, f"kvs-local ended with {self.process.returncode}")


class Cli:
    def __init__(self, program, service, folder):
        self.program = program
        self.service = service
        self.home = folder
        # Nothing of the user's own configuration.
        self.environment = {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": folder,
            "AWS_CONFIG_FILE": os.path.join(folder, "config"),
            "AWS_SHARED_CREDENTIALS_FILE": os.path.join(folder, "credentials"),
            "AWS_DEFAULT_REGION": REGION, "AWS_MAX_ATTEMPTS": "1", "AWS_PAGER": "",
            "AWS_EC2_METADATA_DISABLED": "true", "AWS_ENDPOINT_URL_KINESIS_VIDEO": service.url,
        }
        for name in ("STS", "SSO", "SSO_OIDC"):
            self.environment[f"AWS_ENDPOINT_URL_{name}"] = service.credentials_url
        if service.ca_file:
            self.environment["AWS_CA_BUNDLE"] = service.ca_file

    def write(self, name, text):
        path = os.path.join(self.home, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def run(self, *arguments, **environment):
        # The command line keeps the credentials of roles.
        shutil.rmtree(os.path.join(self.home, ".aws", "cli"), ignore_errors=True)
        return subprocess.run([self.program, *arguments, "--output", "json"], env={**self.environment, **environment},
                              text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120, check=False)

    def ok(self, *arguments, **environment):
        done = self.run(*arguments, **environment)
        expect(done.returncode == 0, f"{arguments} failed: {done.stderr.strip()}")
        return json.loads(done.stdout)

    def fails(self, error, *arguments, **environment):
        done = self.run(*arguments, **environment)
        expect(done.returncode != 0, f"{arguments} succeeded")
        expect(error in done.stderr, f"{arguments} failed with {done.stderr.strip()}")

    def lists(self, source, *arguments, **environment):
        """Lists the streams, with new credentials of that source."""
        before = len(self.service.given())
        answer = self.ok("kinesisvideo", "list-streams", *arguments, **environment)
        expect([stream["StreamName"] for stream in answer["StreamInfoList"]] == ["door"], f"{source}: list is {answer}")
        given = self.service.given()[before:]
        expect(given == source.split("+"), f"{source}: were given by {given}")


def as_variables(credentials):
    return {"AWS_ACCESS_KEY_ID": credentials["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": credentials["SecretAccessKey"],
            "AWS_SESSION_TOKEN": credentials["SessionToken"]}


def check_sts(cli):
    role = ["sts", "assume-role", "--role-session-name", "me@home", "--role-arn"]
    answer = cli.ok(*role, ROLE, **KEYS)
    arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/front/me@home"
    expect(answer["AssumedRoleUser"]["Arn"] == arn, f"it is {answer}")
    given = as_variables(answer["Credentials"])
    expect(cli.ok("sts", "get-caller-identity", **given)["Arn"] == arn, "who these are is another")
    cli.ok("kinesisvideo", "list-streams", **given)
    cli.fails("(AccessDenied)", *role, ROLE + "door", **KEYS)
    cli.fails("(ValidationError)", *role, "arn:aws:iam::1:role/front", **KEYS)
    cli.fails("(SignatureDoesNotMatch)", *role, ROLE, **{**KEYS, "AWS_SECRET_ACCESS_KEY": "wrong"})
    cli.fails("(InvalidClientTokenId)", *role, ROLE, **{**KEYS, "AWS_ACCESS_KEY_ID": "AKIDOFSOMEBODYELSE00"})


def check_profiles(cli):
    cli.write("credentials", f"[keys]\naws_access_key_id = {KEYS['AWS_ACCESS_KEY_ID']}\n"
                             f"aws_secret_access_key = {KEYS['AWS_SECRET_ACCESS_KEY']}\n")
    cli.write("config", f"[profile role]\nrole_arn = {ROLE}\nsource_profile = keys\n"
                        f"[profile chain]\nrole_arn = {ROLE}\nsource_profile = role\n")
    cli.lists("sts", "--profile", "role")
    cli.lists("sts+sts", "--profile", "chain")


def check_web_identity(cli):
    token = cli.write("token", "kvslocalWebIdentityToken")
    cli.lists("web-identity", AWS_ROLE_ARN=ROLE, AWS_WEB_IDENTITY_TOKEN_FILE=token)
    cli.fails("(InvalidIdentityToken)", "kinesisvideo", "list-streams", AWS_ROLE_ARN=ROLE,
              AWS_WEB_IDENTITY_TOKEN_FILE=cli.write("wrong", "wrong"))


def check_sso(cli):
    def cached(key, token, **more):
        ends = datetime.now(timezone.utc) + timedelta(hours=-1 if more else 1)
        path = f".aws/sso/cache/{hashlib.sha1(key.encode()).hexdigest()}.json"
        return cli.write(path, json.dumps({"startUrl": START_URL, "region": REGION, "accessToken": token,
                                           "expiresAt": ends.strftime("%Y-%m-%dT%H:%M:%SZ"), **more}))

    keys = f"sso_account_id = {ACCOUNT}\nsso_role_name = front\n"
    cli.write("config", f"[profile legacy]\nsso_start_url = {START_URL}\nsso_region = {REGION}\n{keys}"
                        f"[profile session]\nsso_session = mine\n{keys}"
                        f"[sso-session mine]\nsso_start_url = {START_URL}\nsso_region = {REGION}\n"
                        "sso_registration_scopes = sso:account:access\n")
    cached(START_URL, "kvslocalSsoAccessToken")
    cli.lists("sso", "--profile", "legacy")
    # One that has expired is renewed, and what is new is kept.
    ends = (datetime.now(timezone.utc) + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    file = cached("mine", "old", refreshToken="kvslocalSsoRefreshToken", clientId="id", clientSecret="secret",
                  registrationExpiresAt=ends)
    cli.lists("sso", "--profile", "session")
    with open(file, encoding="utf-8") as kept:
        expect(json.load(kept)["accessToken"].startswith("kvslocalSsoAccess"), "the new token was not kept")
    shutil.rmtree(os.path.join(cli.home, ".aws"))
    cached(START_URL, "wrong")
    cli.fails("aws sso login", "kinesisvideo", "list-streams", "--profile", "legacy")


def check_container(cli):
    for path in ("/v1/credentials", "/v2/credentials/5-1"):
        cli.lists("container", AWS_CONTAINER_CREDENTIALS_FULL_URI=cli.service.credentials_url + path,
                  AWS_CONTAINER_AUTHORIZATION_TOKEN=CONTAINER_TOKEN)
    cli.fails("non 200 response 401", "kinesisvideo", "list-streams",
              AWS_CONTAINER_CREDENTIALS_FULL_URI=cli.service.credentials_url + "/v1/credentials")


def check_imds(cli):
    cli.lists("imds", AWS_EC2_METADATA_DISABLED="false", AWS_EC2_METADATA_SERVICE_ENDPOINT=cli.service.credentials_url + "/")
    role = f"[profile instance]\nrole_arn = {ROLE}\ncredential_source = Ec2InstanceMetadata\n"
    cli.write("config", role)
    cli.lists("imds+sts", "--profile", "instance", AWS_EC2_METADATA_DISABLED="false",
              AWS_EC2_METADATA_SERVICE_ENDPOINT=cli.service.credentials_url + "/")


def check_expiry(cli):
    given = cli.ok("sts", "assume-role", "--role-arn", ROLE, "--role-session-name", "me", **KEYS)["Credentials"]
    cli.fails("(ExpiredTokenException)", "kinesisvideo", "list-streams", **as_variables(given))
    cli.fails("(ExpiredToken)", "sts", "get-caller-identity", **as_variables(given))


def check_faults(cli):
    cli.fails("(RegionDisabledException)", "sts", "assume-role", "--role-arn", ROLE, "--role-session-name", "me", **KEYS)
    cli.fails("non 200 response 502", "kinesisvideo", "list-streams",
              AWS_CONTAINER_CREDENTIALS_FULL_URI=cli.service.credentials_url + "/v1/credentials",
              AWS_CONTAINER_AUTHORIZATION_TOKEN=CONTAINER_TOKEN)


def main():
    program, scheme = sys.argv[1:3]
    aws = find_cli()
    if not aws:
        print("skipped: there is no aws that knows AWS_ENDPOINT_URL_STS")
        return SKIPPED
    runs = [(["--credentials-role", "front"], [check_sts, check_profiles, check_web_identity, check_sso])]
    if scheme == "http":  # that of containers and instances is no https
        runs[0][1].extend([check_container, check_imds])
        runs.append((["--credentials-life", "0"], [check_expiry]))
        runs.append((["--fault", "status,api=assumeRole,code=403,error=RegionDisabledException", "--fault",
                      "status,api=containerCredentials,code=502"], [check_faults]))
    for options, checks in runs:
        folder = tempfile.mkdtemp(prefix="kvs-aws-credentials-")
        service = None
        try:
            service = Service(program, scheme, folder, *options)
            for check in checks:
                check(Cli(aws, service, folder))
            service.stop()
        except (Failure, subprocess.TimeoutExpired) as failure:
            print(f"failed: {failure}")
            return 1
        finally:
            if service and service.process.poll() is None:
                service.process.kill()
                service.process.wait()
            shutil.rmtree(folder, ignore_errors=True)
    print(f"passed over {scheme}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
