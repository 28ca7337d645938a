"""What goes with fragments from the launch line, and what a launch line is told about playing them."""

from harness import Case

# Key frames every second, and one in between that begins no fragment.
LINE = ("videotestsrc is-live=false num-buffers=60 ! video/x-raw,width=160,height=120,framerate=15/1 ! "
        "x264enc tune=zerolatency key-int-max=15 ! h264parse ! kvssink stream-name=s endpoint={url} {more}")


class Test(Case):
    def tags(self, service):
        """Names and values of each fragment, in order, without those of the service's own end."""
        service.stop()
        return [[(name, value) for name, value in fragment["tags"]
                 if name != "AWS_KINESISVIDEO_END_OF_FRAGMENT"] for fragment in service.fragments("s")]

    def test_properties_put_metadata_and_ask_for_images_and_notifications(self):
        service = self.service()
        self.run_pipeline(LINE.format(url=service.url, more=(
            'metadata="m,site=berlin,floor=5" image-generation=2 image-prefix=door notification=3')))
        persistent = [("site", "berlin"), ("floor", "5")]
        image = [("AWS_KINESISVIDEO_IMAGE_GENERATION", ""), ("AWS_KINESISVIDEO_IMAGE_PREFIX", "door")]
        notification = [("AWS_KINESISVIDEO_NOTIFICATION", "")]
        self.assertEqual(self.tags(service), [persistent + image + notification, persistent, persistent + image,
                                              persistent + notification])

    def test_what_will_not_play_is_said_once_and_is_no_warning(self):
        service = self.service()
        end = self.run_pipeline(
            "audiotestsrc num-buffers=100 ! audio/x-raw,rate=8000,channels=1 ! alawenc ! "
            f"kvssink stream-name=s endpoint={service.url}", options=())
        service.stop()
        said = end.stdout + end.stderr
        self.assertEqual(said.count("HLS and MPEG-DASH need a video track; G.711 plays in MPEG-DASH, not in HLS"), 1, end)
        self.assertNotIn("WARNING", said)
