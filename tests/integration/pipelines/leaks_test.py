"""Nothing is left of an element that has run, in the eyes of GStreamer's leak tracer and of valgrind's memcheck."""

import os
import shlex

from harness import SLOW, Case, path_of, tool

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../.."))
LEAKS = {"GST_TRACERS": "leaks", "GST_DEBUG": "GST_TRACER:7", "GST_DEBUG_NO_COLOR": "1"}
ERROR_IN_MEMORY = 42
MEMCHECK = ["-q", "--leak-check=full", "--show-leak-kinds=definite", "--errors-for-leak-kinds=definite",
            f"--error-exitcode={ERROR_IN_MEMORY}", f"--suppressions={ROOT}/scripts/valgrind.supp"]
PICTURE_AND_SOUND = (
    "videotestsrc num-buffers=30 ! video/x-raw,width=160,height=120,framerate=15/1 ! x264enc key-int-max=15 ! h264parse ! queue ! "
    "kvssink name=sink stream-name=s audiotestsrc num-buffers=86 ! voaacenc ! aacparse ! queue ! sink.")
# The second start finds everything used.
TWICE = ("state:PLAYING", "wait:eos", "state:NULL", "state:PLAYING", "wait:eos")


class Test(Case):
    def memcheck(self, command, **environment):
        end = self.start([tool("valgrind"), *MEMCHECK, *command], "valgrind",
                         self.environment(G_SLICE="always-malloc", **environment)).wait(SLOW)
        self.assertEqual(end.code, 0, str(end))
        return end

    def test_picture_and_sound_with_the_leak_tracer(self):
        service = self.service()
        _, end = self.driver(PICTURE_AND_SOUND, *TWICE, CONTROL_PLANE_URI=service.url, **LEAKS)
        self.assertEqual(end.code, 0, str(end))
        # What it says when it begins; without it, it has not looked.
        self.assertIn("object-alive.class", end.stderr)
        self.assertNotRegex(end.stderr, "GST_TRACER :0:: *object-alive", str(end))

    def test_one_picture_under_valgrind(self):
        service = self.service()
        end = self.memcheck([tool("gst-launch-1.0"), "--no-fault", "-q",
                             *shlex.split("videotestsrc num-buffers=1 ! x264enc ! h264parse ! kvssink")],
                            CONTROL_PLANE_URI=service.url)
        self.assertEqual((end.stdout, end.stderr), ("", ""), str(end))
        self.assertEqual(service.stop()["fragments_persisted"], 1)

    def test_picture_and_sound_under_valgrind(self):
        service = self.service()
        self.memcheck([path_of("KVS_DRIVER"), PICTURE_AND_SOUND, *TWICE], CONTROL_PLANE_URI=service.url)
        self.assertGreaterEqual(service.stop()["fragments_persisted"], 4)

    def test_element_under_valgrind(self):
        # Without encoders, which take long, and without what starts the program anew.
        self.memcheck([path_of("KVS_ELEMENT_TEST"), "--gtest_brief=1", "--gtest_filter=-*LaunchTest*:LeaksTest*"])
