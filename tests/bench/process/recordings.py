"""The media that scripts/bench measures with: made once by ffmpeg, and kept in the build.

A short piece is encoded and then repeated without encoding, so that a recording of a gigabyte takes seconds. Noise keeps an encoder
that is told a bit rate at it.
"""

import os
import shlex
import subprocess

from harness import tool

NOISE = "testsrc2=size={size}:rate={rate}:duration={seconds},noise=alls={noise}:allf=t"
H264 = ("-c:v libx264 -preset ultrafast -tune zerolatency -pix_fmt yuv420p -threads 2 -b:v {bits} -maxrate {bits} -bufsize {bits} "
        "-x264-params keyint={gop}:scenecut=0:nal-hrd=cbr:force-cfr=1")
AAC = "-c:a aac -b:a 128k"


class Recording:
    """An MP4 file with H.264, and AAC if wanted."""

    def __init__(self, name, what, size, rate, bits, noise, seconds, times, sound=False):
        self.name = name
        self.what = what  # in a table
        self.size = size
        self.rate = rate  # frames per second
        self.bits = bits  # per second, of the picture
        self.noise = noise
        self.seconds = seconds  # that are encoded
        self.times = times  # that they are repeated
        self.sound = sound

    def frames(self):
        """Pictures in the file."""
        return self.rate * self.seconds * self.times

    def shorter(self, part):
        """The same with fewer repetitions."""
        return Recording(self.name, self.what, self.size, self.rate, self.bits, self.noise, self.seconds,
                         max(1, round(self.times * part)), self.sound)

    def make(self, folder):
        """The path of the file."""
        piece = os.path.join(folder, f"{self.name}-piece.mp4")
        path = os.path.join(folder, f"{self.name}-{self.times}.mp4")
        os.makedirs(folder, exist_ok=True)
        if not os.path.exists(piece):
            inputs = ["-f", "lavfi", "-i", NOISE.format(size=self.size, rate=self.rate, seconds=self.seconds, noise=self.noise)]
            codecs = shlex.split(H264.format(bits=self.bits, gop=self.rate))
            if self.sound:
                inputs += ["-f", "lavfi", "-i", f"anoisesrc=amplitude=0.2:sample_rate=48000:duration={self.seconds}"]
                codecs += shlex.split(AAC)
            ffmpeg([*inputs, *codecs], piece)
        if not os.path.exists(path):
            ffmpeg(["-stream_loop", str(self.times - 1), "-i", piece, "-c", "copy"], path)
        return path


def ffmpeg(arguments, path):
    # In one step, so that what an interrupted run leaves is not taken for the whole.
    partial = f"{path}.{os.getpid()}.mp4"
    subprocess.run([tool("ffmpeg"), "-nostdin", "-v", "error", *arguments, "-y", partial], check=True)
    os.replace(partial, path)


SMALL = Recording("small", "480p, 144,000 frames of ~2 KB", "854x480", 30, 480_000, 10, 60, 80)
FULL_HD = Recording("full-hd", "1080p 4 Mbit/s + AAC", "1920x1080", 30, 4_000_000, 10, 20, 30, sound=True)
LARGE = Recording("large", "55 Mbit/s, ~230 KB frames", "1920x1080", 30, 55_000_000, 60, 8, 6)
RECORDINGS = (SMALL, FULL_HD, LARGE)
