#!/usr/bin/env python3
"""Writes the cases in sigv4/. A second implementation of AWS Signature Version 4, to test the first with.

Source: "Signature Version 4 signing process", IAM user guide.
"""
import hashlib
import hmac
import json
import pathlib
import re
import urllib.parse

ROOT = pathlib.Path(__file__).parent / "sigv4"
LONG_TERM = {"access_key_id": "AKIDTESTTESTTESTTEST", "secret_access_key": "a-made-up/secret+for-tests0123456789EXAM"}
TEMPORARY = dict(LONG_TERM, token="made-up//token+of==temporary/credentials" * 4)
UNSTABLE = {"connection", "expect", "transfer-encoding", "upgrade", "user-agent", "x-amzn-trace-id", "authorization"}
AGENT = "kvsproducer/0.1.0 GCC/12.2.0 Linux/6.1 x86_64"
CONTROL = "kinesisvideo.eu-central-1.amazonaws.com"

# name, method, target, headers, body, context
CASES = [
    ("describe-stream", "POST", "/describeStream",
     [("Content-Type", "application/json"), ("User-Agent", AGENT), ("Host", CONTROL)],
     '{"StreamName":"front-door"}', {}),
    ("describe-stream-with-token", "POST", "/describeStream",
     [("Content-Type", "application/json"), ("User-Agent", AGENT), ("Host", CONTROL)],
     '{"StreamName":"front-door"}', {"credentials": TEMPORARY}),
    ("describe-stream-token-not-signed", "POST", "/describeStream",
     [("Host", CONTROL)], '{"StreamName":"front-door"}', {"credentials": TEMPORARY, "omit_session_token": True}),
    ("local-service-with-port", "POST", "/getDataEndpoint",
     [("Content-Type", "application/json"), ("Host", "127.0.0.1:8443")],
     '{"StreamName":"front-door","APIName":"PUT_MEDIA"}', {}),
    ("put-media", "POST", "/putMedia",
     [("Content-Type", "application/json"), ("User-Agent", AGENT), ("Transfer-Encoding", "chunked"),
      ("x-amzn-stream-name", "front-door"), ("x-amzn-producer-start-timestamp", "1709210096.007"),
      ("x-amzn-fragment-acknowledgment-required", "1"), ("x-amzn-fragment-timecode-type", "ABSOLUTE"),
      ("Connection", "keep-alive"), ("Host", "s-0a1b2c3d.kinesisvideo.us-gov-west-1.amazonaws.com")],
     "", {"credentials": TEMPORARY, "region": "us-gov-west-1", "timestamp": "2024-02-29T12:34:56Z"}),
    ("last-second-of-a-year", "POST", "/tagStream", [("Host", CONTROL)],
     '{"StreamARN":"arn:aws:kinesisvideo:eu-central-1:111122223333:stream/front-door/1","Tags":{"a":"\u00e4 \\" b"}}',
     {"timestamp": "2099-12-31T23:59:59Z"}),
    ("query-sorted-and-encoded", "GET", "/list?b=2&a=3&a=1&A=0&c&d=x%2fy&e=1+2&%7E=~&=empty", [("Host", CONTROL)],
     "", {"headers": "all-stable"}),
    ("path-encoded-again", "GET", "/streams/a%20b/c:d", [("Host", CONTROL)], "", {}),
    ("path-as-sent", "GET", "/streams/a%20b/c:d", [("Host", CONTROL)], "", {"path_encoding": "as-sent"}),
    ("dot-segments-removed", "GET", "/a/./b//../c/d/..", [("Host", CONTROL)], "", {}),
    ("dot-segments-kept", "GET", "/a/./b//../c/d/..", [("Host", CONTROL)], "", {"normalize": False}),
    ("headers-folded-and-joined", "GET", "/",
     [("X-Amz-B", "  two   words \t here "), ("x-amz-a", "2"), ("X-AMZ-A", "1"), ("Host", CONTROL), ("Accept", "*/*")],
     "", {}),
    ("all-stable-headers", "GET", "/",
     [("Zulu", "z"), ("Accept", "*/*"), ("Connection", "close"), ("Upgrade", "h2c"), ("Expect", "100-continue"),
      ("X-Amzn-Trace-Id", "Root=1"), ("User-Agent", AGENT), ("Host", CONTROL)], "", {"headers": "all-stable"}),
    ("payload-hash-sent", "PUT", "/object", [("Host", CONTROL), ("Content-Length", "5")], "bytes",
     {"sign_body": True, "headers": "all-stable"}),
]


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


