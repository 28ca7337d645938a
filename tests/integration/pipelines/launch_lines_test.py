"""The launch lines that users have, each run against a kvs-local of its own: those of this project's pages, scripts and element, which
are read from there, so that a new one is run as well; those of Amazon's developer guide; and the usual ones.

A line runs as it stands, but for hardware that is not there (see Substitution) and for an end: test sources have so many buffers, and a
pipeline with a network camera is ended as by Ctrl-C.
"""

import array
import glob
import math
import os
import re
import shlex
import signal

import media
from harness import ACCESS_KEY, SECRET_KEY, Case, path_of, tool, wait_until

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../.."))

PICTURES, RATE = 60, 30         # of test sources
BLOCKS = 90                     # of test tones: 1024 samples each
CARD_BLOCKS, CARD_BLOCK_US = 200, 10000
FILE_SECONDS = 4
CAMERA_SECONDS = 60             # longer than anything here takes: a camera does not end by itself

CAMERAS = ("v4l2src", "autovideosrc", "avfvideosrc", "ksvideosrc", "libcamerasrc")
MICROPHONES = ("osxaudiosrc", "pulsesrc", "autoaudiosrc", "wasapisrc")
ENCODERS = ("omxh264enc", "vtenc_h264_hw", "vtenc_h264", "v4l2h264enc")
# Encoders of cameras and platforms do not look ahead.
ENCODER = "x264enc tune=zerolatency bframes=0 key-int-max=45"
PICTURE = f"videotestsrc is-live=true num-buffers={PICTURES}"
ENCODED_PICTURE = (f"{PICTURE} ! video/x-raw,width=640,height=480,framerate={RATE}/1 ! {ENCODER} ! "
                   "video/x-h264,stream-format=byte-stream,alignment=au")
TONE = f"audiotestsrc is-live=true num-buffers={BLOCKS}"
# See live_test: the card has no pace of its own.
CARD = (f"provide-clock=false slave-method=re-timestamp num-buffers={CARD_BLOCKS} ! audio/x-raw,format=S16LE,channels=1 ! "
        f"identity sleep-time={CARD_BLOCK_US} ! audiorate")
CARD_IS_TOO_FAST = r"WARNING: from element \S+/GstAlsaSrc:\S+: Can't record audio fast enough"
# Sound cards whose recording is a raw file: by default, and whatever hw:CARD,DEVICE.
CARDS = """
pcm.null {{ type null }}
pcm.default {{ type file slave.pcm null file /dev/null infile "{file}" format raw }}
pcm.hw {{
  @args [ CARD DEV ]
  @args.CARD {{ type string default "0" }}
  @args.DEV {{ type integer default 0 }}
  type file slave.pcm null file /dev/null infile "{file}" format raw
}}
"""
SERVE = {
    media.VIDEO: "( filesrc location={file} ! matroskademux name=d "
                 "d.video_0 ! queue ! h264parse ! rtph264pay name=pay0 pt=96 config-interval=-1 )",
    media.AUDIO: "( filesrc location={file} ! matroskademux name=d "
                 "d.video_0 ! queue ! h264parse ! rtph264pay name=pay0 pt=96 config-interval=-1 "
                 "d.audio_0 ! queue ! aacparse ! rtpmp4gpay name=pay1 pt=97 )",
}
# Sound that begins a second late. gst-launch-1.0 itself mixes pads up that appear at the same moment.
LATE_TONE = "-itsoffset 1 -f lavfi -i sine=frequency=440:sample_rate=44100:duration={}"

PLACEHOLDERS = {"YourAccessKey": ACCESS_KEY, "YourSecretKey": SECRET_KEY, "YourAWSRegion": "us-west-2"}

RTSP_GUIDE = """rtspsrc location="rtsp://YourCameraRtspUrl" short-header=TRUE ! rtph264depay ! video/x-h264, format=avc,alignment=au !
  kvssink stream-name="YourStreamName" storage-size=512 access-key="YourAccessKey" secret-key="YourSecretKey"
  aws-region="YourAWSRegion\""""
