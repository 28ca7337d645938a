"""Live sources: test pictures and tones at their own pace, encoded as users do, and a sound card."""

import array
import math
import os

import media
from harness import Case

SECONDS, RATE = 5, 15
LIVE = ("videotestsrc is-live=true num-buffers={pictures} ! video/x-raw,width=160,height=120,framerate={rate}/1 ! "
        "{encoder} ! h264parse ! {form} ! tee name=v v. ! {record_video} v. ! queue ! "
        "kvssink name=sink stream-name=s endpoint={url} "
        "audiotestsrc is-live=true num-buffers={blocks} ! audioconvert ! audio/x-raw,rate=44100,channels=1 ! "
        "voaacenc ! aacparse ! audio/mpeg,stream-format={aac} ! tee name=a a. ! {record_audio} a. ! queue ! sink.")
# An asoundrc whose card plays a raw file: what a null device records is replaced by it.
CARD = """
pcm.null {{ type null }}
pcm.card {{ type file slave.pcm null file /dev/null infile "{file}" format raw }}
"""


class Test(Case):
    def encode(self, encoder, form="avc", aac="raw", convert_video=bytes, convert_audio=bytes):
        # A live source does not wait for an encoder that runs many times slower: frames then come seconds late, and in bursts,
        # and what is late beyond the wait for order is moved in time. The races are looked for by all other tests.
        if os.environ.get("KVS_THREAD_SANITIZER"):
            self.skipTest("a live encoder does not keep its pace under ThreadSanitizer")
        service = self.service()
        video, audio = self.path("video"), self.path("audio")
        end = self.run_pipeline(LIVE.format(
            pictures=SECONDS * RATE, rate=RATE, blocks=SECONDS * 43, encoder=encoder, aac=aac,
            form=f"video/x-h264,stream-format={form}", url=service.url,
            record_video=media.recorder(video), record_audio=media.recorder(audio)))
        self.assertEqual((end.stdout, end.stderr), ("", ""))
        totals = service.stop()
        self.assertEqual((totals["duplicates"], totals["error_acks"]), (0, 0))
        stored = media.stored_packets(self, service, "s")
        self.assertEqual(len(media.digests(stored, media.VIDEO)), SECONDS * RATE)
        media.check_same(self, media.recorded(video, convert_video),
                         media.digests(stored, media.VIDEO), "video")
        media.check_same(self, media.recorded(audio, convert_audio),
                         media.digests(stored, media.AUDIO), "audio")
        self.check_pace(stored, media.VIDEO, 1 / RATE)
        self.check_pace(stored, media.AUDIO, 1024 / 44100)
        # Whether ffmpeg remarks on times depends on the frame rate that it guesses, and on how milliseconds round to that: of 66 orders
        # of these pictures, each up to 2 ms from its place, it did in two. The pace is what was checked just now.
        media.decode(self, service.fragment_files("s"), steady=False)
        # One connection, whatever the encoder's delay.
        self.assertEqual(media.check_sessions(self, service, "s", steady=False), 1)
        self.assertEqual(totals["sessions"], 1)

    def check_pace(self, stored, kind, step):
        """Frames stand where they were made, none is moved to fit behind another."""
        times = sorted(packet.time for packet in stored if packet.kind == kind)
        for i, time in enumerate(times):
            self.assertAlmostEqual(time - times[0], i * step, delta=0.0025, msg=f"{kind} frame {i}")

    def test_x264_without_delay(self):
        self.encode("x264enc tune=zerolatency key-int-max=30")

    # It looks ahead by 40 frames and more: its pictures come seconds after the sound of the same time.
    def test_x264_that_looks_ahead(self):
        self.encode("x264enc bframes=0 key-int-max=30 bitrate=500")

    def test_x264_with_b_frames(self):
        self.encode("x264enc bframes=3 b-adapt=false key-int-max=30")

    def test_x264_with_b_frames_as_a_byte_stream_and_adts(self):
        self.encode("x264enc bframes=2 b-adapt=false key-int-max=30", "byte-stream", "adts",
                    media.length_prefixed, media.without_adts_header)

    def test_key_frames_all_the_time(self):
        self.encode("x264enc tune=zerolatency key-int-max=5")

    def test_one_key_frame(self):
        self.encode("x264enc tune=zerolatency key-int-max=1000")

    def test_sound_card(self):
        sound = self.path("sound.raw")
        with open(sound, "wb") as file:
            array.array("h", (int(9000 * math.sin(i / 16)) for i in range(44100 * 4))).tofile(file)
        configuration = self.path("asoundrc")
        with open(configuration, "w", encoding="ascii") as file:
            file.write(CARD.format(file=sound))
        service = self.service()
        audio = self.path("audio")
        # The card has no pace of its own, and its clock runs thousands of times too fast. So each block of 10 ms is held up for as long,
        # the pipeline's own clock says when it came, and audiorate evens that out.
        self.run_pipeline(
            "alsasrc device=card provide-clock=false slave-method=re-timestamp num-buffers=150 ! "
            "audio/x-raw,format=S16LE,rate=44100,channels=1 ! identity sleep-time=10000 ! audiorate ! audioconvert ! voaacenc ! "
            f"aacparse ! audio/mpeg,stream-format=raw ! tee name=a a. ! {media.recorder(audio)} "
            f"a. ! queue ! kvssink stream-name=s endpoint={service.url}",
            ALSA_CONFIG_PATH=configuration)
        totals = service.stop()
        self.assertEqual((totals["duplicates"], totals["error_acks"]), (0, 0))
        stored = media.stored_packets(self, service, "s")
        self.assertGreater(len(stored), 20)
        media.check_same(self, media.recorded(audio), media.digests(stored, media.AUDIO), "audio")
        media.check_sessions(self, service, "s")