def mac(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def quote(text, safe=""):
    return urllib.parse.quote(text, safe=safe + "-._~")


def canonical_path(path, context):
    if context["normalize"]:
        stack = []
        for segment in path.split("/"):
            if segment == "..":
                stack = stack[:-1]
            elif segment not in ("", "."):
                stack.append(segment)
        path = "/" + "/".join(stack) + ("/" if stack and path.endswith("/") else "")
    return path if context["path_encoding"] == "as-sent" else quote(path, "/")


def canonical_query(query):
    pairs = [part.partition("=") for part in query.split("&") if part]
    return "&".join(f"{n}={v}" for n, v in sorted((quote(urllib.parse.unquote(n)), quote(urllib.parse.unquote(v)))
                                                  for n, _, v in pairs))


def is_signed(name, context):
    if name == "x-amz-security-token" and context["omit_session_token"]:
        return False
    if context["headers"] == "host-and-amz":
        return name == "host" or name.startswith("x-amz")
    return name not in UNSTABLE


def write_case(name, method, target, headers, body, changes):
    context = {"credentials": LONG_TERM, "expiration_in_seconds": 3600, "headers": "host-and-amz", "normalize": True,
               "omit_session_token": False, "path_encoding": "again", "region": "eu-central-1",
               "service": "kinesisvideo", "sign_body": False, "timestamp": "2025-06-07T08:09:10Z", **changes}
    stamp = re.sub("[-:]", "", context["timestamp"])
    credentials = context["credentials"]
    payload_hash = sha256(body)
    signed = list(headers) + [("X-Amz-Date", stamp)]
    if "token" in credentials:
        signed.append(("X-Amz-Security-Token", credentials["token"]))
    if context["sign_body"]:
        signed.append(("X-Amz-Content-Sha256", payload_hash))

    joined = {}
    for header, value in signed:
        if is_signed(header.lower(), context):
            joined.setdefault(header.lower(), []).append(" ".join(value.split()))
    names = ";".join(sorted(joined))
    path, _, query = target.partition("?")
    canonical = "\n".join([method, canonical_path(path, context), canonical_query(query),
                           *(f"{n}:{','.join(joined[n])}" for n in sorted(joined)), "", names, payload_hash])
    scope = f"{stamp[:8]}/{context['region']}/{context['service']}/aws4_request"
    to_sign = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, sha256(canonical)])
    key = ("AWS4" + credentials["secret_access_key"]).encode()
    for part in scope.split("/"):
        key = mac(key, part)
    signature = mac(key, to_sign).hex()
    signed.append(("Authorization", f"AWS4-HMAC-SHA256 Credential={credentials['access_key_id']}/{scope}, "
                                    f"SignedHeaders={names}, Signature={signature}"))

    def message(lines):
        return "\n".join([f"{method} {target} HTTP/1.1", *(f"{n}:{v}" for n, v in lines), "", body])

    folder = ROOT / name
    folder.mkdir(parents=True, exist_ok=True)
    for file, text in (("context.json", json.dumps(context, indent=2, sort_keys=True) + "\n"),
                       ("request.txt", message(headers)), ("header-canonical-request.txt", canonical),
                       ("header-string-to-sign.txt", to_sign), ("header-signature.txt", signature),
                       ("header-signed-request.txt", message(signed))):
        (folder / file).write_text(text, encoding="utf-8", newline="\n")


for case in CASES:
    write_case(*case)