DEVELOPER_GUIDE = (
    # Sending data with credentials of AWS IoT; here with those of the environment.
    """rtspsrc location=rtsp://YourCameraRtspUrl short-header=TRUE ! rtph264depay ! video/x-h264, format=avc,alignment=au !
    h264parse ! kvssink stream-name="kvs_example_camera_stream" """,
    # 1, 4 and 5: a network camera on Ubuntu, macOS and Windows.
    RTSP_GUIDE,
    # 2: a USB camera.
    """v4l2src do-timestamp=TRUE device=/dev/video0 ! videoconvert ! video/x-raw,format=I420,width=640,height=480,framerate=30/1 !
    x264enc bframes=0 key-int-max=45 bitrate=500 ! video/x-h264,stream-format=avc,alignment=au,profile=baseline !
    kvssink stream-name="YourStreamName" storage-size=512 access-key="YourAccessKey" secret-key="YourSecretKey"
    aws-region="YourAWSRegion" """,
    # 3: a USB camera that encodes.
    """v4l2src do-timestamp=TRUE device=/dev/video0 ! h264parse ! video/x-h264,stream-format=avc,alignment=au !
    kvssink stream-name="plugin" storage-size=512 access-key="YourAccessKey" secret-key="YourSecretKey"
    aws-region="YourAWSRegion" """,
    # 6 and 7: the camera of a Raspberry Pi.
    """v4l2src do-timestamp=TRUE device=/dev/video0 ! videoconvert ! video/x-raw,format=I420,width=640,height=480,framerate=30/1 !
    omxh264enc control-rate=1 target-bitrate=5120000 periodicity-idr=45 inline-header=FALSE ! h264parse !
    video/x-h264,stream-format=avc,alignment=au,width=640,height=480,framerate=30/1,profile=baseline !
    kvssink stream-name="YourStreamName" frame-timestamp=dts-only access-key="YourAccessKey" secret-key="YourSecretKey"
    aws-region="YourAWSRegion" """,
)
# A user's notes: a virtual machine with a webcam, and a camera from the network.
NOTES = (
    r"""-v v4l2src device=/dev/video0 ! queue ! videoconvert ! video/x-raw,width=640,height=480,framerate=30/1,format=I420 !
    clockoverlay time-format=\"%D %H:%M:%S\" ! x264enc bitrate=500 ! h264parse ! video/x-h264,stream-format=avc,alignment=au !
    kvssink stream-name=\"HelloLankaKVS\" storage-size=512 name=sink""",
    """-v v4l2src device=/dev/video0 ! queue ! videoconvert ! video/x-raw,width=640,height=480,framerate=30/1,format=I420 ! queue !
    x264enc bframes=0 speed-preset=veryfast key-int-max=60 bitrate=512 byte-stream=TRUE tune=zerolatency !
    video/x-h264,stream-format=byte-stream,alignment=au,profile=baseline ! h264parse !
    kvssink stream-name="HelloLankaKVS" storage-size=128 name=sink
    alsasrc device="hw:0,0" ! queue ! audioconvert ! audio/x-raw,rate=24000 ! voaacenc ! audio/mpeg,stream-format=raw ! queue !
    sink.""",
    """rtspsrc location=${RTSP_SRC} protocols=tcp name=src src. ! queue ! rtph264depay ! h264parse !
    kvssink stream-name="HelloLankaRTSP" storage-size=512 name=sink
    src. ! queue ! decodebin ! audioconvert ! voaacenc ! audio/mpeg,stream-format=raw ! sink.""",
)
# What launch lines for Amazon's element have in common.
LIVE = (
    "videotestsrc num-buffers=1 ! x264enc ! h264parse ! kvssink",
    "-v libcamerasrc ! video/x-raw,width=640,height=480,framerate=30/1 ! videoconvert ! v4l2h264enc ! video/x-h264,profile=baseline ! "
    "h264parse ! kvssink stream-name=X storage-size=128",
    "ksvideosrc do-timestamp=true device-index=0 ! videoconvert ! video/x-raw,width=640,height=480,framerate=30/1 ! "
    "x264enc bframes=0 key-int-max=45 ! video/x-h264,stream-format=avc,alignment=au ! kvssink stream-name=X",
    "autovideosrc ! videoconvert ! video/x-raw,width=640,height=480,framerate=30/1 ! vtenc_h264_hw allow-frame-reordering=FALSE "
    "realtime=TRUE max-keyframe-interval=45 bitrate=500 ! kvssink stream-name=X storage-size=128",
    "-v avfvideosrc device-index=1 ! h264parse ! kvssink name=sink stream-name=X osxaudiosrc ! audioconvert ! avenc_aac ! queue ! sink.",
    "v4l2src device=/dev/video0 ! h264parse ! video/x-h264,stream-format=avc,alignment=au ! kvssink name=sink stream-name=X "
    "alsasrc device=hw:1,0 ! audioconvert ! avenc_aac ! queue ! sink.",
    "v4l2src ! videoconvert ! video/x-raw,width=640,height=480,framerate=30/1 ! x264enc tune=zerolatency key-int-max=30 ! h264parse ! "
    "kvssink name=sink stream-name=X alsasrc ! audioconvert ! voaacenc ! audio/mpeg,stream-format=raw ! sink.",
)
FILES = tuple(
    f"-v filesrc location=recording.{suffix} ! {demuxer} name=demux {pads[0]} ! queue ! h264parse ! {caps}"
    f"kvssink name=sink stream-name=X storage-size=128 {mode} demux.{pads[1]} ! queue ! aacparse ! sink."
    for suffix, demuxer, pads, caps, mode in (
        ("mp4", "qtdemux", ("", ""), "video/x-h264,stream-format=avc,alignment=au ! ", "streaming-type=offline"),
        ("mp4", "qtdemux", ("demux.", ""), "", "streaming-type=offline file-start-time=1700000000"),
        ("mkv", "matroskademux", ("", ""), "", "streaming-type=offline"),
        ("mkv", "matroskademux", ("demux.video_0", "audio_0"), "", ""),
        ("ts", "tsdemux", ("", ""), "video/x-h264,stream-format=avc,alignment=au ! ", "streaming-type=offline"),
    ))


