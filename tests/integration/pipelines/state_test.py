"""State changes, EOS and the end of the process, measured from within."""

import media
from harness import PATIENCE, BlackHole, Case, ReservedPort, path_of, tool

LIVE = ("videotestsrc is-live=true num-buffers={frames} ! video/x-raw,width=160,height=120,framerate=15/1 ! "
        "x264enc tune=zerolatency key-int-max=15 ! h264parse ! video/x-h264,stream-format=avc ! tee name=t "
        "t. ! {record} t. ! queue ! kvssink stream-name=s ack-messages=true endpoint={url} {more}")
# Nothing here may wait for the network. What is asked of it takes SLOW_S; loading plugins and starting threads takes less than
# half of that, also on a machine that has much else to do. Under sanitizers it is said nowhere how long that takes.
SLOW_S = 12
AT_ONCE_MS = SLOW_S * 500


class Test(Case):
    def drive(self, url, *steps, frames=-1, more="", code=0, **environment):
        self.recorded = self.path("recorded")
        reports, end = self.driver(
            LIVE.format(frames=frames, url=url, more=more, record=media.recorder(self.recorded)),
            *steps, **environment)
        self.assertEqual(end.code, code, str(end))
        self.assertEqual(len(reports), len(steps), str(end))
        return reports, end

    def check_at_once(self, reports):
        for report in reports:
            if report["step"].startswith("state:"):
                self.assertNotEqual(report["result"], "failure")
                if not media.SANITIZED:
                    self.assertLess(report["ms"], AT_ONCE_MS, report["step"])

    def test_state_changes_do_not_wait_for_a_service_that_says_nothing(self):
        hole = BlackHole()
        self.addCleanup(hole.close)
        reports, _ = self.drive(hole.url, "state:READY", "state:PAUSED", "state:PLAYING",
                                "run:500", "state:PAUSED", "state:PLAYING",
                                "state:READY", "state:PLAYING", "state:NULL",
                                more=f"stop-stream-timeout={SLOW_S} connection-timeout={SLOW_S} completion-timeout={SLOW_S}")
        self.check_at_once(reports)

    def test_state_changes_do_not_wait_for_connections_that_are_refused(self):
        port = ReservedPort()
        self.addCleanup(port.close)
        reports, _ = self.drive(port.url, "state:PLAYING", "wait:kvssink-disconnected", "state:NULL",
                                "state:PLAYING", "state:NULL", more=f"stop-stream-timeout={SLOW_S}")
        self.check_at_once(reports)

    def test_state_changes_do_not_wait_for_acks(self):
        service = self.service("--ack-delay-persisted", f"{SLOW_S}s")
        reports, _ = self.drive(service.url, "state:PLAYING", "wait:kvssink-connected", "state:NULL")
        self.check_at_once(reports)
        self.check_all_that_was_put(service)

    # The library uploads what is left while the process ends.
    def test_what_was_put_is_uploaded_after_null(self):
        service = self.service()
        reports, _ = self.drive(service.url, "state:PLAYING", "wait:kvssink-fragment-acked", "state:NULL")
        self.check_at_once(reports)
        self.check_all_that_was_put(service)

    def check_all_that_was_put(self, service):
        totals = service.stop()
        self.assertEqual((totals["duplicates"], totals["error_acks"]), (0, 0))
        stored = media.digests(media.stored_packets(self, service, "s"), media.VIDEO)
        recorded = media.recorded(self.recorded)
        self.assertGreater(len(stored), 0)
        # Both branches of the tee end where the state change catches them, one a frame or two before the other.
        self.assertLessEqual(abs(len(recorded) - len(stored)), 3)
        media.check_same(self, recorded[:len(stored)], stored[:len(recorded)], "video")

    def test_eos_is_posted_after_the_last_persisted_ack(self):
        service = self.service("--ack-delay-persisted", "2s")
        reports, _ = self.drive(service.url, "state:PLAYING", "wait:eos", frames=45)
        acks = [event for event in service.events("ack") if event["type"] == "PERSISTED"]
        service.stop()
        self.assertEqual(len(acks), len(service.fragments("s")))
        self.assertGreaterEqual(reports[1]["wall_ms"], acks[-1]["time_ms"])
        media.check_same(self, media.recorded(self.recorded),
                         media.digests(media.stored_packets(self, service, "s"), media.VIDEO), "video")

    def test_a_second_run_after_null_is_stored_as_well(self):
        service = self.service()
        reports, _ = self.drive(service.url, "state:PLAYING", "wait:kvssink-fragment-acked", "state:NULL",
                                "state:PLAYING", "wait:kvssink-fragment-acked", "state:NULL")
        self.check_at_once(reports)
        totals = service.stop()
        self.assertEqual((totals["duplicates"], totals["error_acks"]), (0, 0))
        self.assertGreaterEqual(totals["fragments_persisted"], 2)

    # The element on its own.
    def test_gst_inspect(self):
        end = self.start([tool("gst-inspect-1.0"), "kvssink"], "inspect", self.environment()).wait()
        self.assertEqual((end.code, end.stderr), (0, ""), str(end))
        fields = dict(line.split(None, 1) for line in end.stdout.splitlines()
                      if len(line.split(None, 1)) == 2)
        self.assertEqual(fields["Rank"], "none (0)")
        self.assertEqual(fields["Klass"], "Sink/Network")
        self.assertIn("License", fields)
        self.assertTrue(end.stdout.startswith("Factory Details:"), end.stdout[:200])

    def test_nothing_is_printed(self):
        service = self.service()
        end = self.run_pipeline(
            "videotestsrc num-buffers=30 ! video/x-raw,width=160,height=120,framerate=15/1 ! x264enc ! h264parse ! "
            f"kvssink stream-name=s endpoint={service.url}")
        self.assertEqual((end.stdout, end.stderr), ("", ""))
        service.stop()

    # The library on its own.
    def test_native_sample(self):
        program = path_of("KVS_MINIMAL")
        file = media.make_file(self, "a.h264", audio_seconds=0, more="-bsf:v h264_metadata=aud=insert")
        service = self.service()
        end = self.start([program, "s", file, service.url], "minimal",
                         self.environment(LD_PRELOAD=None)).wait(PATIENCE)
        self.assertEqual((end.code, end.stderr), (0, ""), str(end))
        self.assertEqual(end.stdout, "3 fragments persisted\n")
        totals = service.stop()
        self.assertEqual((totals["duplicates"], totals["error_acks"]), (0, 0))
        with open(file, "rb") as stream:
            units = media.nal_units(stream.read())
        stored = media.stored_packets(self, service, "s")
        self.assertEqual(sum(packet.size for packet in stored), sum(len(unit) + 4 for unit in units))
        self.assertEqual(len(stored), 90)
        # Its times are not those of the encoder, which ffmpeg remarks on when it decodes.
        media.check_sessions(self, service, "s", decodable=False)
