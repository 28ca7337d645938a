#!/usr/bin/env python3
"""Runs the stock AWS command line against kvs-local, over http and over TLS.

Usage: aws_cli_test.py KVS_LOCAL http|https
Exit status: 0 passed, 1 failed, 77 skipped because there is no /usr/bin/aws.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile

AWS = "/usr/bin/aws"
SKIPPED = 77
ACCESS_KEY = "AKIDLOCALKVSEXAMPLE1"
SECRET_KEY = "kvslocalSecretKeyForTestsOnly0000EXAMPLE1"
ACCOUNT = "123456789012"
REGION = "eu-west-1"


class Failure(Exception):
    pass


def expect(condition, what):
    if not condition:
        raise Failure(what)


class Service:
    """A kvs-local on a free port."""

    def __init__(self, program, scheme, folder):
        command = [program, "--port", "0", "--region", REGION,
                   "--events", os.path.join(folder, "events.jsonl")]
        if scheme == "https":
            command += ["--tls", "--tls-dir", os.path.join(folder, "tls")]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.url = self.read_line("kvs-local: listening on ")
        self.ca_file = self.read_line("kvs-local: ca file ") if scheme == "https" else ""

    def read_line(self, prefix):
        line = self.process.stdout.readline().strip()
        expect(line.startswith(prefix), f"kvs-local said {line!r}")
        return line[len(prefix):]

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        rest, _ = self.process.communicate(timeout=20)
        expect(self.process.returncode == 0, f"kvs-local ended with {self.process.returncode}")
        expect(rest.startswith("kvs-local: done: "), f"kvs-local ended with {rest!r}")


class Cli:
    def __init__(self, service, folder):
        self.url = service.url
        # Nothing of the user's own configuration.
        self.environment = {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "HOME": folder,
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_MAX_ATTEMPTS": "1",
            "AWS_PAGER": "",
        }
        if service.ca_file:
            self.environment["AWS_CA_BUNDLE"] = service.ca_file

    def run(self, *arguments, **environment):
        command = [AWS, "kinesisvideo", "--endpoint-url", self.url, "--output", "json", *arguments]
        return subprocess.run(command, env={**self.environment, **environment}, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60,
                              check=False)

    def ok(self, *arguments):
        """The answer of a call that must succeed; None when it answers nothing."""
        done = self.run(*arguments)
        expect(done.returncode == 0, f"{arguments} failed: {done.stderr.strip()}")
        return json.loads(done.stdout) if done.stdout.strip() else None

    def fails(self, error, *arguments, **environment):
        done = self.run(*arguments, **environment)
        expect(done.returncode != 0, f"{arguments} succeeded")
        expect(f"({error})" in done.stderr, f"{arguments} failed with {done.stderr.strip()}")


def check_streams(cli):
    arn = cli.ok("create-stream", "--stream-name", "door", "--device-name", "camera-1",
                 "--media-type", "video/h264,audio/aac", "--data-retention-in-hours", "24",
                 "--tags", "site=north,floor=2")["StreamARN"]
    expect(arn.startswith(f"arn:aws:kinesisvideo:{REGION}:{ACCOUNT}:stream/door/"), arn)
    cli.fails("ResourceInUseException", "create-stream", "--stream-name", "door")
    info = cli.ok("describe-stream", "--stream-name", "door")["StreamInfo"]
    for key, value in {"StreamName": "door", "StreamARN": arn, "DeviceName": "camera-1",
                       "MediaType": "video/h264,audio/aac", "Status": "ACTIVE",
                       "DataRetentionInHours": 24}.items():
        expect(info.get(key) == value, f"{key} is {info.get(key)!r}")
    expect(info["CreationTime"] and info["KmsKeyId"], "CreationTime or KmsKeyId is missing")
    expect(cli.ok("describe-stream", "--stream-arn", arn)["StreamInfo"] == info,
           "by name and by ARN differ")
    cli.fails("ResourceNotFoundException", "describe-stream", "--stream-name", "window")
    return arn, info["Version"]


def check_tags(cli, arn):
    def tags():
        return cli.ok("list-tags-for-stream", "--stream-arn", arn)["Tags"]

    expect(tags() == {"site": "north", "floor": "2"}, f"tags are {tags()}")
    cli.ok("tag-stream", "--stream-arn", arn, "--tags", 'floor=3,note=a b: c/d+e@f')
    expect(tags() == {"site": "north", "floor": "3", "note": "a b: c/d+e@f"}, f"tags are {tags()}")
    cli.ok("untag-stream", "--stream-name", "door", "--tag-key-list", "site", "note")
    expect(tags() == {"floor": "3"}, f"tags are {tags()}")


def check_retention(cli, version):
    change = ["update-data-retention", "--stream-name", "door",
              "--operation", "INCREASE_DATA_RETENTION", "--data-retention-change-in-hours", "6"]
    cli.fails("VersionMismatchException", *change, "--current-version", "NOTTHELATEST")
    cli.ok(*change, "--current-version", version)
    info = cli.ok("describe-stream", "--stream-name", "door")["StreamInfo"]
    expect(info["DataRetentionInHours"] == 30, f"retention is {info['DataRetentionInHours']}")
    expect(info["Version"] != version, "the version did not change")


def check_lists(cli):
    for name in ("dog-1", "dog-2", "dog-3"):
        cli.ok("create-stream", "--stream-name", name)

    def names(*arguments):
        answer = cli.ok("list-streams", *arguments)
        return [stream["StreamName"] for stream in answer["StreamInfoList"]], answer

    expect(names()[0] == ["dog-1", "dog-2", "dog-3", "door"], f"list is {names()[0]}")
    condition = "ComparisonOperator=BEGINS_WITH,ComparisonValue=dog-"
    by_prefix, _ = names("--stream-name-condition", condition)
    expect(by_prefix == ["dog-1", "dog-2", "dog-3"], f"list by prefix is {by_prefix}")
    # The command line follows NextToken by itself: pages of one, all of them or one at a time.
    paged, _ = names("--page-size", "1", "--stream-name-condition", condition)
    expect(paged == by_prefix, f"list in pages is {paged}")
    first, answer = names("--max-items", "2")
    expect(first == ["dog-1", "dog-2"] and answer.get("NextToken"), f"first page is {answer}")
    second, _ = names("--max-items", "2", "--starting-token", answer["NextToken"])
    expect(second == ["dog-3", "door"], f"second page is {second}")


def check_endpoint(cli):
    answer = cli.ok("get-data-endpoint", "--stream-name", "door", "--api-name", "PUT_MEDIA")
    expect(answer["DataEndpoint"] == cli.url, f"endpoint is {answer}")


def check_refusals(cli):
    listing = ["list-streams"]
    cli.fails("InvalidSignatureException", *listing, AWS_SECRET_ACCESS_KEY="wrong")
    cli.fails("UnrecognizedClientException", *listing, AWS_ACCESS_KEY_ID="AKIDOFSOMEBODYELSE00")
    cli.fails("UnrecognizedClientException", *listing, AWS_SESSION_TOKEN="unexpected")
    cli.fails("InvalidSignatureException", *listing, AWS_DEFAULT_REGION="us-east-1")


def check_delete(cli, arn):
    cli.fails("VersionMismatchException", "delete-stream", "--stream-arn", arn,
              "--current-version", "NOTTHELATEST")
    cli.ok("delete-stream", "--stream-arn", arn)
    cli.fails("ResourceNotFoundException", "describe-stream", "--stream-arn", arn)


def main():
    program, scheme = sys.argv[1:3]
    if not os.access(AWS, os.X_OK):
        print(f"skipped: there is no {AWS}")
        return SKIPPED
    folder = tempfile.mkdtemp(prefix="kvs-aws-cli-")
    service = None
    try:
        service = Service(program, scheme, folder)
        cli = Cli(service, folder)
        arn, version = check_streams(cli)
        if scheme == "http":  # what a call does is the same over TLS
            check_tags(cli, arn)
            check_retention(cli, version)
            check_lists(cli)
            check_refusals(cli)
        check_endpoint(cli)
        check_delete(cli, arn)
        service.stop()
        print(f"passed over {scheme}")
        return 0
    except (Failure, subprocess.TimeoutExpired) as failure:
        print(f"failed: {failure}")
        return 1
    finally:
        if service and service.process.poll() is None:
            service.process.kill()
            service.process.wait()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
