"""Media: small sources, and what was stored, read by ffmpeg, GStreamer and mkvtoolnix."""

import glob
import hashlib
import json
import os
import shlex
import shutil

from harness import path_of, tool

# Under a sanitizer the tests are about what the process does; how its media looks to other programs is shown without one.
SANITIZED = bool(os.environ.get("KVS_SANITIZED"))

# ffmpeg inputs. A picture that moves, small enough that an encoder takes no time.
PICTURE = "-f lavfi -i testsrc=size=160x120:rate=15:duration={}"
# The offset puts the encoder's priming, which comes first, at time zero: the first picture stands there, too.
TONE = "-itsoffset 0.023219954 -f lavfi -i sine=frequency=440:sample_rate=44100:duration={}"
H264 = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -g {gop} -bf {b_frames}"
AAC = "-c:a aac -b:a 32k"
VIDEO, AUDIO = "video", "audio"


class Packet:
    """One frame as a reader saw it."""

    def __init__(self, kind, digest, time, size, key_frame):
        self.kind = kind
        self.digest = digest
        self.time = time
        self.size = size
        self.key_frame = key_frame


def make_file(case, name, seconds=6, video_seconds=None, audio_seconds=None, gop=30, b_frames=0,
              more="", picture=PICTURE, tone=TONE):
    """A file with H.264 and AAC, made by ffmpeg; 0 seconds of one leave it out. Tests that want the same one share it."""
    video_seconds = seconds if video_seconds is None else video_seconds
    audio_seconds = seconds - 0.1 if audio_seconds is None else audio_seconds
    inputs = [picture.format(video_seconds)] if video_seconds else []
    codecs = [H264.format(gop=gop, b_frames=b_frames)] if video_seconds else []
    if audio_seconds:
        inputs.append(tone.format(audio_seconds))
        codecs.append(AAC)
    command = f"{tool('ffmpeg')} -nostdin -v error {' '.join(inputs + codecs)} {more} -y"
    folder = os.path.join(path_of("KVS_WORK_DIR"), "media")
    shared = os.path.join(folder, md5(command.encode()) + os.path.splitext(name)[1])
    if not os.path.exists(shared):
        os.makedirs(folder, exist_ok=True)
        made = case.path("made-" + name)
        case.run_quiet([*shlex.split(command), made])
        # In one step: another test may be making the same.
        partial = f"{shared}.{os.getpid()}"
        shutil.copyfile(made, partial)
        os.replace(partial, shared)
    path = case.path(name)
    os.symlink(shared, path)
    return path


def read_packets(case, path):
    """All packets of a file, as ffprobe sees them. What an MP4's edit list hides is no part of it."""
    out = case.run_quiet([tool("ffprobe"), "-v", "error", "-show_packets", "-show_data_hash",
                          "md5", "-of", "json", path])
    return [Packet(entry["codec_type"], entry["data_hash"].removeprefix("MD5:"),
                   float(entry["pts_time"]), int(entry["size"]), "K" in entry["flags"])
            for entry in json.loads(out)["packets"] if "D" not in entry["flags"]]


def read_framehash(case, path):
    """{stream index: [md5 of each packet]} by ffmpeg's framehash muxer."""
    out = case.run_quiet([tool("ffmpeg"), "-nostdin", "-v", "error", "-i", path, "-map", "0",
                          "-c", "copy", "-f", "framehash", "-hash", "md5", "-"])
    found = {}
    for line in out.splitlines():
        if not line.startswith("#"):
            fields = [field.strip() for field in line.split(",")]
            found.setdefault(int(fields[0]), []).append(fields[5])
    return found


def read_with_gstreamer(case, path, kind, caps):
    """md5 of each packet of a track, as GStreamer's matroskademux gives them."""
    folder = case.path(f"demuxed-{kind}-{os.path.basename(path)}")
    os.makedirs(folder)
    case.run_pipeline(f"filesrc location={path} ! matroskademux name=demux demux.{kind}_0 ! {caps} ! "
                      f"multifilesink location={folder}/%06d")
    return recorded(folder)


