"""What the upload of a file costs, beside reading it alone, and beside curl with the same bytes."""

import collections
import json
import os
import statistics
import time

import processes
import recordings
from harness import path_of, tool, wait_until

GB = 1e9
# What is stored must be all; nothing of the service is to be the limit.
SERVICE = ("--no-auth", "--put-media-tps", "0", "--max-sessions", "0", "--stream", "s")
# Without queues: what it takes to hand frames to another thread differs from run to run, and has nothing to do with the sink.
BRANCHES = {False: "demux.video_0 ! h264parse ! {video} ",
            True: "demux.video_0 ! h264parse ! {video} demux.audio_0 ! aacparse ! {audio} "}
UPLOADS = (1, 2)  # of curl at once, to see what the service takes
SINK = "kvssink name=sink stream-name=s streaming-type=offline endpoint={url} {ca}"


def pipeline(recording, file, sink, video, audio):
    line = (f"filesrc location={file} ! qtdemux name=demux " + BRANCHES[recording.sound]).format(video=video, audio=audio)
    return [tool("gst-launch-1.0"), "--no-fault", "-q", *sink.split(), *line.split()]


def demux_only(recording, file):
    # Nor does kvssink wait for a first frame on each pad.
    plain = "fakesink sync=false async=false"
    return pipeline(recording, file, "", plain, plain)


def upload(recording, file, service):
    sink = SINK.format(url=service.url, ca=f"ca-path={service.ca_file}" if service.ca_file else "")
    return pipeline(recording, file, sink, "sink.", "sink.")


def curl(body, service, stream="s"):
    """PutMedia as curl does it; the body is read from a file."""
    headers = ("Transfer-Encoding: chunked", "Expect:", f"x-amzn-stream-name: {stream}", "x-amzn-fragment-timecode-type: ABSOLUTE",
               "x-amzn-producer-start-timestamp: 0", "x-amzn-fragment-acknowledgment-required: 1")
    return [tool("curl"), "-sS", "--fail", "-o", os.devnull, "-X", "POST", "-T", body, *(word for each in headers for word in ("-H", each)),
            *(["--cacert", service.ca_file] if service.ca_file else []), f"{service.url}/putMedia"]


def minimal(body, service, stream="s"):
    """The same as minimal_sender.cc does it, which is the least that can be done."""
    return [path_of("KVS_MINIMAL_SENDER"), body, "127.0.0.1", str(service.port), stream, *([service.ca_file] if service.ca_file else [])]


