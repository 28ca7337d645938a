"""What streams cost that run by the clock: time from the pad to the wire, memory, threads, calls and allocations, starting and stopping.

Frames are pushed by bench_driver, see there; the same into fakesink is taken off where it says "above fakesink"."""

import collections
import json
import os
import statistics

import processes
import recordings
from harness import BlackHole, path_of, wait_until

SERVICE = ("--put-media-tps", "0", "--max-sessions", "0")
PATIENCE = 600
RATE = 30
ACK_BUFFERING, ACK_PERSISTED = 1, 3


def percentile(values, part):
    """The smallest value that so many of all do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -int(-len(ordered) * part // 1) - 1))]


def spread(values):
    return {"count": len(values), "p50": percentile(values, 0.5), "p90": percentile(values, 0.9), "p99": percentile(values, 0.99),
            "max": max(values)}


def range_of(values):
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


class Bench:
    """Runs the driver; each service is used once."""

    def __init__(self, lab, folder):
        self.lab = lab
        self.folder = folder  # of the media
        self.count = 0

    def service(self, tls, *options, streams=0):
        self.count += 1
        named = [word for number in range(streams) for word in ("--stream", f"s{number}")]
        return self.lab.service(*SERVICE, *(["--tls"] if tls else []), *options, *named, name=f"live-{self.count}", keep=False)

    def piece(self, recording=recordings.FULL_HD):
        recording.make(self.folder)
        return os.path.join(self.folder, f"{recording.name}-piece.mp4")

    def drive(self, *arguments, url="", ca="", sink="kvssink"):
        """What bench_driver says."""
        properties = [f"set={each}" for each in ("stream-name=s%d", f"endpoint={url}", *([f"ca-path={ca}"] if ca else []))]
        driver = self.lab.start([path_of("KVS_BENCH_DRIVER"), f"sink={sink}", f"file={self.piece()}", *map(str, arguments),
                                 *(properties if sink == "kvssink" else [])], "bench-driver", self.lab.environment())
        end = driver.wait(PATIENCE)
        if (end.code, end.stderr) != (0, ""):
            raise AssertionError(str(end))
        return json.loads(end.stdout)

    def run(self, service, *arguments):
        said = self.drive(*arguments, url=service.url, ca=service.ca_file)
        # What was pushed has come, or the numbers are those of something else.
        wait_until(lambda: service.stats()["open_sessions"] == 0, "all sessions have ended")
        came = sum(stream["frames"] for stream in service.stats()["streams"].values())
        if came != said["all_frames"]:
            raise AssertionError(f"{came} of {said['all_frames']} frames have come")
        return said

    def latency(self, tls, seconds, sound):
        """From the pad to the last byte of the frame at the service, and to the acknowledgements, in milliseconds."""
        service = self.service(tls, "--frame-events", streams=1)
        log = self.lab.path(f"latency-{self.count}.log")
        said = self.run(service, f"sound={int(sound)}", f"seconds={seconds}", "warm-up=0", f"log={log}", "end=eos")
        pushed, keys, acks = {0: [], 1: []}, [], {}
        with open(log, encoding="ascii") as file:
            for words in map(str.split, file):
                if words[0] == "ack":
                    acks.setdefault(int(words[2]), []).append(int(words[3]))
                else:
                    pushed[int(words[1])].append((int(words[2]), int(words[4])))
                    if words[1] == "0" and words[3] == "1":
                        keys.append(int(words[2]))
        came = {0: [], 1: []}
        for event in service.events("frame"):
            came[event["track"] - 1].append((event["time_us"], event["size"]))
        result = {"tls": tls, "seconds": seconds, "late_ms": said["late_ms"]}
        for track, name in ((0, "picture"), (1, "sound"))[:2 if sound else 1]:
            if [size for _, size in pushed[track]] != [size for _, size in came[track]]:
                there, here = [size for _, size in came[track]], [size for _, size in pushed[track]]
                first = next((i for i, (a, b) in enumerate(zip(there, here)) if a != b), min(len(there), len(here)))
                raise AssertionError(f"the frames of the {name} that have come ({len(there)}) are others than those pushed "
                                     f"({len(here)}), from number {first} on")
            # The first second is that of connecting.
            first = pushed[track][0][0] + 1_000_000
            times = [(there - here) / 1000 for (here, _), (there, _) in zip(pushed[track], came[track]) if here > first]
            result[name] = spread(times)
            result[name]["times"] = sorted(times)
        # A fragment begins with each key frame, and ends with the next one.
        buffering, persisted = acks.get(ACK_BUFFERING, []), acks.get(ACK_PERSISTED, [])
        result["first_frame_to_buffering"] = spread([(ack - key) / 1000 for key, ack in list(zip(keys, buffering))[1:]])
        result["end_to_persisted"] = spread([(ack - key) / 1000 for key, ack in list(zip(keys[1:], persisted))[1:]])
        service.stop()
        return result

    def compare(self, tls, streams, *arguments, rounds=1):
        """The element and fakesink in turns: [(said, said)]."""
        pairs = []
        for _ in range(rounds):
            service = self.service(tls, streams=streams)
            server = processes.cpu_of(service.program.process.pid)
            said = self.run(service, f"streams={streams}", *arguments)
            said["server_cpu"] = processes.cpu_of(service.program.process.pid) - server
            service.stop()
            pairs.append((said, self.drive(f"streams={streams}", *arguments, sink="fakesink")))
        return pairs

    def cost(self, tls, streams, *arguments, rounds=1):
        """Of each frame, and in all, above fakesink."""
        pairs = self.compare(tls, streams, *arguments, rounds=rounds)

        def above(key, per):
            values = [ours[key] / ours[per] - theirs[key] / theirs[per] for ours, theirs in pairs if ours[key] is not None]
            return range_of(values) if values else None

        def held(key):
            return range_of([ours["after"][key] - theirs["after"][key] for ours, theirs in pairs])

        def more_threads(ours, theirs):
            # Those of GLib's pool come and go.
            names = collections.Counter(ours["after"]["threads"])
            names.subtract(theirs["after"]["threads"])
            return [name for name, count in names.items() if not name.startswith("pool-") for _ in range(count)]

        return {"tls": tls, "streams": streams, "rounds": rounds,
                "frames_per_second": statistics.median(ours["frames"] / ours["seconds"] for ours, _ in pairs),
                "bits_per_second": statistics.median(ours["bytes"] * 8 / ours["seconds"] for ours, _ in pairs),
                "cpu_per_byte": above("cpu", "bytes"), "cpu_per_frame": above("cpu", "frames"), "core": above("cpu", "seconds"),
                "push_cpu_per_frame": above("pusher_cpu", "frames"), "allocations_per_frame": above("allocations", "frames"),
                "system_calls_per_frame": above("system_calls", "frames"), "switches_per_frame": above("switches", "frames"),
                "written": held("written"), "stored": range_of([ours["stored"] for ours, _ in pairs]),
                "sent": range_of([ours["sent"] / ours["bytes"] for ours, _ in pairs]), "resident": held("resident"), "virtual": held("virtual"), "threads": more_threads(*pairs[-1]),
                "to_playing_ms": range_of([ours["to_playing_ms"] for ours, _ in pairs]),
                "to_null_ms": range_of([ours["to_null_ms"] for ours, _ in pairs]),
                "late_ms": max(ours["late_ms"] for ours, _ in pairs)}

    def start(self, tls, exists, rounds):
        """To PLAYING, and to the first byte of media, in milliseconds."""
        playing, first = [], []
        for _ in range(rounds):
            service = self.service(tls, streams=1 if exists else 0)
            said = self.run(service, f"bits={10**6}", f"rate={RATE}", "seconds=1.5", "warm-up=0", "end=eos")
            playing.append(said["to_playing_ms"])
            first.append(service.events("session_begin")[0]["time_ms"] - said["play_at_us"] / 1000)
            service.stop()
        return {"tls": tls, "exists": exists, "rounds": rounds, "to_playing_ms": range_of(playing), "to_put_media_ms": range_of(first)}

    def start_without_service(self, rounds):
        """To PLAYING when nobody answers."""
        hole = BlackHole()
        try:
            playing = [self.drive(f"bits={10**6}", f"rate={RATE}", "seconds=0.1", "warm-up=0", "set=stop-stream-timeout=1",
                                  url=hole.url)["to_playing_ms"] for _ in range(rounds)]
        finally:
            hole.close()
        return {"rounds": rounds, "to_playing_ms": range_of(playing)}

    def backlog(self, seconds):
        """What a push takes while more and more is held, because nobody answers."""
        hole = BlackHole()
        try:
            said = self.drive(f"bits={10**6}", f"rate={RATE}", f"seconds={seconds}", "pace=0", "set=buffer-duration=86400",
                              "set=storage-size=2048", "set=stop-stream-timeout=1", url=hole.url)
        finally:
            hole.close()
        plain = self.drive(f"bits={10**6}", f"rate={RATE}", f"seconds={seconds}", "pace=0", sink="fakesink")
        return {"seconds": seconds, "frames": said["frames"], "bytes": said["bytes"],
                "push_us": [ours - theirs for ours, theirs in zip(said["push_us"], plain["push_us"])],
                "written": said["after"]["written"] - plain["after"]["written"]}
