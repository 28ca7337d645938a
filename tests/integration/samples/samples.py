"""What the tests of the samples share: programs of the build, and cameras that are none."""

import os

import media
from harness import Case, path_of, wait_until

SERVE_VIDEO = ("( filesrc location={file} ! matroskademux name=d d.video_0 ! queue ! h264parse ! "
               "rtph264pay name=pay0 pt=96 config-interval=-1 )")
SERVE = SERVE_VIDEO[:-1] + "d.audio_0 ! queue ! aacparse ! rtpmp4gpay name=pay1 pt=97 )"
# The plugins that a camera with sound and files need, without those that have a camera or a decoder of their own.
PLUGINS = ("coreelements videotestsrc videoconvertscale x264 videoparsersbad audioparsers audioconvert audioresample voaacenc audiotestsrc "
           "typefindfunctions playback isomp4 matroska mpegtsdemux").split()


class SampleCase(Case):
    def start_sample(self, service, name, *arguments, **environment):
        url = environment.pop("CONTROL_PLANE_URI", service.url if service else None)
        return self.start([os.path.join(path_of("KVS_SAMPLES_DIR"), name), *arguments], name,
                          self.environment(LD_PRELOAD=None, CONTROL_PLANE_URI=url, **environment))

    def sample(self, service, name, *arguments, code=0, seconds=None, **environment):
        """Runs a program to its end."""
        end = self.start_sample(service, name, *arguments, **environment).wait(seconds)
        self.assertEqual(end.code, code, str(end))
        self.assertNotRegex(end.stderr, "CRITICAL|WARNING \\*\\*", str(end))
        return end

    def one_line(self, end, *texts):
        """What is wrong is said in one line."""
        self.assertEqual((end.stdout, end.stderr.count("\n")), ("", 1), str(end))
        for text in texts:
            self.assertIn(text, end.stderr)

    def fake_camera(self, kind, frames=""):
        """The environment of a program that finds a camera where there is none, see fake_camera.cc."""
        plugins = self.path("plugins")
        if not os.path.exists(plugins):
            os.makedirs(plugins)
            for name in PLUGINS:
                os.symlink(os.path.join(path_of("KVS_GST_PLUGINS_DIR"), f"libgst{name}.so"),
                           os.path.join(plugins, f"libgst{name}.so"))
        # Scanned by the program itself: GStreamer's scanner does not have the runtime of a sanitizer.
        return {"FAKE_CAMERA": kind, "FAKE_CAMERA_FRAMES": str(frames), "GST_REGISTRY_FORK": "no",
                "GST_PLUGIN_SYSTEM_PATH_1_0": plugins, "GST_REGISTRY": self.path("registry.bin"),
                "GST_PLUGIN_PATH": path_of("KVS_PLUGIN_DIR") + ":" + path_of("KVS_FAKE_CAMERA_DIR")}

    def network_camera(self, serve=SERVE_VIDEO, seconds=6, name="camera.mkv"):
        """A file, and the URL where it is played once for each who asks."""
        file = media.make_file(self, name, seconds=seconds)
        server = self.start([path_of("KVS_RTSP_SERVER"), serve.format(file=file)], "rtsp-server", self.environment(LD_PRELOAD=None))
        wait_until(lambda: "rtsp://" in server.stdout(), "the RTSP server listens")
        return file, server.stdout().strip()

    def stored(self, service, stream):
        """{kind: digests of the frames that are stored}, in the order of their time."""
        packets = media.stored_packets(self, service, stream)
        return {kind: media.digests(packets, kind) for kind in (media.VIDEO, media.AUDIO)}

    def check_whole(self, service, stream, file, kinds=(media.VIDEO,)):
        source = media.read_packets(self, file)
        for kind, digests in self.stored(service, stream).items():
            media.check_same(self, media.digests(source, kind) if kind in kinds else [], digests, f"{stream}: {kind}")

    def check_clean(self, service):
        totals = service.stop()
        self.assertEqual((totals["duplicates"], totals["error_acks"]), (0, 0), str(totals))

    def tags(self, service, stream):
        """Names and values of each fragment, without those of the service's own end."""
        return [[tuple(tag) for tag in fragment["tags"] if tag[0] != "AWS_KINESISVIDEO_END_OF_FRAGMENT"]
                for fragment in service.fragments(stream)]