class Row:
    """One recording over one transport."""

    def __init__(self, lab, recording, file, tls):
        self.lab = lab
        self.recording = recording
        self.file = file
        self.tls = tls
        self.costs = {"minimal": [], "curl": [], "demux": [], "kvssink": []}
        self.server = {"minimal": [], "curl": [], "kvssink": []}
        self.service = lab.service(*SERVICE, *(["--tls"] if tls else []), name=f"offline-{recording.name}-{'tls' if tls else 'http'}",
                                   keep=False)
        self.environment = lab.environment()
        self.bytes = 0

    def stream(self):
        return collections.Counter(self.service.stats()["streams"].get("s", {}))

    def sessions_ended(self, offset):
        """Of the log of the service from there on: all of it is long."""
        with open(self.service.events_path, "rb") as file:
            file.seek(offset)
            return [json.loads(line) for line in file if b'"event":"session_end"' in line and line.endswith(b"\n")]

    def sent(self, name, command):
        """What the service has got of it."""
        before, server = self.stream(), processes.cpu_of(self.service.program.process.pid)
        log = os.path.getsize(self.service.events_path)
        self.costs[name].append(processes.run(command, self.environment, self.lab.folder))
        after = self.stream()
        self.server[name].append(processes.cpu_of(self.service.program.process.pid) - server)
        ends = wait_until(lambda: self.sessions_ended(log), "the session has ended")
        return {"bytes": sum(end["bytes"] for end in ends), "sessions": len(ends),
                **{key: after[key] - before[key] for key in ("frames", "error_acks")}}

    def round(self, body):
        """Each once, so that what else the machine does falls on all of them."""
        size = os.path.getsize(body)
        self.costs["demux"].append(processes.run(demux_only(self.recording, self.file), self.environment, self.lab.folder))
        floor = self.sent("minimal", minimal(body, self.service))
        by_curl = self.sent("curl", curl(body, self.service))
        by_us = self.sent("kvssink", upload(self.recording, self.file, self.service))
        if by_curl != floor or by_curl["bytes"] != size or by_us["frames"] != by_curl["frames"] or by_us["error_acks"] or by_curl["error_acks"]:
            raise AssertionError(f"minimal_sender sent {floor}, curl {by_curl}, kvssink {by_us}, of {size} bytes")
        # Not to the byte: a header more for every session.
        if abs(by_us["bytes"] - size) > size / 1000:
            raise AssertionError(f"kvssink sent {by_us['bytes']} bytes in {by_us['sessions']} sessions, curl {size}")
        self.bytes = by_us["bytes"]
        self.frames = by_us["frames"]

    def result(self):
        def per_gb(values):
            values = [value * GB / self.bytes for value in values]
            return {"median": statistics.median(values), "min": min(values), "max": max(values)}

        cpu = {name: [cost.cpu for cost in costs] for name, costs in self.costs.items()}
        net = [all_of_it - demux for all_of_it, demux in zip(cpu["kvssink"], cpu["demux"])]
        ratios = [ours / floor for ours, floor in zip(net, cpu["curl"])]
        return {"recording": self.recording.name, "what": self.recording.what, "tls": self.tls, "bytes": self.bytes, "frames": self.frames,
                "rounds": len(net), "minimal": per_gb(cpu["minimal"]), "curl": per_gb(cpu["curl"]), "demux": per_gb(cpu["demux"]), "kvssink": per_gb(cpu["kvssink"]),
                "kvssink_net": per_gb(net), "ratio": {"median": statistics.median(ratios), "min": min(ratios), "max": max(ratios)},
                "server": {name: per_gb(values) for name, values in self.server.items()},
                "seconds": {name: statistics.median(cost.seconds for cost in costs) for name, costs in self.costs.items()},
                "user": {name: statistics.median(cost.user for cost in costs) for name, costs in self.costs.items()},
                "system": {name: statistics.median(cost.system for cost in costs) for name, costs in self.costs.items()},
                "switches": {name: statistics.median(cost.switches for cost in costs) for name, costs in self.costs.items()},
                "peak": {name: statistics.median(cost.peak for cost in costs) for name, costs in self.costs.items()}}


def session_of(lab, recording, file, folder):
    """The body of the one session in which kvssink sends a recording."""
    service = lab.service(*SERVICE, name=f"keeper-{recording.name}")
    processes.run(upload(recording, file, service), lab.environment(), lab.folder)
    paths = service.session_files("s")
    service.stop()
    if len(paths) != 1:
        raise AssertionError(f"{len(paths)} sessions of {recording.what}")
    body = os.path.join(folder, f"{recording.name}.session.mkv")
    os.replace(paths[0], body)
    return body


def measure(lab, chosen, folder, rounds, transports=(False, True)):
    """The rows, and what kvs-local takes by itself of the last recording."""
    rows = []
    for recording in chosen:
        file = recording.make(folder)
        body = session_of(lab, recording, file, folder)
        rows += [(Row(lab, recording, file, tls), body) for tls in transports]
    for _ in range(rounds):
        for row, body in rows:
            row.round(body)
    for row, _ in rows:
        row.service.stop()
    return {"rows": [row.result() for row, _ in rows],
            "capacity": [capacity(lab, rows[-1][1], tls, uploads) for tls in transports for uploads in UPLOADS]}


def capacity(lab, body, tls, uploads):
    """What kvs-local takes of so many curls at once."""
    service = lab.service(*SERVICE, *(["--tls"] if tls else []), *(word for number in range(uploads) for word in ("--stream", f"c{number}")),
                          name=f"capacity-{uploads}-{'tls' if tls else 'http'}", keep=False)
    server, begin = processes.cpu_of(service.program.process.pid), time.monotonic()
    programs = [lab.start(curl(body, service, f"c{number}"), f"curl-{number}") for number in range(uploads)]
    for program in programs:
        end = program.wait()
        if end.code != 0:
            raise AssertionError(str(end))
    seconds = time.monotonic() - begin
    cpu = processes.cpu_of(service.program.process.pid) - server
    service.stop()
    size = uploads * os.path.getsize(body)
    return {"tls": tls, "uploads": uploads, "bytes": size, "bytes_per_second": size / seconds, "server_cpu_per_gb": cpu * GB / size}
