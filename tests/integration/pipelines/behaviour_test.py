"""When the element says that it has finished, and what it does when it is not let finish."""

import signal
import time

import media
from harness import BlackHole, Case, wait_until

LIVE = ("videotestsrc is-live=true num-buffers={frames} ! video/x-raw,width=160,height=120,framerate=15/1 ! "
        "x264enc tune=zerolatency key-int-max=15 ! h264parse ! video/x-h264,stream-format=avc ! tee name=t "
        "t. ! {record} t. ! queue ! kvssink stream-name=s endpoint={url} {more}")


class Test(Case):
    def line(self, url, frames=45, more=""):
        self.recorded = self.path("recorded")
        return LIVE.format(url=url, frames=frames, more=more, record=media.recorder(self.recorded))

    def persisted_acks(self, service):
        return [event for event in service.events("ack") if event["type"] == "PERSISTED" and event["delivered"]]

    def test_eos_comes_after_the_last_persisted_ack(self):
        service = self.service("--ack-delay-persisted", "2s")
        self.run_pipeline(self.line(service.url))
        ended_ms = time.time() * 1000
        acks = self.persisted_acks(service)
        service.stop()
        media.check_same(self, media.recorded(self.recorded),
                         media.digests(media.stored_packets(self, service, "s"), media.VIDEO), "video")
        self.assertEqual(len(acks), len(service.fragments("s")))
        self.assertLessEqual(acks[-1]["time_ms"], ended_ms)

    def test_eos_comes_at_the_deadline_when_acks_do_not(self):
        service = self.service("--fault", "stop-acks,types=PERSISTED")
        end = self.start_pipeline(self.line(service.url, more="stop-stream-timeout=2")).wait()
        self.assertGreater(end.code, 0, str(end))
        self.assertEqual(len(end.errors()), 1, str(end))
        self.assertIn("within 2 s (stop-stream-timeout)", end.errors()[0])
        self.assertIn("are left", end.errors()[0])

    def test_what_was_put_is_uploaded_although_the_application_ends_without_eos(self):
        service = self.service()
        pipeline = self.start_pipeline(self.line(service.url, frames=-1))
        wait_until(lambda: len(self.persisted_acks(service)) >= 2, "two fragments are stored")
        pipeline.signal(signal.SIGINT)  # no -e: the pipeline goes to NULL at once
        end = pipeline.wait(20)
        self.assertEqual(end.stdout, "")
        service.stop()
        stored = media.digests(media.stored_packets(self, service, "s"), media.VIDEO)
        put = media.recorded(self.recorded)
        # The frame that was in the queue at that moment was never put.
        self.assertLessEqual(abs(len(put) - len(stored)), 3)
        media.check_same(self, put[:len(stored)], stored[:len(put)], "video")

    def test_a_service_that_says_nothing_holds_nobody_up(self):
        hole = BlackHole()
        self.addCleanup(hole.close)
        pipeline = self.start_pipeline(self.line(hole.url, frames=30, more="stop-stream-timeout=2"))
        end = pipeline.wait(20)
        self.assertGreater(end.code, 0, str(end))
        self.assertIn("stop-stream-timeout", end.errors()[0])
        # Two seconds of media at their own pace, two of waiting.
        self.assertGreater(end.seconds, 3)

    def test_an_interrupt_ends_a_pipeline_without_a_service_in_time(self):
        hole = BlackHole()
        self.addCleanup(hole.close)
        pipeline = self.start_pipeline(self.line(hole.url, frames=-1, more="stop-stream-timeout=2"))
        wait_until(lambda: hole.connections, "the element has connected")
        pipeline.signal(signal.SIGINT)
        begin = time.monotonic()
        pipeline.wait(20)
        self.assertLess(time.monotonic() - begin, 10)
