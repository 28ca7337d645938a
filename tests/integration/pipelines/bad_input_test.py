"""Settings and media that cannot work: one clear error, within seconds, and an exit status that says so."""

import os
import shlex

from harness import SLOW, Case, ReservedPort, tool

SOURCE = "videotestsrc num-buffers=60 ! video/x-raw,width=160,height=120,framerate=15/1 ! x264enc key-int-max=15 bframes=0 ! h264parse"
LEAKS = {"GST_TRACERS": "leaks", "GST_DEBUG": "GST_TRACER:7", "GST_DEBUG_NO_COLOR": "1"}
# Far above what any of these takes, far below what a user would wait.
SOON = 20


class Test(Case):
    def refused_later(self, line, *words, source=SOURCE, **environment):
        """The same for an error that the service brings. The thread that tells it may still hold the element when
        gst-launch-1.0 ends, so that leaks are looked for once it has let go."""
        reports, end = self.driver(f"{source} ! {line}", "state:PLAYING", "wait:error", **{**LEAKS, **environment})
        self.assertEqual((end.code, reports[1]["result"]), (0, "found"), str(end))
        self.assertNotRegex(end.stderr, "GST_TRACER :0:: *object-alive", str(end))
        return self.refused(line, *words, source=source, leaks={}, **environment)

    def refused(self, line, *words, source=SOURCE, seconds=SOON, options=("-q",), leaks=None, **environment):
        """Runs a pipeline that must fail with one error that has all of these words, and leaks nothing of ours."""
        environment = {**(LEAKS if leaks is None else leaks), **environment}
        end = self.start_pipeline(f"{source} ! {line}", options, **environment).wait(seconds)
        self.assertNotEqual(end.code, 0, str(end))
        self.assertGreater(end.code, 0, f"it crashed: {end}")
        ours = [text for text in end.errors() if "kvssink" in end.stderr and "Internal data stream" not in text]
        self.assertEqual(len(ours), 1, str(end))
        for word in words:
            self.assertIn(word.lower(), ours[0].lower(), str(end))
        self.assertNotRegex(end.stderr, "GST_TRACER :0:: *object-alive", str(end))
        self.assertNotIn("CRITICAL", end.stderr, str(end))
        return end

    def test_missing_credentials(self):
        service = self.service()
        self.refused(f"kvssink stream-name=s endpoint={service.url} credential-path=/nowhere", "credentials",
                     "AWS_ACCESS_KEY_ID", AWS_ACCESS_KEY_ID=None, AWS_SECRET_ACCESS_KEY=None)

    def test_unknown_region_text(self):
        self.refused("kvssink stream-name=s aws-region=the-moon", "the-moon", "region")

    def test_endpoint_that_is_no_url(self):
        self.refused("kvssink stream-name=s endpoint=ftp://example", "endpoint", "scheme", "https")

    def test_no_pads(self):
        end = self.start_pipeline("kvssink name=sink stream-name=s", **LEAKS).wait(SOON)
        self.assertGreater(end.code, 0, str(end))
        self.assertEqual(len(end.errors()), 1, str(end))
        self.assertIn("pad", end.stderr)

    def test_wrong_secret(self):
        service = self.service()
        self.refused_later(f"kvssink stream-name=front-door endpoint={service.url}", "front-door", "403",
                     "InvalidSignature", AWS_SECRET_ACCESS_KEY="wrong")

    def test_unknown_access_key(self):
        service = self.service()
        self.refused_later(f"kvssink stream-name=front-door endpoint={service.url}", "front-door", "403",
                     AWS_ACCESS_KEY_ID="AKIDUNKNOWN")

    def test_missing_stream_with_creation_denied(self):
        service = self.service()
        self.refused_later(f"kvssink stream-name=front-door allow-create-stream=false endpoint={service.url}", "front-door",
                     "allow-create-stream")

    def test_stream_name_that_is_not_allowed(self):
        self.refused('kvssink stream-name="front door"', "front door")

    def test_no_service_listens(self):
        port = ReservedPort()
        end = self.refused(f"kvssink stream-name=front-door stop-stream-timeout=3 endpoint={port.url}", "front-door",
                           "persisted within 3 s", options=(), leaks={})
        self.assertGreater(end.seconds, 2.5)
        # What was tried is said once, as a warning, when it was first tried.
        said = end.stdout + end.stderr
        self.assertEqual(said.count("WARNING: from element"), 1, str(end))
        self.assertIn(f"cannot reach the service at {port.url}", said)

    def test_storage_too_small(self):
        self.refused("kvssink stream-name=s storage-size=0", "storage-size")

    def test_file_that_does_not_exist(self):
        end = self.start_pipeline("filesrc location=/nowhere.mp4 ! qtdemux ! h264parse ! kvssink stream-name=s",
                                  **LEAKS).wait(SOON)
        self.assertGreater(end.code, 0, str(end))
        # The source says it, some times over; the sink has nothing to add.
        self.assertIn("/nowhere.mp4", end.stderr)
        self.assertNotIn("kvssink", "".join(end.errors()), str(end))

    def test_ca_path_that_does_not_exist(self):
        self.refused("kvssink stream-name=s ca-path=/nowhere.pem", "/nowhere.pem")

    def test_certificate_that_is_not_trusted(self):
        service = self.service("--tls")
        self.refused_later(f"kvssink stream-name=front-door stop-stream-timeout=3 endpoint={service.url}", "front-door",
                     "certificate")

    def test_caps_without_codec_data(self):
        service = self.service()
        self.run_pipeline(f"{SOURCE} ! video/x-h264,stream-format=avc ! multifilesink location={self.path('f%03d')}")
        caps = "video/x-h264,stream-format=(string)avc,alignment=(string)au,width=160,height=120,framerate=15/1"
        self.refused(f"kvssink stream-name=front-door endpoint={service.url}", "codec_data", "h264parse",
                     source=f"multifilesrc location={self.path('f%03d')} caps={caps}")

    def test_raw_video(self):
        end = self.start_pipeline("videotestsrc num-buffers=5 ! kvssink stream-name=s", **LEAKS).wait(SOON)
        self.assertGreater(end.code, 0, str(end))
        self.assertEqual(end.stdout, "")

    def test_property_that_does_not_exist(self):
        end = self.start_pipeline(f"{SOURCE} ! kvssink stream-name=s no-such-property=1").wait(SOON)
        self.assertGreater(end.code, 0, str(end))

    # Memory, in the eyes of valgrind. What GLib keeps for the life of the process is none of ours.
    def refused_under_valgrind(self, line, word, **environment):
        if os.environ.get("KVS_PRELOAD"):
            self.skipTest("a program with a sanitizer does not run in valgrind")
        end = self.start([tool("valgrind"), "-q", "--leak-check=full", "--show-leak-kinds=definite", tool("gst-launch-1.0"),
                          "--no-fault", "-q", *shlex.split(f"{SOURCE} ! {line}")], "valgrind",
                         self.environment(**environment)).wait(SLOW)
        self.assertIn(end.code, (1, 255), str(end))  # 255: the state change failed
        self.assertIn(word, "".join(end.errors()), str(end))
        for words in ("kvs::", "Invalid read", "Invalid write", "uninitialised"):
            self.assertNotIn(words, end.stderr, str(end))

    def test_missing_credentials_under_valgrind(self):
        self.refused_under_valgrind("kvssink stream-name=s credential-path=/nowhere", "credentials",
                                    AWS_ACCESS_KEY_ID=None, AWS_SECRET_ACCESS_KEY=None)

    def test_wrong_secret_under_valgrind(self):
        service = self.service()
        self.refused_under_valgrind(f"kvssink stream-name=s endpoint={service.url}", "signature",
                                    AWS_SECRET_ACCESS_KEY="wrong")
