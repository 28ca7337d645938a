"""The six programs that have the names and command lines of those of Amazon's SDK."""

import os
import signal
import time

import media
from harness import ACCESS_KEY, SECRET_KEY, wait_until
from samples import SERVE, SampleCase

NOTIFICATION = ("AWS_KINESISVIDEO_NOTIFICATION", "")
IMAGE = ("AWS_KINESISVIDEO_IMAGE_GENERATION", "")
NO_KEYS = {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None}
# name, arguments that make no sense, exit status, what is said.
BAD_USAGE = (
    ("kvssink_gstreamer_sample", [], 2, "the name of the stream is missing"),
    ("kvssink_gstreamer_sample", ["s", "-w", "wide"], 2, '-w wants a number from 1, not "wide"'),
    ("kvssink_gstreamer_sample", ["s", "-w", "640"], 2, "-w and -h go together"),
    ("kvssink_gstreamer_sample", ["s", "-runtime"], 2, "-runtime wants a value"),
    ("kvs_gstreamer_sample", ["s", "-runtime", "5"], 2, "there is no option -runtime"),
    ("kvs_gstreamer_audio_video_sample", [], 2, "the name of the stream is missing"),
    ("kvs_gstreamer_audio_video_sample", ["s"], 2, "AWS_KVS_VIDEO_DEVICE"),
    ("kvs_gstreamer_audio_video_sample", ["s", "-e", "all", "-f", "x"], 2, 'not "all"'),
    ("kvs_gstreamer_multistream_sample", ["s"], 2, "a file with URLs"),
    ("kvs_gstreamer_multistream_sample", ["s", "/nowhere/urls"], 2, "no URLs in /nowhere/urls"),
    ("kvs_gstreamer_file_uploader_sample", ["s", "a.mp4"], 2, "three or four arguments"),
    ("kvs_gstreamer_file_uploader_sample", ["s", "a.mp4", "noon"], 2, '"noon" is no time'),
    ("kvs_gstreamer_file_uploader_sample", ["s", "a.mp4", "0", "audio"], 2, 'not "audio"'),
    ("kvssink_intermittent_sample", ["s", "filesrc"], 255, 'not "filesrc"'),
    ("kvssink_intermittent_sample", ["s", "testsrc", "long"], 255, "no number of seconds"),
    ("kvssink_intermittent_sample", ["s", "testsrc", "1", "2"], 255, "one argument too many"),
)


