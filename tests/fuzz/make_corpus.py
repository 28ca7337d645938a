#!/usr/bin/env python3
"""Writes the corpora whose inputs are not media of their own: corpus/json and corpus/mkv.

Usage: make_corpus.py [FOLDER]      FOLDER: where corpus/ is; that of this file if not given

The answers in corpus/json are the examples and error types of the Kinesis Video Streams API reference, with the members
that the service adds; the scripts in corpus/mkv are streams as producers make them. What the bytes mean is told at the top
of json_fuzzer.cc and mkv_fuzzer.cc.
"""

import json
import pathlib
import sys

DESCRIBE, CREATE, TAG, ENDPOINT, PUT_MEDIA = range(5)
ARN = "arn:aws:kinesisvideo:us-west-2:111122223333:stream/front-door/1526000000000"
DATE = "Sun, 30 Aug 2015 12:36:00 GMT"

STREAM_INFO = {
    "DeviceName": "camera-7", "StreamName": "front-door", "StreamARN": ARN, "MediaType": "video/h264,audio/aac",
    "KmsKeyId": "arn:aws:kms:us-west-2:111122223333:alias/aws/kinesisvideo", "Version": "nK2mZ8pQ0L",
    "Status": "ACTIVE", "CreationTime": 1526000000.123, "DataRetentionInHours": 24,
}


def answer(call, status, body, error_type="", time="", long_message=0):
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    return (bytes([long_message << 4 | call]) + status.to_bytes(2, "big") +
            "\n".join([error_type, time, text]).encode())


def json_inputs():
    yield "describe_active", answer(DESCRIBE, 200, {"StreamInfo": STREAM_INFO}, time=DATE)
    yield "describe_creating", answer(DESCRIBE, 200, {"StreamInfo": {
        **STREAM_INFO, "Status": "CREATING", "DataRetentionInHours": 0, "MediaType": None}})
    yield "describe_unknown_members", answer(DESCRIBE, 200, {
        "StreamInfo": {"StreamARN": ARN, "Status": "PAUSED", "Regions": ["a", {"b": [1]}], "Nested": {"x": {"y": 2.5e3}}},
        "Next": "T\u00fcr \u2713"})
    yield "create", answer(CREATE, 200, {"StreamARN": ARN})
    yield "endpoint", answer(ENDPOINT, 200, {"DataEndpoint": "https://s-1234abcd.kinesisvideo.us-west-2.amazonaws.com"})
    yield "tag", answer(TAG, 200, "{}")
    yield "not_found", answer(DESCRIBE, 404, {"Message": "The requested stream is not found or not active."},
                              "ResourceNotFoundException")
    yield "denied", answer(PUT_MEDIA, 401, {"message": "User: arn:aws:iam::111122223333:user/x is not authorized"},
                           "NotAuthorizedException:http://internal.amazon.com/coral/com.amazon.coral.service/")
    yield "type_in_body", answer(ENDPOINT, 400, {
        "__type": "com.amazonaws.kinesisvideo#ClientLimitExceededException", "message": "Slow down"}, time="3")
    yield "clock", answer(DESCRIBE, 403, {
        "Message": "Signature expired: 20150830T123600Z is now earlier than 20150830T124000Z"},
        "InvalidSignatureException", DATE)
    yield "long_message", answer(CREATE, 400, "The stream \u00ab\t\u00bb is in use. ", "ResourceInUseException",
                                 long_message=9)
    yield "after_nul", answer(CREATE, 200, '{"StreamARN":"%s"}\0{"a":1}' % ARN)  # found by the fuzzer
    yield "html", answer(PUT_MEDIA, 502, "<html><body><h1>502 Bad Gateway</h1></body></html>", time="86400")


def text(value):
    return bytes([len(value)]) + bytes(ord(c) - ord(" ") for c in value)


def u16(value):
    return value.to_bytes(2, "big")


def video(id_byte=0, private=34):
    return bytes([id_byte, 2 | 8]) + text("V_TEST") + text("video") + u16(1919) + u16(1079) + bytes([private])


def audio(id_byte=0):
    return bytes([id_byte, 1 | 4 | 8]) + text("A_TEST") + text("") + u16(47999) + bytes([1, 16, 1])


def stream(tracks, operations, absolute=True):
    head = b"S" + bytes([absolute, 7]) + u16(66) + text("Kinesis Video") + text("app 1.0")
    return head + bytes([len(tracks) - 1]) + b"".join(tracks) + b"".join(operations)


PULL = 8
KEY = 1


def operation(code, argument=0, pull=None):
    """What follows the operation's own bytes goes behind; `pull`: the draw of a piece's length."""
    return lambda rest=b"": (bytes([argument << 4 | (PULL if pull is not None else 0) | code]) + rest +
                             (b"" if pull is None else bytes([pull])))


def fragment_begin(track=0, size=20, flags=KEY, step=500, pull=None):
    return operation(1, track << 1, pull)(bytes([size, flags]) + u16(step))


def frame(track=0, size=9, flags=0, relative=140, pull=None):
    return operation(2, track, pull)(bytes([size, flags]) + u16(relative))


def mkv_inputs():
    one = [video()]
    both = [video(), audio()]
    yield "one_track", stream(one, [fragment_begin(), frame(), frame(relative=180), fragment_begin(pull=252), frame(pull=12)])
    yield "two_tracks", stream(both, [
        operation(7, 3)(), fragment_begin(pull=40), frame(1, pull=0), frame(0, pull=255), fragment_begin(pull=3), frame(1, pull=99),
        operation(0, 1, 255)()])
    yield "relative_reordered", stream(one, [
        fragment_begin(step=3000), frame(relative=60), frame(relative=20, flags=4), fragment_begin(pull=250), frame(relative=0)],
        absolute=False)
    yield "track_changes", stream(both, [
        fragment_begin(), frame(1), operation(7, 8, 251)(b"\x30"), fragment_begin(pull=254), frame(1, pull=254)])
    yield "silent_track", stream(both, [operation(7, 3)(), fragment_begin(pull=255), frame(pull=255), operation(0, 0, 255)()])
    yield "broken_connections", stream(one, [
        fragment_begin(pull=100), operation(6, 2)(), frame(pull=251), operation(6, 0)(), fragment_begin(pull=255),
        operation(5, 1)(), operation(6, 1, 254)()])
    yield "edges_of_sizes", stream([video(41, 254)], [
        fragment_begin(size=255, pull=253), frame(size=254, pull=255), frame(size=251), frame(size=250), operation(0, 1, 255)()])
    yield "tags", b"T" + bytes([3]) + b"".join(
        text(name) + text(value) for name, value in [("ame", "value"), ("", ""), ("x" * 127, "y" * 200)]) + bytes([6])


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent)
    for target, inputs in (("json", json_inputs()), ("mkv", mkv_inputs())):
        (folder / "corpus" / target).mkdir(parents=True, exist_ok=True)
        for name, data in inputs:
            (folder / "corpus" / target / name).write_bytes(data)


if __name__ == "__main__":
    main()
