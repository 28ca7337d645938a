"""Codecs other than H.264 and AAC: what the encoder made is stored byte for byte, described as it is, and plays."""

import json

import media
from harness import Case, tool

SECONDS, RATE = 4, 15
PICTURES = ("videotestsrc {live} num-buffers={count} ! "
            "video/x-raw,format=I420,width={width},height=120,framerate={rate}/1")
SOUND = ("audiotestsrc {live} num-buffers={count} samplesperbuffer={block} ! "
         "audio/x-raw,format=S16LE,layout=interleaved,rate={rate},channels={channels}")
TRACK = "{source} ! {encoder} ! tee name={name} {name}. ! {record} {name}. ! queue ! {sink}"
SINK = "kvssink name=sink stream-name=s {more} endpoint={url}"

JPEG = "jpegenc"
AV1 = "av1enc cpu-used=8 keyframe-max-dist=30"
OPUS = "opusenc"
PCM = "identity"


def pictures(live="", width=160, count=SECONDS * RATE):
    return PICTURES.format(live=live, width=width, count=count, rate=RATE)


def sound(live="", rate=48000, channels=2):
    block = rate // 50
    return SOUND.format(live=live, rate=rate, channels=channels, block=block, count=SECONDS * 50)


def without_delimiters(unit):
    """A temporal unit of AV1 as it stands in Matroska: without its temporal delimiters."""
    kept, at = b"", 0
    while at < len(unit):
        begin, head = at, unit[at]
        assert head & 2, "an OBU without a size"
        at += 2 if head & 4 else 1
        size = shift = 0
        while True:
            byte = unit[at]
            at += 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                break
        at += size
        if head >> 3 & 15 != 2:
            kept += unit[begin:at]
    assert at == len(unit)
    return kept