def recorder(folder):
    """What records each buffer that passes in a file of its own: for a branch of a tee."""
    os.makedirs(folder)
    return f"queue max-size-buffers=0 max-size-bytes=0 max-size-time=0 ! multifilesink location={folder}/%06d"


def recorded_bytes(folder):
    for path in sorted(glob.glob(os.path.join(glob.escape(folder), "*"))):
        with open(path, "rb") as file:
            yield file.read()


def md5(data):
    return hashlib.md5(data).hexdigest()


def recorded(folder, convert=bytes):
    return [md5(convert(data)) for data in recorded_bytes(folder)]


def nal_units(annex_b):
    """The NAL units of a byte stream (ITU-T H.264, annex B)."""
    parts = annex_b.split(b"\0\0\1")
    assert not parts[0].strip(b"\0"), "bytes before the first start code"
    # Zeros at the end belong to the next start code, or are trailing.
    return [part.rstrip(b"\0") for part in parts[1:]]


def length_prefixed(annex_b):
    return b"".join(len(nal).to_bytes(4, "big") + nal for nal in nal_units(annex_b))


def without_adts_header(frame):
    assert frame[0] == 0xFF and frame[1] & 0xF6 == 0xF0, "no ADTS"
    size = (frame[3] & 3) << 11 | frame[4] << 3 | frame[5] >> 5
    assert size == len(frame), "not one ADTS frame"
    return frame[7 if frame[1] & 1 else 9:]


def decode(case, paths, steady=True):
    """Everything in the files, each on its own, decodes without an error. Unless it is steady, its times are passed over: ffmpeg
    remarks on pictures that stand closer to each other than the frame rate that it has guessed."""
    if paths and not SANITIZED:
        inputs = [word for path in paths for word in ("-err_detect", "explode", "-i", path)]
        maps = [word for number in range(len(paths)) for word in ("-map", str(number))]
        times = [] if steady else ["-fps_mode", "passthrough", "-enc_time_base", "-1"]
        case.run_quiet([tool("ffmpeg"), "-nostdin", "-v", "error", "-xerror", *inputs, *maps, *times, "-f", "null", "-"])


def digests(packets, kind):
    return [packet.digest for packet in packets if packet.kind == kind]


def stored_packets(case, service, stream):
    """What the persisted fragments hold, in the order of their time."""
    return [packet for path in service.fragment_files(stream)
            for packet in read_packets(case, path)]


def check_same(case, expected, actual, what):
    """Both lists are equal; a failure tells the first difference, not all of it."""
    for i, (want, have) in enumerate(zip(expected, actual)):
        case.assertEqual(want, have, f"{what}: frame {i} of {len(expected)} differs")
    case.assertEqual(len(expected), len(actual), f"{what}: number of frames")


def check_times(case, source, stored, kind=None):
    """Times have the same distances from the first one, across both kinds, but for rounding to milliseconds."""
    rounding = 0.0021  # both sides may be rounded, and the first one, too
    for each in (VIDEO, AUDIO):
        ours = [packet.time for packet in stored if packet.kind == each]
        theirs = [packet.time for packet in source if packet.kind == each]
        for i, (a, b) in enumerate(zip(theirs, ours)):
            case.assertAlmostEqual(a - source_start(source), b - source_start(stored),
                                   delta=rounding, msg=f"time of {each} frame {i}")


def source_start(packets):
    return min(packet.time for packet in packets)


def check_stored(case, service, stream, source):
    """The frames, and their times, of `source` and no others are stored in fragments that decode."""
    stored = stored_packets(case, service, stream)
    for kind in (VIDEO, AUDIO):
        check_same(case, digests(source, kind), digests(stored, kind), kind)
    check_times(case, source, stored)
    decode(case, [path for fragment, path in zip(service.fragments(stream), service.fragment_files(stream))
                  if fragment["first_frame_key"]])
    return stored