def in_markdown(path):
    """The launch lines in the code blocks of a page."""
    with open(os.path.join(ROOT, path), encoding="utf-8") as page:
        blocks = re.findall(r"^```\w*\n(.*?)^```", page.read(), re.MULTILINE | re.DOTALL)
    lines = [line.strip() for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    return [line.split("gst-launch-1.0", 1)[1] for line in lines if re.match(r"(\$ |[A-Z_]+=\S+ )*gst-launch-1.0 ", line)]


def in_comment(path):
    """The launch lines in the documentation comment of an element."""
    with open(os.path.join(ROOT, path), encoding="utf-8") as source:
        blocks = re.findall(r"\|\[\n(.*?)\]\|", source.read(), re.DOTALL)
    texts = [re.sub(r"\\?\n", " ", re.sub(r"^ \* ?", "", block, flags=re.MULTILINE)) for block in blocks]
    return [text.split("gst-launch-1.0", 1)[1] for text in texts]


def in_script(path):
    """What a script of samples/launch runs when it is given what it must be given."""
    with open(os.path.join(ROOT, path), encoding="utf-8") as script:
        text = script.read().replace("\\\n", " ")
    text = re.sub(r"\$\{\d:-([^}]*)\}", r"\1", text)
    text = re.sub(r"\$\{\d:\?usage: \S+ ([^ }]+)[^}]*\}",
                  lambda match: "rtsp://HOST/PATH" if "rtsp" in match.group(1) else "recording.mp4", text)
    return [line.split("gst-launch-1.0", 1)[1] for line in text.splitlines() if line.startswith("exec gst-launch-1.0 ")]


class Substitution:
    """What takes the place of hardware in a line."""

    def __init__(self, case, line):
        self.case = case
        self.options = []
        self.pictures = None     # how many there must be; None: some
        self.is_camera = False   # from the network, without an end
        words = [PLACEHOLDERS.get(word, word) for word in shlex.split(re.sub(r"=\"?(Your\w+)\"?", self._fill, line))]
        while words[0].startswith("-"):
            self.options.append(words.pop(0))
        self.sound = any(re.search("aac|mp3", word) for word in words)
        self.picture = any("264" in word for word in words)
        self.words = []
        while words:
            self._take(words)
        self.kinds = [kind for kind, there in ((media.VIDEO, self.picture), (media.AUDIO, self.sound)) if there]

    @staticmethod
    def _fill(match):
        return "=" + PLACEHOLDERS.get(match.group(1), match.group(1))

    @staticmethod
    def _properties(words):
        """Takes the properties that follow an element."""
        taken = []
        while words and re.match(r"[a-z0-9-]+=", words[0]):
            taken.append(words.pop(0))
        return taken

    def _put(self, text, properties=(), kept=()):
        """An element in place of another, with those of its properties that both have."""
        first, *rest = text.split(" ")
        self.words += [first, *(each for each in properties if each.split("=")[0] in kept), *rest]

    def _take(self, words):
        word = words.pop(0)
        if word in CAMERAS:
            properties = self._properties(words)
            encodes = words[1] == "h264parse" or words[1].startswith("video/x-h264")
            self._put(ENCODED_PICTURE if encodes else PICTURE, properties, ("do-timestamp", "name"))
            self.pictures = PICTURES
        elif word in ENCODERS:
            self._properties(words)
            self._put(ENCODER)
        elif word in MICROPHONES:
            self._put(TONE, self._properties(words), ("name",))
        elif word == "alsasrc":
            self.words += [word, *self._properties(words), *CARD.split(" ")]
        elif word in ("videotestsrc", "audiotestsrc"):
            properties = self._properties(words)
            if not any(each.startswith("num-buffers=") for each in properties):
                properties.append(f"num-buffers={PICTURES if word == 'videotestsrc' else BLOCKS}")
            self.words += [word, *properties]
            if word == "videotestsrc":
                self.pictures = int(next(each[12:] for each in properties if each.startswith("num-buffers=")))
        elif word == "rtspsrc":
            others = [each for each in self._properties(words) if not each.startswith("location=")]
            self.words += [word, f"location={self._camera()}", *others]
            self.is_camera = True
        elif word == "filesrc":
            location = next(each for each in self._properties(words) if each.startswith("location="))
            file = media.make_file(self.case, f"{id(self)}{os.path.splitext(location)[1]}", seconds=FILE_SECONDS)
            self.words += [word, f"location={file}"]
            self.pictures = len(media.digests(media.read_packets(self.case, file), media.VIDEO))
        else:
            self.words.append(word)

    def take_service(self, service):
        """Puts where this service is, and the files of its devices, in the place of those that a page names."""
        for number, word in enumerate(self.words):
            if word.startswith("endpoint="):
                self.words[number] = f"endpoint={service.url}"
            elif word.startswith("iot-certificate="):
                word = re.sub(r"\bendpoint=[^,]*", f"endpoint={service.iot_endpoint}", word)
                self.words[number] = re.sub(r"=tls/", f"={service.data}/", word)

    def _camera(self):
        """The address of a camera of the network that sends a recording."""
        kind = media.AUDIO if self.sound else media.VIDEO
        file = media.make_file(self.case, f"{id(self)}.mkv", seconds=CAMERA_SECONDS, tone=LATE_TONE)
        server = self.case.start([path_of("KVS_RTSP_SERVER"), SERVE[kind].format(file=file)], "rtsp-server",
                                 self.case.environment())
        wait_until(lambda: "rtsp://" in server.stdout(), "the RTSP server listens")
        return server.stdout().strip()


class Test(Case):
    def run_lines(self, lines):
        """Runs all of them at once; each must end well and everything of it be stored."""
        self.assertTrue(lines)
        cards = self.cards()
        running = []
        for number, line in enumerate(lines):
            with self.subTest(line=line):
                substitution = Substitution(self, line)
                service = self.service(*(["--iot-port", "0"] if "iot-certificate=" in line else []), name=f"service-{number}")
                substitution.take_service(service)
                options = [*substitution.options, *(["-e"] if substitution.is_camera else [])]
                program = self.start([tool("gst-launch-1.0"), "--no-fault", *options, *substitution.words], "gst-launch",
                                     self.environment(CONTROL_PLANE_URI=service.url, ALSA_CONFIG_PATH=cards))
                running.append((line, substitution, service, program))
        # What has no end is ended first.
        for line, substitution, service, program in sorted(running, key=lambda each: not each[1].is_camera):
            with self.subTest(line=line):
                self.check(substitution, service, program)

    def cards(self):
        sound = self.path("sound.raw")
        with open(sound, "wb") as file:
            array.array("h", (int(9000 * math.sin(i / 16)) for i in range(1 << 19))).tofile(file)
        configuration = self.path("asoundrc")
        with open(configuration, "w", encoding="ascii") as file:
            file.write(CARDS.format(file=sound))
        return configuration

    def check(self, substitution, service, program):
        if substitution.is_camera:
            # A fragment, and the sound that came later.
            wait_until(lambda: self.has_all_kinds(substitution, service) or not program.running(), "fragments are stored")
            program.signal(signal.SIGINT)
        end = program.wait()
        self.assertEqual((end.code, end.stderr), (0, ""), str(end))
        self.assertNotRegex(re.sub(CARD_IS_TOO_FAST, "", end.stdout), "WARNING|CRITICAL|ERROR", str(end))
        totals = service.stop()
        self.assertEqual((totals["duplicates"], totals["error_acks"]), (0, 0), str(end))
        stream = os.listdir(service.data)[0]
        stored = media.stored_packets(self, service, stream)
        self.assertEqual([kind for kind in (media.VIDEO, media.AUDIO) if media.digests(stored, kind)], substitution.kinds)
        if substitution.pictures is not None and substitution.picture:
            self.assertEqual(len(media.digests(stored, media.VIDEO)), substitution.pictures)
        # Times are those of the arrival at sources that do not keep their pace on a busy machine.
        media.decode(self, service.fragment_files(stream), steady=False)

    @staticmethod
    def has_all_kinds(substitution, service):
        names = os.listdir(service.data) if os.path.exists(service.data) else []
        tracks = [fragment["frames"] for name in names for fragment in service.fragments(name)]
        return any(len(frames) == len(substitution.kinds) for frames in tracks)

    # This project's own.
    def test_readme(self):
        self.run_lines(in_markdown("README.md"))

    def test_reference(self):
        self.run_lines(in_markdown("docs/kvssink.md"))

    def test_other_pages(self):
        pages = [os.path.relpath(path, ROOT) for path in glob.glob(f"{ROOT}/*.md") + glob.glob(f"{ROOT}/docs/*.md") +
                 glob.glob(f"{ROOT}/[a-z]*/**/*.md", recursive=True)]
        pages = [page for page in pages if page not in ("README.md", "docs/kvssink.md") and not page.startswith("build/")]
        self.run_lines([line for page in sorted(set(pages)) for line in in_markdown(page)])

    def test_comment_of_the_element(self):
        self.run_lines(in_comment("plugin/gstkvssink.cc"))

    def test_sample_scripts(self):
        self.run_lines([line for path in sorted(glob.glob(f"{ROOT}/samples/launch/*.sh"))
                        for line in in_script(os.path.relpath(path, ROOT))])

    # Those that users of Amazon's element have.
    def test_developer_guide(self):
        self.run_lines(DEVELOPER_GUIDE)

    def test_notes_of_a_user(self):
        self.run_lines(NOTES)

    def test_live_sources(self):
        self.run_lines(LIVE)

    def test_recordings(self):
        self.run_lines(FILES)
