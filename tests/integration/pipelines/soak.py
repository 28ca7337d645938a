"""What a process that uses kvssink for long holds, and whether that grows. Shared by soak_test.py and scripts/soak."""

import json
import statistics

from harness import path_of

# How much more the last quarter of the samples may have than the second (the first is for what is made once), in bytes, of medians.
HEAP_ROOM = 128 << 10
RESIDENT_ROOM = 2 << 20
# And how many more threads or files than at any time before: one may be on its way out when a sample is taken.
COUNT_ROOM = 2
# A round takes fewer milliseconds than the service would like between two connections of a stream.
OPTIONS = ("--put-media-tps", "0", "--max-sessions", "0")


def run(lab, service, *arguments, seconds=None):
    """Runs soak_driver. The samples, what it says at its end, and the end."""
    driver = lab.start([path_of("KVS_SOAK_DRIVER"), *map(str, arguments)], "soak-driver",
                       lab.environment(LD_PRELOAD=None, CONTROL_PLANE_URI=service.url))
    end = driver.wait(seconds)
    lines = [json.loads(line) for line in end.stdout.splitlines()]
    return [line for line in lines if "at" in line], next((line for line in lines if "done" in line), None), end


def quarter(samples, number):
    return samples[len(samples) * (number - 1) // 4:len(samples) * number // 4]


def median(samples, key):
    return statistics.median(sample[key] for sample in samples)


def growth(samples):
    """What has grown, in words; an empty list if nothing has."""
    grown = []
    for key, room in (("heap", HEAP_ROOM), ("rss", RESIDENT_ROOM)):
        early, late = median(quarter(samples, 2), key), median(quarter(samples, 4), key)
        if late > early + room:
            grown.append(f"{key}: {early:.0f} bytes, later {late:.0f}")
    for key in ("threads", "files"):
        early = max(sample[key] for sample in samples[:len(samples) * 3 // 4])
        late = max(sample[key] for sample in quarter(samples, 4))
        if late > early + COUNT_ROOM:
            grown.append(f"{key}: {early}, later {late}")
    return grown
