"""A real RTSP server, GStreamer's, over TCP. It plays a recording once and falls silent; then the pipeline is ended as by Ctrl-C."""

import os
import signal

import media
from harness import Case, path_of, wait_until

SERVE = ("( filesrc location={file} ! matroskademux name=d "
         "d.video_0 ! queue ! h264parse ! rtph264pay name=pay0 pt=96 config-interval=-1 "
         "d.audio_0 ! queue ! aacparse ! rtpmp4gpay name=pay1 pt=97 )")
SERVE_VIDEO = SERVE[:SERVE.index("d.audio_0")] + ")"
RECEIVE = ("rtspsrc location={rtsp} protocols=tcp latency=200 name=src "
           "rtph264depay name=video ! h264parse ! {form} ! tee name=v "
           "v. ! {record_video} v. ! queue ! kvssink name=sink stream-name=s endpoint={url} ")
RECEIVE_AUDIO = ("rtpmp4gdepay name=audio ! aacparse ! audio/mpeg,stream-format=raw ! tee name=a "
                 "a. ! {record_audio} a. ! queue ! sink.")


class Test(Case):
    def serve(self, serve, seconds):
        """The recording that is played, and where."""
        file = media.make_file(self, "a.mkv", seconds=seconds)
        server = self.start([path_of("KVS_RTSP_SERVER"), serve.format(file=file)], "rtsp-server",
                            self.environment(LD_PRELOAD=None))
        wait_until(lambda: "rtsp://" in server.stdout(), "the RTSP server listens")
        return file, server.stdout().strip()

    def run_until(self, line, arrived):
        """Runs a pipeline until all `arrived`, {folder: number of records}, and ends it in order."""
        # Not by gst-launch: on the way from EOS to NULL rtspsrc sends TEARDOWN and PAUSE, and an error when the server is gone by then.
        pipeline = self.start([path_of("KVS_DRIVER"), line, "state:PLAYING", "signal:int", "send:eos", "wait:eos"],
                              "pipeline", self.environment())
        for folder, number in arrived.items():
            wait_until(lambda: len(os.listdir(folder)) >= number or not pipeline.running(),
                       f"{number} frames arrive in {folder}")
        pipeline.signal(signal.SIGINT)
        end = pipeline.wait()
        self.assertEqual((end.code, end.stderr), (0, ""), str(end))

    def stream(self, serve, receive, form="video/x-h264,stream-format=avc,alignment=au"):
        file, rtsp = self.serve(serve, 6)
        source = media.read_packets(self, file)
        service = self.service()
        video, audio = self.path("video"), self.path("audio")
        line = receive.format(rtsp=rtsp, url=service.url, form=form,
                              record_video=media.recorder(video), record_audio=media.recorder(audio))
        arrived = {video: len(media.digests(source, media.VIDEO))}
        if "{record_audio}" in receive:
            arrived[audio] = len(media.digests(source, media.AUDIO))
        else:
            os.rmdir(audio)
        self.run_until(line, arrived)
        totals = service.stop()
        self.assertEqual((totals["duplicates"], totals["error_acks"]), (0, 0))
        media.check_sessions(self, service, "s", decodable=False)
        return service, media.stored_packets(self, service, "s"), video, audio

    def check_video(self, stored, folder, convert=bytes):
        media.check_same(self, media.recorded(folder, convert), media.digests(stored, media.VIDEO), "video")

    def test_h264_and_aac_over_tcp(self):
        _, stored, video, audio = self.stream(SERVE, RECEIVE + RECEIVE_AUDIO)
        self.check_video(stored, video)
        media.check_same(self, media.recorded(audio), media.digests(stored, media.AUDIO), "audio")

    def test_h264_alone_over_tcp(self):
        _, stored, video, _ = self.stream(SERVE_VIDEO, RECEIVE)
        self.check_video(stored, video)

    def test_byte_stream_as_it_comes_out_of_the_depayloader(self):
        _, stored, video, _ = self.stream(SERVE_VIDEO, RECEIVE, "video/x-h264,stream-format=byte-stream,alignment=au")
        self.check_video(stored, video, media.length_prefixed)

    def test_a_line_without_parser_and_caps(self):
        _, rtsp = self.serve(SERVE_VIDEO, 4)
        service = self.service()
        video = self.path("video")
        self.run_until(
            f"rtspsrc location={rtsp} protocols=tcp short-header=true ! rtph264depay ! "
            f"video/x-h264,format=avc,alignment=au ! tee name=v v. ! {media.recorder(video)} "
            f"v. ! queue ! kvssink stream-name=s endpoint={service.url}", {video: 60})
        self.check_video(media.stored_packets(self, service, "s"), video)
