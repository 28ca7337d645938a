"""A camera that only uploads when somebody rings: pre-roll, trigger and untrigger."""

import os
import re
import unittest

import media
from harness import TIME_SCALE, Case

PRE_ROLL_S, RATE = 3, 15
LIVE = ("videotestsrc is-live=true num-buffers={frames} ! video/x-raw,width=160,height=120,framerate=15/1 ! "
        "x264enc tune=zerolatency key-int-max=15 ! h264parse ! video/x-h264,stream-format=avc ! tee name=v "
        "v. ! {record} v. ! queue ! kvssink name=sink stream-name=s endpoint={url} pre-roll=3 "
        "audiotestsrc is-live=true num-buffers={blocks} ! audioconvert ! audio/x-raw,rate=44100,channels=1 ! "
        "voaacenc ! aacparse ! audio/mpeg,stream-format=raw ! queue ! sink.")
# The clock of the recording begins with the first frame that comes out of the encoder, and threads are late.
LATE_MS = 1500 * TIME_SCALE


class Test(Case):
    def drive(self, service, *steps, frames=-1):
        self.recorded = self.path("recorded")
        blocks = frames * 44100 // (RATE * 1024) if frames > 0 else -1
        reports, end = self.driver(LIVE.format(url=service.url, frames=frames, blocks=blocks,
                                               record=media.recorder(self.recorded)), *steps)
        self.assertEqual(end.code, 0, str(end))
        self.stats = [{name: int(value) for name, value in re.findall(r"([a-z-]+)=\(g?u?int64\)(\d+)", report["text"])}
                      for report in reports if report.get("message") == "stats"]
        return [report for report in reports if "step" in report]

    @staticmethod
    def at(reports, step):
        return [report["wall_ms"] for report in reports if report["step"] == step]

    def check_recording(self, fragments, begin_ms, end_ms):
        """It has the pre-roll, begins with a key frame, and ends with what was put last before the end."""
        self.assertTrue(fragments[0]["first_frame_key"])
        begins = fragments[0]["producer_time_ms"]
        self.assertLessEqual(begins, begin_ms - PRE_ROLL_S * 1000 + LATE_MS)
        # Not much more than a group of pictures in front of it.
        self.assertGreaterEqual(begins, begin_ms - PRE_ROLL_S * 1000 - 1500 - LATE_MS)
        ends = fragments[-1]["producer_time_ms"]
        self.assertLessEqual(abs(ends - end_ms), 1200 + LATE_MS)

    # It counts connections, and sound that comes seconds late has one of its own.
    @unittest.skipIf(os.environ.get("KVS_THREAD_SANITIZER"), "too slow to keep the pace of a camera")
    def test_nothing_arrives_before_the_trigger_and_nothing_after_the_end(self):
        service = self.service()
        reports = self.drive(service, "state:PLAYING", "run:7000", "emit:trigger", "emit:trigger", "run:3000", "emit:untrigger",
                             "wait:kvssink-trigger-finished", "run:5000", "emit:trigger", "run:1500", "emit:untrigger",
                             "wait:kvssink-trigger-finished", "run:500", "stats:sink", "state:NULL")
        self.assertEqual([report["result"] for report in reports if report["step"].startswith("emit:")],
                         ["TRUE", "FALSE", "TRUE", "TRUE", "TRUE"])
        totals = service.stop()
        self.assertEqual((totals["sessions"], totals["duplicates"], totals["error_acks"]), (2, 0, 0))
        triggers = [self.at(reports, "emit:trigger")[0], self.at(reports, "emit:trigger")[2]]
        begins = [event["time_ms"] for event in service.events("session_begin")]
        finished = self.at(reports, "wait:kvssink-trigger-finished")
        self.assertEqual((len(begins), len(finished)), (2, 2))
        for trigger, begin, end in zip(triggers, begins, finished):
            self.assertGreaterEqual(begin, trigger - 20)  # the clocks of two processes tick in milliseconds
            self.assertLess(begin, end)
        sessions = [[one for one in service.fragments("s") if one["session"] == number] for number in (1, 2)]
        for fragments, begin, end in zip(sessions, triggers, self.at(reports, "emit:untrigger")):
            self.check_recording(fragments, begin, end)
        stored = media.stored_packets(self, service, "s")
        self.assertGreater(len(media.digests(stored, media.AUDIO)), 0)
        self.check_runs(media.recorded(self.recorded), media.digests(stored, media.VIDEO), 2)
        self.assertEqual(media.check_sessions(self, service, "s"), 2)
        stats = self.stats[0]
        self.assertEqual(stats["frames-put"], stats["frames-persisted"] + stats["frames-not-triggered"] + stats["stored-frames"])
        self.assertGreater(stats["frames-not-triggered"], 0)
        self.assertEqual(stats["frames-persisted"], len(stored))

    def check_runs(self, put, stored, runs):
        """What is stored is of what was put so many pieces, each without a gap."""
        places = [put.index(digest) for digest in stored]
        cuts = [i for i in range(1, len(places)) if places[i] != places[i - 1] + 1]
        self.assertEqual(len(cuts), runs - 1, str(places))

    def test_nobody_rings(self):
        service = self.service()
        reports = self.drive(service, "state:PLAYING", "wait:eos", "stats:sink", frames=60)
        self.assertEqual(reports[-1]["result"], "success")
        totals = service.stop()
        self.assertEqual((totals["sessions"], len(service.fragments("s"))), (0, 0))
        stats = self.stats[0]
        self.assertGreaterEqual(stats["frames-put"], 60)
        self.assertEqual(stats["frames-put"], stats["frames-not-triggered"])

    def test_triggered_before_it_starts(self):
        service = self.service()
        reports = self.drive(service, "emit:trigger", "state:PLAYING", "wait:eos", "stats:sink", frames=60)
        self.assertEqual(reports[0]["result"], "TRUE")
        service.stop()
        stored = media.stored_packets(self, service, "s")
        media.check_same(self, media.recorded(self.recorded), media.digests(stored, media.VIDEO), "video")
        self.assertEqual(self.stats[0]["frames-not-triggered"], 0)
