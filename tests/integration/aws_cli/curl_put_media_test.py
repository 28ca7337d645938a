#!/usr/bin/env python3
"""Uploads real media with the stock curl to kvs-local, signed by curl, and plays what was stored.

Usage: curl_put_media_test.py KVS_LOCAL http|https
Exit status: 0 passed, 1 failed, 77 skipped because curl or ffmpeg is missing.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile

SKIPPED = 77
USER = "AKIDLOCALKVSEXAMPLE1:kvslocalSecretKeyForTestsOnly0000EXAMPLE1"
REGION = "us-west-2"
SECONDS = 8
FRAGMENT_SECONDS = 2
FRAMES_PER_SECOND = 25
START = 1700000000.25


class Failure(Exception):
    pass


def expect(condition, what):
    if not condition:
        raise Failure(what)


def run(*command):
    return subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=60, check=False)


def make_media(folder):
    """A Matroska file without known sizes, a key frame and a cluster every two seconds."""
    path = os.path.join(folder, "media.mkv")
    done = run("ffmpeg", "-v", "error", "-y", "-f", "lavfi",
               "-i", f"testsrc=size=320x240:rate={FRAMES_PER_SECOND}:duration={SECONDS}",
               "-c:v", "libx264", "-preset", "ultrafast", "-bf", "0",
               "-g", str(FRAMES_PER_SECOND * FRAGMENT_SECONDS), "-pix_fmt", "yuv420p",
               "-f", "matroska", "-live", "1",
               "-cluster_size_limit", "10M", "-cluster_time_limit", str(FRAGMENT_SECONDS * 1000),
               path)
    return path if done.returncode == 0 else None


def upload(url, ca_file, media, *more):
    command = ["curl", "-sS", "-X", "POST", "-T", media, "-H", "Transfer-Encoding: chunked",
               "--aws-sigv4", f"aws:amz:{REGION}:kinesisvideo", "-u", USER,
               "-H", "x-amzn-stream-name: s", "-H", "x-amzn-fragment-timecode-type: RELATIVE",
               "-H", f"x-amzn-producer-start-timestamp: {START}"]
    if ca_file:
        command += ["--cacert", ca_file]
    done = run(*command, *more, url + "/putMedia")
    expect(done.returncode == 0, f"curl: {done.stderr.strip()}")
    return done.stdout


def check_acks(text):
    acks = [json.loads(line) for line in text.splitlines()]
    numbers = {}
    for ack in acks:
        numbers.setdefault(ack["FragmentTimecode"], []).append(ack["EventType"])
    expected = ["BUFFERING", "RECEIVED", "PERSISTED"]
    expect(list(numbers) == [i * FRAGMENT_SECONDS * 1000
                             for i in range(SECONDS // FRAGMENT_SECONDS)], f"acks are {numbers}")
    expect(all(types == expected for types in numbers.values()), f"acks are {numbers}")


def check_files(folder):
    """Every stored fragment plays alone."""
    with open(os.path.join(folder, "fragments.jsonl"), encoding="utf-8") as lines:
        fragments = [json.loads(line) for line in lines]
    expect(len(fragments) == SECONDS // FRAGMENT_SECONDS, f"{len(fragments)} fragments")
    for index, fragment in enumerate(fragments):
        time = int(START * 1000) + index * FRAGMENT_SECONDS * 1000
        expect(fragment["producer_time_ms"] == time, f"producer time of {fragment}")
        path = os.path.join(folder, fragment["file"])
        probe = run("ffprobe", "-v", "error", "-count_frames", "-show_entries",
                    "stream=nb_read_frames", "-of", "csv=p=0", path)
        expect(probe.stdout.strip(", \n") == str(FRAMES_PER_SECOND * FRAGMENT_SECONDS)
               and not probe.stderr, f"ffprobe: {probe.stdout} {probe.stderr}")
        if shutil.which("mkvinfo"):
            done = run("mkvinfo", path)
            expect(done.returncode == 0, f"mkvinfo: {done.stdout}")
        if shutil.which("gst-launch-1.0") and index == 0:
            done = run("gst-launch-1.0", "-q", "filesrc", f"location={path}", "!",
                       "matroskademux", "!", "fakesink")
            expect(done.returncode == 0, f"matroskademux: {done.stderr}")


def read_line(process, prefix):
    line = process.stdout.readline().strip()
    expect(line.startswith(prefix), f"kvs-local said {line!r}")
    return line[len(prefix):]


def main():
    program, scheme = sys.argv[1:3]
    if not shutil.which("curl") or not shutil.which("ffmpeg"):
        print("skipped: curl or ffmpeg is missing")
        return SKIPPED
    folder = tempfile.mkdtemp(prefix="kvs-curl-")
    process = None
    try:
        media = make_media(folder)
        if not media:
            print("skipped: this ffmpeg cannot make H.264")
            return SKIPPED
        data = os.path.join(folder, "data")
        command = [program, "--stream", "s", "--data", data, "--keep-sessions"]
        command += ["--tls", "--tls-dir", os.path.join(folder, "tls")] if scheme == "https" else []
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        url = read_line(process, "kvs-local: listening on ")
        ca_file = read_line(process, "kvs-local: ca file ") if scheme == "https" else ""
        check_acks(upload(url, ca_file, media))
        check_files(os.path.join(data, "s"))
        with open(media, "rb") as sent, open(os.path.join(data, "s", "session-1.mkv"),
                                             "rb") as kept:
            expect(sent.read() == kept.read(), "the kept session differs from what was sent")
        refused = upload(url, ca_file, media, "-u", USER + "x")
        expect("does not match the signature" in refused, f"a wrong secret gave {refused!r}")
        # The same media once more, without Expect: all of it is a duplicate.
        check_acks(upload(url, ca_file, media, "-H", "Expect:"))
        process.send_signal(signal.SIGTERM)
        rest, _ = process.communicate(timeout=20)
        count = SECONDS // FRAGMENT_SECONDS
        expect(rest.strip() == f"kvs-local: done: {2 * count} fragments persisted, 0 received only, "
               f"{count} duplicates, 0 errors, 2 sessions", f"kvs-local ended with {rest!r}")
        print(f"passed over {scheme}")
        return 0
    except (Failure, subprocess.TimeoutExpired) as failure:
        print(f"failed: {failure}")
        return 1
    finally:
        if process and process.poll() is None:
            process.kill()
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