class Test(Case):
    def upload(self, more="streaming-type=offline", **tracks):
        """Each track is (source, encoder); what the encoders made is recorded on the way. Returns the service."""
        service = self.service()
        parts, folders = [], {}
        for name, (source, encoder) in tracks.items():
            folders[name] = self.path(name)
            sink = "sink." if parts else SINK.format(more=more, url=service.url)
            parts.append(TRACK.format(source=source, encoder=encoder, name=name, sink=sink,
                                      record=media.recorder(folders[name])))
        end = self.run_pipeline(" ".join(parts))
        self.assertEqual((end.stdout, end.stderr), ("", ""))
        totals = service.stop()
        self.assertEqual((totals["duplicates"], totals["error_acks"]), (0, 0))
        return service, folders

    def check(self, service, folders, kind, convert=bytes):
        stored = media.digests(media.stored_packets(self, service, "s"), kind)
        self.assertGreater(len(stored), 0)
        media.check_same(self, media.recorded(folders[kind], convert), stored, kind)

    def check_described(self, service, *expected):
        """The streams of each session, as ffprobe sees them, have at least these properties; and all of it decodes."""
        for path in service.session_files("s"):
            out = self.run_quiet([tool("ffprobe"), "-v", "error", "-show_streams", "-of", "json", path])
            streams = json.loads(out)["streams"]
            self.assertEqual(len(streams), len(expected))
            for stream, properties in zip(streams, expected):
                self.assertEqual({key: stream.get(key) for key in properties}, properties)
        media.decode(self, service.fragment_files("s"))
        self.assertGreaterEqual(media.check_sessions(self, service, "s"), 1)

    def check_by_gstreamer(self, service, kind, caps, folders, convert=bytes):
        stored = []
        for path in service.fragment_files("s"):
            stored += media.read_with_gstreamer(self, path, kind, caps)
        media.check_same(self, media.recorded(folders[kind], convert), stored, kind)

    JPEG_TRACK = {"codec_name": "mjpeg", "width": 160, "height": 120, "codec_tag_string": "MJPG"}
    AV1_TRACK = {"codec_name": "av1", "width": 160, "height": 120}

    # Pictures.
    def test_mjpeg(self):
        service, folders = self.upload(video=(pictures(), JPEG))
        self.check(service, folders, media.VIDEO)
        self.check_described(service, self.JPEG_TRACK)
        self.check_by_gstreamer(service, media.VIDEO, "image/jpeg,width=160,height=120", folders)
        # Each is a key frame, but a fragment has at least a second of them.
        packets = media.stored_packets(self, service, "s")
        self.assertTrue(all(packet.key_frame for packet in packets))
        self.assertLessEqual(len(service.fragments("s")), SECONDS)

    def test_mjpeg_of_ffmpeg(self):
        service, folders = self.upload(video=(pictures(), "videoconvert ! avenc_mjpeg"))
        self.check(service, folders, media.VIDEO)
        self.check_described(service, self.JPEG_TRACK)

    def test_mjpeg_that_changes_its_size(self):
        service = self.service()
        half = SECONDS * RATE // 2
        folder = self.path("video")
        end = self.run_pipeline(
            f"concat name=c ! tee name=v v. ! {media.recorder(folder)} v. ! queue ! "
            f"{SINK.format(more='streaming-type=offline', url=service.url)} "
            f"{pictures(count=half)} ! {JPEG} ! c. {pictures(width=320, count=half)} ! {JPEG} ! c.")
        self.assertEqual((end.stdout, end.stderr), ("", ""))
        service.stop()
        self.check(service, {media.VIDEO: folder}, media.VIDEO)
        widths = []
        for path in service.fragment_files("s"):
            out = self.run_quiet([tool("ffprobe"), "-v", "error", "-show_streams", "-of", "json", path])
            widths.append(json.loads(out)["streams"][0]["width"])
        self.assertEqual(sorted(set(widths)), [160, 320])
        self.assertEqual(widths, sorted(widths))
        media.decode(self, service.fragment_files("s"))

    def store_av1(self, encoder, more="streaming-type=offline"):
        service, folders = self.upload(video=(pictures(), encoder), more=more)
        self.check(service, folders, media.VIDEO, without_delimiters)
        self.check_described(service, self.AV1_TRACK)
        self.assertEqual([fragment["first_frame_key"] for fragment in service.fragments("s")], [True, True])
        return service, folders

    def test_av1_as_the_encoder_puts_it(self):
        self.store_av1(AV1)

    def test_av1_parsed(self):
        service, folders = self.store_av1(f"{AV1} ! av1parse")
        self.check_by_gstreamer(service, media.VIDEO, "video/x-av1,width=160,height=120", folders,
                                without_delimiters)

    def test_av1_realtime(self):
        self.store_av1(f"{AV1} ! av1parse", more="streaming-type=realtime")

    # An MP4 has the sequence header in its codec data, and no temporal delimiters.
    def test_av1_of_a_file(self):
        file = self.path("a.mp4")
        self.run_quiet([tool("ffmpeg"), "-nostdin", "-v", "error", "-f", "lavfi", "-i",
                        f"testsrc=size=160x120:rate={RATE}:duration={SECONDS}", "-c:v", "libaom-av1", "-cpu-used", "8",
                        "-g", "30", "-pix_fmt", "yuv420p", "-y", file])
        service, folders = self.upload(video=(f"filesrc location={file}", "qtdemux ! av1parse"))
        self.check(service, folders, media.VIDEO, without_delimiters)
        media.check_same(self, media.digests(media.read_packets(self, file), media.VIDEO),
                         media.digests(media.stored_packets(self, service, "s"), media.VIDEO), "the file's")
        self.check_described(service, self.AV1_TRACK)

    # Sound.
    def store_opus(self, channels, encoder=OPUS, rate=48000):
        service, folders = self.upload(audio=(sound(channels=channels, rate=rate), encoder))
        self.check(service, folders, media.AUDIO)
        self.check_described(service, {"codec_name": "opus", "sample_rate": "48000", "channels": channels})
        return service, folders

    def test_opus_stereo(self):
        service, folders = self.store_opus(2)
        self.check_by_gstreamer(service, media.AUDIO, "audio/x-opus,channels=2", folders)

    def test_opus_speech(self):
        self.store_opus(1, "opusenc audio-type=voice bandwidth=wideband", rate=16000)

    def test_opus_surround(self):
        self.store_opus(6)

    # RTP hands on no OpusHead.
    def test_opus_by_rtp(self):
        self.store_opus(2, f"{OPUS} ! rtpopuspay ! rtpopusdepay")

    def store_pcm(self, rate, channels):
        service, folders = self.upload(audio=(sound(rate=rate, channels=channels), PCM))
        self.check(service, folders, media.AUDIO)
        self.check_described(service, {"codec_name": "pcm_s16le", "sample_rate": str(rate), "channels": channels,
                                       "bits_per_sample": 16})
        return service, folders

    def test_pcm_mono(self):
        self.store_pcm(8000, 1)

    def test_pcm_stereo(self):
        service, folders = self.store_pcm(48000, 2)
        self.check_by_gstreamer(service, media.AUDIO, "audio/x-raw,format=S16LE,rate=48000,channels=2", folders)

    # Both, at their own pace.
    def store_live(self, video, audio, convert=bytes):
        service, folders = self.upload(more="", video=(pictures("is-live=true"), video),
                                       audio=(sound("is-live=true"), audio))
        self.check(service, folders, media.VIDEO, convert)
        self.check(service, folders, media.AUDIO)
        media.decode(self, service.fragment_files("s"))
        sessions = media.check_sessions(self, service, "s")
        if not media.SANITIZED:  # there the source does not keep its pace, and one run of sixteen took two connections
            self.assertEqual(sessions, 1)

    def test_mjpeg_and_opus_live(self):
        self.store_live(JPEG, OPUS)

    def test_mjpeg_and_pcm_live(self):
        self.store_live(JPEG, PCM)

    def test_av1_and_opus_offline(self):
        service, folders = self.upload(video=(pictures(), AV1), audio=(sound(), OPUS))
        self.check(service, folders, media.VIDEO, without_delimiters)
        self.check(service, folders, media.AUDIO)
        self.check_described(service, self.AV1_TRACK, {"codec_name": "opus", "channels": 2})
