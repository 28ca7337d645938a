"""The samples that show what is new here: metadata and events, the gateway, uploads under the time of recording."""

import re
import signal

import media
from harness import Gate, wait_until
from samples import SERVE, SampleCase

CAMERAS = 8
# Seconds: longer than anything here takes, as a camera does not end by itself.
CAMERA_SECONDS = 90
STATUS = re.compile(r"^(\d+) s: (\d+) of (\d+) streaming, (\d+) to be asked again, .* (\d+) frames lost$", re.MULTILINE)
SITE = ("site", "berlin")
BAD_USAGE = (
    ("metadata_and_events", [], "the name of one stream is wanted"),
    ("metadata_and_events", ["s", "--seconds", "-1"], '"-1"'),
    ("gateway", [], "one file with cameras is wanted"),
    ("gateway", ["/nowhere/cameras"], "cannot read /nowhere/cameras"),
    ("gateway", ["x", "--status", "0"], '-status wants a number from 1, not "0"'),
    ("upload_recording", ["s"], "a stream and a file are wanted"),
    ("upload_recording", ["s", "a.mp4", "--start-time", "yesterday"], '"yesterday" is no time'),
    ("upload_recording", ["s", "a.mp4", "--start"], "there is no option --start"),
)


class Test(SampleCase):
    def test_our_arguments_that_make_no_sense(self):
        for name, arguments, text in BAD_USAGE:
            with self.subTest(name=name, arguments=arguments):
                self.one_line(self.sample(None, name, *arguments, code=2), name, text, "--help")
                end = self.sample(None, name, "--help")
                self.assertTrue(end.stdout.startswith(f"usage: {name} "), str(end))

    # metadata_and_events
    def test_metadata_and_events_go_with_their_fragments(self):
        service = self.service()
        program = self.start_sample(service, "metadata_and_events", "s", "--seconds", "0")
        wait_until(lambda: len(service.fragments("s")) >= 6 or not program.running(), "the story is stored")
        program.signal(signal.SIGINT)
        end = program.wait()
        self.assertEqual(end.code, 0, str(end))
        self.check_clean(service)
        tags = self.tags(service, "s")
        self.assertGreaterEqual(len(tags), 6, str(end))
        for number, found in enumerate(tags):
            expected = {SITE, ("visitors", str(number))}
            if number % 6 in (2, 3):
                expected.add(("door", "open"))
            if number % 6 == 2:
                expected |= {("AWS_KINESISVIDEO_NOTIFICATION", ""), ("reason", "door"), ("AWS_KINESISVIDEO_IMAGE_GENERATION", ""),
                             ("AWS_KINESISVIDEO_IMAGE_PREFIX", "door")}
            self.assertEqual(set(found), expected, f"fragment {number}")
            self.assertEqual(len(found), len(expected))
        self.assertEqual(end.stdout.count("metadata visitors="), len(tags), str(end))

    # upload_recording
    def upload(self, service, *arguments, **options):
        return self.sample(service, "upload_recording", *arguments, **options)

    def first_time(self, service, stream):
        return service.fragments(stream)[0]["producer_time_ms"]

    def test_the_time_that_a_file_carries(self):
        service = self.service()
        for stream, name in (("s", "a.mp4"), ("t", "a.mkv")):
            file = media.make_file(self, name, more="-metadata creation_time=2024-05-01T12:00:00Z")
            end = self.upload(service, stream, file)
            self.assertIn("recorded at 2024-05-01T12:00:00Z, as it says itself", end.stdout)
            self.assertIn("346 of 346 frames persisted, in 3 fragments", end.stdout)
            self.check_whole(service, stream, file, (media.VIDEO, media.AUDIO))
            self.assertEqual(self.first_time(service, stream), 1714564800000)
        self.check_clean(service)

    def test_a_time_that_is_given(self):
        service = self.service()
        file = media.make_file(self, "a.mp4", more="-metadata creation_time=2024-05-01T12:00:00Z")
        for stream, text, time_ms in (("s", "1700000000", 1700000000000), ("t", "2023-01-02T03:04:05Z", 1672628645000),
                                      ("u", "2023-01-02T03:04:05+01:00", 1672625045000)):
            self.upload(service, stream, file, "--start-time", text)
            self.assertEqual(self.first_time(service, stream), time_ms, text)
        self.upload(service, "v", file, "--start-time", "now")
        fragment = service.fragments("v")[0]
        self.assertLess(abs(fragment["producer_time_ms"] - fragment["server_time_ms"]), 60000)
        self.check_clean(service)

    def test_a_file_that_does_not_say_its_time(self):
        service = self.service()
        file = media.make_file(self, "a.ts")
        end = self.upload(service, "s", file, code=1)
        self.one_line(end, "does not say when it was made; give --start-time")
        end = self.upload(service, "s", "/nowhere/a.ts", code=1)
        self.one_line(end, "/nowhere/a.ts: ", "not found")
        service.stop()

    def test_progress_and_an_interruption(self):
        service = self.service("--session-rate", "20k")
        file = media.make_file(self, "a.mp4", seconds=60)
        program = self.start_sample(service, "upload_recording", "s", file, "--start-time", "now")
        wait_until(lambda: re.search(r"^\d+ of 60 s read, [1-9]\d* fragments persisted$", program.stdout(), re.MULTILINE) or
                   not program.running(), "progress is told")
        program.signal(signal.SIGINT)
        wait_until(lambda: "interrupted, not everything is persisted" in program.stderr(), "the interruption is told")
        # What was read is still uploaded; a second signal ends that, too.
        program.signal(signal.SIGINT)
        self.assertNotEqual(program.wait().code, 0)

    def test_a_recording_that_is_not_taken_whole(self):
        service = self.service()
        file = media.make_file(self, "a.mp4")
        service.fault("error-ack,stream=s,id=4006,fragment=2")
        end = self.upload(service, "s", file, "--start-time", "now", code=1)
        self.assertRegex(end.stdout, r"a.mp4: \d+ of 346 frames persisted, in 2 fragments")
        self.assertIn("not everything is persisted", end.stderr)
        end = self.upload(service, "t", file, "--start-time", "now", code=1, AWS_SECRET_ACCESS_KEY="wrong")
        self.assertIn("HTTP 403", end.stderr)
        service.stop()

    def test_a_track_that_is_left_out(self):
        service = self.service()
        file = media.make_file(self, "a.mp4", more="-c:a libmp3lame")
        end = self.upload(service, "s", file, "--start-time", "now")
        self.assertIn("a track of audio/mpeg, mpegversion 1 is left out", end.stdout)
        self.check_whole(service, "s", file)
        file = media.make_file(self, "b.mkv", video_seconds=0, more="-c:a libmp3lame")
        end = self.upload(service, "t", file, "--start-time", "now", code=1)
        self.assertIn("there is no track that kvssink takes in this file", end.stderr)
        self.check_clean(service)

    # gateway
    def test_cameras_in_one_process_and_one_that_goes_away(self):
        service = self.service()
        file, url = self.network_camera(SERVE, seconds=CAMERA_SECONDS)
        port = int(re.search(r":(\d+)/", url).group(1))
        gate = Gate(port)
        self.addCleanup(lambda: gate.close())
        streams = [f"hall_{number}" for number in range(CAMERAS - 1)] + ["door"]
        cameras = self.path("cameras")
        with open(cameras, "w", encoding="ascii") as lines:
            lines.write("# the hall\n\n" + (url + "\n") * (CAMERAS - 1))
            lines.write(f"door {url.replace(str(port), str(gate.port))}   # may lose its cable\n")
        program = self.start_sample(service, "gateway", cameras, "--prefix", "hall", "--status", "1")
        wait_until(lambda: all(service.fragments(stream) for stream in streams) or not program.running(), "all cameras are stored")
        gate.close()
        wait_until(lambda: re.search(r"^door: .*; asked again in \d+ ms$", program.stdout(), re.MULTILINE), "the camera is missed")
        wait_until(lambda: program.stdout().count("; asked again") >= 3, "it is asked again, in vain")
        others = f" {CAMERAS - 1} of {CAMERAS} streaming, 1 to be asked again"
        wait_until(lambda: others in program.stdout() or not program.running(), "the others go on")
        before = len(service.fragments("door"))
        gate = Gate(port, gate.port)
        wait_until(lambda: len(service.fragments("door")) >= before + 2, "it is stored again")
        program.signal(signal.SIGINT)
        end = program.wait()
        self.assertEqual(end.code, 0, str(end))
        self.assertEqual({line.split(":")[0] for line in end.stderr.splitlines()}, {"door"}, str(end))
        status = STATUS.findall(end.stdout)
        self.assertTrue(status, str(end))
        self.assertEqual({line[4] for line in status}, {"0"}, "frames lost")
        # Later and later.
        pauses = [int(pause) for pause in re.findall(r"^door: .*; asked again in (\d+) ms$", end.stdout, re.MULTILINE)]
        for number, pause in enumerate(pauses):
            self.assertTrue(500 << number <= pause <= 1000 << number, str(pauses))
        self.check_clean(service)
        self.assertEqual(set(re.findall(r"^(\w+): .*; asked again", end.stdout, re.MULTILINE)), {"door"})
        source = media.read_packets(self, file)
        for stream in streams[:-1]:
            frames = [frame for path in service.fragment_files(stream) for frame in media.frames_of(path)]
            for kind in (media.VIDEO, media.AUDIO):
                stored = [digest for each, digest in frames if each == kind]
                self.assertGreater(len(stored), 0)
                media.check_same(self, media.digests(source, kind)[:len(stored)], stored, f"{stream}: {kind}")

    def test_a_line_that_is_no_camera(self):
        cameras = self.path("cameras")
        with open(cameras, "w", encoding="ascii") as lines:
            lines.write("rtsp://127.0.0.1:9/a\ndoor http://user:password1@127.0.0.1/b\n")
        end = self.sample(None, "gateway", cameras, code=2)
        self.one_line(end, "line 2 of ", "has no rtsp:// URL")

    def test_a_camera_that_says_nothing_is_asked_again_and_its_password_is_not_told(self):
        service = self.service()
        cameras = self.path("cameras")
        with open(cameras, "w", encoding="ascii") as lines:
            lines.write("rtsp://user:password1@127.0.0.1:9/a\n")
        end = self.sample(service, "gateway", cameras, "--runtime", "5", "--status", "1")
        self.assertGreaterEqual(end.stdout.count("camera_0: the camera or the upload failed; asked again"), 2, str(end))
        self.assertIn("0 of 1 streaming", end.stdout)
        self.assertNotIn("password1", end.stdout + end.stderr)
        service.stop()
