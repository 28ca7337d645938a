"""Many elements in one process: what they share, and what they cost."""

import collections
import os
import re

from harness import Case, wait_until

STREAMS = 16
# One encoder for all of them.
LINE = ("videotestsrc is-live=true ! video/x-raw,width=160,height=120,framerate=15/1 ! x264enc tune=zerolatency key-int-max=15 ! "
        "h264parse ! tee name=t ")


def threads_of(program):
    """How many threads the program has of each name."""
    names = collections.Counter()
    folder = f"/proc/{program.process.pid}/task"
    for thread in os.listdir(folder):
        try:
            with open(f"{folder}/{thread}/comm", encoding="ascii", errors="replace") as file:
                names[file.read().strip()] += 1
        except OSError:  # it has ended meanwhile
            pass
    return names


def waits_of(program, name):
    """How often each thread of this name has gone to sleep by itself."""
    waits = []
    folder = f"/proc/{program.process.pid}/task"
    for thread in os.listdir(folder):
        with open(f"{folder}/{thread}/status", encoding="ascii", errors="replace") as file:
            status = file.read()
        if re.search(f"^Name:\t{name}$", status, re.MULTILINE):
            waits.append(int(re.search(r"^voluntary_ctxt_switches:\t(\d+)$", status, re.MULTILINE)[1]))
    return waits


class Test(Case):
    def pipeline(self, sink, **environment):
        return self.start_pipeline(LINE + " ".join(f"t. ! queue ! {sink.format(i)}" for i in range(STREAMS)), **environment)

    def test_threads_do_not_grow_with_streams(self):
        service = self.service()
        without = self.pipeline("fakesink name=sink{} async=false")
        wait_until(lambda: "videotestsrc0:s" in threads_of(without), "the pipeline without the element plays")
        playing = self.pipeline(f"kvssink stream-name=s{{}} endpoint={service.url}")
        wait_until(lambda: all(service.fragments(f"s{i}") for i in range(STREAMS)), "all streams have stored something")
        # Once more than the other pipeline: those of the library, and none of a library that is not used.
        more = threads_of(playing) - threads_of(without)
        self.assertLessEqual(set(more), {"kvs-net", "kvs-callback"})
        self.assertLessEqual(sum(more.values()), 2)

    def test_streams_share_as_many_network_threads_as_are_asked_for(self):
        service = self.service()
        playing = self.pipeline(f"kvssink stream-name=s{{}} endpoint={service.url}", KVS_NETWORK_THREADS="3")
        wait_until(lambda: all(service.fragments(f"s{i}") for i in range(STREAMS)), "all streams have stored something")
        before = waits_of(playing, "kvs-net")
        self.assertEqual(len(before), 3)
        # None of them only waits: each has some of the streams.
        wait_until(lambda: all(now >= then + 10 for now, then in zip(waits_of(playing, "kvs-net"), before)), "all of them send")

    def test_what_several_network_threads_have_is_sent_before_the_end(self):
        frames = 45
        service = self.service()
        line = LINE.replace("is-live=true", f"num-buffers={frames}")
        sinks = " ".join(f"t. ! queue ! kvssink stream-name=s{i} endpoint={service.url}" for i in range(STREAMS))
        self.run_pipeline(line + sinks, KVS_NETWORK_THREADS="4")
        streams = service.stats()["streams"]
        self.assertEqual({name: stream["frames"] for name, stream in streams.items()}, {f"s{i}": frames for i in range(STREAMS)})

    def test_connections_and_tls_sessions_are_shared(self):
        service = self.service("--tls")
        self.pipeline(f"kvssink stream-name=s{{}} endpoint={service.url} ca-path={service.ca_file}")
        wait_until(lambda: all(service.fragments(f"s{i}") for i in range(STREAMS)), "all streams have stored something")
        stats = service.stats()
        # One for the media of each stream; the calls of all of them share a few. This test has asked once itself.
        self.assertLessEqual(stats["connections"], STREAMS + 16 + 1, stats)
        # All but the first offer the session that is known then; the service takes it up, or gives another one.
        self.assertGreater(stats["resumed_connections"], 0, stats)
