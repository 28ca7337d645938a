"""Recordings: every frame of the file is stored, byte for byte, at its time."""

import time

import media
from harness import Case

MP4 = ("filesrc location={file} ! qtdemux name=demux "
       "demux.video_0 ! queue ! h264parse ! {caps} ! kvssink name=sink stream-name=s "
       "streaming-type={type} endpoint={url} {more} demux.audio_0 ! queue ! aacparse ! {audio} ! sink.")
MKV = MP4.replace("qtdemux", "matroskademux")
TS = (MP4.replace("qtdemux", "tsdemux").replace("demux.video_0", "demux.")
      .replace("demux.audio_0", "demux."))
AVC = "video/x-h264,stream-format=avc"
RAW_AAC = "audio/mpeg,stream-format=raw"


class Test(Case):
    def upload(self, service, file, line=MP4, caps=AVC, audio=RAW_AAC, more="", kind="offline",
               **environment):
        end = self.run_pipeline(line.format(file=file, caps=caps, audio=audio, type=kind, more=more,
                                            url=service.url), **environment)
        self.assertEqual((end.stdout, end.stderr), ("", ""))

    def check(self, service, source, fragments=None):
        totals = service.stop()
        self.assertEqual((totals["duplicates"], totals["error_acks"]), (0, 0))
        if fragments is not None:
            self.assertEqual(totals["fragments_persisted"], fragments)
        stored = media.check_stored(self, service, "s", source)
        self.assertGreaterEqual(media.check_sessions(self, service, "s"), 1)
        return stored

    def store(self, name, line=MP4, fragments=3, kind="offline", **settings):
        file = media.make_file(self, name, **settings)
        service = self.service()
        self.upload(service, file, line, kind=kind)
        return self.check(service, media.read_packets(self, file), fragments)

    # An MP4 without an edit list, so that nothing of the file is hidden from the demuxer.
    def test_mp4_with_b_frames(self):
        self.store("a.mp4", b_frames=2, more="-use_editlist 0")

    def test_mp4_without_b_frames(self):
        self.store("a.mp4", more="-use_editlist 0")

    def test_mp4_with_b_frames_realtime(self):
        self.store("a.mp4", b_frames=2, more="-use_editlist 0", kind="realtime")

    def test_mkv(self):
        self.store("a.mkv", MKV)

    def test_mkv_with_b_frames_realtime(self):
        self.store("a.mkv", MKV, b_frames=3, kind="realtime")

    def test_audio_ends_earlier(self):
        self.store("a.mkv", MKV, seconds=8, audio_seconds=4, fragments=None)

    def test_audio_ends_later(self):
        self.store("a.mkv", MKV, seconds=8, video_seconds=4, fragments=None)

    def test_audio_ends_earlier_mp4_realtime(self):
        self.store("a.mp4", more="-use_editlist 0", seconds=8, audio_seconds=4, fragments=None,
                   kind="realtime")

    def test_audio_ends_later_mp4_realtime(self):
        self.store("a.mp4", more="-use_editlist 0", seconds=8, video_seconds=4, fragments=None,
                   kind="realtime")

    # The edit list hides the encoder's priming, and so does the recording of it.
    def test_mp4_with_edit_list(self):
        self.store("a.mp4", b_frames=2)

    def test_one_fragment_file(self):
        self.store("a.mp4", seconds=1, b_frames=2, more="-use_editlist 0", fragments=1)

    def test_read_back_by_framehash(self):
        file = media.make_file(self, "a.mkv", b_frames=2)
        service = self.service()
        self.upload(service, file, MKV)
        service.stop()
        [session] = service.session_files("s")
        self.assertEqual(media.read_framehash(self, session), media.read_framehash(self, file))

    def test_read_back_by_matroskademux(self):
        file = media.make_file(self, "a.mkv", b_frames=2)
        service = self.service()
        self.upload(service, file, MKV)
        service.stop()
        packets = media.read_packets(self, file)
        for kind, caps in (media.VIDEO, "video/x-h264"), (media.AUDIO, "audio/mpeg"):
            stored = []
            for path in service.fragment_files("s"):
                stored += media.read_with_gstreamer(self, path, kind, caps)
            media.check_same(self, media.digests(packets, kind), stored, kind)

    # Input forms: what came as a byte stream or with ADTS headers is stored as length-prefixed NAL units and raw AAC.
    def store_converted(self, caps, audio, convert_video=bytes, convert_audio=bytes, line=MKV,
                        name="a.mkv"):
        file = media.make_file(self, name, b_frames=2)
        service = self.service()
        video_folder, audio_folder = self.path("video"), self.path("audio")
        self.upload(
            service, file, line,
            caps=f"{caps} ! tee name=v v. ! {media.recorder(video_folder)} v. ! queue",
            audio=f"{audio} ! tee name=a a. ! {media.recorder(audio_folder)} a. ! queue")
        service.stop()
        stored = media.stored_packets(self, service, "s")
        for kind, folder, convert in ((media.VIDEO, video_folder, convert_video),
                                      (media.AUDIO, audio_folder, convert_audio)):
            put = media.recorded(folder, convert)
            self.assertEqual(len(put), len(media.digests(media.read_packets(self, file), kind)))
            media.check_same(self, put, media.digests(stored, kind), kind)
        media.check_times(self, media.read_packets(self, file), stored)
        media.check_sessions(self, service, "s")

    def test_avc_and_raw(self):
        self.store_converted(AVC, RAW_AAC)

    def test_avc3(self):
        self.store_converted("video/x-h264,stream-format=avc3", RAW_AAC)

    def test_byte_stream(self):
        self.store_converted("video/x-h264,stream-format=byte-stream", RAW_AAC,
                             media.length_prefixed)

    # A transport stream brings both in these forms.
    def test_byte_stream_and_adts(self):
        self.store_converted("video/x-h264,stream-format=byte-stream",
                             "audio/mpeg,stream-format=adts", media.length_prefixed,
                             media.without_adts_header, line=TS, name="a.ts")

    # One kind alone.
    VIDEO_ONLY = ("filesrc location={file} ! matroskademux ! h264parse ! {caps} ! kvssink "
                  "stream-name=s streaming-type={type} endpoint={url} {more}")
    AUDIO_ONLY = ("filesrc location={file} ! matroskademux ! aacparse ! {audio} ! kvssink "
                  "stream-name=s streaming-type={type} endpoint={url} {more}")

    def test_video_only_offline(self):
        self.store("a.mkv", self.VIDEO_ONLY, audio_seconds=0, b_frames=2)

    def test_video_only_realtime(self):
        self.store("a.mkv", self.VIDEO_ONLY, audio_seconds=0, kind="realtime")

    def test_audio_only_offline(self):
        self.store("a.mkv", self.AUDIO_ONLY, video_seconds=0)

    def test_audio_only_realtime(self):
        self.store("a.mkv", self.AUDIO_ONLY, video_seconds=0, kind="realtime")

    # Times.
    def start_times(self, service):
        return [fragment["producer_time_ms"] for fragment in service.fragments("s")]

    def store_with_start(self, more):
        file = media.make_file(self, "a.mp4", more="-use_editlist 0")
        service = self.service()
        self.upload(service, file, more=more)
        self.check(service, media.read_packets(self, file), 3)
        return service

    def test_file_start_time(self):
        service = self.store_with_start("file-start-time=1700000000")
        self.assertEqual(self.start_times(service),
                         [1700000000000, 1700000002000, 1700000004000])

    def test_file_start_time_with_relative_fragment_times(self):
        service = self.store_with_start("file-start-time=1700000000 absolute-fragment-times=false")
        self.assertEqual(self.start_times(service),
                         [1700000000000, 1700000002000, 1700000004000])
        self.assertEqual([event["timecode_type"] for event in service.events("session_begin")],
                         ["RELATIVE"])
        self.assertEqual([fragment["timecode"] for fragment in service.fragments("s")],
                         [0, 2000, 4000])

    def check_arrival(self, more):
        before = time.time() * 1000
        service = self.store_with_start(more)
        after = time.time() * 1000
        times = self.start_times(service)
        self.assertTrue(before - 1 <= times[0] <= after, f"{before} {times} {after}")
        self.assertEqual([each - times[0] for each in times], [0, 2000, 4000])

    def test_without_file_start_time_the_arrival_counts(self):
        self.check_arrival("")

    def test_relative_fragment_times_without_file_start_time(self):
        self.check_arrival("absolute-fragment-times=false")

    # Fragments the service would refuse are not made.
    def test_key_frames_closer_than_a_second(self):
        self.store("a.mkv", MKV, gop=5, fragments=None)

    def test_key_frames_at_scene_cuts_realtime(self):
        self.store("a.mkv", MKV, gop=4, seconds=5, fragments=None, kind="realtime")

    def test_one_gop_of_25_seconds(self):
        self.store("a.mkv", MKV, seconds=25, gop=1000, fragments=None)

    def test_one_gop_of_25_seconds_with_b_frames_realtime(self):
        self.store("a.mkv", MKV, seconds=25, gop=1000, b_frames=3, fragments=None, kind="realtime")