class Test(SampleCase):
    def test_arguments_that_make_no_sense(self):
        for name, arguments, code, text in BAD_USAGE:
            with self.subTest(name=name, arguments=arguments):
                self.one_line(self.sample(None, name, *arguments, code=code, **NO_KEYS), name, text, "--help")

    def test_help(self):
        for name in sorted({row[0] for row in BAD_USAGE}):
            with self.subTest(name=name):
                end = self.sample(None, name, "--help")
                self.assertTrue(end.stdout.startswith(f"usage: {name} "), str(end))
                self.assertEqual(end.stderr, "")

    # kvssink_gstreamer_sample
    def test_files_of_any_container_one_behind_the_other(self):
        service = self.service()
        files = [media.make_file(self, name, more=more) for name, more in
                 (("a.mp4", ""), ("b.mkv", ""), ("c.ts", "-bsf:v h264_metadata=aud=insert"))]
        end = self.sample(service, "kvssink_gstreamer_sample", "s", *files)
        self.check_clean(service)
        self.assertEqual(end.stdout.count("90 of 90 frames persisted, in 3 fragments"), 3, str(end))
        video = [digest for file in files for digest in media.digests(media.read_packets(self, file), media.VIDEO)]
        stored = self.stored(service, "s")
        self.assertEqual(len(stored[media.VIDEO]), len(video))
        media.check_same(self, video[:180], stored[media.VIDEO][:180], "video")  # that of a byte stream is converted
        self.assertEqual(stored[media.AUDIO], [])
        times = [fragment["producer_time_ms"] for fragment in service.fragments("s")]
        for earlier, later in zip(times, times[1:]):
            self.assertGreaterEqual(later - earlier, 2000)

    def test_no_decoder_is_needed(self):
        service = self.service()
        file = media.make_file(self, "a.mp4")
        self.sample(service, "kvssink_gstreamer_sample", "s", file, **self.fake_camera("none"))
        self.check_clean(service)
        self.check_whole(service, "s", file)

    def test_a_network_camera_for_so_many_seconds(self):
        service = self.service()
        file, url = self.network_camera(SERVE)
        end = self.sample(service, "kvssink_gstreamer_sample", "s", url, "-RunTime", "9")
        self.assertGreaterEqual(end.seconds, 9)
        self.check_clean(service)
        stored = self.stored(service, "s")
        source = media.digests(media.read_packets(self, file), media.VIDEO)
        self.assertGreater(len(stored[media.VIDEO]), 0)
        media.check_same(self, source[:len(stored[media.VIDEO])], stored[media.VIDEO], "video")
        self.assertEqual(stored[media.AUDIO], [])

    def test_a_camera_with_sizes_of_its_own_is_encoded(self):
        service = self.service()
        end = self.sample(service, "kvssink_gstreamer_sample", "s", **self.fake_camera("raw", 60))
        self.assertIn("width=1280,height=720,framerate=25/1", end.stdout)
        end = self.sample(service, "kvssink_gstreamer_sample", "t", "/W", "1280", "--h", "720", "-F", "20", "-b", "300", "-runtime", "3",
                          **self.fake_camera("raw"))
        self.assertIn("width=1280,height=720,framerate=20/1", end.stdout)
        self.check_clean(service)
        self.assertEqual(len(self.stored(service, "s")[media.VIDEO]), 60)
        # With a sanitizer, so many as this machine encodes in the time.
        self.assertGreater(len(self.stored(service, "t")[media.VIDEO]), 0 if media.SANITIZED else 20)
        media.decode(self, service.fragment_files("s") + service.fragment_files("t"), steady=False)

    def test_a_camera_that_encodes(self):
        service = self.service()
        end = self.sample(service, "kvssink_gstreamer_sample", "s", **self.fake_camera("h264", 60))
        self.assertIn("video/x-h264,width=640,height=480,framerate=30/1", end.stdout)
        self.check_clean(service)
        self.assertEqual(len(self.stored(service, "s")[media.VIDEO]), 60)

    def test_a_size_that_the_camera_has_not(self):
        end = self.sample(None, "kvssink_gstreamer_sample", "s", "-w", "640", "-h", "480", code=1, **self.fake_camera("raw"))
        self.one_line(end, "the camera of this computer has no picture of the size and rate asked for")

    def test_no_camera(self):
        for name in ("kvssink_gstreamer_sample", "kvs_gstreamer_sample"):
            self.one_line(self.sample(None, name, "s", code=1, **self.fake_camera("none")), "Cannot identify device '/dev/video0'")
        end = self.sample(None, "kvssink_intermittent_sample", "s", "devicesrc", code=1, **self.fake_camera("none"))
        self.one_line(end, "Cannot identify device '/dev/video0'")

    def test_ctrl_c_uploads_what_was_recorded(self):
        service = self.service()
        program = self.start_sample(service, "kvssink_gstreamer_sample", "s", **self.fake_camera("raw"))
        wait_until(lambda: service.fragments("s"), "a fragment is stored")
        program.signal(signal.SIGINT)
        end = program.wait()
        self.assertEqual(end.code, 0, str(end))
        self.check_clean(service)
        frames = len(self.stored(service, "s")[media.VIDEO])
        self.assertIn(f"s: {frames} of {frames} frames persisted", end.stdout)

    def test_a_file_that_is_none(self):
        text = self.path("a.mp4")
        with open(text, "w", encoding="ascii") as file:
            file.write("This is no recording.\n" * 100)
        for file, reason in ((text, "text file"), ("/nowhere/a.mp4", "not found")):
            end = self.sample(None, "kvssink_gstreamer_sample", "s", file, code=1)
            self.assertIn(f"{file} was not uploaded", end.stderr)
            self.assertIn(reason, end.stderr)

    def test_a_file_of_which_nothing_was_stored_is_tried_three_times(self):
        service = self.service()
        file = media.make_file(self, "a.mp4", seconds=2)
        service.fault("error-ack,id=4006,times=1")
        end = self.sample(service, "kvssink_gstreamer_sample", "s", file)
        self.assertIn("try 2 of 3", end.stderr)
        self.check_whole(service, "s", file)
        service.fault("error-ack,stream=t,id=4006")
        end = self.sample(service, "kvssink_gstreamer_sample", "t", file, code=1)
        self.assertEqual([line.split(": ")[-1] for line in end.stderr.splitlines() if "try " in line], ["try 2 of 3", "try 3 of 3"], str(end))
        service.stop()

    # Credentials of the environment.
    def iot(self, service):
        folder = service.data
        return {"IOT_GET_CREDENTIAL_ENDPOINT": service.iot_endpoint.replace("127.0.0.1", "localhost"),
                "CERT_PATH": os.path.join(folder, "device.pem"), "PRIVATE_KEY_PATH": os.path.join(folder, "device-key.pem"),
                "ROLE_ALIAS": "camera", "CA_CERT_PATH": os.path.join(folder, "ca.pem")}

    def test_aws_iot_by_variables(self):
        file = media.make_file(self, "a.mp4")
        service = self.service("--iot-port", "0")
        for name, stream in (("kvssink_gstreamer_sample", "s"), ("kvs_gstreamer_sample", "t")):
            self.sample(service, name, stream, file, **NO_KEYS, **self.iot(service))
        self.assertEqual([event["thing"] for event in service.events("credentials")], ["s", "t"])
        # Where there are keys as well.
        self.sample(service, "kvssink_gstreamer_sample", "u", file, **self.iot(service))
        self.sample(service, "kvs_gstreamer_sample", "v", file, **self.iot(service))
        self.assertEqual([event["thing"] for event in service.events("credentials")], ["s", "t", "u"])
        self.check_clean(service)

    def test_a_credential_file_by_variable(self):
        file = media.make_file(self, "a.mp4")
        service = self.service()
        path = self.path("credentials")
        with open(path, "w", encoding="ascii") as credentials:
            credentials.write(f"CREDENTIALS {ACCESS_KEY} {SECRET_KEY}\n")
        self.sample(service, "kvssink_gstreamer_sample", "s", file, AWS_CREDENTIAL_PATH=path, **NO_KEYS)
        self.check_clean(service)
        self.check_whole(service, "s", file)

    def test_secrets_are_not_printed(self):
        service = self.service()
        file = media.make_file(self, "a.mp4")
        wrong = SECRET_KEY[::-1]
        for name, *arguments in (("kvssink_gstreamer_sample", "s", file), ("kvs_gstreamer_sample", "s", file),
                                 ("kvs_gstreamer_audio_video_sample", "s", "-f", file),
                                 ("kvs_gstreamer_file_uploader_sample", "s", file, "0")):
            with self.subTest(name=name):
                end = self.sample(service, name, *arguments, code=1, AWS_SECRET_ACCESS_KEY=wrong, AWS_SESSION_TOKEN="kvslocalToken")
                self.assertIn("HTTP 403", end.stderr)
                self.assertNotRegex(end.stdout + end.stderr, f"{wrong}|kvslocalToken")
        end = self.sample(service, "kvssink_gstreamer_sample", "s", "rtsp://user:password1@127.0.0.1:9/x", code=1)
        self.assertNotIn("password1", end.stdout + end.stderr)
        service.stop()

    # kvs_gstreamer_sample
    def test_events_of_each_fragment(self):
        service = self.service()
        file = media.make_file(self, "a.mkv")
        self.sample(service, "kvs_gstreamer_sample", "s", file)
        self.check_clean(service)
        self.check_whole(service, "s", file)
        self.assertEqual([sorted(tags) for tags in self.tags(service, "s")], [[IMAGE, NOTIFICATION]] * 3)

    # kvs_gstreamer_audio_video_sample
    def test_picture_and_sound_of_files(self):
        service = self.service()
        file = media.make_file(self, "a.mp4", audio_seconds=5)
        for stream, option, events in (("s", [], []), ("t", ["-e", "notification"], [NOTIFICATION]), ("u", ["-e", "image"], [IMAGE]),
                                       ("v", ["-e", "both"], [IMAGE, NOTIFICATION])):
            self.sample(service, "kvs_gstreamer_audio_video_sample", stream, "-f", file, *option)
            self.check_whole(service, stream, file, (media.VIDEO, media.AUDIO))
            # The last fragment may be asked for twice, by sound that goes on behind the picture.
            self.assertEqual([sorted(set(tags)) for tags in self.tags(service, stream)], [events] * 3)
        self.sample(service, "kvs_gstreamer_audio_video_sample", "w", "-f", file, "-f", file)
        self.assertEqual(len(service.fragments("w")), 6)
        self.check_clean(service)

    def test_a_camera_and_a_microphone(self):
        service = self.service()
        program = self.start_sample(service, "kvs_gstreamer_audio_video_sample", "s", "-e", "both", AWS_KVS_VIDEO_DEVICE="/dev/video7",
                                    AWS_KVS_AUDIO_DEVICE="hw:0,0", **self.fake_camera("raw"))
        wait_until(lambda: [each for each in service.fragments("s") if len(each["frames"]) == 2] or not program.running(),
                   "picture and sound are stored")
        program.signal(signal.SIGINT)
        end = program.wait()
        self.assertEqual(end.code, 0, str(end))
        self.assertIn("the camera /dev/video7: video/x-raw", end.stdout)
        self.check_clean(service)
        stored = self.stored(service, "s")
        self.assertGreater(min(len(stored[media.VIDEO]), len(stored[media.AUDIO])), 0)

    def test_a_failure_at_the_start_is_an_exit_status(self):
        file = media.make_file(self, "a.mp4")
        service = self.service()
        end = self.sample(service, "kvs_gstreamer_audio_video_sample", "s", "-f", file, code=1, **NO_KEYS)
        self.assertIn("no credentials", end.stderr.lower())
        end = self.sample(service, "kvs_gstreamer_audio_video_sample", "s", "-f", file, code=1, GST_PLUGIN_PATH=None,
                          GST_REGISTRY=self.path("without.bin"))
        self.assertIn("GST_PLUGIN_PATH", end.stderr)
        service.stop()

    # kvs_gstreamer_multistream_sample
    def test_cameras_of_which_one_does_not_answer(self):
        service = self.service()
        file, url = self.network_camera(SERVE)
        urls = self.path("urls")
        with open(urls, "w", encoding="ascii") as lines:
            lines.write(f"{url} rtsp://user:password1@127.0.0.1:9/none\n{url}\n")
        program = self.start_sample(service, "kvs_gstreamer_multistream_sample", "cam", urls)
        frames = len(media.digests(media.read_packets(self, file), media.VIDEO))
        for stream in ("cam_0", "cam_2"):
            # The last fragment is ended by the end of the program.
            wait_until(lambda stream=stream: sum(each["frames"]["1"] for each in service.fragments(stream)) >= frames - 30 or
                       not program.running(), f"{stream} is stored")
        time.sleep(2.5)  # the length of that fragment: the camera has no end that could be waited for
        program.signal(signal.SIGINT)
        end = program.wait()
        self.assertEqual(end.code, 1, str(end))
        self.assertIn("cam_1: error: ", end.stderr)
        self.assertNotIn("password1", end.stdout + end.stderr)
        self.check_clean(service)
        for stream in ("cam_0", "cam_2"):
            self.check_whole(service, stream, file)

    # kvs_gstreamer_file_uploader_sample
    def test_a_file_under_the_time_of_its_recording(self):
        service = self.service()
        file = media.make_file(self, "a.mp4")
        uploader = "kvs_gstreamer_file_uploader_sample"
        self.sample(service, uploader, "s", file, "1700000000")
        self.sample(service, uploader, "t", file, "1700000000", "audio-video")
        self.sample(service, uploader, "u", file, "0", "video-only")
        self.check_clean(service)
        self.check_whole(service, "s", file)
        self.check_whole(service, "t", file, (media.VIDEO, media.AUDIO))
        for stream in ("s", "t"):
            self.assertEqual([each["producer_time_ms"] for each in service.fragments(stream)],
                             [1700000000000, 1700000002000, 1700000004000])
        # 0 is now.
        for each in service.fragments("u")[:1]:
            self.assertLess(abs(each["producer_time_ms"] - each["server_time_ms"]), 60000)

    def test_settings_by_variables(self):
        file = media.make_file(self, "a.mp4")
        service = self.service("--iot-port", "0")
        iot = self.iot(service)
        setting = (f"iot-certificate,endpoint={iot['IOT_GET_CREDENTIAL_ENDPOINT']},cert-path={iot['CERT_PATH']},"
                   f"key-path={iot['PRIVATE_KEY_PATH']},ca-path={iot['CA_CERT_PATH']},role-aliases=camera,iot-thing-name=door")
        uploader = "kvs_gstreamer_file_uploader_sample"
        self.sample(service, uploader, "s", file, "0", KVS_IOT_CERTIFICATE=setting, KVS_RETENTION_PERIOD="7", KVS_STORAGE_SIZE="16",
                    **NO_KEYS)
        self.assertEqual([event["thing"] for event in service.events("credentials")], ["door"])
        self.check_clean(service)
        self.check_whole(service, "s", file)
        for variable, text in (("KVS_STORAGE_SIZE", "large"), ("KVS_RETENTION_PERIOD", "long")):
            end = self.sample(service, uploader, "s", file, "0", code=1, **{variable: text})
            self.assertIn(f"the text for {variable[4:].lower().replace('_', '-')} is not understood", end.stderr)

    def test_a_file_that_was_not_taken_whole_is_a_failure(self):
        service = self.service()
        file = media.make_file(self, "a.mp4")
        service.fault("error-ack,id=4006,fragment=2")
        end = self.sample(service, "kvs_gstreamer_file_uploader_sample", "s", file, "1700000000", code=1)
        self.assertIn("60 of 90 frames persisted", end.stdout)
        self.assertIn("was not uploaded", end.stderr)
        service.stop()
        self.assertEqual(service.events("done")[-1]["duplicates"], 0)

    # kvssink_intermittent_sample
    def test_twenty_seconds_on_and_forty_off(self):
        service = self.service()
        end = self.sample(service, "kvssink_intermittent_sample", "s", "testsrc", "64", seconds=150)
        self.assertGreaterEqual(end.seconds, 64)
        self.assertEqual(end.stdout.count("on again"), 1, str(end))
        self.check_clean(service)
        fragments = service.fragments("s")
        times = [fragment["producer_time_ms"] for fragment in fragments]
        gaps = [later - earlier for earlier, later in zip(times, times[1:])]
        self.assertEqual(len([gap for gap in gaps if gap > 30000]), 1, str(times))
        self.assertGreater(max(gaps), 40000)
        # True times, also after the pause.
        for fragment in fragments:
            self.assertLess(abs(fragment["producer_time_ms"] - fragment["server_time_ms"]), 2000, str(fragment))

    def test_the_intermittent_one_ends_with_a_signal(self):
        service = self.service()
        program = self.start_sample(service, "kvssink_intermittent_sample")
        wait_until(lambda: service.fragments("DEFAULT_STREAM"), "a fragment is stored")
        program.signal(signal.SIGTERM)
        end = program.wait()
        self.assertEqual(end.code, 0, str(end))
        self.check_clean(service)
        frames = len(self.stored(service, "DEFAULT_STREAM")[media.VIDEO])
        self.assertIn(f"DEFAULT_STREAM: {frames} of {frames} frames persisted", end.stdout)