def check_sessions(case, service, stream, decodable=True, steady=True):
    """Each session that was carried to its end is one Matroska file in the eyes of mkvtoolnix and ffmpeg."""
    whole = []
    endings = {event["session"]: event for event in service.events("session_end")}
    for path in service.session_files(stream):
        with open(path, "rb") as file:
            data = file.read()
        number = int(os.path.basename(path)[8:].split(".")[0])
        if endings.get(number, {}).get("reason") != "end_of_body":
            continue
        whole.append(path)
        case.assertEqual(data[:4], b"\x1a\x45\xdf\xa3", "begins with an EBML header")
        case.assertEqual(data.count(b"\x1a\x45\xdf\xa3"), 1, f"one EBML header in {path}")
        case.assertEqual(data.count(b"\x16\x54\xae\x6b"), 1, f"one Tracks element in {path}")
        check_mkvtoolnix(case, path)
    if decodable:
        decode(case, whole, steady)
    return len(whole)


def check_mkvtoolnix(case, path):
    if SANITIZED:
        return
    described = json.loads(case.run_quiet([tool("mkvmerge"), "-J", path]))
    case.assertEqual((described["errors"], described["warnings"]), ([], []))
    case.assertTrue(described["container"]["recognized"] and described["container"]["supported"])
    info = case.run_quiet([tool("mkvinfo"), "--all", path])
    case.assertEqual(info.count("+ EBML head"), 1)
    case.assertEqual(info.count("+ Segment:"), 1)
    case.assertNotIn("Unknown element", info)
    copy = case.path(f"remuxed-{os.path.basename(path)}")
    # Exit status 1: there were warnings.
    said = case.run_quiet([tool("mkvmerge"), "-o", copy, path])
    case.assertNotIn("Warning", said)


# Matroska elements that hold others, down to the blocks; and what is read of the rest.
SEGMENT, CLUSTER, TRACKS, TRACK, GROUP = 0x18538067, 0x1F43B675, 0x1654AE6B, 0xAE, 0xA0
CLUSTER_TIME, TRACK_NUMBER, TRACK_TYPE, SIMPLE_BLOCK, BLOCK = 0xE7, 0xD7, 0x83, 0xA3, 0xA1


def read_number(data, at, keep_marker):
    """An EBML number at a place, and where it ends; None instead of it when it is cut off, or says "unknown"."""
    if at >= len(data) or data[at] == 0:
        return None, at
    size = 9 - data[at].bit_length()
    if at + size > len(data):
        return None, at
    value = int.from_bytes(data[at:at + size], "big")
    marker = 1 << 7 * size
    if keep_marker:
        return value, at + size
    return (None if value == 2 * marker - 1 else value - marker), at + size


def blocks(data):
    """(kind, time in its units, payload) of each whole block of a Matroska file, also of one that breaks off somewhere. Many times
    quicker than to ask a program for each of a thousand small files."""
    kinds, number, time, at = {}, 0, 0, 0
    while at < len(data):
        name, at = read_number(data, at, keep_marker=True)
        begin = at
        size, at = read_number(data, at, keep_marker=False)
        if name is None or at == begin:
            return
        if name in (SEGMENT, CLUSTER, TRACKS, TRACK, GROUP):
            continue
        if size is None or at + size > len(data):
            return
        value = data[at:at + size]
        at += size
        if name == CLUSTER_TIME:
            time = int.from_bytes(value, "big")
        elif name == TRACK_NUMBER:
            number = int.from_bytes(value, "big")
        elif name == TRACK_TYPE:
            kinds[number] = VIDEO if value[-1] == 1 else AUDIO
        elif name in (SIMPLE_BLOCK, BLOCK):
            track, head = read_number(value, 0, keep_marker=False)
            yield kinds[track], time + int.from_bytes(value[head:head + 2], "big", signed=True), value[head + 3:]


def frames_of(path):
    """(kind, digest) of each frame in a Matroska file, in the order of the file."""
    with open(path, "rb") as file:
        return [(kind, md5(payload)) for kind, _, payload in blocks(file.read())]
