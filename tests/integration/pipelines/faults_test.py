"""A network and a service that fail: nothing is lost, and what is known to be stored is not sent again."""

import time

import media
from harness import Case, ReservedPort, wait_until

# A recording played at its own pace, as a camera would: an ack has long arrived when the next fragment ends.
PACED = ("filesrc location={file} ! matroskademux name=demux "
         "demux.video_0 ! queue ! h264parse ! identity sync=true ! kvssink name=sink stream-name=s "
         "stop-stream-timeout=60 endpoint={url} {more} "
         "demux.audio_0 ! queue ! aacparse ! identity sync=true ! sink.")
UNPACED = PACED.replace("identity sync=true ! ", "").replace("kvssink ", "kvssink streaming-type=offline ")
TAGS = 'stream-tags="tags,site=(string)north,door=(string)front"'


class Test(Case):
    def recording(self, seconds=6):
        return media.make_file(self, "a.mkv", seconds=seconds)

    def upload(self, service, *faults, line=UNPACED, more="", seconds=6, duplicates=0, **environment):
        """Uploads a recording while the faults act, and compares what was stored with it."""
        file = self.recording(seconds)
        for fault in faults:
            service.fault(fault)
        self.run_pipeline(line.format(file=file, url=service.url, more=more), **environment)
        return self.check(service, file, len(faults), duplicates)

    def check(self, service, file, faults, duplicates=0):
        totals = service.stop()
        if duplicates is None:  # what was stored twice is looked at once
            every = service.fragments
            service.fragments = lambda stream: [f for f in every(stream) if not f["duplicate"]]
        media.check_stored(self, service, "s", media.read_packets(self, file))
        media.check_sessions(self, service, "s")
        if duplicates is not None:
            self.assertEqual(totals["duplicates"], duplicates)
        acted = {event["id"] for event in service.events("fault")}
        self.assertEqual(len(acted), faults, "each fault acted")
        return totals

    # Connections that break.
    def test_reset_in_the_middle_of_a_fragment(self):
        self.upload(self.service(), "reset,session=1,bytes=45k", line=PACED)

    def test_reset_five_times_in_a_row(self):
        self.upload(self.service(), "reset,session=1-5,bytes=9k", line=PACED)

    def test_closed_in_the_middle_of_a_fragment(self):
        self.upload(self.service(), "reset,session=1,bytes=45k,kind=fin", line=PACED)

    def test_closed_after_two_fragments(self):
        self.upload(self.service(), "close-after,session=1,fragments=2", line=PACED)

    def test_a_file_through_resets(self):
        # At full speed the connection also takes acks with it that were on their way: those fragments are stored twice.
        self.upload(self.service(), "reset,session=1-3,bytes=20k", duplicates=None)

    def test_received_but_not_persisted_when_the_host_dies(self):
        service = self.service("--ack-delay-persisted", "5s")
        self.upload(service, "reset,session=1,bytes=45k,kind=crash", line=PACED)

    # Services that come late.
    def test_service_starts_ten_seconds_after_the_pipeline(self):
        port = ReservedPort()
        file = self.recording(seconds=12)
        pipeline = self.start_pipeline(PACED.format(file=file, url=port.url, more=""))
        begin = time.monotonic()
        wait_until(lambda: time.monotonic() - begin >= 10, "ten seconds pass")
        self.assertTrue(pipeline.running())
        port.close()
        service = self.service("--port", str(port.port))
        end = pipeline.wait()
        self.assertEqual(end.code, 0, str(end))
        self.check(service, file, 0)

    def test_refused_for_a_while(self):
        self.upload(self.service(), "refuse,for=3s", line=PACED)

    def test_connections_are_reset_at_once_for_a_while(self):
        self.upload(self.service(), "refuse,mode=rst,for=2s", line=PACED)

    def test_stream_takes_long_to_be_created(self):
        service = self.service("--create-delay", "3s")
        self.upload(service)

    # Calls that fail.
    def fail_each_api(self, api, code, error, calls):
        service = self.service()
        self.upload(service, f"status,api={api},code={code},error={error},call={calls}", more=TAGS)
        self.assertEqual(service.events("api")[-1]["status"], 200)

    def test_500_on_describe_stream(self):
        self.fail_each_api("describeStream", 500, "InternalFailure", 1)

    def test_503_on_describe_stream_three_times(self):
        self.fail_each_api("describeStream", 503, "ServiceUnavailable", "1-3")

    def test_500_on_create_stream(self):
        self.fail_each_api("createStream", 500, "InternalFailure", 1)

    def test_503_on_create_stream_three_times(self):
        self.fail_each_api("createStream", 503, "ServiceUnavailable", "1-3")

    def test_500_on_tag_stream(self):
        self.fail_each_api("tagStream", 500, "InternalFailure", 1)

    def test_503_on_tag_stream_three_times(self):
        self.fail_each_api("tagStream", 503, "ServiceUnavailable", "1-3")

    def test_500_on_get_data_endpoint(self):
        self.fail_each_api("getDataEndpoint", 500, "InternalFailure", 1)

    def test_503_on_get_data_endpoint_three_times(self):
        self.fail_each_api("getDataEndpoint", 503, "ServiceUnavailable", "1-3")

    def test_500_on_put_media(self):
        self.fail_each_api("putMedia", 500, "InternalFailure", 1)

    def test_503_on_put_media_three_times(self):
        self.fail_each_api("putMedia", 503, "ServiceUnavailable", "1-3")

    def test_throttled_with_429_everywhere(self):
        self.upload(self.service(), "status,code=429,error=ThrottlingException,call=1-4", more=TAGS)

    def test_throttled_with_400_everywhere(self):
        self.upload(self.service(), "status,code=400,error=ClientLimitExceededException,call=1-4", more=TAGS)

    # Acks that say something else, or nothing.
    def test_internal_error_about_a_fragment(self):
        self.upload(self.service(), "error-ack,session=1,fragment=2,id=5000", line=PACED)

    def test_acks_stop(self):
        # What was stored without our knowing is sent again: that is how nothing is lost.
        self.upload(self.service(), "stop-acks,session=1", line=PACED, more="connection-staleness=2",
                    duplicates=None)

    def test_acks_in_pieces(self):
        self.upload(self.service(), "split-acks,size=1")

    def test_acks_all_at_once(self):
        # Three for each of three fragments.
        self.upload(self.service(), "merge-acks,acks=9")

    def test_garbage_between_acks(self):
        self.upload(self.service(), "garbage-acks,times=3")

    # TLS.
    def test_tls_with_ca_path(self):
        service = self.service("--tls")
        self.upload(service, more=f"ca-path={service.ca_file}")

    def test_tls_with_ca_path_from_the_environment(self):
        service = self.service("--tls")
        self.upload(service, KVSSINK_CA_CERT_PATH=service.ca_file)

    def test_tls_reset_in_the_middle_of_a_fragment(self):
        service = self.service("--tls")
        self.upload(service, "reset,session=1,bytes=45k", line=PACED, more=f"ca-path={service.ca_file}")
